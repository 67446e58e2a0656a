//! The generated `prometheus.yaml` of a server or an agent, as a pure function of the objects: no client, no clock, no
//! files.
//!
//! A module per section of the file. `section` explains how keys and their version gates are written down as tables,
//! `context` is what all sections share, `scrape` what the jobs of all kinds share. A scrape job depends on its object, its
//! endpoint and the context alone, never on another job; so `fragments` can keep what is rendered of each object, and
//! renders again what has changed. The bytes are those of the original operator, which the conformance suite holds us to.

mod additional;
mod alerting;
mod context;
mod error;
mod fragments;
mod global;
mod http;
mod kubernetes_sd;
mod limits;
mod name_schemes;
mod otlp;
mod pod_monitor;
mod probe;
mod relabel;
mod remote_read;
mod remote_write;
mod rule_files;
mod scrape;
mod scrape_class;
mod scrape_config;
mod section;
mod sections;
mod service_monitor;
mod sharding;
mod tracing;
mod tsdb;
mod value;

#[cfg(test)]
mod tests;

use formats::{version::Version, yaml::Yaml};

pub use additional::AdditionalConfigs;
pub use context::{Certificates, Context};
pub use error::{Error, OtlpError};
pub use fragments::{Fragments, JOB_FILES, Layout, Rendering};
pub use pod_monitor::pod_monitor_jobs;
pub use probe::probe_job;
pub use remote_write::remote_write_file;
pub(in crate::prometheus) use scrape_config::Discovery;
pub use scrape_config::scrape_config_job;
pub use section::DroppedField;
pub use sections::gates;
pub use service_monitor::service_monitor_jobs;

use super::instance::{Instance, Mode};
use super::scrape_object::{ScrapeObject, ScrapeObjects};
use crate::{assets::Assets, object::ByKey, settings::Settings};
use additional::Lists;

/// What a configuration is made from, but for the objects that scrape jobs are made from.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The object.
    pub instance: Instance<'a>,
    /// Its version.
    pub version: Version,
    /// Names of the `ConfigMap`s with the selected rules.
    pub rule_config_maps: &'a [String],
    /// What users wrote by hand.
    pub additional: AdditionalConfigs<'a>,
    /// The contents of Secrets and `ConfigMap`s.
    pub assets: &'a Assets,
    /// The operator's settings.
    pub settings: &'a Settings,
}

impl<'a> Input<'a> {
    /// What all parts depend on.
    ///
    /// # Errors
    /// When the version is not supported, or more than one scrape class is the default one.
    pub fn context(&self) -> Result<Context<'a>, Error> {
        Context::new(self.instance, self.version, self.assets, self.settings)
    }
}

/// A configuration.
#[derive(Debug)]
pub struct Configuration {
    /// The file.
    pub document: Yaml,
    /// Fields that were left out because the version does not know them.
    pub dropped: Vec<DroppedField>,
}

/// The configuration with the jobs of `objects`, all of it at once.
///
/// # Errors
/// When the object, or a text that it refers to, cannot make a configuration. What is wrong with one of `objects` is no
/// error: selection leaves it out.
pub fn configuration(input: &Input<'_>, objects: &ScrapeObjects) -> Result<Configuration, Error> {
    configuration_in(&input.context()?, input, objects)
}

/// The same in a context of `input` that was made before.
///
/// # Errors
/// As [`configuration`].
pub fn configuration_in(
    context: &Context<'_>,
    input: &Input<'_>,
    objects: &ScrapeObjects,
) -> Result<Configuration, Error> {
    let Outline {
        mut before,
        additional,
        after,
        mut dropped,
    } = outline(input, context)?;
    additional::check_names(&additional, |name| objects.object_of_job(name).is_some())?;
    let mut jobs = Vec::new();
    for source in sources(input.instance.mode) {
        match source {
            Source::ServiceMonitors => jobs_of(&objects.service_monitors, context, &mut jobs, &mut dropped),
            Source::PodMonitors => jobs_of(&objects.pod_monitors, context, &mut jobs, &mut dropped),
            Source::Probes => jobs_of(&objects.probes, context, &mut jobs, &mut dropped),
            Source::ScrapeConfigs => jobs_of(&objects.scrape_configs, context, &mut jobs, &mut dropped),
            Source::Additional => jobs.extend(additional.iter().cloned()),
        }
    }
    before.push((SCRAPE_CONFIGS.into(), Yaml::Seq(jobs)));
    before.extend(after);
    Ok(Configuration {
        document: Yaml::Map(before),
        dropped,
    })
}

fn jobs_of<K: ScrapeObject>(
    objects: &ByKey<K>,
    context: &Context<'_>,
    jobs: &mut Vec<Yaml>,
    dropped: &mut Vec<DroppedField>,
) {
    for object in objects.values() {
        jobs.extend(object.jobs(context, dropped));
    }
}

/// Key of the jobs.
const SCRAPE_CONFIGS: &str = "scrape_configs";

/// Where jobs come from.
#[derive(Clone, Copy)]
pub enum Source {
    /// `ServiceMonitor`s.
    ServiceMonitors,
    /// `PodMonitor`s.
    PodMonitors,
    /// `Probe`s.
    Probes,
    /// `ScrapeConfig`s.
    ScrapeConfigs,
    /// The user's own text.
    Additional,
}

/// Where jobs come from, in the order of the file. Objects of a kind are sorted by name.
pub const fn sources(mode: Mode<'_>) -> &'static [Source] {
    match mode {
        Mode::Server(_) => &[
            Source::ServiceMonitors,
            Source::PodMonitors,
            Source::Probes,
            Source::ScrapeConfigs,
            Source::Additional,
        ],
        Mode::Agent => &[
            Source::PodMonitors,
            Source::Additional,
            Source::ServiceMonitors,
            Source::Probes,
            Source::ScrapeConfigs,
        ],
        // What is not on a node cannot be shared out among the agents on the nodes.
        Mode::DaemonSetAgent => &[Source::PodMonitors, Source::Additional],
    }
}

/// The file around the jobs of the objects.
#[derive(Debug)]
pub struct Outline {
    /// Sections above the jobs.
    before: Vec<(Yaml, Yaml)>,
    /// The user's own jobs.
    additional: Vec<Yaml>,
    /// Sections below the jobs.
    after: Vec<(Yaml, Yaml)>,
    /// Fields that were left out because the version does not know them.
    dropped: Vec<DroppedField>,
}

/// The sections around the jobs. Those that only a server has are absent of an agent.
///
/// # Errors
/// When the object, or a text that it refers to, cannot make a configuration.
pub fn outline(input: &Input<'_>, context: &Context<'_>) -> Result<Outline, Error> {
    let mut additional = Lists::read(input.additional, &context.sharding)?;
    let scrape_configs = std::mem::take(&mut additional.scrape_configs);
    let mut dropped = Vec::new();
    let before = [
        ("global", Some(global::global(context, &mut dropped)?)),
        ("runtime", global::runtime(context, &mut dropped)),
        (
            "rule_files",
            rule_files::rule_files(
                input.instance,
                input.rule_config_maps,
                input.settings.large_rules_compressed,
            ),
        ),
    ];
    let remote_write = &context.common().remote_write;
    let after = [
        ("storage", tsdb::storage(context, &mut dropped)?),
        ("alerting", alerting::alerting(context, additional, &mut dropped)),
        (
            "remote_write",
            remote_write::remote_write(context, remote_write, &mut dropped),
        ),
        ("remote_read", remote_read::remote_read(context, &mut dropped)),
        ("otlp", otlp::otlp(context, &mut dropped)?),
        ("tracing", tracing::tracing(context, &mut dropped)?),
    ];
    Ok(Outline {
        before: present(before),
        additional: scrape_configs,
        after: present(after),
        dropped,
    })
}

fn present(sections: impl IntoIterator<Item = (&'static str, Option<Yaml>)>) -> Vec<(Yaml, Yaml)> {
    let present = sections.into_iter();
    present.filter_map(|(key, value)| Some((key.into(), value?))).collect()
}
