//! The StatefulSet of an Alertmanager. Pure.
//!
//! [`stateful_set`] puts together what its submodules make: volumes and mounts, containers.

mod containers;
mod volumes;

use crds::{Alertmanager, AlertmanagerSpec};
use formats::version::{Dropped, Version};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::PodSpec;
use kube::ResourceExt;

pub(crate) use self::containers::{CLUSTER_PORT, PORT};
use self::volumes::Volumes;
use super::arguments::{self, Facts};
use super::{names, service};
use crate::pod::argument::Conflict;
use crate::pod::image;
use crate::pod::metadata::{self, APP_INSTANCE, APP_MANAGED_BY, APP_NAME, APP_VERSION, Map, OPERATOR, map};
use crate::pod::storage::Storage;
use crate::pod::template::{self, Pod, Rendered, Set};
use crate::settings::Settings;

/// What the StatefulSet is rendered from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The custom resource.
    pub alertmanager: &'a Alertmanager,
    /// Its version, or the default.
    pub version: Version,
    /// The operator's settings.
    pub settings: &'a Settings,
    /// Names of the Secrets with TLS assets, in output order.
    pub tls_assets: &'a [String],
    /// Hash of all inputs.
    pub input_hash: &'a str,
}

/// Why there is no StatefulSet.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no image for Alertmanager.
    #[error("container \"alertmanager\" has no image")]
    Image(#[source] image::Error),
    /// The user's arguments conflict with the operator's.
    #[error("spec.additionalArgs")]
    Arguments(#[source] Conflict),
    /// The pod cannot be put together.
    #[error("pod template")]
    Pod(#[source] template::Error),
}

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
    annotations.extend(map([(metadata::DEFAULT_CONTAINER, containers::NAME)]));
    let set = Set {
        replicas: replicas(spec),
        service_name: spec.service_name.as_deref().unwrap_or(service::NAME),
        selector: selector.clone(),
        labels: [(APP_VERSION.to_owned(), input.version.to_string())].into(),
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

/// Replicas: one where the user gives none, none where he gives a negative number.
pub fn replicas(spec: &AlertmanagerSpec) -> i32 {
    spec.replicas.map_or(1, |replicas| replicas.max(0))
}

/// Labels that select the pods of Alertmanager `name`.
pub fn selector(name: &str) -> Map {
    map([
        (APP_MANAGED_BY, OPERATOR),
        (APP_NAME, containers::NAME),
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
