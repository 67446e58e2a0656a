use crds::CommonPrometheusFields;
use formats::version::Version;
use serde_json::{Value, json};

use super::*;

const NEWEST: Version = Version::new(3, 13, 2);

fn job(version: Version, spec: Value, text: &str) -> Option<String> {
    let common: CommonPrometheusFields = serde_json::from_value(spec).expect("fields of a Prometheus");
    let check = Check::new(version, &common);
    list("jobs", Some(text), |job, path| check.scrape_config(job, path))
        .err()
        .map(|error| error.to_string())
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_prometheus_would_not_load_is_named() {
    let legacy = json!({ "nameValidationScheme": "Legacy" });
    for (spec, text, expected) in [
        (
            json!({}),
            "- job_name: a\n  scrape_interval: 5s\n  honor_labels: on\n",
            None,
        ),
        (
            json!({}),
            "- job_name: 1.10\n  static_configs:\n  - targets: [a:1]\n    labels: {zip: 01234, on: off}\n",
            None,
        ),
        (
            json!({}),
            "- scrape_interval: 5s\n",
            Some("spec.jobs[0].job_name: a job name is required"),
        ),
        (
            json!({}),
            "- job_name: a\n- job_name: b\n  scrape_intervall: 5s\n",
            Some("spec.jobs[1].scrape_intervall: Prometheus has no such key"),
        ),
        (
            json!({}),
            "- job_name: a\n  kubernetes_sd_configs:\n  - role: pod\n    namespaces: {name: [x]}\n",
            Some("spec.jobs[0].kubernetes_sd_configs[0].namespaces.name: Prometheus has no such key"),
        ),
        (
            json!({}),
            "- job_name: a\n  scheme: http\n  scheme: https\n",
            Some("spec.jobs[0].scheme: the key is defined twice"),
        ),
        (
            json!({}),
            "- job_name: a\n  scrape_timeout: 5 s\n",
            Some("spec.jobs[0].scrape_timeout: unknown unit \" s\" in duration \"5 s\""),
        ),
        (
            json!({}),
            "- job_name: a\n  file_sd_configs:\n  - files: [a.json]\n    refresh_interval: 0s\n",
            Some("spec.jobs[0].file_sd_configs[0].refresh_interval: must be greater than 0: Prometheus exits on zero"),
        ),
        (
            json!({}),
            "- job_name: a\n  relabel_configs:\n  - regex: (\n    action: keep\n",
            Some("spec.jobs[0].relabel_configs[0].regex: missing closing )"),
        ),
        (
            json!({}),
            "- job_name: a\n  relabel_configs:\n  - action: kepe\n",
            Some("spec.jobs[0].relabel_configs[0].action: unknown action"),
        ),
        (
            json!({}),
            "- job_name: a\n  relabel_configs:\n  -\n",
            Some("spec.jobs[0].relabel_configs[0]: list items must not be null"),
        ),
        (
            json!({}),
            "- job_name: a\n  metric_relabel_configs:\n  - target_label: a.b\n",
            None,
        ),
        (
            legacy,
            "- job_name: a\n  metric_relabel_configs:\n  - target_label: a.b\n",
            Some("spec.jobs[0].metric_relabel_configs[0]: \"a.b\" is invalid 'target_label' for replace action"),
        ),
        (
            json!({}),
            "- job_name: a\n  sample_limit: -1\n",
            Some("spec.jobs[0].sample_limit: must be a non-negative integer"),
        ),
        (
            json!({}),
            "- job_name: a\n  honor_labels: maybe\n",
            Some("spec.jobs[0].honor_labels: must be true or false"),
        ),
        (
            json!({}),
            "- job_name: a\n  basic_auth: {username: u}\n  authorization: {credentials: c}\n",
            Some("spec.jobs[0].basic_auth: basic_auth and authorization cannot be configured at the same time"),
        ),
        (
            json!({}),
            "- job_name: a\n  metric_name_validation_scheme: legacy\n  metric_name_escaping_scheme: allow-utf-8\n",
            Some(
                "spec.jobs[0]: nameEscapingScheme: AllowUTF8 requires nameValidationScheme UTF8, but Legacy is in effect",
            ),
        ),
    ] {
        assert_eq!(job(NEWEST, spec, text).as_deref(), expected, "{text}");
    }
    assert_eq!(
        job(Version::new(3, 99, 0), json!({}), "- job_name: a\n  invented: 1\n"),
        None
    );
}
