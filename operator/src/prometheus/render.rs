//! All objects of a Prometheus from what was observed. Pure: the same observation gives the same objects.

use std::sync::Arc;

use crds::{CommonPrometheusFields, Prometheus};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt;
use shared::version::{ParseError, Version};

use super::config;
use super::observe::Observed;
use super::secrets::Secrets;
use super::select::{self, Selection};
use super::statefulset;
use super::{names, retention, service, validate};
use crate::invalid::Invalid;
use crate::pod::metadata::{self, map};
use crate::reconcile::{Desired, Notice, Rendered};
use crate::rules::{config_map_names, config_maps};
use crate::settings::Settings;
use crate::{assets, surroundings, versions};

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
    let own_files = validate::check(prometheus, version, &observed.assets).map_err(Error::Specification)?;
    let candidates = observed.candidates.clone().map_err(Error::Selectors)?;
    let selection = select::validated(prometheus, version, candidates, &observed.assets);
    let prefix = format!("{}-rulefiles", names::prefixed(&prometheus.name_any()));
    let config_maps = rule_config_maps(prometheus, &prefix, &selection, settings);
    let rule_names = config_map_names(&prefix, config_maps.len());
    let mut rendered = Rendered {
        again: None,
        ..Rendered::default()
    };
    let secrets = Secrets {
        observed,
        settings,
        version,
        selection: &selection,
        own_files,
        rule_names: &rule_names,
    };
    let (secrets, tls_assets) = secrets.all(&mut rendered)?;
    let sets = stateful_sets(observed, settings, version, &rule_names, &tls_assets, &mut rendered)?;
    let retained = retention::retained(&prometheus.spec, settings.gates, &observed.excess, observed.now);
    rendered.again = retained.next;
    let untouched = std::mem::take(&mut rendered.desired.untouched);
    rendered.desired = Desired {
        secrets,
        config_maps,
        services: services(observed, settings),
        stateful_sets: sets,
        retained: retained.deadlines,
        untouched,
    };
    report(selection, &mut rendered);
    Ok(rendered)
}

fn rule_config_maps(
    prometheus: &Prometheus,
    prefix: &str,
    selection: &Selection,
    settings: &Settings,
) -> Vec<ConfigMap> {
    let name = prometheus.name_any();
    let label = ("prometheus-name", name.as_str());
    let mut config_maps = config_maps(prefix, label, &selection.rules.files);
    for config_map in &mut config_maps {
        config_map.metadata = metadata::managed(prometheus, config_map.name_any(), &map([label]), settings);
    }
    config_maps
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

fn stateful_sets(
    observed: &Observed,
    settings: &Settings,
    version: Version,
    rule_config_maps: &[String],
    tls_assets: &[String],
    rendered: &mut Rendered,
) -> Result<Vec<StatefulSet>, Error> {
    let prometheus = &*observed.prometheus;
    let mut sets = Vec::new();
    for (shard, name) in (0..).zip(names::stateful_sets(prometheus)) {
        let set = statefulset::stateful_set(&statefulset::Input {
            prometheus,
            version,
            settings,
            name: &name,
            shard,
            rule_config_maps,
            tls_assets,
            // The applier fills it in: it is the hash of this very object.
            input_hash: "",
        })
        .map_err(Error::StatefulSet)?;
        if shard == 0 {
            rendered.dropped.extend(set.dropped.iter().map(ToString::to_string));
        }
        sets.push(set.stateful_set);
    }
    Ok(sets)
}

fn report(selection: Selection, rendered: &mut Rendered) {
    let Selection {
        service_monitors,
        pod_monitors,
        rules,
        rejections,
        tls_files: _,
    } = selection;
    rendered.selected = vec![
        ("ServiceMonitor", service_monitors.len()),
        ("PodMonitor", pod_monitors.len()),
        ("PrometheusRule", rules.objects),
    ];
    rendered.dropped.extend(
        rules
            .dropped
            .iter()
            .map(|(object, dropped)| format!("PrometheusRule {object}: {dropped}")),
    );
    if rejections.is_empty() && rendered.selected.iter().all(|(_, count)| *count == 0) && rendered.notices.is_empty() {
        rendered.notices.push(Notice {
            reason: "NoSelectedResources",
            message: "no ServiceMonitor, PodMonitor or PrometheusRule is selected".to_owned(),
        });
    }
    rendered.rejections = rejections;
}
