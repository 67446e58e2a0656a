//! The pods of a Prometheus, server or agent, whether a StatefulSet runs them or a DaemonSet. Pure.
//!
//! `pods` puts together what its submodules make: volumes and mounts, containers, the Thanos sidecar of servers.

mod containers;
mod input;
pub mod thanos;
mod volumes;

pub use self::input::{Error, Input};
pub(super) use self::volumes::layout;

use crds::{AdditionalLabelSelectors, ReloadStrategy};
use formats::version::Dropped;
use k8s_openapi::api::core::v1::TopologySpreadConstraint;

use self::thanos::Sidecar;
use self::volumes::Volumes;
use super::arguments;
use super::compaction::{Compaction, Mode};
use super::instance::Instance;
use super::names;
use super::zone::Zone;
use crate::pod::metadata::{self, APP_INSTANCE, APP_MANAGED_BY, APP_NAME, APP_VERSION, Map, OPERATOR, map};
use crate::pod::storage::Storage;
use crate::pod::template::{self, Pod, Pods};

/// Labels that select the pods of `instance`, or of one of its shards. An instance on each node has no shards.
pub fn selector(instance: &Instance<'_>, shard: Option<i32>) -> Map {
    let words = names::words(instance.mode);
    let name = instance.name();
    let mut labels = map([
        (APP_MANAGED_BY, OPERATOR),
        (APP_NAME, words.application),
        (APP_INSTANCE, name),
        ("operator.prometheus.io/name", name),
    ]);
    labels.extend(words.own_label.map(|label| (label.to_owned(), name.to_owned())));
    let shard = shard.filter(|_| !instance.is_daemon_set());
    labels.extend(shard.map(|shard| (names::SHARD_LABEL.to_owned(), shard.to_string())));
    labels
}

/// Labels of what runs the pods that `selector` selects.
pub(super) fn set_labels(instance: &Instance<'_>, selector: &Map) -> Map {
    let mode = map([("operator.prometheus.io/mode", names::words(instance.mode).mode)]);
    metadata::merged([&mode, selector])
}

/// The pods. They keep data in `storage`, if anywhere.
pub(super) fn pods(input: &Input<'_>, storage: Option<&Storage>, dropped: &mut Vec<Dropped>) -> Result<Pods, Error> {
    let fields = input.instance.common;
    let mut volumes = Volumes::of(input, storage);
    let program = program(input, storage, dropped)?;
    let zone = Zone::of(fields, input.shard, input.settings.gates).filter(|_| !input.instance.is_daemon_set());
    let mut parts = vec![
        containers::prometheus(input, program.arguments, std::mem::take(&mut volumes.prometheus))?,
        containers::reloader(input, zone, volumes.reloader.clone()),
    ];
    if let Some(sidecar) = program.sidecar {
        parts.push(sidecar.container(program.compaction, dropped)?);
        volumes.pod.extend(sidecar.volume());
    }
    volumes.pod.extend(storage.and_then(|storage| storage.volume.clone()));
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
    let mut annotations = map([(metadata::DEFAULT_CONTAINER, containers::NAME)]);
    annotations.extend(template::pod_annotations(&fields.pod));
    Ok(Pods {
        selector: selector(&input.instance, Some(input.shard)),
        labels: [(
            APP_VERSION.to_owned(),
            metadata::version_label(input.instance.common.version.as_deref(), input.version),
        )]
        .into(),
        annotations,
        pod: pod.spec(&fields.pod).map_err(Error::Pod)?,
    })
}

/// What Prometheus is started with, and what runs beside it.
struct Program<'a> {
    arguments: Vec<String>,
    sidecar: Option<Sidecar<'a>>,
    compaction: Mode,
}

fn program<'a>(
    input: &'a Input<'a>,
    storage: Option<&'a Storage>,
    dropped: &mut Vec<Dropped>,
) -> Result<Program<'a>, Error> {
    let conflict = |source| Error::Arguments {
        field: "spec.additionalArgs",
        source,
    };
    let Some(spec) = input.instance.server() else {
        return Ok(Program {
            arguments: arguments::agent(input.instance.common, input.version, dropped).map_err(conflict)?,
            sidecar: None,
            compaction: Mode::Default,
        });
    };
    let thanos = spec.thanos.as_deref();
    let sidecar = thanos.map(|thanos| Sidecar::of(thanos, input, storage)).transpose()?;
    let compaction = Compaction::of(spec, input.version, sidecar.as_ref().map(|sidecar| sidecar.version));
    Ok(Program {
        arguments: arguments::server(spec, &compaction, input.version, dropped).map_err(conflict)?,
        sidecar,
        compaction: compaction.mode,
    })
}

/// The user's constraints. One with additional label selectors also gets the labels of the pods, of all shards or of its own.
fn spread(input: &Input<'_>) -> Vec<TopologySpreadConstraint> {
    let constraints = input.instance.common.topology_spread_constraints.iter();
    let text = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
    let constraint = |constraint: &crds::TopologySpreadConstraint| {
        let mut label_selector = constraint.label_selector.as_deref().cloned();
        if let Some(additional) = constraint.additional_label_selectors {
            let shard = (additional == AdditionalLabelSelectors::OnShard).then_some(input.shard);
            let labels = selector(&input.instance, shard);
            label_selector
                .get_or_insert_default()
                .match_labels
                .get_or_insert_default()
                .extend(metadata::merged([&input.settings.labels, &labels]));
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
