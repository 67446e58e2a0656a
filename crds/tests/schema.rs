//! Compares the generated manifests with recorded ones in everything but prose.

mod shared;

use serde_json::Value;
use shared::{differences, recorded};
use std::collections::BTreeMap;

/// Each manifest by its path below `crds/manifests`.
fn generated() -> BTreeMap<String, String> {
    let stored = crds::manifests();
    let mut full = crds::full_manifests();
    full.retain(|manifest| !stored.contains(manifest));
    let full = full.into_iter().map(|(name, yaml)| (format!("full/{name}"), yaml));
    stored.into_iter().chain(full).collect()
}

/// Takes out what is prose or names the generator, and orders what has no order.
fn comparable(node: &Value, is_field_map: bool) -> Value {
    match node {
        Value::Object(map) => {
            let kept = map.iter().filter(|(key, _)| {
                is_field_map || (*key != "description" && *key != "controller-gen.kubebuilder.io/version")
            });
            kept.map(|(key, value)| {
                let value = match (key.as_str(), value) {
                    ("required" | "enum", Value::Array(list)) if !is_field_map => sorted(list),
                    _ => comparable(value, key == "properties" && !is_field_map),
                };
                (key.clone(), value)
            })
            .collect()
        }
        Value::Array(list) => list.iter().map(|item| comparable(item, false)).collect(),
        _ => node.clone(),
    }
}

fn sorted(list: &[Value]) -> Value {
    let by_text: BTreeMap<String, &Value> = list.iter().map(|item| (item.to_string(), item)).collect();
    by_text.into_values().cloned().collect()
}

/// A field, a constraint or a word that the recorded definitions do not have.
#[derive(Debug, serde::Deserialize)]
struct Addition {
    kind: String,
    /// Path below the object, such as `spec.retention`; `[]` after a field that is a list.
    field: String,
    /// A constraint of the field, which is the addition then.
    keyword: Option<String>,
    /// A word of the field's closed list, which is the addition then.
    word: Option<String>,
}

impl Addition {
    #[expect(clippy::disallowed_methods, reason = "nothing in this file is secret")]
    fn all() -> Vec<Self> {
        serde_saphyr::from_str(include_str!("additions.yaml")).expect("a list of additions")
    }

    /// Takes the addition out of every version of a definition of its kind, and says whether it was there.
    fn take_from(&self, definition: &mut Value) -> bool {
        if definition["spec"]["names"]["kind"] != *self.kind {
            return false;
        }
        let versions = definition["spec"]["versions"].as_array_mut();
        let mut schemas = versions
            .into_iter()
            .flatten()
            .map(|version| &mut version["schema"]["openAPIV3Schema"]);
        schemas.all(|schema| self.take_from_schema(schema))
    }

    fn take_from_schema(&self, schema: &mut Value) -> bool {
        let below = |schema, path: &str| {
            (path.split('.')).fold(schema, |schema: &mut Value, name| match name.strip_suffix("[]") {
                Some(name) => &mut schema["properties"][name]["items"],
                None => &mut schema["properties"][name],
            })
        };
        match (&self.keyword, &self.word) {
            (Some(keyword), _) => {
                let field = below(schema, &self.field).as_object_mut();
                field.is_some_and(|field| field.remove(keyword).is_some())
            }
            (None, Some(word)) => {
                let words = below(schema, &self.field)["enum"].as_array_mut();
                words.is_some_and(|words| {
                    let before = words.len();
                    words.retain(|known| known != word);
                    words.len() < before
                })
            }
            (None, None) => {
                let (parent, name) = self.field.rsplit_once('.').unwrap_or(("", &self.field));
                let properties = below(schema, parent)["properties"].as_object_mut();
                properties.is_some_and(|properties| properties.remove(name).is_some())
            }
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "nothing in these files is secret")]
fn manifests_equal_the_reference_in_everything_but_prose() {
    let Some(folder) = recorded("reference-crds") else {
        return;
    };
    let mut found = Vec::new();
    let mut additions: Vec<(Addition, bool)> = Addition::all().into_iter().map(|one| (one, false)).collect();
    for (name, yaml) in generated() {
        let theirs = std::fs::read_to_string(folder.join(&name)).expect("a reference of this kind");
        let mut ours: Value = serde_saphyr::from_str(&yaml).expect("valid YAML");
        let theirs: Value = serde_saphyr::from_str(&theirs).expect("valid YAML");
        for (addition, is_used) in &mut additions {
            let is_theirs = addition.take_from(&mut theirs.clone());
            *is_used |= addition.take_from(&mut ours) && !is_theirs;
        }
        differences(
            &name,
            &comparable(&ours, false),
            &comparable(&theirs, false),
            &mut found,
        );
    }
    for (addition, is_used) in &additions {
        assert!(is_used, "no addition: {addition:?}");
    }
    assert!(found.is_empty(), "{} differences:\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_field_has_a_description() {
    fn bare(path: &str, node: &Value, found: &mut Vec<String>) {
        for (name, field) in node["properties"].as_object().into_iter().flatten() {
            let path = format!("{path}.{name}");
            if field["description"].as_str().is_none_or(str::is_empty) && path != ".metadata" {
                found.push(path.clone());
            }
            bare(&path, field, found);
        }
        for below in ["items", "additionalProperties"] {
            if node[below].is_object() {
                bare(&format!("{path}[]"), &node[below], found);
            }
        }
    }
    for definition in crds::full_custom_resource_definitions() {
        for version in definition["spec"]["versions"].as_array().expect("versions") {
            let mut found = Vec::new();
            bare("", &version["schema"]["openAPIV3Schema"], &mut found);
            let [kind, version] = [&definition["metadata"]["name"], &version["name"]];
            assert!(found.is_empty(), "{kind} {version}: {found:?}");
        }
    }
}

/// `kubectl apply` keeps what it applied in an annotation, and the annotations of an object may have 256 KiB in all.
/// The one of `AlertmanagerConfig` with all versions is too large, and says so.
#[test]
fn manifests_can_be_applied_on_the_client_side() {
    for definition in crds::custom_resource_definitions() {
        let size = definition.to_string().len();
        assert!(size < 255 << 10, "{}: {size}", definition["metadata"]["name"]);
    }
}
