//! The governing Service, which gives the pods of all servers, or of all agents, of a namespace their names. Pure.

use crds::CommonPrometheusFields;
use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::instance::Instance;
use super::names;
use super::pod::{PORT, thanos};
use crate::pod::metadata::{self, APP_NAME, map, merged};
use crate::settings::Settings;

/// The Service of `instance` and its `neighbours`, which are those of its kind and namespace that name no Service of their
/// own, itself among them.
///
/// It has the ports that any of them needs, so that it does not change with whichever was reconciled last. If they differ in
/// the name of the web port, the first by name decides: a Service cannot have the same port twice.
pub fn governing(instance: &Instance<'_>, neighbours: &[Instance<'_>], settings: &Settings) -> Service {
    let words = names::words(instance.mode);
    let mut owners = neighbours.to_vec();
    owners.sort_by_key(Instance::name);
    let port = |name: &str, number, target: &str| ServicePort {
        name: Some(name.to_owned()),
        port: number,
        target_port: Some(IntOrString::String(target.to_owned())),
        ..ServicePort::default()
    };
    let web = port_name(owners.first().unwrap_or(instance).common);
    let mut ports = vec![port(web, PORT, web)];
    let has_sidecar = |owner: &Instance<'_>| owner.server().is_some_and(|server| server.thanos.is_some());
    if owners.iter().any(has_sidecar) {
        ports.push(port("grpc", thanos::GRPC_PORT, "grpc"));
    }
    let labels = map([("operated-prometheus", "true")]);
    Service {
        metadata: ObjectMeta {
            name: Some(words.governing_service.to_owned()),
            namespace: instance.metadata.namespace.clone(),
            labels: Some(merged([&settings.labels, &labels, &metadata::mandatory()])),
            annotations: Some(settings.annotations.clone()).filter(|annotations| !annotations.is_empty()),
            owner_references: Some(owners.iter().map(metadata::owner).collect()),
            ..ObjectMeta::default()
        },
        spec: Some(ServiceSpec {
            cluster_ip: Some("None".to_owned()),
            ports: Some(ports),
            selector: Some(map([(APP_NAME, words.application)])),
            ..ServiceSpec::default()
        }),
        status: None,
    }
}

const DEFAULT_PORT_NAME: &str = "web";

/// Name of the port that Prometheus serves on.
pub fn port_name(fields: &CommonPrometheusFields) -> &str {
    fields.port_name.as_deref().unwrap_or(DEFAULT_PORT_NAME)
}
