use std::sync::Arc;

use crds::{Prometheus, PrometheusSpec};
use formats::label::Scheme;
use formats::matcher::Mode;
use formats::promql::Options;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::*;
use crate::admission::Instances;
use crate::admission::kinds::KINDS;
use crate::alertmanager::config::base;
use crate::alertmanager::config::fragments::{Input, PartCache};
use crate::assets::Assets;
use crate::object::{ByKey, ObjectKey};
use crate::pod::sharded_secret::LIMIT;
use crate::prometheus::config::Facts;
use crate::prometheus::instance::Instance;
use crate::prometheus::scrape_object::ScrapeObjects;
use crate::prometheus::select;
use crate::settings::{Settings, versions};

fn judge() -> Judge {
    Judge::new(
        Scheme::Legacy,
        Options::default(),
        Settings::default(),
        Instances::default(),
    )
}

/// A request about `object`, a `kind` of [`KINDS`]; `fields` replace those of the request.
fn question(kind: &ReviewedKind, object: &Value, fields: Value) -> String {
    let version = kind.versions[0];
    let mut request = json!({
        "uid": "u", "operation": "CREATE", "object": object,
        "resource": { "group": "monitoring.coreos.com", "version": version, "resource": kind.plural },
    });
    let (Value::Object(request_fields), Value::Object(fields)) = (&mut request, fields) else {
        panic!("fields are a map");
    };
    request_fields.extend(fields);
    json!({ "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request }).to_string()
}

fn response(kind: &ReviewedKind, object: &Value, fields: Value) -> Value {
    let (_, answer) = validated(&judge(), kind, question(kind, object, fields).as_bytes());
    let mut answer: Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer["response"]["uid"], "u");
    answer["response"].take()
}

/// Message, and the causes as kubectl prints them.
fn refused(kind: &ReviewedKind, object: &Value, fields: Value) -> (String, Vec<String>) {
    let response = response(kind, object, fields);
    assert_eq!(response["allowed"], false, "{response}");
    let status = &response["status"];
    assert_eq!((&status["reason"], &status["code"]), (&json!("Invalid"), &json!(422)));
    let causes = status["details"]["causes"].as_array().unwrap();
    let causes = causes.iter().map(|cause| {
        let message = cause["message"].as_str().unwrap();
        match cause["field"].as_str() {
            Some(field) => format!("{field}: {message}"),
            None => message.to_owned(),
        }
    });
    (status["message"].as_str().unwrap().to_owned(), causes.collect())
}

fn kind(name: &str) -> &'static ReviewedKind {
    KINDS.iter().find(|kind| kind.kind == name).unwrap()
}

fn rule(expression: &str) -> Value {
    let rules = json!([{ "alert": "Down", "expr": expression, "annotations": { "x": "{{ nonsense }}" } }]);
    json!({ "metadata": { "name": "r", "namespace": "team" }, "spec": { "groups": [{ "name": "g", "rules": rules }] } })
}

#[test]
fn every_fault_of_a_rule_is_a_cause_with_its_place() {
    let response = response(RULES, &rule("sum("), json!({}));
    let causes = &response["status"]["details"]["causes"];
    assert_eq!(response["status"]["message"], "Rules are not valid");
    assert_eq!(response["status"]["details"]["name"], "prometheusrules");
    assert_eq!(causes.as_array().unwrap().len(), 2, "{causes}");
    assert_eq!(causes[0]["field"], "spec.groups[0].rules[0]");
    let text = causes[0]["message"].as_str().unwrap();
    assert!(text.starts_with("group \"g\", rule 1, \"Down\": expr: 1:"), "{text}");
    let text = causes[1]["message"].as_str().unwrap();
    assert!(text.contains("annotation \"x\": template: "), "{text}");
}

#[test]
fn the_words_are_those_of_the_rejection() {
    let object: crds::PrometheusRule = serde_json::from_value(rule("sum(")).unwrap();
    let target = crate::rules::RuleTarget::new(
        crate::rules::Component::Prometheus,
        crate::settings::versions::PROMETHEUS,
    );
    let rejection = crate::rules::rule_file(&target, &object).unwrap_err();
    let cause = format!("spec.groups[0].rules[0]: {rejection}");
    assert_eq!(refused(RULES, &rule("sum("), json!({})).1[0], cause);
}

#[test]
fn what_is_not_what_it_says_is_refused() {
    for (name, message, object, cause) in [
        (
            "PrometheusRule",
            "Cannot unmarshal rules from spec",
            json!({ "metadata": {} }),
            "missing field `spec`",
        ),
        ("PrometheusRule", "Cannot unmarshal rules from spec", json!([]), ""),
        (
            "PrometheusRule",
            "Cannot unmarshal rules from spec",
            json!(null),
            "the request has no object",
        ),
        (
            "PrometheusRule",
            "Cannot unmarshal rules from spec",
            json!({ "metadata": {}, "spec": { "groups": [{ "name": 7 }] } }),
            "spec.groups[0].name: ",
        ),
        (
            "AlertmanagerConfig",
            "Cannot unmarhsal config from spec",
            json!({ "metadata": {}, "spec": 1 }),
            "spec: ",
        ),
        (
            "Probe",
            "Cannot read the object",
            json!({ "metadata": {}, "spec": { "interval": 1 } }),
            "spec.interval: ",
        ),
    ] {
        let (said, causes) = refused(kind(name), &object, json!({}));
        assert_eq!(said, message);
        assert!(causes[0].starts_with(cause), "{causes:?} does not start with {cause:?}");
    }
}

#[test]
fn other_resources_and_versions_are_refused() {
    let resource = |group: &str, version: &str, resource: &str| json!({ "resource": { "group": group, "version": version, "resource": resource } });
    let group = "monitoring.coreos.com";
    for (name, resource, message) in [
        ("PrometheusRule", resource("", "v1", "pods"), "Unexpected resource kind"),
        (
            "PrometheusRule",
            resource(group, "v2", "prometheusrules"),
            "Unexpected resource kind",
        ),
        (
            "AlertmanagerConfig",
            resource("other", "v1beta1", "alertmanagerconfigs"),
            "Unexpected resource kind",
        ),
        (
            "AlertmanagerConfig",
            resource(group, "v1", "alertmanagerconfigs"),
            "Unexpected resource version",
        ),
    ] {
        assert_eq!(refused(kind(name), &rule("1"), resource).0, message);
    }
    // Nor is it changed.
    let (_, answer) = mutated(question(RULES, &rule("1"), resource("", "v1", "pods")).as_bytes());
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer["response"]["status"]["message"], "Unexpected resource kind");
}

#[test]
fn what_goes_away_and_what_was_stored_before_is_left_alone() {
    let wrong = rule("sum(");
    for fields in [
        json!({ "operation": "DELETE", "object": null, "oldObject": wrong }),
        json!({ "operation": "UPDATE", "subResource": "status" }),
    ] {
        let response = response(RULES, &wrong, fields);
        assert_eq!(
            (&response["allowed"], &response["warnings"]),
            (&json!(true), &json!(null))
        );
    }
    let mut labelled = wrong.clone();
    labelled["metadata"]["labels"] = json!({ "new": "one" });
    let answer = response(RULES, &labelled, json!({ "operation": "UPDATE", "oldObject": wrong }));
    assert_eq!(answer["allowed"], true);
    assert!(
        answer["warnings"][0]
            .as_str()
            .unwrap()
            .starts_with("Rules are not valid: group \"g\", rule 1")
    );

    let mut going = rule("sum(sum(");
    let update = json!({ "operation": "UPDATE", "oldObject": wrong });
    assert_eq!(response(RULES, &going, update.clone())["allowed"], false);
    going["metadata"]["deletionTimestamp"] = json!("2030-01-01T00:00:00Z");
    assert_eq!(response(RULES, &going, update)["allowed"], true);
}

#[test]
fn every_kind_is_judged_by_what_it_says_itself() {
    let key = json!({ "name": "not-read", "key": "x" });
    let tls = json!({ "ca": { "secret": key }, "cert": { "secret": key }, "keySecret": key });
    let endpoint = |more: Value| {
        let mut endpoint =
            json!({ "port": "web", "basicAuth": { "username": key, "password": key }, "tlsConfig": tls });
        endpoint
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        endpoint
    };
    let late = json!({ "interval": "10s", "scrapeTimeout": "11s" });
    let wrong_interval = "spec.scrapeTimeout: ";
    for (name, good, bad, complaint) in [
        (
            "ServiceMonitor",
            json!({ "selector": {}, "endpoints": [endpoint(json!({}))] }),
            json!({ "selector": {}, "endpoints": [endpoint(late.clone())] }),
            "spec.endpoints[0].scrapeTimeout: ",
        ),
        (
            "PodMonitor",
            json!({ "selector": {}, "podMetricsEndpoints": [endpoint(json!({}))] }),
            json!({ "selector": {}, "podMetricsEndpoints": [endpoint(late)] }),
            "spec.podMetricsEndpoints[0].scrapeTimeout: ",
        ),
        (
            "Probe",
            json!({ "prober": { "url": "p" }, "targets": { "staticConfig": { "static": ["a"] } } }),
            json!({ "prober": { "url": "p" }, "targets": { "staticConfig": { "static": ["a"] } }, "interval": "1s", "scrapeTimeout": "2s" }),
            wrong_interval,
        ),
        (
            "ScrapeConfig",
            json!({ "basicAuth": { "username": key, "password": key } }),
            json!({ "scrapeInterval": "1s", "scrapeTimeout": "2s" }),
            wrong_interval,
        ),
        (
            "Prometheus",
            json!({ "remoteWrite": [{ "url": "http://r", "tlsConfig": tls }], "additionalScrapeConfigs": key }),
            json!({ "scrapeInterval": "1s", "scrapeTimeout": "2s" }),
            "spec.scrapeTimeout: ",
        ),
        (
            "PrometheusAgent",
            json!({}),
            json!({ "version": "newest" }),
            "spec.version: ",
        ),
        (
            "Alertmanager",
            json!({ "alertmanagerConfiguration": { "name": "not-read" } }),
            json!({ "version": "1.0.0" }),
            "spec.version: Alertmanager 1.0.0 is not supported",
        ),
        ("ThanosRuler", json!({ "queryEndpoints": ["q"] }), json!({}), ""),
    ] {
        let object = |spec: &Value| json!({ "metadata": { "name": "x", "namespace": "team" }, "spec": spec });
        let answer = response(kind(name), &object(&good), json!({}));
        assert_eq!(answer["allowed"], true, "{name}: {answer}");
        let (_, causes) = refused(kind(name), &object(&bad), json!({}));
        assert!(causes[0].starts_with(complaint), "{name}: {causes:?}");
    }
}

#[test]
fn what_is_fine_and_useless_is_a_warning() {
    let rule = json!({ "record": "r", "expr": "1" });
    let object = json!({ "metadata": { "name": "x" }, "spec": { "groups": [{ "name": "g", "rules": [rule, rule] }] } });
    let answer = response(RULES, &object, json!({}));
    assert_eq!(
        (&answer["allowed"], answer["warnings"].as_array().unwrap().len()),
        (&json!(true), 1)
    );
    let spec = json!({ "selector": {}, "endpoints": [{ "port": "web", "interval": "10m" }] });
    let answer = response(
        kind("ServiceMonitor"),
        &json!({ "metadata": { "name": "x" }, "spec": spec }),
        json!({}),
    );
    assert!(
        answer["warnings"][0]
            .as_str()
            .unwrap()
            .starts_with("spec.endpoints[0].interval: "),
        "{answer}"
    );
}

/// What the operator says of the same object when it leaves it out.
fn rejected(kind: &str, object: &Value) -> Vec<String> {
    fn one<K: DeserializeOwned>(object: &Value) -> ByKey<K> {
        let parsed = serde_json::from_value(object.clone()).unwrap();
        ByKey::from([(ObjectKey::new("team", "x"), Arc::new(parsed))])
    }
    let (assets, settings) = (Assets::unread(), Settings::default());
    let rejections = if kind == "AlertmanagerConfig" {
        let input = Input {
            base: &base::checked(base::DEFAULT.as_bytes(), None, Mode::Fallback).unwrap(),
            version: versions::ALERTMANAGER,
            matchers: Mode::Fallback,
            strategy: None,
            files: Some(crds::AlertmanagerConfigFileSystemMode::Allow),
            namespace: "monitoring",
            assets: &assets,
            caps: settings.caps,
            room: LIMIT,
        };
        PartCache::default().render(&input, &one(object)).rejections
    } else {
        let mut objects = ScrapeObjects::default();
        match kind {
            "ServiceMonitor" => objects.service_monitors = one(object),
            "PodMonitor" => objects.pod_monitors = one(object),
            "Probe" => objects.probes = one(object),
            _ => objects.scrape_configs = one(object),
        }
        let prometheus = Prometheus::new("main", PrometheusSpec::default());
        let facts = Facts::of(Instance::from(&prometheus), versions::PROMETHEUS, &settings);
        select::validated(facts, objects, &assets).rejections
    };
    rejections.into_iter().map(|rejection| rejection.message).collect()
}

#[test]
fn one_fault_has_one_text_at_the_door_and_later() {
    let rule = json!([{ "action": "hashmod", "sourceLabels": ["a"], "targetLabel": "b" }]);
    for (name, spec) in [
        (
            "ServiceMonitor",
            json!({ "selector": {}, "endpoints": [{ "port": "web" }, { "port": "web", "metricRelabelings": rule }] }),
        ),
        (
            "PodMonitor",
            json!({ "selector": {}, "podMetricsEndpoints": [{ "port": "web", "relabelings": rule }] }),
        ),
        (
            "Probe",
            json!({ "prober": { "url": "p" }, "targets": { "staticConfig": { "static": ["a"] } }, "metricRelabelings": rule }),
        ),
        ("ScrapeConfig", json!({ "relabelings": rule })),
        (
            "AlertmanagerConfig",
            json!({ "route": { "receiver": "b" }, "receivers": [{ "name": "a" }] }),
        ),
    ] {
        let mut object = json!({ "metadata": { "name": "x", "namespace": "team" }, "spec": spec });
        if name == "AlertmanagerConfig" {
            object["kind"] = name.into();
            object["apiVersion"] = "monitoring.coreos.com/v1alpha1".into();
        }
        let (_, causes) = refused(kind(name), &object, json!({}));
        assert_eq!(causes, rejected(name, &object), "{name}");
        assert!(causes[0].starts_with("spec."), "{name}: {causes:?}");
    }
}
