//! The StatefulSet of an Alertmanager. Pure.
//!
//! [`stateful_set`] puts together what its submodules make: volumes and mounts, containers.

mod containers;
mod input;
mod volumes;

use formats::version::Dropped;
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::PodSpec;
use kube::ResourceExt;

pub use self::input::{Error, Input};
use self::volumes::Volumes;
use super::arguments::{self, Facts};
use super::names::{self, PROGRAM, replicas};
use crate::pod::metadata::{self, APP_INSTANCE, APP_MANAGED_BY, APP_NAME, APP_VERSION, Map, OPERATOR, map};
use crate::pod::storage::Storage;
use crate::pod::template::{self, Pod, Rendered, Set};

/// The StatefulSet.
pub fn stateful_set(input: &Input<'_>) -> Result<Rendered, Error> {
    let spec = &input.alertmanager.spec;
    let name = input.alertmanager.name_any();
    let mut dropped = Vec::new();
    let storage = Storage::of(
        spec.pod.storage.as_deref(),
        names::storage_volume(&name),
        "alertmanager-db",
    );
    let claim = storage.claim.clone();
    let pod = pod(input, &storage, &mut dropped)?;
    let selector = selector(&name);
    let mut annotations = template::pod_annotations(&spec.pod);
    annotations.extend(map([(metadata::DEFAULT_CONTAINER, PROGRAM)]));
    let set = Set {
        replicas: replicas(spec),
        service_name: spec.service_name.as_deref().unwrap_or(names::GOVERNING_SERVICE),
        selector: selector.clone(),
        labels: [(
            APP_VERSION.to_owned(),
            metadata::version_label(input.alertmanager.spec.version.as_deref(), input.version),
        )]
        .into(),
        annotations,
        pod,
        claim,
        claim_retention: spec.persistent_volume_claim_retention_policy.as_ref(),
    };
    let metadata = metadata::stateful_set(
        input.alertmanager,
        names::prefixed(&name),
        &selector,
        input.input_hash,
        input.settings,
    );
    Ok(Rendered {
        stateful_set: StatefulSet {
            metadata,
            spec: Some(set.spec(&spec.pod, &input.settings.labels)),
            status: None,
        },
        dropped,
    })
}

/// Labels that select the pods of Alertmanager `name`.
pub fn selector(name: &str) -> Map {
    map([
        (APP_MANAGED_BY, OPERATOR),
        (APP_NAME, PROGRAM),
        (APP_INSTANCE, name),
        ("alertmanager", name),
    ])
}

fn pod(input: &Input<'_>, storage: &Storage, dropped: &mut Vec<Dropped>) -> Result<PodSpec, Error> {
    let spec = &input.alertmanager.spec;
    let facts = Facts {
        alertmanager: input.alertmanager,
        cluster_domain: &input.settings.cluster_domain,
    };
    let arguments = arguments::alertmanager(&facts, input.version, dropped).map_err(Error::Arguments)?;
    let mut volumes = Volumes::of(input, storage);
    volumes.pod.extend(storage.volume.clone());
    let pod = Pod {
        containers: vec![
            containers::alertmanager(input, arguments, volumes.alertmanager)?,
            containers::reloader(input, volumes.watched.clone(), volumes.reloader.clone()),
        ],
        init_containers: vec![containers::init_reloader(input, volumes.watched, volumes.reloader)],
        volumes: volumes.pod,
        automount_service_account_token: spec.automount_service_account_token,
        host_network: spec.host_network == Some(true),
        share_process_namespace: None,
        termination_grace_period_seconds: 120,
        topology_spread_constraints: spec.topology_spread_constraints.to_vec(),
        zone: None,
    };
    pod.spec(&spec.pod).map_err(Error::Pod)
}
