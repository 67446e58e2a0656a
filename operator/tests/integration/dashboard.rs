//! The dashboard and the alerts ask for metrics that the operator exports: they are compared with what it serves.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;

use crate::support::{Operator, in_namespace, prometheus};

const FILES: [&str; 2] = ["deploy/mixin/dashboard.json", "deploy/mixin/alerts.yaml"];
/// Series that exist from the first review on; the tests of the webhooks read them.
const AFTER_A_REVIEW: [&str; 2] = [
    "prometheus_operator_admission_reviews_total",
    "prometheus_operator_admission_review_duration_seconds_bucket",
];
/// What the suffixes of a histogram's series are.
const OF_HISTOGRAMS: [&str; 3] = ["_bucket", "_sum", "_count"];

/// Words of the files that are names of the operator's metrics, or of its process'.
fn asked() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in FILES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let is_name = |word: &&str| word.starts_with("prometheus_operator_") || word.starts_with("process_");
        names.extend(words.filter(is_name).map(str::to_owned));
    }
    names
}

#[tokio::test]
async fn every_metric_that_is_asked_for_exists() {
    in_namespace(async |space| {
        let main = prometheus("main", json!({}));
        space.apply(&main).await;
        let operator = Operator::start(space, &["--kubelet-service=kube-system/dashboard-test"]);
        space.condition(&main, "Reconciled", "True").await;
        let metrics = operator.metrics().await;
        let families: BTreeSet<&str> = (metrics.lines())
            .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
            .collect();
        let asked = asked();
        assert!(asked.len() > 20, "{asked:?}");
        let is_exported = |name: &String| {
            let of_histogram = OF_HISTOGRAMS.iter().find_map(|suffix| name.strip_suffix(suffix));
            let counter = name.strip_suffix("_total");
            [Some(name.as_str()), of_histogram, counter]
                .into_iter()
                .flatten()
                .any(|family| families.contains(family))
        };
        let is_expected = |name: &&String| !AFTER_A_REVIEW.contains(&name.as_str());
        let unknown: Vec<&String> = (asked.iter().filter(is_expected))
            .filter(|name| !is_exported(name))
            .collect();
        assert!(unknown.is_empty(), "no such metrics: {unknown:?}");
    })
    .await;
}
