//! Rule files of 2,000 `PrometheusRule`s of 20 rules: `cargo bench -p operator --bench rules`.

use std::sync::Arc;

use crds::PrometheusRule;
use divan::{AllocProfiler, Bencher, black_box};
use formats::version::Version;
use operator::object::{ByKey, ObjectKey};
use operator::rules::{Component, RuleFileCache, RuleTarget};
use serde_json::json;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

const OBJECTS: usize = 2_000;
const RULES: usize = 20;

fn main() {
    divan::main();
}

type Rules = ByKey<PrometheusRule>;

fn rules() -> Rules {
    (0..OBJECTS).map(|number| object(number, "0.05")).collect()
}

fn object(number: usize, threshold: &str) -> (ObjectKey, Arc<PrometheusRule>) {
    let rule = |rule: usize| {
        let selector = format!("job=\"app-{number}\", code=~\"5..\", route!=\"/health-{rule}\"");
        json!({
            "alert": format!("Errors{rule}"),
            "expr": format!(
                "sum by (namespace, pod) (rate(http_requests_total{{{selector}}}[5m])) / \
                 sum by (namespace, pod) (rate(http_requests_total{{job=\"app-{number}\"}}[5m])) > {threshold}"
            ),
            "for": "10m",
            "labels": { "severity": "warning" },
            "annotations": {
                "summary": "{{ $labels.pod }} has many errors.",
                "description": "{{ $value | humanizePercentage }} of the requests to {{ $labels.namespace }}/{{ $labels.pod }} fail.",
            },
        })
    };
    let rules: Vec<_> = (0..RULES).map(rule).collect();
    let (namespace, name) = (format!("team-{}", number % 20), format!("app-{number}"));
    let object = serde_json::from_value(json!({
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": { "name": name, "namespace": namespace, "uid": format!("{number:08}") },
        "spec": { "groups": [{ "name": "errors", "rules": rules }] },
    }));
    let object = object.expect("an object of this file");
    (ObjectKey::new(namespace, name), Arc::new(object))
}

fn target() -> RuleTarget {
    RuleTarget::new(Component::Prometheus, Version::new(3, 13, 2))
}

/// All objects are read, checked and written, and spread over ConfigMaps.
#[divan::bench(sample_count = 5)]
fn all(bencher: Bencher<'_, '_>) {
    let rules = rules();
    bencher.bench_local(|| render(&mut RuleFileCache::default(), &rules, OBJECTS));
}

/// One object has another threshold.
#[divan::bench(sample_count = 50)]
fn one_change(bencher: Bencher<'_, '_>) {
    let (mut rules, mut cache) = (rules(), RuleFileCache::default());
    render(&mut cache, &rules, OBJECTS);
    let mut turn = 0_usize;
    bencher.bench_local(|| {
        turn += 1;
        let threshold = if turn.is_multiple_of(2) { "0.05" } else { "0.1" };
        rules.extend([object(OBJECTS / 2, threshold)]);
        render(&mut cache, &rules, 1)
    });
}

fn render(cache: &mut RuleFileCache, rules: &Rules, expected: usize) -> usize {
    let (files, rejections, fresh) = cache.rule_files(&target(), rules);
    assert_eq!((rejections.len(), fresh), (0, expected));
    black_box(cache.config_maps("prometheus-main-rulefiles", ("prometheus-name", "main"), &files)).len()
}
