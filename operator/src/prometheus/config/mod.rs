//! The generated `prometheus.yaml` of a server or an agent, as a pure function of the objects: no client, no clock, no
//! files.
//!
//! A module per section of the file. `sections` lists the tables of keys and their version gates, `section` writes them,
//! `context` is what all sections depend on, `scrape` what the jobs of all kinds share. A scrape job depends on its object,
//! its endpoint and the context alone, never on another job; so [`incremental`](super::incremental) can keep what is rendered
//! of each object, and renders again what has changed. The bytes are those of the original operator, which the conformance
//! suite holds us to.

mod additional;
mod alerting;
mod context;
mod error;
mod global;
mod http;
mod kubernetes_sd;
mod limits;
mod name_schemes;
mod otlp;
mod pattern;
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
pub(super) use additional::check_names as check_additional_names;
pub(super) use context::OwnedFacts;
pub use context::{Certificates, Context, Facts, Format};
pub use error::{Error, OtlpError};
pub(super) use global::replaced_labels;
pub(crate) use kubernetes_sd::selected_namespaces;
pub use pod_monitor::pod_monitor_jobs;
pub use probe::probe_job;
pub(crate) use relabel::user_rules;
pub use remote_write::remote_write_file;
pub(in crate::prometheus) use scrape_config::Discovery;
pub use scrape_config::scrape_config_job;
pub use section::DroppedField;
pub use sections::gates;
pub use service_monitor::service_monitor_jobs;
pub(super) use tsdb::retention_percentage;
pub(crate) use value::number;

use super::instance::Instance;
use crate::{assets::Assets, settings::Settings};
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
    /// What jobs can read.
    pub fn facts(&self) -> Facts<'a> {
        Facts::of(self.instance, self.version, self.settings)
    }

    /// What all parts depend on.
    ///
    /// # Errors
    /// When the version is not supported, or more than one scrape class is the default one.
    pub fn context(&self) -> Result<Context<'a>, Error> {
        Context::new(self.facts(), self.assets)
    }
}

/// Key of the jobs.
pub(super) const SCRAPE_CONFIGS: &str = "scrape_configs";

/// The file around the jobs of the objects.
#[derive(Debug)]
pub struct Outline {
    /// Sections above the jobs.
    pub(super) before: Vec<(Yaml, Yaml)>,
    /// The user's own jobs.
    pub(super) additional: Vec<Yaml>,
    /// Sections below the jobs.
    pub(super) after: Vec<(Yaml, Yaml)>,
    /// Fields that were left out because the version does not know them.
    pub(super) dropped: Vec<DroppedField>,
}

/// The sections around the jobs. Those that only a server has are absent of an agent.
///
/// # Errors
/// When the object, or a text that it refers to, cannot make a configuration.
pub fn outline(input: &Input<'_>, context: &Context<'_>) -> Result<Outline, Error> {
    let mut additional = Lists::read(input.additional, context)?;
    let scrape_configs = std::mem::take(&mut additional.scrape_configs);
    let mut dropped = Vec::new();
    let server = input.instance.server();
    let before = [
        ("global", Some(global::global(context, server, &mut dropped)?)),
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
    let (namespace, format) = (context.namespace(), &context.format);
    let remote_write = &context.common().remote_write;
    let remote_read = server.map_or(&[][..], |server| &server.remote_read);
    let after = [
        ("storage", tsdb::storage(context, server, &mut dropped)?),
        (
            "alerting",
            server.and_then(|server| alerting::alerting(context, server, additional, &mut dropped)),
        ),
        (
            "remote_write",
            remote_write::remote_write(remote_write, namespace, format, &mut dropped),
        ),
        (
            "remote_read",
            remote_read::remote_read(remote_read, namespace, format, &mut dropped),
        ),
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
