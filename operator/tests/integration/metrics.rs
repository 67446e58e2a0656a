//! The names of the metrics: those of the original, which dashboards and alerts are written for.

use std::collections::BTreeSet;

use serde_json::json;

use crate::support::{Operator, alertmanager, in_namespace, prometheus, service_monitor};

/// From the start, for every controller, with the label `controller`: an alert on a rate needs the zero.
const OF_CONTROLLERS: [&str; 9] = [
    "list_operations_total",
    "ready",
    "reconcile_duration_seconds_count",
    "reconcile_errors_total",
    "reconcile_operations_total",
    "reconcile_sts_delete_create_total",
    "status_update_errors_total",
    "status_update_operations_total",
    "watch_operations_total",
];
/// As above, with the label `name`.
const OF_QUEUES: [&str; 5] = [
    "workqueue_adds_total",
    "workqueue_depth",
    "workqueue_latency_seconds_count",
    "workqueue_retries_total",
    "workqueue_work_duration_seconds_count",
];
/// Of objects, or of what happens to them.
const OF_OBJECTS: [(&str, &[&str]); 7] = [
    ("triggered_total", &["triggered_by=\"Prometheus\"", "action=\"add\""]),
    (
        "managed_resources",
        &["resource=\"ServiceMonitor\"", "state=\"selected\""],
    ),
    ("syncs", &["status=\"ok\""]),
    ("spec_replicas", &["name=\"main\""]),
    ("spec_shards", &["name=\"main\""]),
    ("prometheus_enforced_sample_limit", &["name=\"main\""]),
    ("configuration_bytes", &["name=\"main\""]),
];

#[tokio::test]
async fn names_and_labels_are_the_originals() {
    in_namespace(async |space| {
        space.apply(&prometheus("main", json!({}))).await;
        space.apply(&alertmanager("main", json!({}))).await;
        space.apply(&service_monitor("first", json!({}))).await;
        let operator = Operator::start(space, &[]);
        space
            .condition(&prometheus("main", json!({})), "Reconciled", "True")
            .await;
        operator.settled().await;
        space
            .condition(&alertmanager("main", json!({})), "Reconciled", "True")
            .await;

        let mut missing = BTreeSet::new();
        for controller in ["prometheus", "prometheus-agent", "alertmanager", "thanos"] {
            for (names, key) in [(&OF_CONTROLLERS[..], "controller"), (&OF_QUEUES[..], "name")] {
                for name in names {
                    let label = format!("{key}=\"{controller}\"");
                    if operator.metric(name, &[&label]).await.is_none() {
                        missing.insert(format!("{name}{{{label}}}"));
                    }
                }
            }
        }
        for (name, labels) in OF_OBJECTS {
            let labels: Vec<&str> = [&["controller=\"prometheus\""], labels].concat();
            if operator.metric(name, &labels).await.is_none() {
                missing.insert(format!("{name}{labels:?}"));
            }
        }
        for kind in ["prometheus", "alertmanager"] {
            let name = format!("{kind}_status_condition");
            let labels = ["name=\"main\"", "condition=\"Reconciled\"", "status=\"True\""];
            if operator.metric(&name, &labels).await.is_none_or(|value| value < 1.0) {
                missing.insert(name);
            }
        }
        let of_process = ["build_info", "feature_gate", "kubernetes_client_http_requests_total"];
        for name in of_process {
            if operator.metric(name, &[]).await.is_none() {
                missing.insert(name.to_owned());
            }
        }
        assert!(missing.is_empty(), "{missing:#?}");
        let metrics = operator.metrics().await;
        for family in [
            "workqueue_unfinished_work_seconds",
            "workqueue_longest_running_processor_seconds",
            "kubernetes_client_http_request_duration_seconds",
        ] {
            assert!(
                metrics.contains(&format!("# TYPE prometheus_operator_{family} ")),
                "{family}"
            );
        }
    })
    .await;
}
