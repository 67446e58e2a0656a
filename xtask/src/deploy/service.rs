//! How the operator's metrics are reached: its Service, and the `ServiceMonitor` for those who want it monitored. Pure.

use crds::{Endpoint, ServiceMonitor, ServiceMonitorSpec};
use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::metadata::{namespaced, selector};

/// Port of `/metrics`, `/healthz` and `/readyz`: the default of `--web.listen-address`.
pub(super) const PORT: i32 = 8080;
/// Its name.
pub(super) const PORT_NAME: &str = "http";

/// A Service without an address of its own: each pod is one target.
pub(super) fn service() -> Service {
    Service {
        metadata: namespaced(),
        spec: Some(ServiceSpec {
            cluster_ip: Some("None".to_owned()),
            ports: Some(vec![ServicePort {
                name: Some(PORT_NAME.to_owned()),
                port: PORT,
                target_port: Some(IntOrString::String(PORT_NAME.to_owned())),
                ..ServicePort::default()
            }]),
            selector: Some(selector()),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    }
}

/// Has the operator scraped by every Prometheus that selects it.
pub(super) fn service_monitor() -> ServiceMonitor {
    ServiceMonitor {
        metadata: namespaced(),
        spec: ServiceMonitorSpec {
            // Its metrics have labels `namespace` and `name`, which are those of the objects that they are about.
            endpoints: [Endpoint {
                port: Some(PORT_NAME.into()),
                honor_labels: Some(true),
                ..Endpoint::default()
            }]
            .into(),
            selector: LabelSelector {
                match_labels: Some(selector()),
                ..LabelSelector::default()
            },
            ..ServiceMonitorSpec::default()
        },
        status: None,
    }
}
