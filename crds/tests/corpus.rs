//! Recorded objects of every kind go through our types and come back: nothing is lost and nothing invented. What may
//! differ is named in `normalised`.

mod shared;

use kube::{Resource, ResourceExt};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use shared::{differences, recorded};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The recorded inputs and outputs, if they are there.
fn recordings() -> Option<Vec<PathBuf>> {
    let corpus = recorded("corpus")?;
    let folders = |of: &Path| {
        let entries = fs::read_dir(of).expect("a folder");
        entries
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.is_dir())
            .collect::<Vec<_>>()
    };
    let cases = folders(&corpus).into_iter().flat_map(|area| folders(&area));
    Some(
        cases
            .flat_map(|case| ["input.yaml", "expected.yaml"].map(|name| case.join(name)))
            .filter(|file| file.is_file())
            .collect(),
    )
}

/// All objects of a kind in a version, in a document, at any depth.
fn objects<'a>(version: &str, kind: &str, node: &'a Value, found: &mut Vec<&'a Value>) {
    if node["apiVersion"] == version && node["kind"] == kind && node["spec"].is_object() {
        found.push(node);
        return;
    }
    match node {
        Value::Object(map) => map.values().for_each(|below| objects(version, kind, below, found)),
        Value::Array(list) => list.iter().for_each(|below| objects(version, kind, below, found)),
        _ => {}
    }
}

/// Fields with closed lists whose words may be written in upper or lower case.
const SPELT_IN_SEVERAL_WAYS: &[&str] = &["action", "apiVersion", "clientType", "compression", "scheme"];

/// Leaves out what counts as absent (null, empty text, lists and maps; Go writes zero structs), and spells closed lists
/// in their canonical way (`Replace` is `replace`, `HTTPS` is `https`).
fn normalised(name: &str, node: &Value) -> Option<Value> {
    let node = match node {
        Value::Object(map) => {
            let kept = map
                .iter()
                .filter_map(|(name, below)| Some((name.clone(), normalised(name, below)?)));
            Value::Object(kept.collect())
        }
        Value::Array(list) => list
            .iter()
            .map(|item| normalised("", item).unwrap_or_default())
            .collect(),
        Value::String(word) if SPELT_IN_SEVERAL_WAYS.contains(&name) => word.to_lowercase().into(),
        other => other.clone(),
    };
    let absent = match &node {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    };
    (!absent).then_some(node)
}

/// Takes every recorded object of the kind through its type. `unreadable` counts those that the schema refuses too.
#[expect(clippy::disallowed_methods, reason = "nothing in these files is secret")]
fn round_trips<K>(at_least: usize, unreadable: usize)
where
    K: Resource<DynamicType = ()> + DeserializeOwned + Serialize,
{
    let Some(recordings) = recordings() else { return };
    let (mut read, mut refused, mut changed) = (0, Vec::new(), Vec::new());
    for file in recordings {
        let text = fs::read_to_string(&file).expect("text");
        let Ok(document) = serde_saphyr::from_str::<Value>(&text) else {
            continue;
        };
        let mut found = Vec::new();
        objects(&K::api_version(&()), &K::kind(&()), &document, &mut found);
        for recorded in found {
            match serde_json::from_value::<K>(recorded.clone()) {
                Err(error) => refused.push(format!("{}: {error}", file.display())),
                Ok(object) => {
                    let written = serde_json::to_value(&object).expect("plain data");
                    let [written, recorded] =
                        [&written, recorded].map(|object| normalised("", &object["spec"]).unwrap_or_default());
                    let path = format!("{}: {}", file.display(), object.name_any());
                    differences(&path, &written, &recorded, &mut changed);
                    read += 1;
                }
            }
        }
    }
    assert_eq!(refused.len(), unreadable, "{}", refused.join("\n"));
    assert!(changed.is_empty(), "{}", changed.join("\n"));
    assert!(read >= at_least, "only {read} objects were found");
}

#[test]
fn service_monitors_come_back() {
    round_trips::<crds::ServiceMonitor>(300, 0);
}

#[test]
fn pod_monitors_come_back() {
    round_trips::<crds::PodMonitor>(300, 0);
}

#[test]
fn prometheus_rules_come_back() {
    round_trips::<crds::PrometheusRule>(30, 0);
}

#[test]
fn prometheuses_come_back() {
    round_trips::<crds::Prometheus>(800, 0);
}

#[test]
fn alertmanagers_come_back() {
    round_trips::<crds::Alertmanager>(100, 0);
}

#[test]
fn prometheus_agents_come_back() {
    round_trips::<crds::v1alpha1::PrometheusAgent>(40, 0);
}

#[test]
fn thanos_rulers_come_back() {
    round_trips::<crds::ThanosRuler>(70, 0);
}

#[test]
fn probes_come_back() {
    round_trips::<crds::Probe>(60, 0);
}

#[test]
fn scrape_configs_come_back() {
    round_trips::<crds::v1alpha1::ScrapeConfig>(290, 13);
}

#[test]
fn alertmanager_configs_come_back() {
    round_trips::<crds::v1alpha1::AlertmanagerConfig>(280, 3);
}

#[test]
fn alertmanager_configs_of_the_newer_version_come_back() {
    round_trips::<crds::v1beta1::AlertmanagerConfig>(150, 3);
}
