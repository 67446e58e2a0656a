//! The governing Service, by which the Alertmanagers of a namespace find each other. Pure.

use crds::Alertmanager;
use k8s_openapi::api::core::v1::Service;
use kube::ResourceExt;

use super::names::{CLUSTER_PORT, DEFAULT_PORT_NAME, GOVERNING_SERVICE, PORT, PROGRAM, port_name};
use crate::pod::governing::{Governing, port};
use crate::settings::Settings;

/// The Service of all `alertmanagers`, which are those of one namespace that name no Service of their own.
///
/// If they differ in the name of the web port, the first by name decides, so that the Service does not change with whichever
/// was reconciled last. Pods that are not ready have names too: a cluster forms before its members are ready.
pub fn governing(alertmanagers: &[&Alertmanager], settings: &Settings) -> Service {
    let mut owners = alertmanagers.to_vec();
    owners.sort_by_key(|owner| owner.name_any());
    let web = owners.first().map_or(DEFAULT_PORT_NAME, |owner| port_name(&owner.spec));
    let governing = Governing {
        name: GOVERNING_SERVICE,
        label: "operated-alertmanager",
        program: PROGRAM,
        ports: vec![
            port(web, PORT, Some("TCP"), web),
            port("tcp-mesh", CLUSTER_PORT, Some("TCP"), "mesh-tcp"),
            port("udp-mesh", CLUSTER_PORT, Some("UDP"), "mesh-udp"),
        ],
        publish_not_ready_addresses: Some(true),
    };
    let namespace = owners.first().and_then(|owner| owner.metadata.namespace.as_deref());
    governing.service(namespace, owners.iter().copied(), settings)
}
