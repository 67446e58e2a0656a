#![expect(clippy::needless_pass_by_value, reason = "literals of JSON are made for the call")]

use serde_json::{Value, json};

use super::*;
use crds::Prometheus;

fn message(version: Version, spec: Value) -> Option<String> {
    let prometheus: Prometheus = serde_json::from_value(json!({
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "Prometheus",
        "metadata": {"name": "main", "namespace": "monitoring"},
        "spec": spec,
    }))
    .expect("a Prometheus");
    check(&(&prometheus).into(), version, &Assets::default())
        .err()
        .map(|error| error.to_string())
}

#[test]
fn the_error_names_the_field() {
    let key = json!({"name": "s", "key": "k"});
    let remote = |field: Value| json!({"remoteWrite": [{"url": "http://a"}, field]});
    for (spec, expected) in [
        (json!({}), None),
        (json!({"scrapeTimeout": "10s"}), None),
        (json!({"shards": 1000}), None),
        (
            json!({"shards": 2_147_483_647}),
            Some("shards: 2147483647 are more than 1000"),
        ),
        (
            json!({"scrapeTimeout": "40s"}),
            Some("scrapeTimeout: scrapeTimeout \"40s\" greater than scrapeInterval \"30s\""),
        ),
        (
            json!({"scrapeClasses": [{"name": "a", "default": true}, {"name": "b", "default": true}]}),
            Some("scrapeClasses: multiple default scrape classes defined"),
        ),
        (
            json!({"scrapeClasses": [{"name": "a", "relabelings": [{"action": "keep", "regex": "("}]}]}),
            Some("scrapeClasses[\"a\"].relabelings[0]: invalid regex ( for relabel configuration: missing closing )"),
        ),
        (
            remote(json!({"url": "http://b", "basicAuth": {}, "sigv4": {}})),
            Some(
                "remoteWrite[1].basicAuth: \"basicAuth\" and \"sigv4\" can't be set at the same time, at most one of them must be defined",
            ),
        ),
        (
            remote(json!({"url": "http://b", "authorization": {"credentials": key}})),
            Some("remoteWrite[1].authorization: secret monitoring/s not found"),
        ),
        (
            json!({"alerting": {"alertmanagers": [{"name": "am", "port": "web", "noProxy": "x"}]}}),
            Some("alerting.alertmanagers[0].proxyConfig: if noProxy is configured, proxyUrl must also be configured"),
        ),
        (
            json!({"apiserverConfig": {"host": "https://api", "tlsConfig": {"caFile": "/ca", "ca": {"secret": key}}}}),
            Some("apiserverConfig.tlsConfig: cannot specify both 'caFile' and 'ca'"),
        ),
    ] {
        assert_eq!(
            message(Version::new(3, 5, 0), spec.clone()).as_deref(),
            expected,
            "{spec}"
        );
    }
}

#[test]
fn azure_needs_one_way_that_the_version_knows() {
    let azure = |field: Value| json!({"remoteWrite": [{"url": "http://a", "azureAd": field}]});
    let id = "00000000-a12b-3cd4-e56f-000000000000";
    let workload = azure(json!({"workloadIdentity": {"clientId": id, "tenantId": id}}));
    assert_eq!(message(Version::new(3, 7, 0), workload.clone()), None);
    assert_eq!(
        message(Version::new(3, 6, 9), workload).as_deref(),
        Some("remoteWrite[0].azureAd.workloadIdentity: requires Prometheus >= v3.7.0")
    );
    assert!(message(Version::new(3, 5, 0), azure(json!({}))).is_some());
    assert!(message(Version::new(3, 5, 0), azure(json!({"sdk": {}, "managedIdentity": {}}))).is_some());
    let wrong = azure(json!({"workloadIdentity": {"clientId": "x", "tenantId": id}}));
    assert_eq!(
        message(Version::new(3, 7, 0), wrong).as_deref(),
        Some(
            "remoteWrite[0].azureAd.workloadIdentity.clientId: the provided Azure Workload Identity clientId is invalid"
        )
    );
}
