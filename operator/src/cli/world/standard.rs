//! What every cluster has although nobody writes it down, and what takes the place of a workload that is not written down. Plain
//! values.

use k8s_openapi::api::core::v1::Service;
use serde_json::{Value, json};

use crate::cli::input::Input;

/// Namespace and name of a workload that takes the place of one that is not in the input.
const STAND_IN: &str = "stand-in";

/// The selectors of workloads, without the word for objects or namespaces.
const SELECTORS: [&str; 6] = [
    "alertmanagerConfig",
    "podMonitor",
    "probe",
    "rule",
    "scrapeConfig",
    "serviceMonitor",
];

/// The Service of the API server, and the one that the operator keeps for the kubelets.
pub fn services_of_every_cluster() -> Vec<Service> {
    let services = json!([
        {
            "metadata": {
                "name": "kubernetes",
                "namespace": "default",
                "labels": {"component": "apiserver", "provider": "kubernetes"},
            },
            "spec": {"ports": [{"name": "https", "port": 443}]},
        },
        {
            "metadata": {
                "name": "kubelet",
                "namespace": "kube-system",
                "labels": {
                    "k8s-app": "kubelet",
                    "app.kubernetes.io/name": "kubelet",
                    "app.kubernetes.io/managed-by": "prometheus-operator",
                },
            },
            "spec": {
                "ports": [
                    {"name": "https-metrics", "port": 10250},
                    {"name": "http-metrics", "port": 10255},
                    {"name": "cadvisor", "port": 4194},
                ],
            },
        },
    ]);
    crds::from_value(&services).unwrap_or_default()
}

/// Adds a workload of `kind` that selects every object.
pub fn add_stand_in(kind: &str, input: &mut Input) {
    let mut spec = json!({});
    for selector in SELECTORS {
        let is_of_alertmanager = selector == "alertmanagerConfig";
        if is_of_alertmanager == (kind == "Alertmanager") {
            spec[format!("{selector}Selector")] = json!({});
            spec[format!("{selector}NamespaceSelector")] = json!({});
        }
    }
    let workload: Value = json!({
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": kind,
        "metadata": {"name": STAND_IN, "namespace": STAND_IN},
        "spec": spec,
    });
    input.add_value(workload, None, STAND_IN);
}
