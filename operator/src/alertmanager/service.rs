//! The governing Service, by which the Alertmanagers of a namespace find each other. Pure.

use crds::{Alertmanager, AlertmanagerSpec};
use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube::ResourceExt;

use super::statefulset::{CLUSTER_PORT, PORT};
use crate::pod::metadata::{self, APP_NAME, map, merged};
use crate::settings::Settings;

/// Its name.
pub const NAME: &str = "alertmanager-operated";

const DEFAULT_PORT_NAME: &str = "web";

/// The Service of all `alertmanagers`, which are those of one namespace that name no Service of their own.
///
/// If they differ in the name of the web port, the first by name decides, so that the Service does not change with whichever
/// was reconciled last. Pods that are not ready have names too: a cluster forms before its members are ready.
pub fn governing(alertmanagers: &[&Alertmanager], settings: &Settings) -> Service {
    let mut owners = alertmanagers.to_vec();
    owners.sort_by_key(|owner| owner.name_any());
    let port = |name: &str, number, protocol: &str, target: &str| ServicePort {
        name: Some(name.to_owned()),
        port: number,
        protocol: Some(protocol.to_owned()),
        target_port: Some(IntOrString::String(target.to_owned())),
        ..ServicePort::default()
    };
    let web = owners.first().map_or(DEFAULT_PORT_NAME, |owner| port_name(&owner.spec));
    let labels = map([("operated-alertmanager", "true")]);
    Service {
        metadata: ObjectMeta {
            name: Some(NAME.to_owned()),
            namespace: owners.first().and_then(|owner| owner.namespace()),
            labels: Some(merged([&settings.labels, &labels, &metadata::mandatory()])),
            annotations: Some(settings.annotations.clone()).filter(|annotations| !annotations.is_empty()),
            owner_references: Some(owners.iter().map(|owner| metadata::owner(*owner)).collect()),
            ..ObjectMeta::default()
        },
        spec: Some(ServiceSpec {
            cluster_ip: Some("None".to_owned()),
            publish_not_ready_addresses: Some(true),
            ports: Some(vec![
                port(web, PORT, "TCP", web),
                port("tcp-mesh", CLUSTER_PORT, "TCP", "mesh-tcp"),
                port("udp-mesh", CLUSTER_PORT, "UDP", "mesh-udp"),
            ]),
            selector: Some(map([(APP_NAME, "alertmanager")])),
            ..ServiceSpec::default()
        }),
        status: None,
    }
}

/// Name of the port that Alertmanager serves on.
pub fn port_name(spec: &AlertmanagerSpec) -> &str {
    spec.port_name.as_deref().unwrap_or(DEFAULT_PORT_NAME)
}
