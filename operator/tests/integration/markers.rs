//! Secrets stay secret: markers in every place where a Secret can be, all faults that the tests can cause, every log level. No
//! marker is in the log, an event, a condition, a metric.

use std::sync::atomic::{AtomicUsize, Ordering};

use hyper::http::request::Parts;
use k8s_openapi::api::events::v1::Event;
use kube::api::{Api, DynamicObject, ListParams};
use kube::core::{ApiResource, GroupVersionKind};
use serde_json::{Value, json};

use crate::support::{
    Fate, Meddler, Operator, Space, agent, alertmanager, alertmanager_config, eventually, in_namespace, pod_monitor,
    prometheus, secret, service_monitor, thanos_ruler,
};

/// In every value of every Secret. Nothing else has it in it.
const MARKER: &str = "m4rk3r";
/// The marker at each place of three bytes, as base64 shows it.
const ENCODED: [&str; 3] = ["bTRyazNy", "00cmszc", "tNHJrM3"];

/// A key of a Secret with a value that a fault is in.
fn key(name: &str) -> Value {
    json!({"name": name, "key": "value"})
}

/// The Secrets: what each is good for is what is wrong with it.
fn secrets() -> Vec<Value> {
    let mut secrets: Vec<Value> = [
        ("token", "m4rk3r\nm4rk3r"),
        (
            "url",
            "m4rk3rscheme://m4rk3ruser:m4rk3rpassword@host:m4rk3rport/m4rk3r path",
        ),
        ("port", "http://host:9m4rk3r/"),
        (
            "certificate",
            "-----BEGIN CERTIFICATE-----\nm4rk3r\n-----END CERTIFICATE-----",
        ),
        (
            "key",
            "-----BEGIN PRIVATE KEY-----\nm4rk3rm4rk3r\n-----END PRIVATE KEY-----",
        ),
        ("jobs", "- job_name: m4rk3r\n  m4rk3r: [m4rk3r\n"),
        ("no-list", "m4rk3r: {m4rk3r: m4rk3r}"),
    ]
    .map(|(name, value)| secret(name, "value", value))
    .into();
    for (name, text) in [
        ("broken", "global: {smtp_auth_password: m4rk3r"),
        ("wrong", "receivers: m4rk3r\nroute: {receiver: m4rk3r}\n"),
        (
            "unknown",
            "m4rk3rkey: m4rk3r\nroute: {receiver: m4rk3r}\nreceivers: [{name: m4rk3r}]\n",
        ),
        (
            "address",
            "global: {slack_api_url: 'm4rk3rscheme://m4rk3r:m4rk3rport'}\nroute: {receiver: a}\nreceivers: [{name: a}]\n",
        ),
    ] {
        secrets.push(secret(name, "alertmanager.yaml", text));
    }
    secrets
}

/// Each way in which an HTTP client uses Secrets.
fn clients() -> Vec<Value> {
    let tls =
        json!({"ca": {"secret": key("certificate")}, "cert": {"secret": key("certificate")}, "keySecret": key("key")});
    vec![
        json!({"bearerTokenSecret": key("token")}),
        json!({"authorization": {"credentials": key("token")}}),
        json!({"basicAuth": {"username": key("token"), "password": key("token")}}),
        json!({"oauth2": {"clientId": {"secret": key("token")}, "clientSecret": key("token"), "tokenUrl": "http://issuer"}}),
        json!({"tlsConfig": tls}),
        json!({"proxyUrl": "http://proxy", "proxyConnectHeader": {"X": [key("token")]}}),
    ]
}

#[expect(clippy::too_many_lines, reason = "a list of objects")]
async fn populate(space: &Space) {
    for secret in secrets() {
        space.apply(&secret).await;
    }
    for (number, client) in clients().into_iter().enumerate() {
        space
            .apply(&service_monitor(&format!("client-{number}"), client.clone()))
            .await;
        let mut monitor = pod_monitor(&format!("client-{number}"));
        let endpoint = monitor["spec"]["podMetricsEndpoints"][0]
            .as_object_mut()
            .expect("an endpoint");
        endpoint.extend(client.as_object().expect("a map").clone());
        space.apply(&monitor).await;
    }
    let selects = json!({"serviceMonitorSelector": {}, "podMonitorSelector": {}});
    let with = |field: &str, value: Value| {
        let mut fields = selects.clone();
        fields[field] = value;
        fields
    };
    space.apply(&prometheus("plain", json!({}))).await;
    for (name, field, value) in [
        ("jobs", "additionalScrapeConfigs", key("jobs")),
        ("no-list", "additionalScrapeConfigs", key("no-list")),
        ("relabel", "additionalAlertRelabelConfigs", key("jobs")),
        ("managers", "additionalAlertManagerConfigs", key("no-list")),
        (
            "write",
            "remoteWrite",
            json!([{"url": "http://a", "basicAuth": {"username": key("token"), "password": key("token")}}]),
        ),
        (
            "write-tls",
            "remoteWrite",
            json!([{"url": "http://a", "tlsConfig": {"ca": {"secret": key("certificate")}}}]),
        ),
        (
            "read",
            "remoteRead",
            json!([{"url": "http://a", "bearerToken": "m4rk3r"}]),
        ),
    ] {
        space.apply(&prometheus(name, with(field, value))).await;
    }
    space
        .apply(&agent("agent", with("additionalScrapeConfigs", key("jobs"))))
        .await;
    let sender =
        json!([{"url": "http://a", "tlsConfig": {"keySecret": key("key"), "cert": {"secret": key("certificate")}}}]);
    space
        .apply(&thanos_ruler("ruler", json!({"remoteWrite": sender})))
        .await;

    for configuration in ["broken", "wrong", "unknown", "address"] {
        let fields = json!({"configSecret": configuration, "alertmanagerConfigSelector": {}});
        space.apply(&alertmanager(configuration, fields)).await;
    }
    space
        .apply(&alertmanager("plain", json!({"alertmanagerConfigSelector": {}})))
        .await;
    let global = json!({"slackApiUrl": key("url"), "opsGenieApiUrl": key("port"), "opsGenieApiKey": key("token")});
    let root = alertmanager_config("root", json!({}), &json!({"url": "http://a"}));
    space.apply(&root).await;
    let fields = json!({"alertmanagerConfiguration": {"name": "root", "global": global}});
    space.apply(&alertmanager("global", fields)).await;
    for secret in ["url", "port", "token", "certificate"] {
        let webhook = json!({"urlSecret": key(secret), "httpConfig": {"authorization": {"credentials": key("token")}}});
        let mut config = alertmanager_config(&format!("urls-{secret}"), json!({}), &webhook);
        config["spec"]["receivers"][0]["slackConfigs"] = json!([{"apiURL": key(secret)}]);
        space.apply(&config).await;
        let webhook = json!({"url": "http://a", "httpConfig": {"tlsConfig": {"ca": {"secret": key(secret)}}}});
        space
            .apply(&alertmanager_config(&format!("tls-{secret}"), json!({}), &webhook))
            .await;
    }
}

/// All that others can read of what the operator said.
pub(crate) async fn said(space: &Space) -> String {
    let events = (space.api::<Event>().list(&ListParams::default()).await).expect("the API server answers");
    let mut said: Vec<String> = events.items.into_iter().filter_map(|event| event.note).collect();
    for (version, kind) in [
        ("v1", "Prometheus"),
        ("v1", "Alertmanager"),
        ("v1", "ThanosRuler"),
        ("v1", "ServiceMonitor"),
        ("v1", "PodMonitor"),
        ("v1alpha1", "PrometheusAgent"),
        ("v1alpha1", "AlertmanagerConfig"),
    ] {
        let resource = ApiResource::from_gvk(&GroupVersionKind::gvk("monitoring.coreos.com", version, kind));
        let api: Api<DynamicObject> = space.dynamic_api(&resource);
        let list = api.list(&ListParams::default()).await.expect("the API server answers");
        said.extend(list.items.iter().map(|object| object.data["status"].to_string()));
    }
    said.join("\n")
}

/// Whether the answer has no end.
fn is_watch(request: &Parts) -> bool {
    request.uri.query().is_some_and(|query| query.contains("watch=true"))
}

fn assert_unmarked(what: &str, text: &str) {
    for line in text.lines() {
        let marked = [MARKER]
            .iter()
            .chain(&ENCODED)
            .find(|marker| line.to_lowercase().contains(&marker.to_lowercase()));
        assert!(marked.is_none(), "{what}: {line}");
    }
}

#[tokio::test]
async fn no_marker_leaves_its_secret() {
    in_namespace(async |space| {
        populate(space).await;
        let gates = "--feature-gates=StatusForConfigurationResources=true";
        for level in ["all", "debug", "info", "warn", "error"] {
            // Of what is said of Secrets, every third answer is cut, and every seventh refused.
            let requests = AtomicUsize::new(0);
            let mood = move |request: &Parts| {
                let number = requests.fetch_add(1, Ordering::Relaxed);
                match number {
                    _ if !request.uri.path().contains("/secrets") || is_watch(request) => Fate::Passed,
                    number if number % 3 == 0 => Fate::Cut,
                    number if number % 7 == 0 => Fate::Refused(403),
                    _ => Fate::Passed,
                }
            };
            let meddler = Meddler::start(&space.client, mood).await;
            let (namespaces, level) = (
                format!("--namespaces={}", space.namespace),
                format!("--log-level={level}"),
            );
            let plain = [namespaces.as_str(), level.as_str(), gates];
            let disturbed = Operator::start_with("", &[&[meddler.flag().as_str()][..], &plain].concat());
            for controller in ["prometheus", "alertmanager"] {
                let label = format!("controller=\"{controller}\"");
                eventually("some reconciliations", async || {
                    let runs = disturbed.metric("reconcile_operations_total", &[&label]).await?;
                    (runs > 5.0).then_some(())
                })
                .await;
            }
            let log = disturbed.log();
            drop(disturbed);
            assert_unmarked(&level, &log);

            let operator = Operator::start(space, &[&level, gates]);
            operator.ready().await;
            operator.settled().await;
            assert_unmarked(&level, &operator.log());
            assert_unmarked("metrics", &operator.metrics().await);
            assert_unmarked("events and conditions", &said(space).await);
        }
        let said = said(space).await;
        assert!(
            said.contains("additionalScrapeConfigs") && said.contains("apiURL"),
            "nothing was wrong: {said}"
        );
    })
    .await;
}

#[test]
fn a_kubeconfig_with_a_fault_is_not_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("kubeconfig");
    for text in [
        "users:\n- name: a\n  user: {token: m4rk3r, password: [m4rk3r]}\n",
        "users: m4rk3r\n",
        "users:\n- user: {token: m4rk3r\n",
    ] {
        std::fs::write(&path, text).expect("ours");
        let output = Operator::run(&path.display().to_string(), &["--log-level=all"]);
        assert!(!output.status.success());
        let shown = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(shown.contains("kubeconfig"), "{shown}");
        assert_unmarked("output", &shown);
    }
}
