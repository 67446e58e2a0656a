//! How fast expressions of rules are read, printed and bound to a namespace: `cargo bench -p formats --bench promql`.

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use formats::promql::{Expr, Options, enforce, parse};

/// Rules as they are written for clusters: ratios, quantiles, joins, absences.
const RULES: &[&str] = &[
    r#"up{job="api"} == 0"#,
    r#"absent(up{job="kubelet", metrics_path="/metrics"} == 1)"#,
    r"sum by (namespace, pod) (rate(container_cpu_usage_seconds_total[5m]))",
    r#"sum(rate(http_requests_total{job=~"api|web", code=~"5.."}[5m])) by (job) / sum(rate(http_requests_total{job=~"api|web"}[5m])) by (job) > 0.05"#,
    r#"histogram_quantile(0.99, sum by (le, route) (rate(http_request_duration_seconds_bucket{route!~"/(health|ready)"}[10m]))) > 1.5"#,
    r#"(
  node_filesystem_avail_bytes{job="node", fstype!=""} / node_filesystem_size_bytes{job="node", fstype!=""} * 100 < 10
and
  predict_linear(node_filesystem_avail_bytes{job="node", fstype!=""}[6h], 4 * 60 * 60) < 0
and
  node_filesystem_readonly{job="node", fstype!=""} == 0
)"#,
    r#"max_over_time(kube_pod_status_reason{reason="CrashLoopBackOff", job="kube-state"}[5m]) >= 1"#,
    r#"kube_deployment_spec_replicas{job="kube-state"} != kube_deployment_status_replicas_available{job="kube-state"}
and changes(kube_deployment_status_replicas_updated{job="kube-state"}[10m]) == 0"#,
    r#"sum by (cluster, namespace) (
  kube_pod_container_resource_requests{resource="memory"}
  * on (cluster, namespace, pod) group_left () max by (cluster, namespace, pod) (kube_pod_status_phase{phase=~"Pending|Running"} == 1)
)"#,
    r#"label_replace(kube_node_info, "instance", "$1:9100", "internal_ip", "(.+)") * on (instance) group_left (nodename) node_uname_info"#,
    r"1 - avg without (cpu) (sum without (mode) (rate(node_cpu_seconds_total{mode=~'idle|iowait|steal'}[5m])))",
    r#"time() - container_start_time_seconds{pod!=""} < 600 unless on (pod) kube_pod_labels offset 1h"#,
    r"topk(5, sum by (__name__) ({__name__=~'.+'}))",
    r"max_over_time(deriv(rate(queue_length[1m])[5m:1m])[10m:] @ end())",
];

fn main() {
    divan::main();
}

fn bytes() -> BytesCount {
    BytesCount::new(RULES.iter().map(|rule| rule.len()).sum::<usize>())
}

fn parsed(rule: &str) -> Expr {
    parse(rule, Options::default()).expect("a rule of this file")
}

#[divan::bench]
fn read(bencher: Bencher<'_, '_>) {
    let counters = bencher.counter(bytes()).counter(ItemsCount::new(RULES.len()));
    counters.bench(|| {
        divan::black_box(RULES)
            .iter()
            .map(|rule| parsed(rule).nodes().len())
            .sum::<usize>()
    });
}

#[divan::bench]
fn print(bencher: Bencher<'_, '_>) {
    let expressions: Vec<Expr> = RULES.iter().map(|rule| parsed(rule)).collect();
    let counters = bencher.counter(bytes()).counter(ItemsCount::new(RULES.len()));
    counters.bench(|| {
        let lengths = divan::black_box(&expressions)
            .iter()
            .map(|expression| expression.to_string().len());
        lengths.sum::<usize>()
    });
}

#[divan::bench]
fn bind(bencher: Bencher<'_, '_>) {
    let counters = bencher.counter(bytes()).counter(ItemsCount::new(RULES.len()));
    counters.bench(|| {
        let bound = |rule: &&str| enforce(rule, Options::default(), "namespace", "team-a").map_or(0, |text| text.len());
        divan::black_box(RULES).iter().map(bound).sum::<usize>()
    });
}
