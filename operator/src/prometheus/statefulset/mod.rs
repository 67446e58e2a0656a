//! The StatefulSet of one shard of a Prometheus. Pure.
//!
//! [`stateful_set`] puts together what its submodules make: volumes and mounts, containers, the Thanos sidecar.

mod containers;
#[cfg(test)]
mod tests;
pub mod thanos;
mod volumes;

pub(crate) use self::containers::PORT;
pub(in crate::prometheus) use self::volumes::layout;

use crds::{AdditionalLabelSelectors, CommonPrometheusFields, Prometheus, ReloadStrategy};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{PodSpec, TopologySpreadConstraint};
use kube::ResourceExt;
use shared::version::{Dropped, ParseError, Version};

use self::volumes::Volumes;
use super::arguments;
use super::compaction::Compaction;
use super::config::Layout;
use super::names;
use super::service;
use super::zone::Zone;
use crate::pod::argument::Conflict;
use crate::pod::metadata::{self, APP_INSTANCE, APP_MANAGED_BY, APP_NAME, APP_VERSION, Map, OPERATOR, map};
use crate::pod::storage::Storage;
use crate::pod::template::{self, Pod, Rendered, Set};
use crate::pod::{image, merge};
use crate::settings::Settings;

/// What the StatefulSet of a shard is rendered from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The custom resource.
    pub prometheus: &'a Prometheus,
    /// Its version, or the default.
    pub version: Version,
    /// The operator's settings.
    pub settings: &'a Settings,
    /// Name of the StatefulSet.
    pub name: &'a str,
    /// Number of the shard.
    pub shard: i32,
    /// Names of the ConfigMaps with rule files, in output order. They need not exist.
    pub rule_config_maps: &'a [String],
    /// Names of the Secrets with TLS assets, in output order.
    pub tls_assets: &'a [String],
    /// Where the jobs are.
    pub layout: Layout,
    /// Hash of all inputs.
    pub input_hash: &'a str,
}

/// Why there is no StatefulSet.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The version of Thanos is none.
    #[error("spec.thanos.version")]
    ThanosVersion(#[source] ParseError),
    /// There is no image for a container.
    #[error("container {container:?} has no image")]
    Image {
        /// Name of the container.
        container: &'static str,
        /// Why.
        #[source]
        source: image::Error,
    },
    /// The user's arguments conflict with the operator's.
    #[error("additional arguments of container {container:?}")]
    Arguments {
        /// Name of the container.
        container: &'static str,
        /// Which.
        #[source]
        source: Conflict,
    },
    /// The pod cannot be put together.
    #[error("pod template")]
    Pod(#[source] template::Error),
}

impl From<merge::Error> for Error {
    fn from(source: merge::Error) -> Self {
        Self::Pod(template::Error::Merge(source))
    }
}

/// The StatefulSet of the shard.
pub fn stateful_set(input: &Input<'_>) -> Result<Rendered, Error> {
    let spec = &input.prometheus.spec;
    let fields = &spec.common;
    let mut dropped = Vec::new();
    let storage = Storage::of(
        fields.pod.storage.as_deref(),
        names::storage_volume(&input.prometheus.name_any()),
        "prometheus-db",
    );
    let claim = storage.claim.clone();
    let pod = pod(input, &storage, &mut dropped)?;

    let selector = selector(&input.prometheus.name_any(), Some(input.shard));
    let mut labels = selector.clone();
    labels.insert("operator.prometheus.io/mode".to_owned(), "server".to_owned());
    let mut annotations = map([(metadata::DEFAULT_CONTAINER, containers::NAME)]);
    annotations.extend(template::pod_annotations(&fields.pod));
    let set = Set {
        replicas: replicas(fields),
        service_name: fields.service_name.as_deref().unwrap_or(service::NAME),
        selector,
        labels: [(APP_VERSION.to_owned(), input.version.to_string())].into(),
        annotations,
        pod,
        claim,
        claim_retention: fields.persistent_volume_claim_retention_policy.as_ref(),
    };
    Ok(Rendered {
        stateful_set: StatefulSet {
            metadata: metadata::stateful_set(
                input.prometheus,
                input.name.to_owned(),
                &labels,
                input.input_hash,
                input.settings,
            ),
            spec: Some(set.spec(&fields.pod, &input.settings.labels)),
            status: None,
        },
        dropped,
    })
}

/// Replicas of each shard: one where the user gives none or a negative number.
pub fn replicas(fields: &CommonPrometheusFields) -> i32 {
    fields.replicas.filter(|replicas| *replicas >= 0).unwrap_or(1)
}

/// Labels that select the pods of Prometheus `name`, or of one of its shards.
pub fn selector(name: &str, shard: Option<i32>) -> Map {
    let mut labels = map([
        (APP_MANAGED_BY, OPERATOR),
        (APP_NAME, containers::NAME),
        (APP_INSTANCE, name),
        ("operator.prometheus.io/name", name),
        ("prometheus", name),
    ]);
    labels.extend(shard.map(|shard| (names::SHARD_LABEL.to_owned(), shard.to_string())));
    labels
}

fn pod(input: &Input<'_>, storage: &Storage, dropped: &mut Vec<Dropped>) -> Result<PodSpec, Error> {
    let spec = &input.prometheus.spec;
    let fields = &spec.common;
    let sidecar = spec
        .thanos
        .as_deref()
        .map(|thanos| thanos::Sidecar::of(thanos, input, storage))
        .transpose()?;
    let compaction = Compaction::of(spec, input.version, sidecar.as_ref().map(|sidecar| sidecar.version));
    let arguments =
        arguments::server(spec, &compaction, input.version, dropped).map_err(|source| Error::Arguments {
            container: containers::NAME,
            source,
        })?;

    let mut volumes = Volumes::of(input, storage);
    let zone = Zone::of(fields, input.shard, input.settings.gates);
    let mut parts = vec![
        containers::prometheus(input, arguments, std::mem::take(&mut volumes.prometheus))?,
        containers::reloader(input, zone, volumes.reloader.clone()),
    ];
    if let Some(sidecar) = sidecar {
        parts.push(sidecar.container(compaction.mode, dropped)?);
        volumes.pod.extend(sidecar.volume());
    }
    volumes.pod.extend(storage.volume.clone());
    let pod = Pod {
        containers: parts,
        init_containers: vec![containers::init_reloader(input, zone, volumes.reloader)],
        volumes: volumes.pod,
        automount_service_account_token: fields.automount_service_account_token.or(Some(true)),
        host_network: fields.host_network == Some(true),
        share_process_namespace: Some(fields.reload_strategy == Some(ReloadStrategy::ProcessSignal)),
        termination_grace_period_seconds: 600,
        topology_spread_constraints: spread(input),
        zone: zone.map(|zone| zone.name.to_owned()),
    };
    pod.spec(&fields.pod).map_err(Error::Pod)
}

/// The user's constraints. One with additional label selectors also gets the labels of the pods, of all shards or of its own.
fn spread(input: &Input<'_>) -> Vec<TopologySpreadConstraint> {
    let name = input.prometheus.name_any();
    let constraints = input.prometheus.spec.common.topology_spread_constraints.iter();
    let text = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
    let constraint = |constraint: &crds::TopologySpreadConstraint| {
        let mut label_selector = constraint.label_selector.as_deref().cloned();
        if let Some(additional) = constraint.additional_label_selectors {
            let shard = (additional == AdditionalLabelSelectors::OnShard).then_some(input.shard);
            label_selector
                .get_or_insert_default()
                .match_labels
                .get_or_insert_default()
                .extend(metadata::merged([&input.settings.labels, &selector(&name, shard)]));
        }
        let keys = constraint.match_label_keys.iter().map(ToString::to_string);
        TopologySpreadConstraint {
            label_selector,
            match_label_keys: (!constraint.match_label_keys.is_empty()).then(|| keys.collect()),
            max_skew: constraint.max_skew,
            min_domains: constraint.min_domains,
            node_affinity_policy: text(&constraint.node_affinity_policy),
            node_taints_policy: text(&constraint.node_taints_policy),
            topology_key: constraint.topology_key.to_string(),
            when_unsatisfiable: constraint.when_unsatisfiable.to_string(),
        }
    };
    constraints.map(constraint).collect()
}
