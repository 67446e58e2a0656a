//! The configuration, rendered object by object: a change of one object renders that object alone, and compresses its
//! neighbourhood. Pure: the content is that of [`whole`], and what was kept never shows in the bytes.
//!
//! The compressed file is a sequence of gzip members, as RFC 1952 allows; [`gzip_members`](crate::cache::gzip_members) says
//! where it is cut.

mod excess;
mod layout;
pub mod whole;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::mem;

use crds::{PodMonitor, Probe, ServiceMonitor, v1alpha1::ScrapeConfig};
use formats::gzip;
use formats::yaml::{self, Yaml};

use super::config::{
    Context, DroppedField, Error, Input, Outline, OwnedFacts, SCRAPE_CONFIGS, check_additional_names, outline,
    replaced_labels,
};
use super::names;
use super::scrape_object::{ScrapeObject, ScrapeObjects, Source, sources};
use super::select::{Checks, rejection};
use crate::assets::{References, TlsFiles};
use crate::cache::gzip_members::{Piece, Place, Sizes};
use crate::cache::{Basis, Outcomes, Render, Stale};
use crate::check::caps::TooManyBytes;
use crate::object::{ByKey, ConfigKind, ObjectKey, Rejection};
use layout::{Chains, Limits, Writers};

pub use layout::{JOB_FILES, Layout};

/// What was rendered of each object the last time. Empty at first, and emptied by a failed rendering.
#[derive(Debug, Default)]
pub struct JobCache {
    sizes: Sizes,
    limits: Limits,
    basis: Option<Basis<OwnedFacts>>,
    service_monitors: Outcomes<ServiceMonitor, Jobs>,
    pod_monitors: Outcomes<PodMonitor, Jobs>,
    probes: Outcomes<Probe, Jobs>,
    scrape_configs: Outcomes<ScrapeConfig, Jobs>,
    chains: Chains,
}

/// The jobs of an object, which are in the file.
#[derive(Debug)]
struct Jobs {
    /// Hash of the object's name, which decides where its piece goes.
    mark: u32,
    place: Place,
    tls_files: TlsFiles,
    dropped: Box<[DroppedField]>,
}

/// What goes into the Secrets of an instance, and what is reported of it.
#[derive(Debug, Default)]
pub struct Rendering {
    /// The file, compressed.
    pub gzip: Vec<u8>,
    /// Where the jobs are.
    pub layout: Layout,
    /// The files with jobs that a spread layout has, compressed, with their numbers below [`JOB_FILES`]. One without jobs
    /// is not there.
    pub job_files: Vec<(usize, Vec<u8>)>,
    /// Certificates and keys that the accepted objects need as files of the pod.
    pub tls_files: TlsFiles,
    /// Objects that are left out.
    pub rejections: Vec<Rejection>,
    /// Fields that were left out because the version does not know them.
    pub dropped: Vec<DroppedField>,
    /// External labels of the user that are not in the file, because the operator sets labels of these names.
    pub replaced_labels: Vec<String>,
    /// How many objects of each kind are in the file.
    pub accepted: Vec<(ConfigKind, usize)>,
    /// How many objects were rendered, and not taken from what was kept.
    pub fresh: usize,
}

impl JobCache {
    /// The file of `input` with the jobs of `objects`, as far as they pass their checks, for pods that are made for the
    /// layout `mounted`.
    ///
    /// # Errors
    /// When the instance, or a text that it refers to, cannot make a configuration; when Secrets cannot hold it.
    pub fn render(&mut self, input: &Input<'_>, objects: &ScrapeObjects, mounted: Layout) -> Result<Rendering, Error> {
        let caps = input.settings.caps;
        let mut left_out = excess::of_jobs(objects, input.instance.mode, caps);
        loop {
            let (rest, rejections) = if left_out.is_empty() {
                (Cow::Borrowed(objects), Vec::new())
            } else {
                let (rest, rejections) = objects.without(&left_out);
                (Cow::Owned(rest), rejections)
            };
            let mut rendering = self.rendered(input, &rest, mounted)?;
            let layout = self.limits.layout(rendering.bytes(), input.version, mounted);
            if layout != mounted {
                rendering = self.rendered(input, &rest, layout)?;
            }
            let excess = self.excess(&rendering, caps);
            if excess.is_empty() {
                self.limits.check(&rendering, input.version)?;
                rendering.rejections.extend(rejections);
                return Ok(rendering);
            }
            left_out.extend(excess);
        }
    }

    /// The same in the given layout, whether it fits or not.
    fn rendered(&mut self, input: &Input<'_>, objects: &ScrapeObjects, layout: Layout) -> Result<Rendering, Error> {
        // An error on the way leaves nothing behind that could be wrong.
        let mut kept = mem::replace(self, self.emptied());
        if kept.chains.len() != layout.chains() {
            // All places are of the other layout.
            kept = self.emptied();
        }
        let context = input.context()?;
        let outline = outline(input, &context)?;
        let mut own = References::default();
        own.add(input.instance.namespace(), &input.instance);
        let (basis, stale) = Basis::next(kept.basis.take(), input.facts(), input.assets, &own);
        let mut pass = Pass {
            jobs: JobWriter {
                context: &context,
                checks: Checks::new(input.facts(), input.assets),
                writers: Writers::new(layout, kept.sizes, mem::take(&mut kept.chains)),
            },
            stale,
            rendering: Rendering::default(),
        };
        for source in sources(input.instance.mode) {
            match source {
                Source::ServiceMonitors => pass.objects(&mut kept.service_monitors, &objects.service_monitors),
                Source::PodMonitors => pass.objects(&mut kept.pod_monitors, &objects.pod_monitors),
                Source::Probes => pass.objects(&mut kept.probes, &objects.probes),
                Source::ScrapeConfigs => pass.objects(&mut kept.scrape_configs, &objects.scrape_configs),
                Source::Additional => pass.jobs.additional(&outline.additional),
            }
        }
        let Pass {
            jobs, mut rendering, ..
        } = pass;
        kept.chains = jobs.writers.finish();
        check_additional_names(&outline.additional, |name| {
            let is_rejected = |(kind, key): &(ConfigKind, ObjectKey)| {
                (rendering.rejections.iter()).any(|rejection| rejection.kind == *kind && rejection.object == *key)
            };
            objects.object_of_job(name).is_some_and(|object| !is_rejected(&object))
        })?;
        rendering.layout = layout;
        rendering.replaced_labels = replaced_labels(&context);
        (rendering.gzip, rendering.job_files) = files(&outline, layout, &kept.chains);
        rendering.dropped.extend(outline.dropped);
        kept.basis = Some(basis);
        *self = kept;
        Ok(rendering)
    }

    fn emptied(&self) -> Self {
        Self {
            sizes: self.sizes,
            limits: self.limits,
            ..Self::default()
        }
    }
}

impl Rendering {
    /// Compressed bytes of all files.
    fn bytes(&self) -> usize {
        self.gzip.len() + self.job_files.iter().map(|(_, file)| file.len()).sum::<usize>()
    }
}

/// The file, and those with the jobs that are not in it.
fn files(outline: &Outline, layout: Layout, chains: &Chains) -> (Vec<u8>, Vec<(usize, Vec<u8>)>) {
    let mut head = text_of_sections(&outline.before);
    let mut file = Vec::new();
    let mut job_files = Vec::new();
    match layout {
        Layout::Whole => {
            let members = chains.iter().flatten();
            head.push_str(SCRAPE_CONFIGS);
            head.push_str(if members.clone().next().is_none() {
                ": []\n"
            } else {
                ":\n"
            });
            file.reserve(members.clone().map(|member| member.gzip.len()).sum());
            file.extend(gzip::compress(head.as_bytes()));
            members.for_each(|member| file.extend_from_slice(&member.gzip));
        }
        Layout::Spread => {
            let key = "scrape_config_files".into();
            head.push_str(&text_of_sections(&[(
                key,
                Yaml::Seq(vec![names::JOB_FILES_PATTERN.into()]),
            )]));
            file.extend(gzip::compress(head.as_bytes()));
            for (number, chain) in chains.iter().enumerate().filter(|(_, chain)| !chain.is_empty()) {
                let mut jobs = gzip::compress(format!("{SCRAPE_CONFIGS}:\n").as_bytes());
                for member in chain {
                    jobs.extend_from_slice(&member.gzip);
                }
                job_files.push((number, jobs));
            }
        }
    }
    let tail = text_of_sections(&outline.after);
    if !tail.is_empty() {
        file.extend(gzip::compress(tail.as_bytes()));
    }
    (file, job_files)
}

fn text_of_sections(sections: &[(Yaml, Yaml)]) -> String {
    if sections.is_empty() {
        return String::new();
    }
    yaml::to_string(&Yaml::Map(sections.to_vec()))
}

/// A list of jobs as it is below `scrape_configs`, where it is not indented.
fn text_of_jobs(jobs: Vec<Yaml>) -> String {
    if jobs.is_empty() {
        return String::new();
    }
    yaml::to_string(&Yaml::Seq(jobs))
}

/// One walk over all objects.
struct Pass<'a> {
    jobs: JobWriter<'a>,
    stale: Stale,
    rendering: Rendering,
}

impl Pass<'_> {
    /// Brings the jobs of a kind up to date.
    fn objects<K: ScrapeObject>(&mut self, outcomes: &mut Outcomes<K, Jobs>, objects: &ByKey<K>) {
        let rendering = &mut self.rendering;
        rendering.fresh += outcomes.update(objects, &self.stale, &mut self.jobs);
        let mut accepted = 0;
        for outcome in outcomes.iter() {
            match &outcome.result {
                Ok(jobs) => {
                    accepted += 1;
                    rendering.tls_files.extend(jobs.tls_files.clone());
                    rendering.dropped.extend_from_slice(&jobs.dropped);
                }
                Err(message) => {
                    let rejection = rejection(&*outcome.object, outcome.key.clone(), message.clone());
                    rendering.rejections.push(rejection);
                }
            }
        }
        rendering.accepted.push((K::KIND, accepted));
    }
}

/// Writes the jobs of objects into the file.
struct JobWriter<'a> {
    context: &'a Context<'a>,
    checks: Checks<'a>,
    writers: Writers,
}

impl<K: ScrapeObject> Render<K> for JobWriter<'_> {
    type Accepted = Jobs;

    fn is_same(last: &K, now: &K) -> bool {
        last.spec() == now.spec()
    }

    fn render(&mut self, key: &ObjectKey, object: &K) -> Result<Jobs, String> {
        let tls_files = self.checks.object(key, object).map_err(|invalid| invalid.to_string())?;
        let mark = gzip::checksum(format!("{}/{key}", K::KIND).as_bytes());
        let mut dropped = Vec::new();
        let most = self.context.settings.caps.bytes_per_object;
        let mut text = String::new();
        // One by one: all jobs of an object may be too much for the memory.
        for job in object.jobs(self.context, &mut dropped) {
            text.push_str(&text_of_jobs(vec![job]));
            if text.len() > most {
                return Err(TooManyBytes { most }.to_string());
            }
        }
        Ok(Jobs {
            mark,
            place: self.writers.push(mark, Piece::New(text)),
            tls_files,
            dropped: dropped.into(),
        })
    }

    fn keep(&mut self, jobs: &mut Jobs) {
        jobs.place = self.writers.push(jobs.mark, Piece::Kept(jobs.place.clone()));
    }
}

impl JobWriter<'_> {
    /// The user's own jobs, which are one piece and never kept.
    fn additional(&mut self, jobs: &[Yaml]) {
        let text = text_of_jobs(jobs.to_vec());
        if !text.is_empty() {
            self.writers
                .push(gzip::checksum(b"additionalScrapeConfigs"), Piece::New(text));
        }
    }
}
