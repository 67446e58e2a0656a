//! The generated `prometheus.yaml` of a server, as one pure function of the objects: no client, no clock, no files.
//!
//! A module per section of the file. `section` explains how keys and their version gates are written down as tables,
//! `context` is what all sections share, `scrape` what the jobs of all kinds share. A scrape job depends on its object, its
//! endpoint and the context alone, never on another job. The bytes are those of the original
//! operator, which the conformance suite holds us to.

mod additional;
mod alerting;
mod context;
mod error;
mod global;
mod http;
mod kubernetes_sd;
mod limits;
mod otlp;
mod pod_monitor;
mod relabel;
mod remote_read;
mod remote_write;
mod rule_files;
mod scrape;
mod scrape_class;
mod section;
mod service_monitor;
mod sharding;
mod tracing;
mod tsdb;

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use crds::{PodMonitor, Prometheus, ServiceMonitor};
use shared::{version::Version, yaml::Yaml};

pub use additional::AdditionalConfigs;
pub use context::Context;
pub use error::Error;
pub use otlp::OtlpError;
pub use pod_monitor::pod_monitor_jobs;
pub use section::DroppedField;
pub use service_monitor::service_monitor_jobs;

use crate::{assets::Assets, object::ObjectKey, settings::Settings};
use additional::Lists;

/// What a configuration is made from.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The object.
    pub prometheus: &'a Prometheus,
    /// Its version.
    pub version: Version,
    /// The selected `ServiceMonitor`s.
    pub service_monitors: &'a BTreeMap<ObjectKey, Arc<ServiceMonitor>>,
    /// The selected `PodMonitor`s.
    pub pod_monitors: &'a BTreeMap<ObjectKey, Arc<PodMonitor>>,
    /// Names of the `ConfigMap`s with the selected rules.
    pub rule_config_maps: &'a [String],
    /// What users wrote by hand.
    pub additional: AdditionalConfigs<'a>,
    /// The contents of Secrets and `ConfigMap`s.
    pub assets: &'a Assets,
    /// The operator's settings.
    pub settings: &'a Settings,
}

/// A configuration.
#[derive(Debug)]
pub struct Configuration {
    /// The file.
    pub document: Yaml,
    /// Fields that were left out because the version does not know them.
    pub dropped: Vec<DroppedField>,
}

/// The configuration of a server.
///
/// # Errors
/// When the object, or a text that it refers to, cannot make a configuration. What is wrong with a monitor is no error:
/// selection leaves it out.
pub fn server_configuration(input: &Input<'_>) -> Result<Configuration, Error> {
    let context = Context::new(input.prometheus, input.version, input.assets, input.settings)?;
    let mut additional = Lists::read(input.additional, &context.sharding)?;
    let mut dropped = Vec::new();

    // Kinds in the order of the file, objects sorted by name within a kind.
    let mut jobs = Vec::new();
    for monitor in input.service_monitors.values() {
        jobs.extend(service_monitor_jobs(monitor, &context, &mut dropped));
    }
    for monitor in input.pod_monitors.values() {
        jobs.extend(pod_monitor_jobs(monitor, &context, &mut dropped));
    }
    jobs.append(&mut additional.scrape_configs);

    let selects_rules = context.spec().rule_selector.is_some();
    let sections = [
        ("global", Some(global::global(&context, &mut dropped)?)),
        ("runtime", global::runtime(&context, &mut dropped)),
        (
            "rule_files",
            rule_files::rule_files(selects_rules, input.rule_config_maps),
        ),
        ("scrape_configs", Some(Yaml::Seq(jobs))),
        ("storage", tsdb::storage(&context, &mut dropped)?),
        ("alerting", alerting::alerting(&context, additional, &mut dropped)),
        (
            "remote_write",
            remote_write::remote_write(&context, &context.common().remote_write, &mut dropped),
        ),
        ("remote_read", remote_read::remote_read(&context, &mut dropped)),
        ("otlp", otlp::otlp(&context, &mut dropped)?),
        ("tracing", tracing::tracing(&context, &mut dropped)?),
    ];
    let present = sections
        .into_iter()
        .filter_map(|(key, value)| Some((key.into(), value?)));
    Ok(Configuration {
        document: Yaml::Map(present.collect()),
        dropped,
    })
}
