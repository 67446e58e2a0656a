//! What the operator made of manifests: whether the workloads among them are reconciled, and whether the configuration
//! objects are in use.

use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject};
use kube::core::GroupVersionKind;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{DEADLINE, LOOK, Manifests};

/// Kinds that run pods, with their versions.
const WORKLOADS: [(&str, &str); 4] = [
    ("Prometheus", "v1"),
    ("PrometheusAgent", "v1alpha1"),
    ("Alertmanager", "v1"),
    ("ThanosRuler", "v1"),
];

/// The remark that a workload selects nothing: some are there to show something else.
const NOTHING_SELECTED: &str = "NoSelectedResources";

/// Kinds that these select, with their versions.
const CONFIGURATION: [(&str, &str); 6] = [
    ("ServiceMonitor", "v1"),
    ("PodMonitor", "v1"),
    ("Probe", "v1"),
    ("PrometheusRule", "v1"),
    ("ScrapeConfig", "v1alpha1"),
    ("AlertmanagerConfig", "v1alpha1"),
];

/// The workloads of `manifests` that are not reconciled without a remark within the deadline, with what their status says.
pub(crate) async fn unreconciled(client: &Client, manifests: &Manifests) -> Vec<String> {
    faults(client, manifests, &WORKLOADS, not_reconciled).await
}

/// The configuration objects of `manifests` that, within the deadline, are not accepted by somebody, with what their status
/// says. The operator must write that status (`StatusForConfigurationResources`).
pub(crate) async fn unused(client: &Client, manifests: &Manifests) -> Vec<String> {
    faults(client, manifests, &CONFIGURATION, not_accepted).await
}

async fn faults(
    client: &Client,
    manifests: &Manifests,
    kinds: &[(&str, &str)],
    fault: fn(&Value) -> Option<String>,
) -> Vec<String> {
    let started = Instant::now();
    loop {
        let mut found = Vec::new();
        for &(kind, version) in kinds {
            for object in manifests.of_kind(kind) {
                let live = live(client, kind, version, object).await;
                found.extend(fault(&live).map(|fault| format!("{kind} {}: {fault}", object["metadata"]["name"])));
            }
        }
        if found.is_empty() || started.elapsed() > DEADLINE {
            return found;
        }
        tokio::time::sleep(LOOK).await;
    }
}

#[expect(clippy::disallowed_methods, reason = "the names are those of manifests of tests")]
async fn live(client: &Client, kind: &str, version: &str, object: &Value) -> Value {
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk("monitoring.coreos.com", version, kind));
    let metadata = &object["metadata"];
    let namespace = metadata["namespace"].as_str().unwrap_or("monitoring");
    let name = metadata["name"].as_str().expect("a name");
    let api: Api<DynamicObject> = Api::namespaced_with(client.clone(), namespace, &resource);
    json!(api.get(name).await.expect("it was applied"))
}

fn not_reconciled(live: &Value) -> Option<String> {
    let conditions = live["status"]["conditions"].as_array().cloned().unwrap_or_default();
    let reconciled = conditions.iter().find(|condition| condition["type"] == "Reconciled");
    let is_well = reconciled.is_some_and(|condition| {
        condition["status"] == "True"
            && condition["observedGeneration"] == live["metadata"]["generation"]
            && (condition["message"].as_str().unwrap_or_default().is_empty() || condition["reason"] == NOTHING_SELECTED)
    });
    (!is_well).then(|| json!(reconciled).to_string())
}

fn not_accepted(live: &Value) -> Option<String> {
    let bindings = live["status"]["bindings"].as_array().cloned().unwrap_or_default();
    let accepts = |binding: &Value| {
        let conditions = binding["conditions"].as_array().cloned().unwrap_or_default();
        !conditions.is_empty() && conditions.iter().all(|condition| condition["status"] == "True")
    };
    let is_well = !bindings.is_empty() && bindings.iter().all(accepts);
    (!is_well).then(|| json!(bindings).to_string())
}
