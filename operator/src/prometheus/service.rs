//! The governing Service, which gives the pods of all Prometheuses of a namespace their names. Pure.

use crds::{CommonPrometheusFields, Prometheus};
use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube::ResourceExt;

use super::statefulset::PORT;
use crate::pod::metadata::{self, APP_NAME, map, merged};
use crate::pod::thanos::GRPC_PORT;
use crate::settings::Settings;

/// Its name.
pub const NAME: &str = "prometheus-operated";

/// The Service of all `prometheuses`, which are those of one namespace that name no Service of their own.
///
/// It has the ports that any of them needs, so that it does not change with whichever was reconciled last. If they differ in
/// the name of the web port, the first by name decides: a Service cannot have the same port twice.
pub fn governing(prometheuses: &[&Prometheus], settings: &Settings) -> Service {
    let mut owners = prometheuses.to_vec();
    owners.sort_by_key(|owner| owner.name_any());
    let port = |name: &str, number, target: &str| ServicePort {
        name: Some(name.to_owned()),
        port: number,
        target_port: Some(IntOrString::String(target.to_owned())),
        ..ServicePort::default()
    };
    let web = owners
        .first()
        .map_or(DEFAULT_PORT_NAME, |owner| port_name(&owner.spec.common));
    let mut ports = vec![port(web, PORT, web)];
    if owners.iter().any(|owner| owner.spec.thanos.is_some()) {
        ports.push(port("grpc", GRPC_PORT, "grpc"));
    }
    let labels = map([("operated-prometheus", "true")]);
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
            ports: Some(ports),
            selector: Some(map([(APP_NAME, "prometheus")])),
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
