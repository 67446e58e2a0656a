//! The governing Service of the StatefulSets of a kind, which gives the pods of a namespace their names. Pure.

use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::metadata::{self, APP_NAME, Parent, map, merged};
use crate::settings::Settings;

/// What a kind says about its Service.
#[derive(Debug, Clone)]
pub struct Governing {
    /// Name of the Service.
    pub name: &'static str,
    /// Label of the Service.
    pub label: &'static str,
    /// Name of the program, by which the pods are selected.
    pub program: &'static str,
    /// The ports.
    pub ports: Vec<ServicePort>,
    /// Whether pods that are not ready have names, too.
    pub publish_not_ready_addresses: Option<bool>,
}

impl Governing {
    /// The Service of all `owners`, which are objects of `namespace` that name no Service of their own. It lives as long as
    /// one of them.
    pub fn service<'a, P: Into<Parent<'a>>>(
        self,
        namespace: Option<&str>,
        owners: impl IntoIterator<Item = P>,
        settings: &Settings,
    ) -> Service {
        let label = map([(self.label, "true")]);
        Service {
            metadata: ObjectMeta {
                name: Some(self.name.to_owned()),
                namespace: namespace.map(str::to_owned),
                labels: Some(merged([&settings.labels, &label, &metadata::mandatory()])),
                annotations: Some(settings.annotations.clone()).filter(|annotations| !annotations.is_empty()),
                owner_references: Some(owners.into_iter().map(metadata::owner).collect()),
                ..ObjectMeta::default()
            },
            spec: Some(ServiceSpec {
                cluster_ip: Some("None".to_owned()),
                publish_not_ready_addresses: self.publish_not_ready_addresses,
                ports: Some(self.ports),
                selector: Some(map([(APP_NAME, self.program)])),
                ..ServiceSpec::default()
            }),
            status: None,
        }
    }
}

/// A port that leads to the port `target` of the pods.
pub fn port(name: &str, number: i32, protocol: Option<&str>, target: &str) -> ServicePort {
    ServicePort {
        name: Some(name.to_owned()),
        port: number,
        protocol: protocol.map(str::to_owned),
        target_port: Some(IntOrString::String(target.to_owned())),
        ..ServicePort::default()
    }
}
