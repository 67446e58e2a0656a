//! The StatefulSet of a Thanos Ruler. Pure.
//!
//! [`stateful_set`] puts together what its submodules make: volumes and mounts, containers.

mod containers;
mod input;
mod volumes;

use crds::{ThanosRuler, ThanosRulerSpec};
use formats::version::Dropped;
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::PodSpec;
use kube::ResourceExt;

pub use self::input::{Error, Input};
use self::volumes::Volumes;
use super::arguments::{self, Facts};
use super::{names, service};
use crate::pod::metadata::{self, APP_INSTANCE, APP_MANAGED_BY, APP_NAME, APP_VERSION, Map, OPERATOR, map, merged};
use crate::pod::storage::Storage;
use crate::pod::template::{self, Pod, Rendered, Set};
use crate::settings::Settings;

/// The StatefulSet.
pub fn stateful_set(input: &Input<'_>) -> Result<Rendered, Error> {
    let spec = &input.thanos_ruler.spec;
    let name = input.thanos_ruler.name_any();
    let mut dropped = Vec::new();
    let storage = Storage::of(spec.pod.storage.as_deref(), names::storage_volume(&name), None);
    let claim = storage.claim.clone();
    let pod = pod(input, &storage, &mut dropped)?;
    let selector = all_labels(input.thanos_ruler, input.settings);
    let mut annotations = map([(metadata::DEFAULT_CONTAINER, containers::NAME)]);
    annotations.extend(template::pod_annotations(&spec.pod));
    let metadata = metadata::stateful_set(
        input.thanos_ruler,
        names::prefixed(&name),
        &selector,
        input.input_hash,
        input.settings,
    );
    let set = Set {
        replicas: replicas(spec),
        service_name: spec.service_name.as_deref().unwrap_or(service::NAME),
        selector,
        labels: [(
            APP_VERSION.to_owned(),
            metadata::version_label(input.thanos_ruler.spec.version.as_deref(), input.version),
        )]
        .into(),
        annotations,
        pod,
        claim,
        claim_retention: None,
    };
    Ok(Rendered {
        stateful_set: StatefulSet {
            metadata,
            // The labels of the operator are among those of the selector already.
            spec: Some(set.spec(&spec.pod, &Map::new())),
            status: None,
        },
        dropped,
    })
}

/// Replicas: one where the user gives none, none where he gives a negative number.
pub fn replicas(spec: &ThanosRulerSpec) -> i32 {
    spec.replicas.map_or(1, |replicas| replicas.max(0))
}

/// Labels that the pods of Thanos Ruler `name` have, whatever the user and the flags say.
pub fn selector(name: &str) -> Map {
    map([
        (APP_MANAGED_BY, OPERATOR),
        (APP_NAME, containers::NAME),
        (APP_INSTANCE, name),
        ("thanos-ruler", name),
    ])
}

/// All labels of the pods but that of the version. The selector of a StatefulSet cannot change, and that of the original
/// has all of these: with fewer, a takeover would recreate the StatefulSet. So a change of `podMetadata.labels` does.
fn all_labels(thanos_ruler: &ThanosRuler, settings: &Settings) -> Map {
    let given = thanos_ruler.spec.pod.pod_metadata.as_ref();
    let given = given.map(|given| metadata::texts(&given.labels)).unwrap_or_default();
    merged([&selector(&thanos_ruler.name_any()), &settings.labels, &given])
}

fn pod(input: &Input<'_>, storage: &Storage, dropped: &mut Vec<Dropped>) -> Result<PodSpec, Error> {
    let spec = &input.thanos_ruler.spec;
    let facts = Facts {
        spec,
        has_rules: !input.rule_config_maps.is_empty(),
    };
    let arguments = arguments::thanos_ruler(&facts, input.version, dropped).map_err(Error::Arguments)?;
    let volumes = Volumes::of(input, storage);
    let mut containers = vec![containers::thanos_ruler(input, arguments, volumes.thanos_ruler)?];
    if facts.has_rules {
        containers.push(containers::reloader(input, volumes.watched, volumes.reloader));
    }
    let pod = Pod {
        containers,
        init_containers: Vec::new(),
        volumes: volumes.pod,
        automount_service_account_token: None,
        host_network: false,
        share_process_namespace: None,
        termination_grace_period_seconds: 120,
        topology_spread_constraints: spec.topology_spread_constraints.to_vec(),
        zone: None,
    };
    pod.spec(&spec.pod).map_err(Error::Pod)
}
