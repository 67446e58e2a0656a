//! The command `lint` over 5,000 objects, as a user runs it: `cargo bench -p operator --bench lint`.

use std::fmt::Write as _;
use std::fs;
use std::process::{Command, Stdio};

use divan::Bencher;

/// Services, monitors and rules, as many of each.
const APPLICATIONS: usize = 1_666;
const NAMESPACES: usize = 100;

fn main() {
    divan::main();
}

/// An application with its monitor and its rules.
fn application(number: usize) -> String {
    let namespace = format!("team-{}", number % NAMESPACES);
    format!(
        "---
apiVersion: v1
kind: Service
metadata: {{name: app-{number}, namespace: {namespace}, labels: {{app: app-{number}}}}}
spec:
  ports: [{{name: web, port: 8080}}]
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {{name: app-{number}, namespace: {namespace}}}
spec:
  selector:
    matchLabels: {{app: app-{number}}}
  endpoints:
  - port: web
    interval: 30s
    metricRelabelings:
    - {{action: drop, sourceLabels: [__name__], regex: go_.*}}
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {{name: app-{number}, namespace: {namespace}}}
spec:
  groups:
  - name: app-{number}
    rules:
    - record: app:requests:rate5m
      expr: sum by (job) (rate(http_requests_total{{job=\"app-{number}\"}}[5m]))
      labels: {{app: app-{number}}}
    - alert: Down{number}
      expr: up{{job=\"app-{number}\"}} == 0
      for: 5m
      labels: {{severity: page}}
"
    )
}

/// A Prometheus that selects all of it.
const PROMETHEUS: &str = "
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: main, namespace: monitoring}
spec:
  serviceMonitorSelector: {}
  serviceMonitorNamespaceSelector: {}
  ruleSelector: {}
  ruleNamespaceSelector: {}
";

#[divan::bench(sample_count = 10)]
fn five_thousand_objects(bencher: Bencher<'_, '_>) {
    let mut text = PROMETHEUS.to_owned();
    for number in 0..APPLICATIONS {
        let _ = write!(text, "{}", application(number));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("objects.yaml");
    fs::write(&file, text).expect("a file");
    bencher.bench_local(|| {
        let status = Command::new(env!("CARGO_BIN_EXE_prometheus-operator"))
            .arg("lint")
            .arg(&file)
            .stdout(Stdio::null())
            .status()
            .expect("the program runs");
        assert!(status.success(), "nothing is wrong with them");
    });
}
