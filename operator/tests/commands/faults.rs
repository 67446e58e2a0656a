//! Faults that are put into objects that are fine, each of which `explain` finds by the name of the step that fails.

use std::fs;
use std::path::Path;

use crate::{cases, printed};

/// A fault: what is written over the objects that are fine, flags of the operator, what is explained, and the step that fails.
type Fault = (&'static str, &'static str, &'static str, &'static str);

const MONITOR: &str = "servicemonitor/web";

const FAULTS: [Fault; 24] = [
    // Nothing is wrong.
    ("", "", MONITOR, ""),
    ("", "", "servicemonitor/wob", "object"),
    ("", "--deny-namespaces=shop", MONITOR, "operator-scope"),
    ("", "--namespaces=monitoring", MONITOR, "operator-scope"),
    ("", "--prometheus-instance-namespaces=other", MONITOR, "workload"),
    ("", "--controller-id=other", MONITOR, "workload"),
    (
        "{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: main, namespace: monitoring},
          spec: {version: nonsense, serviceMonitorSelector: {}, serviceMonitorNamespaceSelector: {}}}",
        "",
        MONITOR,
        "workload",
    ),
    ("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}", "", MONITOR, "namespace-selector"),
    (
        "{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: main, namespace: monitoring},
          spec: {serviceMonitorSelector: {}}}",
        "",
        MONITOR,
        "namespace-selector",
    ),
    (
        "{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: main, namespace: monitoring},
          spec: {serviceMonitorNamespaceSelector: {}}}",
        "",
        MONITOR,
        "label-selector",
    ),
    (
        "{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: web, namespace: shop, labels: {release: x}},
          spec: {selector: {matchLabels: {app: web}}, endpoints: [{port: metrics}]}}",
        "",
        MONITOR,
        "label-selector",
    ),
    (
        "{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: web, namespace: shop, labels: {release: main}},
          spec: {selector: {matchLabels: {app: web}}, endpoints: [{port: metrics, interval: 5s, scrapeTimeout: 10s}]}}",
        "",
        MONITOR,
        "validity",
    ),
    (
        "{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: web, namespace: shop, labels: {release: main}},
          spec: {selector: {matchLabels: {app: web}}, endpoints: []}}",
        "",
        MONITOR,
        "job",
    ),
    (
        "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop, labels: {app: shop}},
          spec: {selector: {app: web}, ports: [{name: metrics, port: 9000}]}}",
        "",
        MONITOR,
        "service",
    ),
    (
        "{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: web, namespace: shop, labels: {release: main}},
          spec: {selector: {matchLabels: {app: web}}, namespaceSelector: {matchNames: [default]}, endpoints: [{port: metrics}]}}",
        "",
        MONITOR,
        "service",
    ),
    (
        "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop, labels: {app: web}},
          spec: {selector: {app: web}, ports: [{port: 9000}]}}",
        "",
        MONITOR,
        "port",
    ),
    (
        "{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: web, namespace: shop, labels: {release: main}},
          spec: {selector: {matchLabels: {app: web}}, endpoints: [{targetPort: 9001}]}}",
        "",
        MONITOR,
        "port",
    ),
    (
        "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop, labels: {app: web}},
          spec: {selector: {app: wob}, ports: [{name: metrics, port: 9000}]}}",
        "",
        MONITOR,
        "pods",
    ),
    (
        "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop, labels: {app: web}},
          spec: {selector: {app: web}, ports: [{name: metrics, port: 9000, targetPort: metric}]}}",
        "",
        MONITOR,
        "pods",
    ),
    (
        "{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: web, namespace: shop, labels: {release: main}},
          spec: {selector: {matchLabels: {app: web}}, endpoints: [{port: metrics,
            relabelings: [{sourceLabels: [__meta_kubernetes_pod_label_tier], regex: back, action: keep}]}]}}",
        "",
        MONITOR,
        "relabeling",
    ),
    (
        "{apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, metadata: {name: web, namespace: shop},
          spec: {selector: {matchLabels: {app: web}}, podMetricsEndpoints: [{port: metric}]}}",
        "",
        "podmonitor/web",
        "port",
    ),
    (
        "{apiVersion: v1, kind: Service, metadata: {name: blackbox, namespace: monitoring}, spec: {ports: [{port: 80}]}}",
        "",
        "probe/pages",
        "prober",
    ),
    (
        "{apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: {name: web, namespace: shop, labels: {release: main}},
          spec: {groups: [{name: web, rules: [{alert: Down, expr: up = 0}]}]}}",
        "",
        "prometheusrule/web",
        "validity",
    ),
    (
        "{apiVersion: monitoring.coreos.com/v1alpha1, kind: AlertmanagerConfig, metadata: {name: web, namespace: shop},
          spec: {route: {receiver: nobody}, receivers: [{name: chat}]}}",
        "",
        "alertmanagerconfig/web",
        "validity",
    ),
];

/// The step that fails.
fn failed(fault: &str, flags: &str, subject: &str, folder: &Path) -> String {
    fs::write(folder.join("fault.yaml"), fault).expect("the fault is written");
    fs::copy(cases().join("explain/shop.yaml"), folder.join("shop.yaml")).expect("the objects are copied");
    let line = format!("prometheus-operator {flags} explain {subject} -n shop --output json shop.yaml fault.yaml");
    let text = printed(&line, folder);
    let (document, exit) = text
        .split_once("exit: ")
        .map_or((text.as_str(), "0"), |(document, exit)| (document, exit.trim()));
    let document: serde_json::Value = serde_json::from_str(document).unwrap_or_else(|error| panic!("{error}: {text}"));
    let step = document["failed"]["step"].as_str().unwrap_or_default().to_owned();
    assert_eq!(exit, if step.is_empty() { "0" } else { "1" }, "{subject}: {text}");
    step
}

#[test]
fn each_fault_is_found_by_the_step_that_fails() {
    let folder = tempfile::tempdir().expect("a folder");
    let differing = FAULTS.iter().filter_map(|(fault, flags, subject, expected)| {
        let found = failed(fault, flags, subject, folder.path());
        (found != *expected).then(|| format!("{flags} {subject} {fault}: expected {expected:?}, found {found:?}"))
    });
    let differing: Vec<String> = differing.collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
