//! An object with a field of the wrong type is refused, and the error names the field: of every kind at least one field
//! of its own and one below a group of fields that it shares with others.

use crds::v1alpha1::PrometheusAgent;
use crds::{Alertmanager, PodMonitor, Prometheus, PrometheusRule, ServiceMonitor, ThanosRuler};
use kube::Resource;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[track_caller]
fn refused<K: Resource<DynamicType = ()> + DeserializeOwned>(spec: &Value, complaint: &str) {
    let object = json!({
        "apiVersion": K::api_version(&()),
        "kind": K::kind(&()),
        "metadata": { "name": "main", "namespace": "monitoring", "labels": { "team": "observability" } },
        "spec": spec,
    });
    match crds::read::<K>(&object) {
        Ok(_) => panic!("{spec} was read"),
        Err(error) => assert_eq!(error.to_string(), complaint),
    }
}

#[test]
fn service_monitors() {
    let rule = |modulus: Value| json!({ "sourceLabels": ["__address__"], "action": "hashmod", "modulus": modulus });
    let good = json!({ "port": "web", "relabelings": [rule(json!(8))] });
    let bad = json!({ "port": "web", "relabelings": [rule(json!("x"))] });
    refused::<ServiceMonitor>(
        &json!({ "selector": {}, "endpoints": [good, bad] }),
        r#"spec.endpoints[1].relabelings[0].modulus: invalid type: string "x", expected u64"#,
    );
    refused::<ServiceMonitor>(&json!({ "selector": {} }), "spec: missing field `endpoints`");
    refused::<ServiceMonitor>(
        &json!({ "endpoints": [{ "scheme": "gopher" }], "selector": { "matchLabels": { "app": "x" } } }),
        r#"spec.endpoints[0].scheme: invalid value: string "gopher", expected one of "http" "HTTP" "https" "HTTPS""#,
    );
}

#[test]
fn pod_monitors() {
    refused::<PodMonitor>(
        &json!({ "selector": {}, "podMetricsEndpoints": [{ "port": "web" }, { "portNumber": "web" }] }),
        r#"spec.podMetricsEndpoints[1].portNumber: invalid type: string "web", expected i32"#,
    );
    refused::<PodMonitor>(
        &json!({ "selector": { "matchLabels": { "app": 5 } }, "podMetricsEndpoints": [] }),
        "spec.selector.matchLabels.app: invalid type: integer `5`, expected a string",
    );
}

#[test]
fn prometheus_rules() {
    let rules = json!([{ "record": "a", "expr": 1 }, { "alert": "B", "expr": "up == 0", "for": 300 }]);
    refused::<PrometheusRule>(
        &json!({ "groups": [{ "name": "first" }, { "name": "second", "rules": rules }] }),
        "spec.groups[1].rules[1].for: invalid type: integer `300`, expected a string",
    );
    refused::<PrometheusRule>(
        &json!({ "groups": [{ "name": "first", "rules": [{ "record": "a", "expr": 1 }, { "record": "b" }] }] }),
        "spec.groups[0].rules[1]: missing field `expr`",
    );
}

#[test]
fn prometheuses() {
    refused::<Prometheus>(
        &json!({ "replicas": 2, "query": { "maxSamples": "many" } }),
        r#"spec.query.maxSamples: invalid type: string "many", expected i32"#,
    );
    refused::<Prometheus>(
        &json!({ "retention": "15d", "scrapeClasses": [{ "name": "a" }, { "name": "b", "default": "yes" }] }),
        r#"spec.scrapeClasses[1].default: invalid type: string "yes", expected a boolean"#,
    );
    refused::<Prometheus>(
        &json!({ "containers": [{ "name": "prometheus", "ports": [{ "containerPort": "web" }] }], "shards": 1 }),
        r#"spec.containers[0].ports[0].containerPort: invalid type: string "web", expected i32"#,
    );
    refused::<Prometheus>(
        &json!({ "thanos": { "grpcServerTlsConfig": { "minVersion": "TLS12", "caFile": true } } }),
        "spec.thanos.grpcServerTlsConfig.caFile: invalid type: boolean `true`, expected a string",
    );
}

#[test]
fn prometheus_agents() {
    refused::<PrometheusAgent>(
        &json!({ "mode": "Deployment", "replicas": 1 }),
        r#"spec.mode: invalid value: string "Deployment", expected one of "StatefulSet" "DaemonSet""#,
    );
    refused::<PrometheusAgent>(
        &json!({ "remoteWrite": [{ "url": "https://metrics.example" }, { "name": "second" }], "mode": "DaemonSet" }),
        "spec.remoteWrite[1]: missing field `url`",
    );
}

#[test]
fn alertmanagers() {
    refused::<Alertmanager>(
        &json!({ "replicas": 3, "limits": { "maxSilences": [] } }),
        "spec.limits.maxSilences: invalid type: sequence, expected i32",
    );
    refused::<Alertmanager>(
        &json!({ "web": { "tlsConfig": { "keyFile": 1 }, "timeout": 30 } }),
        "spec.web.tlsConfig.keyFile: invalid type: integer `1`, expected a string",
    );
}

#[test]
fn thanos_rulers() {
    refused::<ThanosRuler>(
        &json!({ "queryEndpoints": "querier.thanos.svc:9090", "replicas": 2 }),
        r#"spec.queryEndpoints: invalid type: string "querier.thanos.svc:9090", expected a sequence"#,
    );
    refused::<ThanosRuler>(
        &json!({ "queryEndpoints": [], "tolerations": [{ "operator": "Exists", "tolerationSeconds": "300" }] }),
        r#"spec.tolerations[0].tolerationSeconds: invalid type: string "300", expected i64"#,
    );
}
