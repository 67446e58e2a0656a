//! What users get wrong: each mistake is one error that names object, field and cause, and the other objects are served.

#![expect(clippy::needless_pass_by_value, reason = "literals of JSON are made for the call")]

use std::{collections::BTreeMap, fmt::Write, sync::Arc};

use crds::{Prometheus, ServiceMonitor};
use formats::{gzip, version::Version};
use k8s_openapi::{ByteString, api::core::v1::Secret};
use serde_json::{Value, json};

use super::objects::Objects;
use crate::{
    assets::Assets,
    object::ObjectKey,
    prometheus::{
        config::{AdditionalConfigs, Input},
        incremental::{JobCache, Layout, Rendering},
        scrape_object::ScrapeObjects,
    },
    settings::Settings,
};

fn monitor(name: &str, spec: Value) -> (ObjectKey, Arc<ServiceMonitor>) {
    let object = json!({ "metadata": { "name": name, "namespace": "web" }, "spec": spec });
    (
        ObjectKey::new("web", name),
        Arc::new(serde_json::from_value(object).unwrap()),
    )
}

fn assets() -> Assets {
    let mut assets = Assets::default();
    assets.insert_secret(Secret {
        metadata: serde_json::from_value(json!({ "name": "login", "namespace": "web" })).unwrap(),
        data: Some(BTreeMap::from([("bytes".to_owned(), ByteString(vec![0xc3, 0x28]))])),
        ..Secret::default()
    });
    assets
}

/// What is rendered of monitors for Prometheus 2.35, and the text of the file.
fn rendered(
    monitors: impl IntoIterator<Item = (ObjectKey, Arc<ServiceMonitor>)>,
    additional: Option<&str>,
) -> Result<(Rendering, String), super::super::Error> {
    rendered_of(json!({}), monitors, additional)
}

fn rendered_of(
    spec: Value,
    monitors: impl IntoIterator<Item = (ObjectKey, Arc<ServiceMonitor>)>,
    additional: Option<&str>,
) -> Result<(Rendering, String), super::super::Error> {
    let prometheus: Prometheus =
        serde_json::from_value(json!({ "metadata": { "name": "main", "namespace": "prod" }, "spec": spec })).unwrap();
    let objects = ScrapeObjects {
        service_monitors: monitors.into_iter().collect(),
        ..ScrapeObjects::default()
    };
    let input = Input {
        instance: (&prometheus).into(),
        version: Version::new(2, 35, 0),
        rule_config_maps: &[],
        additional: AdditionalConfigs {
            scrape_configs: additional,
            ..AdditionalConfigs::default()
        },
        assets: &assets(),
        settings: &Settings::default(),
    };
    let rendering = JobCache::default().render(&input, &objects, Layout::Whole)?;
    let text = gzip::decompress(&*rendering.gzip, 1 << 30).unwrap();
    Ok((rendering, String::from_utf8(text).unwrap()))
}

#[test]
fn an_external_label_of_the_operator_is_named() {
    let spec = json!({ "externalLabels": { "prometheus": "mine", "cluster": "a", "replica": "b" }, "replicaExternalLabelName": "replica" });
    let (rendering, text) = rendered_of(spec, [], None).unwrap();
    assert_eq!(rendering.replaced_labels, ["prometheus", "replica"]);
    assert!(
        text.contains("prometheus: prod/main\n") && text.contains("cluster: a\n"),
        "{text}"
    );
}

#[test]
fn a_bad_monitor_is_named_and_the_good_one_is_served() {
    let endpoint = |endpoint: Value| json!({ "selector": {}, "endpoints": [{ "port": "a" }, endpoint] });
    let rule = |rule: Value| endpoint(json!({ "relabelings": [rule] }));
    let login = |key: &str| endpoint(json!({ "authorization": { "credentials": { "name": "login", "key": key } } }));
    for (spec, message) in [
        (
            json!({ "selector": {}, "endpoints": [{}], "scrapeClass": "fast" }),
            "spec.scrapeClass: scrapeClass \"fast\" not found in Prometheus scrapeClasses",
        ),
        (
            rule(json!({ "action": "keep", "regex": "[" })),
            "spec.endpoints[1].relabelings[0]: invalid regex [ for relabel configuration: missing closing ]",
        ),
        (
            rule(json!({ "action": "lowercase", "sourceLabels": ["a"], "targetLabel": "b" })),
            "spec.endpoints[1].relabelings[0]: lowercase relabel action is only supported from Prometheus version 2.36.0",
        ),
        (
            rule(json!({ "action": "hashmod", "modulus": 2, "targetLabel": "a-b" })),
            "spec.endpoints[1].relabelings[0]: \"a-b\" is invalid 'target_label' for hashmod action",
        ),
        (
            login("gone"),
            "spec.endpoints[1].authorization: key \"gone\" in secret web/login not found",
        ),
        (
            login("bytes"),
            "spec.endpoints[1].authorization: key \"bytes\" in secret web/login is not UTF-8 text",
        ),
    ] {
        let good = monitor("good", json!({ "selector": {}, "endpoints": [{}] }));
        let (rendering, text) = rendered([monitor("bad", spec), good], None).unwrap();
        let [rejection] = &*rendering.rejections else {
            panic!("{message}: {:?}", rendering.rejections);
        };
        assert_eq!(
            (rejection.kind, &*rejection.object.to_string()),
            (crate::object::ConfigKind::ServiceMonitor, "web/bad")
        );
        assert_eq!(rejection.message, message);
        assert!(text.contains("job_name: serviceMonitor/web/good/0\n"), "{text}");
        assert!(!text.contains("web/bad"), "{text}");
    }
}

#[test]
fn handwritten_jobs_that_no_prometheus_would_load_are_named() {
    for (text, message) in [
        ("a: [", "spec.additionalScrapeConfigs: line 1: "),
        (
            "job_name: a",
            "spec.additionalScrapeConfigs: line 1: expected a list of mappings",
        ),
        (
            "- {job_name: a}\n- {job_name: b}\n- {job_name: a}\n",
            "spec.additionalScrapeConfigs[2].job_name: another job is named \"a\"",
        ),
        (
            "- job_name: serviceMonitor/web/good/1",
            "spec.additionalScrapeConfigs[0].job_name: another job is named \"serviceMonitor/web/good/1\"",
        ),
    ] {
        let good = monitor("good", json!({ "selector": {}, "endpoints": [{}, {}] }));
        let error = rendered([good], Some(text)).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
        let mut objects =
            Objects::new(json!({})).with_service_monitor("good", &json!({ "selector": {}, "endpoints": [{}, {}] }));
        objects.additional_scrape_configs = Some(text);
        let whole = objects.configuration(Version::new(2, 35, 0)).unwrap_err();
        assert_eq!(whole.to_string(), error);
    }
}

#[test]
fn names_that_no_job_has_are_free() {
    let good = monitor("good", json!({ "selector": {}, "endpoints": [{}] }));
    let bad = monitor(
        "bad",
        json!({ "selector": {}, "endpoints": [{}], "scrapeClass": "fast" }),
    );
    let names = ["good/1", "good/00", "good/0/0", "good", "bad/0", "other/0"];
    let mut jobs = String::new();
    for name in names {
        writeln!(jobs, "- job_name: serviceMonitor/web/{name}").unwrap();
    }
    let (_, text) = rendered([good, bad], Some(&jobs)).unwrap();
    assert_eq!(
        text.matches("\n- job_name: serviceMonitor/web/").count(),
        1 + names.len()
    );
}

/// As many as the cap of an object's bytes lets through.
#[test]
fn ten_thousand_labels_are_many_and_no_more() {
    let labels: serde_json::Map<_, _> = (0..10_000).map(|number| (format!("l{number}"), json!("v"))).collect();
    let (many, good) = (json!({ "matchLabels": labels }), json!({}));
    let monitors = [many, good].map(|selector| json!({ "selector": selector, "endpoints": [{}] }));
    let [many, good] = monitors;
    let (rendering, text) = rendered([monitor("many", many), monitor("good", good)], None).unwrap();
    assert_eq!(rendering.rejections, []);
    assert!(text.contains("job_name: serviceMonitor/web/good/0\n"));
    assert!(text.contains("__meta_kubernetes_service_label_l9999\n"));
}
