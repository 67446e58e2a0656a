//! What a message quotes is cut: no text of an object, however long and wherever it is, makes a long message.

use std::sync::Arc;

use crds::PrometheusRule;
use formats::version::Version;
use operator::alertmanager::config::context::mode;
use operator::alertmanager::config::fragments::{Input as AlertmanagerInput, PartCache};
use operator::object::{ByKey, ObjectKey};
use operator::pod::sharded_secret::LIMIT;
use operator::prometheus::config::Facts;
use operator::prometheus::instance::Instance;
use operator::prometheus::scrape_object::ScrapeObjects;
use operator::prometheus::select;
use operator::rules::{Component, RuleTarget, rule_file};
use operator::settings::{Caps, Settings};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::alertmanager_object::BASE;
use crate::choices::Choices;
use crate::{schema, world};

/// More than this no message has: a path, and a few texts of 200 characters, each of which may be four bytes.
const MOST: usize = 4_000;
/// Characters of the texts.
const LENGTH: usize = 10_000;

/// Objects that a schema allows, in each of which one text is replaced.
fn variants(schema: &Value, text: &str) -> Vec<Value> {
    let plain = || schema::value(schema, &mut Choices::new(Vec::new()), 2, 0);
    if schema["enum"].is_array() {
        return Vec::new();
    }
    if schema["x-kubernetes-int-or-string"] == true {
        return vec![text.into()];
    }
    match schema["type"].as_str() {
        Some("string") => vec![text.into()],
        Some("array") => variants(&schema["items"], text)
            .into_iter()
            .map(|item| json!([item]))
            .collect(),
        Some("object") | None => {
            let Value::Object(base) = plain() else {
                return Vec::new();
            };
            let with = |name: &str, value: Value| {
                let mut fields: Map<String, Value> = base.clone();
                fields.insert(name.to_owned(), value);
                Value::from(fields)
            };
            let mut found = Vec::new();
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                found.extend(variants(property, text).into_iter().map(|value| with(name, value)));
            }
            if let Some(values @ Value::Object(_)) = schema.get("additionalProperties") {
                found.extend(variants(values, text).into_iter().map(|value| with("a", value)));
                found.push(with(text, schema::value(values, &mut Choices::new(Vec::new()), 2, 0)));
            }
            found
        }
        _ => Vec::new(),
    }
}

fn objects<K: DeserializeOwned>(kind: &str, text: &str) -> Vec<(ObjectKey, Arc<K>)> {
    let schema = crds::custom_resource_definitions()
        .into_iter()
        .find(|definition| definition["spec"]["names"]["kind"] == kind)
        .expect("a kind of ours")["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
        .take();
    let specs = variants(&schema, text).into_iter().enumerate();
    specs
        .filter_map(|(number, spec)| {
            let name = format!("{kind}-{number}").to_lowercase();
            let object = json!({ "metadata": { "name": name, "namespace": "web" }, "spec": spec });
            Some((
                ObjectKey::new("web", name),
                Arc::new(serde_json::from_value(object).ok()?),
            ))
        })
        .collect()
}

fn texts() -> [String; 4] {
    ["(", "é", "a b: ", "{{ x"].map(|piece| piece.chars().cycle().take(LENGTH).collect())
}

fn assert_short<'a>(messages: impl IntoIterator<Item = (String, &'a str)>) {
    let long = messages.into_iter().filter(|(_, message)| message.len() > MOST);
    let shown = |(object, message): (String, &str)| {
        let beginning: String = message.chars().take(300).collect();
        format!("{object}: {} bytes: {beginning}", message.len())
    };
    let long: Vec<String> = long.map(shown).collect();
    assert!(long.is_empty(), "{} long messages:\n{}", long.len(), long.join("\n"));
}

#[test]
fn no_text_of_what_is_scraped_makes_a_long_message() {
    let prometheus = serde_json::from_value(json!({ "metadata": { "name": "main", "namespace": "web" }, "spec": {} }));
    let prometheus: crds::Prometheus = prometheus.expect("a Prometheus");
    let settings = Settings::default();
    let facts = Facts::of(Instance::from(&prometheus), Version::new(3, 5, 0), &settings);
    for text in texts() {
        let all = ScrapeObjects {
            service_monitors: objects("ServiceMonitor", &text).into_iter().collect(),
            pod_monitors: objects("PodMonitor", &text).into_iter().collect(),
            probes: objects("Probe", &text).into_iter().collect(),
            scrape_configs: objects("ScrapeConfig", &text).into_iter().collect(),
        };
        let selection = select::validated(facts, all, &world::assets());
        assert!(selection.rejections.len() > 20, "few objects have something wrong");
        let messages = selection.rejections.iter();
        assert_short(messages.map(|rejection| (rejection.object.to_string(), rejection.message.as_str())));
    }
}

#[test]
fn no_text_of_rules_makes_a_long_message() {
    let target = RuleTarget::new(Component::Prometheus, Version::new(3, 5, 0));
    for text in texts() {
        let rules = objects::<PrometheusRule>("PrometheusRule", &text).into_iter();
        let refused =
            rules.filter_map(|(key, rule)| Some((key.to_string(), rule_file(&target, &rule).err()?.to_string())));
        let refused: Vec<(String, String)> = refused.collect();
        assert!(!refused.is_empty(), "nothing is wrong with them");
        assert_short(refused.iter().map(|(key, message)| (key.clone(), message.as_str())));
    }
}

#[test]
fn no_text_of_alertmanager_configs_makes_a_long_message() {
    let version = Version::new(0, 33, 0);
    let assets = world::assets();
    for text in texts() {
        let objects: ByKey<_> = objects("AlertmanagerConfig", &text).into_iter().collect();
        let input = AlertmanagerInput {
            base: &BASE,
            version,
            matchers: mode(version, &[]),
            strategy: None,
            files: Some(crds::AlertmanagerConfigFileSystemMode::Allow),
            namespace: "monitoring",
            assets: &assets,
            caps: Caps::default(),
            room: LIMIT,
        };
        let rendering = PartCache::default().render(&input, &objects);
        assert!(rendering.rejections.len() > 10, "few objects have something wrong");
        let messages = rendering.rejections.iter();
        assert_short(messages.map(|rejection| (rejection.object.to_string(), rejection.message.as_str())));
    }
}
