//! Texts and errors of whole files, from own inputs.

use formats::version::Version;
use serde_json::json;

use super::objects::Objects;
use crate::prometheus::config::{Error, OtlpError};

/// Fails with the whole file unless it holds `part`.
#[track_caller]
pub(super) fn assert_holds(file: &str, part: &str) {
    assert!(file.contains(part), "not found:\n{part}\nin:\n{file}");
}

#[test]
fn an_empty_object_scrapes_nothing() {
    assert_eq!(
        Objects::new(json!({})).text(),
        "\
global:
  scrape_interval: 30s
  external_labels:
    prometheus: prod/main
    prometheus_replica: $(POD_NAME)
  evaluation_interval: 30s
scrape_configs: []
"
    );
}

#[test]
fn runtime_is_there_where_it_is_set() {
    for (runtime, minor, expected) in [
        (json!({}), 53, Some("runtime: {}\n")),
        (json!({}), 52, None),
        (json!({ "goGC": 25 }), 53, Some("runtime:\n  gogc: 25\n")),
        (json!({ "goGC": 25 }), 52, None),
        (json!(null), 53, None),
    ] {
        let objects = Objects::new(json!({ "runtime": runtime }));
        let file = objects.configuration(Version::new(2, minor, 0)).unwrap();
        let file = formats::yaml::to_string(&file.document);
        match expected {
            Some(part) => assert_holds(&file, part),
            None => assert!(!file.contains("runtime"), "{file}"),
        }
    }
}

#[test]
fn a_service_monitor_is_a_job() {
    let mut objects = Objects::new(json!({ "enforcedNamespaceLabel": "tenant" })).with_service_monitor(
        "shop",
        &json!({
            "selector": { "matchLabels": { "app.kubernetes.io/name": "shop" } },
            "endpoints": [{
                "port": "http",
                "params": { "b": ["2"], "a": ["1"] },
                "basicAuth": {
                    "username": { "name": "login", "key": "user" },
                    "password": { "name": "login", "key": "password" },
                },
                "relabelings": [{ "targetLabel": "tenant", "replacement": "other", "action": "Replace" }],
            }],
        }),
    );
    objects.settings.gates.shard_retention = false;
    assert_holds(
        &objects.text(),
        "\
- job_name: serviceMonitor/web/shop/0
  honor_labels: false
  kubernetes_sd_configs:
  - role: endpoints
    namespaces:
      names:
      - web
  params:
    a:
    - \"1\"
    b:
    - \"2\"
  basic_auth:
    username: ada
    password: web-word
  relabel_configs:
  - source_labels:
    - job
    target_label: __tmp_prometheus_job_name
  - action: keep
    source_labels:
    - __meta_kubernetes_service_label_app_kubernetes_io_name
    - __meta_kubernetes_service_labelpresent_app_kubernetes_io_name
    regex: (shop);true
",
    );
    assert_holds(
        &objects.text(),
        "
  - target_label: endpoint
    replacement: http
  - target_label: tenant
    replacement: other
    action: replace
  - target_label: tenant
    replacement: web
  - source_labels:
    - __address__
    - __tmp_hash
",
    );
    assert_holds(
        &objects.text(),
        "
  metric_relabel_configs:
  - target_label: tenant
    replacement: web
",
    );
}

#[test]
fn a_scrape_class_reads_secrets_beside_the_prometheus_object() {
    let objects = Objects::new(json!({ "scrapeClasses": [{
        "name": "inner",
        "default": true,
        "authorization": { "credentials": { "name": "login", "key": "password" } },
        "tlsConfig": { "caFile": "/ca.crt", "certFile": "/class.crt", "keyFile": "/class.key" },
    }] }))
    .with_pod_monitor(
        "own",
        &json!({
            "selector": {},
            "podMetricsEndpoints": [{
                "tlsConfig": {
                    "cert": { "secret": { "name": "login", "key": "crt" } },
                    "keySecret": { "name": "login", "key": "key" },
                },
            }],
        }),
    );
    let file = objects.text();
    assert_holds(
        &file,
        "
  tls_config:
    cert_file: /etc/prometheus/certs/0_web_login_crt
    key_file: /etc/prometheus/certs/0_web_login_key
    ca_file: /ca.crt
",
    );
    assert_holds(
        &file,
        "
  authorization:
    type: Bearer
    credentials: prod-word
",
    );
}

#[test]
fn a_missing_secret_leaves_its_field_out_and_nothing_else() {
    let objects = Objects::new(json!({})).with_service_monitor(
        "shop",
        &json!({
            "selector": {},
            "endpoints": [{
                "interval": "5s",
                "basicAuth": {
                    "username": { "name": "login", "key": "user" },
                    "password": { "name": "gone", "key": "password" },
                },
            }],
        }),
    );
    let file = objects.text();
    assert!(!file.contains("basic_auth"), "{file}");
    assert_holds(&file, "\n  scrape_interval: 5s\n");
}

#[test]
fn handwritten_jobs_come_last_and_are_sharded() {
    let mut objects = Objects::new(json!({ "shards": 2, "alerting": { "alertmanagers": [] } }));
    objects.settings.gates.shard_retention = false;
    objects.additional_scrape_configs = Some(
        "- relabel_configs:\n  - {action: keep, regex: a, source_labels: [b]}\n  job_name: first\n\
         - job_name: hashed\n  relabel_configs: [{action: hashmod, modulus: 2, target_label: h}]\n",
    );
    objects.alertmanagers = Some("- static_configs: [{targets: [elsewhere]}]");
    let file = objects.text();
    assert_holds(
        &file,
        "
- job_name: first
  relabel_configs:
  - action: keep
    regex: a
    source_labels:
    - b
  - source_labels:
    - __address__
    - __tmp_hash
",
    );
    assert_holds(
        &file,
        "\n- job_name: hashed\n  relabel_configs:\n  - action: hashmod\n    modulus: 2\n    target_label: h\nalerting:\n",
    );
    assert_holds(
        &file,
        "
  alertmanagers:
  - static_configs:
    - targets:
      - elsewhere
",
    );
}

#[test]
fn what_cannot_work_is_an_error_that_names_the_field() {
    let version = Version::new(3, 13, 0);
    for (spec, message) in [
        (
            json!({ "scrapeTimeout": "31s" }),
            "spec.scrapeTimeout: \"31s\" is longer than scrapeInterval \"30s\"",
        ),
        (
            json!({ "scrapeClasses": [{ "name": "a", "default": true }, { "name": "b", "default": true }] }),
            "spec.scrapeClasses: \"a\" and \"b\" are both the default",
        ),
        (
            json!({ "tsdb": { "staleSeriesCompactionThreshold": "1100m" } }),
            "spec.tsdb.staleSeriesCompactionThreshold: \"1100m\" is not a number from 0 to 1",
        ),
        (
            json!({ "retentionPercentage": "100.1" }),
            "retentionPercentage: \"100.1\" is not a number from 0 to 100",
        ),
        (
            json!({ "tracingConfig": { "endpoint": "e:1", "samplingFraction": "2" } }),
            "spec.tracingConfig.samplingFraction: \"2\" is not a number from 0 to 1",
        ),
        (
            json!({ "otlp": { "ignoreResourceAttributes": ["a"] } }),
            "spec.otlp: ignoreResourceAttributes requires promoteAllResourceAttributes",
        ),
    ] {
        let error = Objects::new(spec).configuration(version).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
    let mut objects = Objects::new(json!({}));
    objects.additional_scrape_configs = Some("job_name: no list");
    assert!(matches!(
        objects.configuration(version),
        Err(Error::AdditionalYaml {
            field: "additionalScrapeConfigs",
            ..
        })
    ));
}

#[test]
fn versions_that_cannot_be_served_are_refused() {
    let objects = Objects::new(json!({ "otlp": {} }));
    assert!(matches!(
        objects.configuration(Version::new(4, 0, 0)),
        Err(Error::UnsupportedVersion { .. })
    ));
    assert!(matches!(
        objects.configuration(Version::new(2, 54, 9)),
        Err(Error::Otlp(OtlpError::Version { .. }))
    ));
    assert!(objects.configuration(Version::new(2, 55, 0)).is_ok());
}

#[test]
fn rule_files_are_those_of_the_config_maps() {
    let file = Objects::new(json!({ "ruleSelector": {} })).text();
    assert_holds(
        &file,
        "\nrule_files:\n- /etc/prometheus/rules/prometheus-main-rulefiles-0/*.yaml\nscrape_configs: []\n",
    );
    let mut objects = Objects::new(json!({ "ruleSelector": {} }));
    objects.settings.large_rules_compressed = true;
    let unpacked = "/*.yaml\n- /etc/prometheus/config_out/unpacked/*.rules.yaml\nscrape_configs: []\n";
    assert_holds(&objects.text(), unpacked);
}

#[test]
fn shards_of_zones_share_the_targets_of_their_zone() {
    let strategy = json!({ "mode": "Topology", "topology": { "values": ["a", "b"] } });
    let mut objects = Objects::new(json!({ "shards": 5, "shardingStrategy": strategy }))
        .with_pod_monitor("all", &json!({ "selector": {}, "podMetricsEndpoints": [{}] }));
    objects.settings.cluster.pod_topology_labels = false;
    let file = objects.text();
    assert_holds(&file, "\n    zone: $(TOPOLOGY_ZONE)\n");
    assert_holds(&file, "\n    attach_metadata:\n      node: true\n");
    assert_holds(&file, "\n    - __tmp_current_shard\n    regex: 0|1|2|3|4\n");
    assert_holds(
        &file,
        "\n    - __meta_kubernetes_node_label_topology_kubernetes_io_zone\n",
    );
    // Two shards for each zone; the fifth one has the targets of the first.
    assert_holds(&file, "\n    modulus: 2\n");
    assert_holds(&file, "\n    regex: $(INZONE_SHARD);|.+;.+\n    action: keep\n");
}

#[test]
fn a_share_of_the_disk_takes_the_place_of_the_default() {
    let retention = |spec: serde_json::Value, minor| {
        let configuration = Objects::new(spec).configuration(Version::new(3, minor, 0)).unwrap();
        let text = formats::yaml::to_string(&configuration.document);
        let storage = text
            .split_once("    retention:\n")
            .map(|(_, retention)| retention.to_owned());
        let dropped: Vec<_> = configuration.dropped.iter().map(|dropped| dropped.field.key).collect();
        (storage, dropped)
    };
    let all = json!({ "retention": "3d", "retentionSize": "1GB", "retentionPercentage": "0.5" });
    for (spec, expected) in [
        (json!({ "retentionPercentage": 80 }), "      percentage: 80\n"),
        (json!({ "retentionPercentage": "80m" }), "      percentage: 0.08\n"),
        (json!({ "retentionPercentage": "0" }), "      time: 24h\n"),
        (all.clone(), "      time: 3d\n      size: 1GB\n      percentage: 0.5\n"),
    ] {
        assert_eq!(
            retention(spec.clone(), 11),
            (Some(expected.to_owned()), vec![]),
            "{spec}"
        );
    }
    assert_eq!(retention(all, 10), (None, vec!["retention"]));
    assert_eq!(retention(json!({ "retention": "3d" }), 10), (None, vec![]));
}

#[test]
fn headers_are_written_by_name_with_their_values_and_those_of_secrets() {
    let headers = json!({
        "X-Tenant": { "values": ["a", "b"] },
        "X-Token": { "secrets": [{ "name": "login", "key": "password" }] },
    });
    let objects = Objects::new(json!({}))
        .with_service_monitor(
            "shop",
            &json!({ "selector": {}, "endpoints": [{ "httpHeaders": headers }] }),
        )
        .with_pod_monitor(
            "shop",
            &json!({ "selector": {}, "podMetricsEndpoints": [{ "httpHeaders": headers }] }),
        );
    let expected = "
  http_headers:
    X-Tenant:
      values:
      - a
      - b
    X-Token:
      secrets:
      - web-word
";
    assert_eq!(objects.text().matches(expected).count(), 2, "{}", objects.text());
    let old = objects.configuration(Version::new(2, 54, 1)).unwrap();
    assert_eq!(old.dropped.len(), 2);
    assert!(!formats::yaml::to_string(&old.document).contains("http_headers"));
}

#[test]
fn the_newest_format_is_asked_for_where_it_is_known() {
    let monitor = json!({
        "selector": {}, "endpoints": [{}], "fallbackScrapeProtocol": "OpenMetricsText2.0.0",
        "scrapeProtocols": ["OpenMetricsText2.0.0", "PrometheusProto"],
    });
    let objects = Objects::new(json!({})).with_service_monitor("shop", &monitor);
    let written = |minor| {
        let configuration = objects.configuration(Version::new(3, minor, 0)).unwrap();
        let text = formats::yaml::to_string(&configuration.document);
        (
            text.matches("OpenMetricsText2.0.0").count(),
            configuration.dropped.len(),
        )
    };
    assert_eq!(written(15), (2, 0));
    assert_eq!(written(14), (0, 1));
}
