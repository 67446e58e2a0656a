#![expect(clippy::needless_pass_by_value, reason = "literals of JSON are made for the call")]

use std::sync::Arc;

use crds::Prometheus;
use formats::version::Version;
use serde_json::{Value, json};

use super::*;
use crate::settings::Settings;

fn prometheus(spec: Value) -> Prometheus {
    serde_json::from_value(json!({
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "Prometheus",
        "metadata": {"name": "main", "namespace": "monitoring"},
        "spec": spec,
    }))
    .expect("a Prometheus")
}

fn monitor(namespace: &str, name: &str, endpoint: Value) -> Arc<ServiceMonitor> {
    Arc::new(
        serde_json::from_value(json!({
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "ServiceMonitor",
            "metadata": {"name": name, "namespace": namespace, "labels": {"team": name}},
            "spec": {"selector": {}, "endpoints": [endpoint]},
        }))
        .expect("a ServiceMonitor"),
    )
}

fn by_key<const N: usize>(monitors: [Arc<ServiceMonitor>; N]) -> ByKey<ServiceMonitor> {
    monitors.map(|monitor| (ObjectKey::of(&*monitor), monitor)).into()
}

fn everything() -> Objects {
    Objects {
        service_monitors: by_key([
            monitor("a", "good", json!({"port": "web"})),
            monitor("a", "slow", json!({"interval": "10s", "scrapeTimeout": "20s"})),
            monitor(
                "b",
                "secret",
                json!({"bearerTokenSecret": {"name": "token", "key": "t"}}),
            ),
        ]),
        ..Objects::default()
    }
}

#[test]
fn bad_monitors_are_left_out_and_named() {
    let prometheus = prometheus(json!({"serviceMonitorSelector": {}, "serviceMonitorNamespaceSelector": {}}));
    let candidates = candidates(&(&prometheus).into(), everything(), &NamespaceLabels::new()).expect("valid selectors");
    let mut references = References::default();
    candidates.refer(&(&prometheus).into(), &mut ReferenceCaches::default(), &mut references);
    let references: Vec<String> = references.iter().map(ToString::to_string).collect();
    assert_eq!(references, ["secret b/token"]);
    let selection = validated(
        Facts::of((&prometheus).into(), Version::new(3, 5, 0), &Settings::default()),
        candidates.scrape,
        &Assets::default(),
    );
    assert_eq!(
        (selection.scrape.service_monitors)
            .keys()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        ["a/good"]
    );
    let messages: Vec<_> = (selection.rejections.iter())
        .map(|rejection| (rejection.object.to_string(), rejection.message.as_str()))
        .collect();
    assert_eq!(
        messages,
        [
            (
                "a/slow".to_owned(),
                "spec.endpoints[0].scrapeTimeout: scrapeTimeout \"20s\" greater than scrapeInterval \"10s\""
            ),
            (
                "b/secret".to_owned(),
                "spec.endpoints[0].bearerTokenSecret: secret b/token not found"
            ),
        ]
    );
}

#[test]
fn nothing_is_selected_without_a_selector() {
    let prometheus = prometheus(json!({"serviceMonitorNamespaceSelector": {}}));
    let candidates = candidates(&(&prometheus).into(), everything(), &NamespaceLabels::new()).expect("valid selectors");
    assert!(candidates.scrape.service_monitors.is_empty());
}

#[test]
fn files_are_denied_where_the_operator_says_so() {
    let prometheus = prometheus(json!({"arbitraryFSAccessThroughSMs": {"deny": false}}));
    let scrape = json!({
        "apiVersion": "monitoring.coreos.com/v1alpha1", "kind": "ScrapeConfig",
        "metadata": {"name": "files", "namespace": "a"}, "spec": {"fileSDConfigs": [{"files": ["/etc/targets.json"]}]},
    });
    let scrape: ScrapeConfig = serde_json::from_value(scrape).expect("a ScrapeConfig");
    let key = ObjectKey::new("a", "files");
    let assets = Assets::default();
    let reasons = |denies_files: bool| {
        let mut settings = Settings::default();
        settings.tenancy.denies_files = denies_files;
        let checks = Checks::new(
            Facts::of((&prometheus).into(), Version::new(3, 5, 0), &settings),
            &assets,
        );
        let token = monitor("a", "files", json!({"bearerTokenFile": "/var/run/token"}));
        let certificate = monitor("a", "files", json!({"tlsConfig": {"caFile": "/etc/ca"}}));
        let plain = monitor("a", "files", json!({"tlsConfig": {"insecureSkipVerify": true}}));
        let reason = |checked: Result<TlsFiles, Invalid>| checked.err().map(|error| error.to_string());
        [
            reason(checks.object(&key, &*token)),
            reason(checks.object(&key, &*certificate)),
            reason(checks.object(&key, &scrape)),
            reason(checks.object(&key, &*plain)),
        ]
    };
    assert_eq!(reasons(false), [None, None, None, None]);
    let [token, certificate, targets, plain] = reasons(true);
    for (reason, field) in [
        (token, "bearerTokenFile"),
        (certificate, "tlsConfig"),
        (targets, "fileSDConfigs"),
    ] {
        let reason = reason.expect("it reads a file");
        assert!(
            reason.contains(field) && reason.contains("--deny-file-access"),
            "{reason}"
        );
    }
    assert_eq!(plain, None);
}

#[test]
fn files_are_denied_where_the_specification_says_so() {
    let deny = json!({"arbitraryFSAccessThroughSMs": {"deny": true}, "serviceMonitorSelector": {}});
    let prometheus = prometheus(deny);
    let checks_of = |endpoint: Value| {
        let (assets, settings) = (Assets::default(), Settings::default());
        let checks = Checks::new(
            Facts::of((&prometheus).into(), Version::new(3, 5, 0), &settings),
            &assets,
        );
        let monitor = monitor("monitoring", "files", endpoint);
        checks
            .service_monitor(&ObjectKey::of(&*monitor), &monitor)
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    assert_eq!(
        checks_of(json!({"tlsConfig": {"caFile": "/etc/ca"}})),
        Err(
            "endpoints[0].tlsConfig: it accesses file system via tls config which Prometheus specification prohibits"
                .to_owned()
        )
    );
    assert!(checks_of(json!({"bearerTokenFile": "/var/run/token"})).is_err());
    assert_eq!(checks_of(json!({"tlsConfig": {"insecureSkipVerify": true}})), Ok(()));
}

fn message(owner: Value, endpoint: Value) -> Option<String> {
    let prometheus = prometheus(owner);
    let (assets, settings) = (Assets::default(), Settings::default());
    let facts = Facts::of((&prometheus).into(), Version::new(3, 13, 2), &settings);
    let checks = Checks::new(facts, &assets);
    let monitor = monitor("a", "m", endpoint);
    let checked = monitor.check(&ObjectKey::of(&*monitor), &checks);
    checked.err().map(|error| error.to_string())
}

#[test]
fn what_would_stop_everybody_is_left_out() {
    let class = json!({"scrapeClasses": [{"name": "c", "default": true, "authorization": {"type": "Token"}}]});
    for (owner, endpoint, expected) in [
        (json!({}), json!({"port": "web|metrics"}), None),
        (
            json!({}),
            json!({"port": "*a"}),
            Some(
                "spec.endpoints[0].port: invalid regex *a for relabel configuration: missing argument to repetition operator",
            ),
        ),
        (
            json!({}),
            json!({"targetPort": "("}),
            Some("spec.endpoints[0].targetPort: invalid regex ( for relabel configuration: missing closing )"),
        ),
        (json!({}), json!({"port": "web", "targetPort": "("}), None),
        (
            json!({"nameValidationScheme": "Legacy"}),
            json!({"metricRelabelings": [{"targetLabel": "test.example/team"}]}),
            Some(
                "spec.endpoints[0].metricRelabelings[0]: \"test.example/team\" is invalid 'target_label' for replace action",
            ),
        ),
        (
            json!({}),
            json!({"interval": "99999999999y"}),
            Some("spec.endpoints[0].interval: \"99999999999y\" is not a duration: duration out of range"),
        ),
        (
            class,
            json!({"bearerTokenFile": "/token"}),
            Some(
                "spec.endpoints[0].bearerTokenFile: bearerTokenFile and the authorization of the scrape class cannot be configured at the same time",
            ),
        ),
    ] {
        assert_eq!(message(owner, endpoint.clone()).as_deref(), expected, "{endpoint}");
    }
}

#[test]
fn what_is_optional_may_be_missing() {
    let gone = json!({"name": "gone", "key": "k", "optional": true});
    for endpoint in [
        json!({"bearerTokenSecret": gone}),
        json!({"authorization": {"credentials": gone}}),
        json!({"basicAuth": {"username": gone, "password": gone}}),
        json!({"tlsConfig": {"ca": {"secret": gone}, "cert": {"secret": gone}, "keySecret": gone}}),
        json!({"oauth2": {"clientId": {"secret": gone}, "clientSecret": gone, "tokenUrl": "http://a"}}),
    ] {
        assert_eq!(message(json!({}), endpoint.clone()), None, "{endpoint}");
    }
}

#[test]
fn headers_that_prometheus_sets_itself_are_refused() {
    let prometheus = prometheus(json!({}));
    let settings = Settings::default();
    let assets = Assets::default();
    let checks = Checks::new(
        Facts::of((&prometheus).into(), Version::new(3, 5, 0), &settings),
        &assets,
    );
    let message = |headers: Value| {
        let monitor = monitor("a", "tenant", json!({ "httpHeaders": headers }));
        let checked = checks.service_monitor(&ObjectKey::of(&*monitor), &monitor);
        checked.err().map(|invalid| invalid.to_string())
    };
    assert_eq!(message(json!({ "X-Scope-OrgID": { "values": ["a"] } })), None);
    let reserved = |name: &str| {
        Some(format!(
            "endpoints[0].httpHeaders[{name}]: Prometheus itself sets this header"
        ))
    };
    for name in [
        "Authorization",
        "host",
        "x-prometheus-scrape-timeout-seconds",
        "X-Amz-Date",
    ] {
        assert_eq!(message(json!({ name: { "values": ["a"] } })), reserved(name));
    }
    assert_eq!(
        message(json!({ "X-Token": { "secrets": [{ "name": "gone", "key": "k" }] } })),
        Some("endpoints[0].httpHeaders[X-Token].secrets[0]: secret a/gone not found".to_owned())
    );
}

#[test]
fn a_class_is_used_by_the_namespaces_that_it_selects() {
    let class = |is_default: bool| json!({ "name": "guarded", "default": is_default, "namespaceSelector": { "matchLabels": { "team": "a" } } });
    let selected = |classes: Value, named: Option<&str>| {
        let mut prometheus = json!({"serviceMonitorSelector": {}, "serviceMonitorNamespaceSelector": {}});
        prometheus["scrapeClasses"] = classes;
        let prometheus = self::prometheus(prometheus);
        let mut all = Objects::default();
        for namespace in ["a", "b", "unknown"] {
            let mut monitor = (*monitor(namespace, "m", json!({}))).clone();
            monitor.spec.scrape_class = named.map(Into::into);
            all.service_monitors.insert(ObjectKey::of(&monitor), Arc::new(monitor));
        }
        let labels = |team: &str| [("team".to_owned(), team.to_owned())].into();
        let known = NamespaceLabels::from([("a".into(), labels("a")), ("b".into(), labels("b"))]);
        let candidates = candidates(&(&prometheus).into(), all, &known).expect("valid selectors");
        let left_out = candidates.left_out.into_iter();
        left_out
            .map(|((_, key), message)| (key.to_string(), message))
            .collect::<Vec<_>>()
    };
    let message = |rest: &str| {
        format!(
            "spec.scrapeClass: scrape class \"guarded\"{rest} may not be used in this namespace, which the namespaceSelector of the class does not select"
        )
    };
    let strangers = |rest: &str| ["b/m", "unknown/m"].map(|key| (key.to_owned(), message(rest)));
    assert_eq!(selected(json!([class(false)]), Some("guarded")), strangers(""));
    assert_eq!(selected(json!([class(true)]), None), strangers(", the default one,"));
    assert_eq!(selected(json!([class(false)]), None), []);
    assert_eq!(selected(json!([class(true), {"name": "open"}]), Some("open")), []);
    assert_eq!(
        selected(json!([{"name": "guarded", "namespaceSelector": {}}]), Some("guarded")),
        []
    );
    assert_eq!(selected(json!([{"name": "guarded"}]), Some("guarded")), []);
}

#[test]
fn a_class_whose_selector_is_none_fails_the_instance() {
    let selector = json!({ "matchExpressions": [{ "key": "team", "operator": "In" }] });
    let prometheus = prometheus(json!({ "scrapeClasses": [{ "name": "x", "namespaceSelector": selector }] }));
    let error = candidates(&(&prometheus).into(), everything(), &NamespaceLabels::new()).expect_err("wrong");
    assert!(
        error
            .to_string()
            .starts_with("spec.scrapeClasses[\"x\"].namespaceSelector: key \"team\""),
        "{error}"
    );
}
