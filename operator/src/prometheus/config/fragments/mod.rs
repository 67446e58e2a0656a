//! The configuration, rendered piece by piece: what comes out of an object is kept until the object, or something that it
//! depends on, changes. A change of one object renders that object alone, and compresses its neighbourhood. Pure: the
//! content is that of [`super::configuration`], and what was kept never shows in the bytes.
//!
//! The compressed file is a chain of gzip members, as RFC 1952 allows; [`gzip_chain`](crate::cache::gzip_members) says where the chain is cut.

mod basis;
mod layout;

#[cfg(test)]
mod tests;

use std::mem;
use std::sync::Arc;

use crds::{PodMonitor, Probe, ServiceMonitor, v1alpha1::ScrapeConfig};
use formats::gzip;
use formats::yaml::{self, Yaml};

use super::{
    Context, DroppedField, Error, Input, Outline, SCRAPE_CONFIGS, Source, additional, global, outline, sources,
};
use crate::assets::{Stale, TlsFiles};
use crate::cache::gzip_members::{Piece, Place, Sizes};
use crate::object::{ByKey, ConfigKind, ObjectKey, Rejection};
use crate::prometheus::names;
use crate::prometheus::scrape_object::{ScrapeObject, ScrapeObjects};
use crate::prometheus::select::{Checks, rejection};
use basis::Basis;
use layout::{Chains, Limits, Writers};

pub use layout::{JOB_FILES, Layout};

/// What was rendered of each object the last time. Empty at first, and emptied by a failed rendering.
#[derive(Debug, Default)]
pub struct Fragments {
    sizes: Sizes,
    limits: Limits,
    basis: Option<Basis>,
    service_monitors: Kept<ServiceMonitor>,
    pod_monitors: Kept<PodMonitor>,
    probes: Kept<Probe>,
    scrape_configs: Kept<ScrapeConfig>,
    chains: Chains,
}

/// What is kept of the objects of a kind.
type Kept<K> = std::collections::BTreeMap<ObjectKey, Fragment<K>>;

/// What came out of an object.
#[derive(Debug)]
struct Fragment<K> {
    object: Arc<K>,
    /// Hash of its name, which decides where its piece goes.
    mark: u32,
    outcome: Outcome,
}

#[derive(Debug)]
enum Outcome {
    /// It is left out; why.
    Rejected(String),
    /// Its jobs are in the file.
    Accepted {
        tls_files: TlsFiles,
        dropped: Box<[DroppedField]>,
        place: Place,
    },
}

/// What goes into the Secrets of an instance, and what is told of it.
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

impl Fragments {
    /// The file of `input` with the jobs of `objects`, as far as they pass their checks, for pods that are made for the
    /// layout `mounted`.
    ///
    /// # Errors
    /// When the instance, or a text that it refers to, cannot make a configuration; when Secrets cannot hold it.
    pub fn render(&mut self, input: &Input<'_>, objects: &ScrapeObjects, mounted: Layout) -> Result<Rendering, Error> {
        let mut rendering = self.rendered(input, objects, mounted)?;
        let layout = self.limits.layout(rendering.bytes(), input.version, mounted);
        if layout != mounted {
            rendering = self.rendered(input, objects, layout)?;
        }
        self.limits.check(&rendering, input.version)?;
        Ok(rendering)
    }

    /// The same in the given layout, whatever comes out.
    fn rendered(&mut self, input: &Input<'_>, objects: &ScrapeObjects, layout: Layout) -> Result<Rendering, Error> {
        // An error on the way leaves nothing behind that could be wrong.
        let (sizes, limits) = (self.sizes, self.limits);
        let empty = || Self {
            sizes,
            limits,
            ..Self::default()
        };
        let mut kept = mem::replace(self, empty());
        if kept.chains.len() != layout.chains() {
            // All places are of the other layout.
            kept = empty();
        }
        let context = input.context()?;
        let outline = outline(input, &context)?;
        let (basis, stale) = Basis::next(kept.basis.take(), input);
        let mut pass = Pass {
            context: &context,
            checks: Checks::new(input.instance, input.version, input.assets),
            stale,
            writers: Writers::new(layout, sizes, mem::take(&mut kept.chains)),
            rendering: Rendering::default(),
        };
        for source in sources(input.instance.mode) {
            match source {
                Source::ServiceMonitors => pass.objects(&mut kept.service_monitors, &objects.service_monitors),
                Source::PodMonitors => pass.objects(&mut kept.pod_monitors, &objects.pod_monitors),
                Source::Probes => pass.objects(&mut kept.probes, &objects.probes),
                Source::ScrapeConfigs => pass.objects(&mut kept.scrape_configs, &objects.scrape_configs),
                Source::Additional => pass.additional(&outline.additional),
            }
        }
        let Pass {
            writers, mut rendering, ..
        } = pass;
        additional::check_names(&outline.additional, |name| {
            let is_rejected = |(kind, key): &(ConfigKind, ObjectKey)| {
                (rendering.rejections.iter()).any(|rejection| rejection.kind == *kind && rejection.object == *key)
            };
            objects.object_of_job(name).is_some_and(|object| !is_rejected(&object))
        })?;
        kept.chains = writers.finish();
        rendering.layout = layout;
        rendering.replaced_labels = global::replaced_labels(&context);
        (rendering.gzip, rendering.job_files) = files(&outline, layout, &kept.chains);
        rendering.dropped.extend(outline.dropped);
        kept.basis = Some(basis);
        *self = kept;
        Ok(rendering)
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

/// A list of jobs as it stands below `scrape_configs`, where it is not indented.
fn text_of_jobs(jobs: Vec<Yaml>) -> String {
    if jobs.is_empty() {
        return String::new();
    }
    yaml::to_string(&Yaml::Seq(jobs))
}

/// One walk over all objects.
struct Pass<'a> {
    context: &'a Context<'a>,
    checks: Checks<'a>,
    stale: Stale,
    writers: Writers,
    rendering: Rendering,
}

impl Pass<'_> {
    /// Renders the objects of a kind, or takes what is kept of them.
    fn objects<K: ScrapeObject>(&mut self, kept: &mut Kept<K>, objects: &ByKey<K>) {
        let mut known = mem::take(kept);
        let mut accepted = 0;
        for (key, object) in objects {
            let fragment = match known.remove(key) {
                Some(fragment) if self.holds(key, &fragment, object) => self.moved(fragment, object),
                _ => self.rendered(key, object),
            };
            match &fragment.outcome {
                Outcome::Rejected(message) => {
                    let rejection = rejection(&**object, key.clone(), message.clone());
                    self.rendering.rejections.push(rejection);
                }
                Outcome::Accepted { tls_files, dropped, .. } => {
                    accepted += 1;
                    self.rendering.tls_files.extend(tls_files.clone());
                    self.rendering.dropped.extend_from_slice(dropped);
                }
            }
            kept.insert(key.clone(), fragment);
        }
        self.rendering.accepted.push((K::KIND, accepted));
    }

    /// Whether what is kept is what would be rendered.
    fn holds<K: ScrapeObject>(&self, key: &ObjectKey, fragment: &Fragment<K>, object: &Arc<K>) -> bool {
        let is_same = || Arc::ptr_eq(&fragment.object, object) || fragment.object.spec() == object.spec();
        !self.stale.concerns(&key.namespace, &**object) && is_same()
    }

    /// What is kept, at its place in the new chain.
    fn moved<K: ScrapeObject>(&mut self, mut fragment: Fragment<K>, object: &Arc<K>) -> Fragment<K> {
        if let Outcome::Accepted { place, .. } = &mut fragment.outcome {
            *place = self.writers.push(fragment.mark, Piece::Kept(place.clone()));
        }
        fragment.object = object.clone();
        fragment
    }

    /// What comes out of an object now.
    fn rendered<K: ScrapeObject>(&mut self, key: &ObjectKey, object: &Arc<K>) -> Fragment<K> {
        self.rendering.fresh += 1;
        let mark = gzip::checksum(format!("{}/{key}", K::KIND).as_bytes());
        let outcome = match object.check(key, &self.checks) {
            Err(invalid) => Outcome::Rejected(invalid.to_string()),
            Ok(tls_files) => {
                let mut dropped = Vec::new();
                let text = text_of_jobs(object.jobs(self.context, &mut dropped));
                Outcome::Accepted {
                    tls_files,
                    dropped: dropped.into(),
                    place: self.writers.push(mark, Piece::New(text)),
                }
            }
        };
        Fragment {
            object: object.clone(),
            mark,
            outcome,
        }
    }

    /// The user's own jobs, which are one piece and never kept.
    fn additional(&mut self, jobs: &[Yaml]) {
        let text = text_of_jobs(jobs.to_vec());
        if !text.is_empty() {
            self.writers
                .push(gzip::checksum(b"additionalScrapeConfigs"), Piece::New(text));
        }
    }
}
