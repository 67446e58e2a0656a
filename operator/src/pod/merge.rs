//! The user's containers, merged over the operator's as `kubectl patch --type strategic` would. Pure.
//!
//! A container of the same name is a patch: objects merge field by field, lists of `MERGE_KEYS` merge item by item, any
//! other list is replaced. Other containers come after. The order of merged lists is that of Kubernetes'
//! `strategicpatch` package, because it is part of the pod template.

use k8s_openapi::api::core::v1::Container;
use serde_json::{Map, Value};

/// Lists of a container that merge item by item, and the field that says which items are the same.
const MERGE_KEYS: &[(&str, &str)] = &[
    ("env", "name"),
    ("ports", "containerPort"),
    ("volumeDevices", "devicePath"),
    ("volumeMounts", "mountPath"),
];

/// Fields whose zero (`false`, `0`) means the same as absence. A zero elsewhere, as in the security context, overrides.
const ZERO_IS_ABSENT: &[&str] = &[
    "failureThreshold",
    "hostPort",
    "initialDelaySeconds",
    "periodSeconds",
    "readOnly",
    "stdin",
    "stdinOnce",
    "successThreshold",
    "timeoutSeconds",
    "tty",
];

const PROBES: [&str; 3] = ["livenessProbe", "readinessProbe", "startupProbe"];

/// Of these a probe has exactly one.
const HANDLERS: [&str; 4] = ["exec", "grpc", "httpGet", "tcpSocket"];

/// A container that cannot be merged.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The container does not survive as JSON.
    #[error("container {name:?} cannot be merged")]
    Json {
        /// Name of the container.
        name: String,
        /// What serde says.
        #[source]
        source: serde_json::Error,
    },
}

/// `base` in its order, each merged with the patch of its name; then the patches that have no base, in their order.
pub fn containers(base: Vec<Container>, patches: &[Container]) -> Result<Vec<Container>, Error> {
    let names: Vec<String> = base.iter().map(|container| container.name.clone()).collect();
    let mut merged = base
        .into_iter()
        .map(
            |container| match patches.iter().rfind(|patch| patch.name == container.name) {
                Some(patch) => merge(&container, patch).map_err(|source| Error::Json {
                    name: container.name.clone(),
                    source,
                }),
                None => Ok(container),
            },
        )
        .collect::<Result<Vec<Container>, Error>>()?;
    merged.extend(patches.iter().filter(|patch| !names.contains(&patch.name)).cloned());
    Ok(merged)
}

fn merge(base: &Container, patch: &Container) -> Result<Container, serde_json::Error> {
    let (mut merged, mut patch) = (crds::to_value(base)?, crds::to_value(patch)?);
    drop_absent(&mut patch);
    keep_one_handler(&mut merged, &patch);
    if let (Value::Object(base), Value::Object(patch)) = (&mut merged, patch) {
        merge_objects(base, patch);
    }
    crds::from_value(&merged)
}

/// Takes away what means the same as absence in a patch: empty texts and lists, and the zeros of [`ZERO_IS_ABSENT`].
fn drop_absent(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|key, value| match value {
                Value::Null => false,
                Value::String(text) => !text.is_empty(),
                Value::Array(items) => !items.is_empty(),
                Value::Bool(set) => *set || !ZERO_IS_ABSENT.contains(&key.as_str()),
                Value::Number(number) => number.as_i64() != Some(0) || !ZERO_IS_ABSENT.contains(&key.as_str()),
                Value::Object(_) => true,
            });
            object.values_mut().for_each(drop_absent);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_absent),
        _ => {}
    }
}

/// A patch that brings another handler for a probe replaces the handler; merged, the probe would have both.
fn keep_one_handler(base: &mut Value, patch: &Value) {
    for probe in PROBES {
        let brings = |handler: &str| patch[probe].get(handler).is_some();
        if HANDLERS.into_iter().any(brings)
            && let Some(Value::Object(base)) = base.get_mut(probe)
        {
            base.retain(|key, _| !HANDLERS.contains(&key.as_str()) || brings(key));
        }
    }
}

fn merge_objects(base: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (key, value) in patch {
        match (base.get_mut(&key), value) {
            (Some(Value::Object(base)), Value::Object(patch)) => merge_objects(base, patch),
            (Some(Value::Array(items)), Value::Array(patch)) => match merge_key(&key) {
                Some(merge_key) => *items = merge_lists(std::mem::take(items), patch, merge_key),
                None => *items = patch,
            },
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

fn merge_key(list: &str) -> Option<&'static str> {
    let (_, key) = MERGE_KEYS.iter().find(|(name, _)| *name == list)?;
    Some(key)
}

/// Items of the patch in the order of the patch, the others in the order of the base. Where the two meet, an item goes first
/// if the base has both and has it first; otherwise the patch's item does.
fn merge_lists(base: Vec<Value>, patch: Vec<Value>, key: &str) -> Vec<Value> {
    let position = |items: &[Value], item: &Value| items.iter().position(|other| other[key] == item[key]);
    let order: Vec<Value> = base.iter().map(|item| serde_json::json!({ key: item[key] })).collect();
    let patched = patch
        .iter()
        .map(|item| serde_json::json!({ key: item[key] }))
        .collect::<Vec<Value>>();

    let mut merged = base;
    for item in patch {
        match (position(&merged, &item), item) {
            (Some(at), Value::Object(item)) => {
                if let Some(base) = merged[at].as_object_mut() {
                    merge_objects(base, item);
                }
            }
            (_, item) => merged.push(item),
        }
    }
    let (mut first, second): (Vec<Value>, Vec<Value>) =
        merged.into_iter().partition(|item| position(&patched, item).is_some());
    first.sort_by_key(|item| position(&patched, item));

    let (mut first, mut second) = (first.into_iter().peekable(), second.into_iter().peekable());
    let mut result = Vec::new();
    while let (Some(of_patch), Some(of_base)) = (first.peek(), second.peek()) {
        let base_first = matches!((position(&order, of_base), position(&order, of_patch)), (Some(a), Some(b)) if a < b);
        result.extend(if base_first { second.next() } else { first.next() });
    }
    result.extend(first);
    result.extend(second);
    result
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(base: &Value, patch: &Value) -> Value {
        let container = |value: &Value| serde_json::from_value::<Container>(value.clone()).expect("a container");
        let merged = containers(vec![container(base)], &[container(patch)]).expect("merged");
        serde_json::to_value(merged).expect("JSON")[0].clone()
    }

    #[test]
    fn zeros_override_only_where_go_tells_them_from_absence() {
        let base = json!({
            "name": "a",
            "args": ["--keep"],
            "readinessProbe": { "periodSeconds": 5, "httpGet": { "port": 1 } },
            "securityContext": { "readOnlyRootFilesystem": true, "runAsUser": 1000 },
            "volumeMounts": [{ "name": "data", "mountPath": "/data", "readOnly": true }],
        });
        let patch = json!({
            "name": "a",
            "image": "",
            "args": [],
            "readinessProbe": { "periodSeconds": 0 },
            "securityContext": { "readOnlyRootFilesystem": false, "runAsUser": 0 },
            "volumeMounts": [{ "name": "other", "mountPath": "/data", "readOnly": false }],
        });
        let expected = json!({
            "name": "a",
            "args": ["--keep"],
            "readinessProbe": { "periodSeconds": 5, "httpGet": { "port": 1 } },
            "securityContext": { "readOnlyRootFilesystem": false, "runAsUser": 0 },
            "volumeMounts": [{ "name": "other", "mountPath": "/data", "readOnly": true }],
        });
        assert_eq!(merged(&base, &patch), expected);
    }

    #[test]
    fn merged_lists_keep_both_orders() {
        let variables = |names: &[&str]| {
            let variables = names.iter().map(|name| json!({ "name": name, "value": "x" }));
            json!({ "name": "a", "env": variables.collect::<Vec<Value>>() })
        };
        for (base, patch, expected) in [
            (vec!["A", "B", "C"], vec!["B"], vec!["A", "B", "C"]),
            (vec!["A", "B"], vec!["NEW", "B"], vec!["NEW", "A", "B"]),
            (vec!["A", "B", "C"], vec!["C", "A"], vec!["B", "C", "A"]),
        ] {
            let merged = merged(&variables(&base), &variables(&patch));
            assert_eq!(merged, variables(&expected), "{base:?} {patch:?}");
        }
    }
}
