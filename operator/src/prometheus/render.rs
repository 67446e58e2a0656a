//! All objects of a Prometheus from what was observed. Pure: the same observation gives the same objects.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use crds::{CommonPrometheusFields, Prometheus};
use k8s_openapi::api::apps::v1::StatefulSet;
use kube::ResourceExt;
use shared::version::{ParseError, Version};

use super::config::{self, Fragments, Layout, Rendering};
use super::instance::Instance;
use super::observe::Observed;
use super::secrets::{self, Secrets};
use super::select::{self, Candidates};
use super::statefulset;
use super::{names, retention, service, validate};
use crate::invalid::Invalid;
use crate::reconcile::{Desired, Notice, Rendered};
use crate::renderings::lock;
use crate::rules::{MOUNTED, RuleFiles, config_map_names};
use crate::settings::Settings;
use crate::{assets, surroundings, versions};

/// When to look again whether all pods mount the files of jobs.
const ROLLING_OUT: Duration = Duration::from_secs(5);

/// Why a Prometheus cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its version is none.
    #[error("spec.version")]
    Version(#[source] ParseError),
    /// A selector is wrong.
    #[error("selectors")]
    Selectors(#[source] Arc<Invalid>),
    /// A field is wrong, or refers to what is not there.
    #[error("specification")]
    Specification(#[source] Invalid),
    /// A Secret with additional configuration cannot be read.
    #[error("{field}")]
    Additional {
        /// The field that refers to it.
        field: &'static str,
        /// What is missing.
        #[source]
        source: assets::Error,
    },
    /// The configuration cannot be made.
    #[error("configuration")]
    Configuration(#[source] config::Error),
    /// A StatefulSet cannot be made.
    #[error("statefulset")]
    StatefulSet(#[source] statefulset::Error),
    /// Something that the pods need is not there.
    #[error(transparent)]
    Surroundings(#[from] surroundings::Error),
}

/// The objects of a Prometheus.
///
/// # Errors
/// When the Prometheus itself is wrong. A wrong monitor or rule is a rejection in the result.
pub fn render(observed: &Observed, settings: &Settings) -> Result<Rendered, Error> {
    let prometheus = &*observed.prometheus;
    let version = version(&prometheus.spec.common)?;
    observed
        .surroundings
        .check(&statefulset::selector(&prometheus.name_any(), None))?;
    let instance = Instance::from(prometheus);
    let tls_files = validate::check(&instance, version, &observed.assets).map_err(Error::Specification)?;
    let candidates = (observed.candidates.as_ref()).map_err(|invalid| Error::Selectors(invalid.clone()))?;
    let mut memory = lock(&observed.memory);
    let (rules, rule_rejections) =
        select::rule_files(&instance, version, &candidates.rules, settings, &mut memory.rules);
    let prefix = names::rule_files(&prometheus.name_any());
    let config_maps = (memory.rules).managed_config_maps(prometheus, &prefix, names::RULES_LABEL, &rules, settings);
    let rule_names = config_map_names(&prefix, config_maps.len().max(MOUNTED));
    let mut rendered = Rendered {
        rejections: rule_rejections,
        ..Rendered::default()
    };
    let mut secrets = Secrets {
        observed,
        settings,
        configuration: None,
        job_files: Vec::new(),
        tls_files,
    };
    let mut layout = Layout::Whole;
    if secrets::unmanaged(prometheus, settings) {
        rendered.notices.push(secrets::unmanaged_notice());
    } else {
        let mut rendering = configuration(
            observed,
            instance,
            version,
            settings,
            candidates,
            &rule_names,
            &mut memory.fragments,
        )?;
        layout = rendering.layout;
        secrets.tls_files.extend(mem::take(&mut rendering.tls_files));
        secrets.job_files = mem::take(&mut rendering.job_files);
        secrets.configuration = Some(report_configuration(rendering, &mut rendered));
        if layout == Layout::Spread && observed.configured && !observed.rollout.all_mount_job_files {
            secrets.configuration = None;
            rendered.notices.push(secrets::rolling_out_notice());
            rendered.again = Some(ROLLING_OUT);
        }
    }
    let (secrets, tls_assets) = secrets.all(&mut rendered);
    let sets = statefulset::Input {
        prometheus,
        version,
        settings,
        name: "",
        shard: 0,
        rule_config_maps: &rule_names,
        tls_assets: &tls_assets,
        layout,
        // The applier fills it in: it is the hash of this very object.
        input_hash: "",
    };
    let sets = stateful_sets(sets, &mut rendered)?;
    let retained = retention::retained(&prometheus.spec, settings.gates, &observed.excess, observed.now);
    rendered.again = rendered.again.into_iter().chain(retained.next).min();
    let untouched = mem::take(&mut rendered.desired.untouched);
    rendered.desired = Desired {
        secrets,
        config_maps,
        services: services(observed, settings),
        stateful_sets: sets,
        retained: retained.deadlines,
        untouched,
    };
    report_rules(&rules, &mut rendered);
    Ok(rendered)
}

/// The configuration, from what was rendered the last time and what has changed since.
fn configuration(
    observed: &Observed,
    instance: Instance<'_>,
    version: Version,
    settings: &Settings,
    candidates: &Candidates,
    rule_config_maps: &[String],
    fragments: &mut Fragments,
) -> Result<Rendering, Error> {
    let input = config::Input {
        instance,
        version,
        rule_config_maps,
        additional: secrets::additional(&observed.prometheus, &observed.assets)?,
        assets: &observed.assets,
        settings,
    };
    fragments
        .render(&input, &candidates.scrape, observed.rollout.layout)
        .map_err(Error::Configuration)
}

/// The version of Prometheus that an object asks for.
fn version(fields: &CommonPrometheusFields) -> Result<Version, Error> {
    fields
        .version
        .as_deref()
        .filter(|text| !text.is_empty())
        .map_or(Ok(versions::PROMETHEUS), Version::parse)
        .map_err(Error::Version)
}

fn services(observed: &Observed, settings: &Settings) -> Vec<k8s_openapi::api::core::v1::Service> {
    if observed.prometheus.spec.common.service_name.is_some() {
        return Vec::new();
    }
    let sharing: Vec<&Prometheus> = observed
        .neighbours
        .iter()
        .map(|neighbour| &**neighbour)
        .filter(|neighbour| neighbour.spec.common.service_name.is_none())
        .collect();
    vec![service::governing(&sharing, settings)]
}

/// The StatefulSets of all shards, from what they have in common.
fn stateful_sets(common: statefulset::Input<'_>, rendered: &mut Rendered) -> Result<Vec<StatefulSet>, Error> {
    let mut sets = Vec::new();
    for (shard, name) in (0..).zip(names::stateful_sets(common.prometheus)) {
        let input = statefulset::Input {
            name: &name,
            shard,
            ..common
        };
        let set = statefulset::stateful_set(&input).map_err(Error::StatefulSet)?;
        if shard == 0 {
            rendered.dropped.extend(set.dropped.iter().map(ToString::to_string));
        }
        sets.push(set.stateful_set);
    }
    Ok(sets)
}

/// Tells what became of the objects that jobs are made from; gives the compressed file.
fn report_configuration(rendering: Rendering, rendered: &mut Rendered) -> Vec<u8> {
    rendered.selected.extend(rendering.accepted);
    rendered.rejections.extend(rendering.rejections);
    let dropped = rendering.dropped.iter();
    rendered
        .dropped
        .extend(dropped.map(|dropped| format!("{}: {}", dropped.part, dropped.field)));
    let replaced = rendering.replaced_labels.iter();
    rendered
        .dropped
        .extend(replaced.map(|label| format!("externalLabels: {label:?} is ignored: the operator sets this label")));
    rendering.gzip
}

fn report_rules(rules: &RuleFiles, rendered: &mut Rendered) {
    rendered.selected.push(("PrometheusRule", rules.objects));
    rendered.dropped.extend(
        rules
            .dropped
            .iter()
            .map(|(object, dropped)| format!("PrometheusRule {object}: {dropped}")),
    );
    rendered.rejections.sort();
    let selected: usize = rendered.selected.iter().map(|(_, count)| *count).sum();
    if rendered.rejections.is_empty() && selected == 0 && rendered.notices.is_empty() {
        rendered.notices.push(Notice {
            reason: "NoSelectedResources",
            message: "no ServiceMonitor, PodMonitor or PrometheusRule is selected".to_owned(),
        });
    }
}
