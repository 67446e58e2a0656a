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
            Some("shards: 2147483647 exceeds the limit of 1000"),
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

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_prometheus_would_refuse_of_its_own_object_is_named() {
    let newest = Version::new(3, 13, 2);
    let write = |field: Value| {
        let mut remote = json!({"url": "http://b"});
        remote
            .as_object_mut()
            .expect("a mapping")
            .extend(field.as_object().expect("a mapping").clone());
        json!({"remoteWrite": [{"url": "http://a", "name": "x"}, remote]})
    };
    let alertmanager = |field: Value| {
        let mut endpoints = json!({"name": "main", "port": "web"});
        endpoints
            .as_object_mut()
            .expect("a mapping")
            .extend(field.as_object().expect("a mapping").clone());
        json!({"alerting": {"alertmanagers": [endpoints]}})
    };
    for (spec, expected) in [
        (write(json!({"name": "y", "headers": {"X-Team": "a"}})), None),
        (
            write(json!({"name": "x"})),
            Some("remoteWrite[1].name: \"x\" is also the name of item 0"),
        ),
        (
            write(json!({"headers": {"content-encoding": "gzip"}})),
            Some("remoteWrite[1].headers[\"content-encoding\"]: this header is reserved: Prometheus sets it itself"),
        ),
        (
            write(json!({"headers": {"Authorization": "x"}})),
            Some("remoteWrite[1].headers[\"Authorization\"]: this header is set by the fields for authentication"),
        ),
        (
            write(json!({"writeRelabelConfigs": [{"action": "keep", "regex": "("}]})),
            Some("remoteWrite[1].writeRelabelConfigs[0]: invalid regex ( for relabel configuration: missing closing )"),
        ),
        (
            write(json!({"queueConfig": {"minShards": 60}})),
            Some("remoteWrite[1].queueConfig.minShards: 60 is more than maxShards, which is 50"),
        ),
        (
            write(json!({"queueConfig": {"capacity": -1}})),
            Some("remoteWrite[1].queueConfig.capacity: must not be negative"),
        ),
        (
            write(json!({"queueConfig": {"minBackoff": "10s"}})),
            Some("remoteWrite[1].queueConfig.minBackoff: 10s is longer than maxBackoff, which is 5s"),
        ),
        (
            json!({"remoteRead": [{"url": "http://a", "name": "x"}, {"url": "http://b", "name": "x"}]}),
            Some("remoteRead[1].name: \"x\" is also the name of item 0"),
        ),
        (
            json!({"remoteRead": [{"url": "http://a", "bearerToken": "t", "bearerTokenFile": "f"}]}),
            Some(
                "remoteRead[0].bearerToken: \"bearerToken\" and \"bearerTokenFile\" can't be set at the same time, at most one of them must be defined",
            ),
        ),
        (
            json!({"remoteRead": [{"url": "http://a", "requiredMatchers": {"": "x"}}]}),
            Some("remoteRead[0].requiredMatchers: \"\" is not a valid label name"),
        ),
        (
            json!({"externalLabels": {"bad-name": "x"}, "nameValidationScheme": "Legacy"}),
            Some("externalLabels[\"bad-name\"]: \"bad-name\" is not a valid label name"),
        ),
        (
            json!({"prometheusExternalLabelName": "test/cluster", "nameValidationScheme": "Legacy"}),
            Some("prometheusExternalLabelName: \"test/cluster\" is not a valid label name"),
        ),
        (
            json!({"externalLabels": {"bad-name": "x"}, "replicaExternalLabelName": ""}),
            None,
        ),
        (
            json!({"nameValidationScheme": "Legacy", "nameEscapingScheme": "AllowUTF8"}),
            Some("nameEscapingScheme: AllowUTF8 requires nameValidationScheme UTF8, but Legacy is in effect"),
        ),
        (
            json!({"tracingConfig": {"endpoint": "a:1", "headers": {"Host": "b"}}}),
            Some("tracingConfig.headers[\"Host\"]: this header is reserved: Prometheus sets it itself"),
        ),
        (
            alertmanager(json!({"alertRelabelings": [{"action": "drop", "regex": "*"}]})),
            Some(
                "alerting.alertmanagers[0].alertRelabelings[0]: invalid regex * for relabel configuration: missing argument to repetition operator",
            ),
        ),
        (
            alertmanager(json!({"port": "("})),
            Some("alerting.alertmanagers[0].port: invalid regex ( for relabel configuration: missing closing )"),
        ),
        (
            json!({"shardingStrategy": {"mode": "Topology", "topology": {"values": ["a", "("]}}}),
            Some("shardingStrategy.topology.values[1]: invalid regex ( for relabel configuration: missing closing )"),
        ),
        (
            json!({"evaluationInterval": "99999999999y"}),
            Some("evaluationInterval: \"99999999999y\" is not a duration: duration out of range"),
        ),
        (
            json!({"apiserverConfig": {"host": "https://a", "bearerToken": "t", "bearerTokenFile": "f"}}),
            Some(
                "apiserverConfig.bearerToken: \"bearerToken\" and \"bearerTokenFile\" can't be set at the same time, at most one of them must be defined",
            ),
        ),
    ] {
        assert_eq!(message(newest, spec.clone()).as_deref(), expected, "{spec}");
    }
    let old = Version::new(3, 11, 0);
    assert_eq!(message(old, write(json!({"queueConfig": {"minShards": 60}}))), None);
    assert!(message(Version::new(2, 55, 0), json!({"externalLabels": {"bad-name": "x"}})).is_some());
}
