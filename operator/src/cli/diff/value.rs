//! Where two values differ. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

/// Fields that name the items of a list, in the order in which they are looked for.
const NAMES: [&str; 7] = [
    "job_name",
    "name",
    "alert",
    "record",
    "source_labels",
    "mountPath",
    "port",
];

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Difference {
    /// Path of the field.
    pub(super) path: String,
    /// What it was; absent: it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) old: Option<String>,
    /// What it is; absent: it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) new: Option<String>,
}

/// Where `old` and `new` differ.
pub(super) fn differences(old: &Value, new: &Value) -> Vec<Difference> {
    let mut differences = Vec::new();
    compare("", Some(old), Some(new), &mut differences);
    differences
}

fn compare(path: &str, old: Option<&Value>, new: Option<&Value>, differences: &mut Vec<Difference>) {
    if old == new {
        return;
    }
    match (old, new) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for name in names {
                compare(&below(path, name), old.get(name), new.get(name), differences);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => items(path, old, new, differences),
        _ => differences.push(Difference {
            path: path.to_owned(),
            old: old.map(Value::to_string),
            new: new.map(Value::to_string),
        }),
    }
}

fn below(path: &str, name: &str) -> String {
    match (path.is_empty(), name.contains(['.', '/'])) {
        (_, true) => format!("{path}[{name:?}]"),
        (true, false) => name.to_owned(),
        (false, false) => format!("{path}.{name}"),
    }
}

/// Compares items of one name, where each has another one, and else those at one place.
fn items(path: &str, old: &[Value], new: &[Value], differences: &mut Vec<Difference>) {
    match (named(old), named(new)) {
        (Some(old), Some(new)) => {
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for name in names {
                let item = |items: &BTreeMap<String, &Value>| items.get(name).copied().cloned();
                let (old, new) = (item(&old), item(&new));
                compare(&format!("{path}[{name}]"), old.as_ref(), new.as_ref(), differences);
            }
        }
        _ => {
            for index in 0..old.len().max(new.len()) {
                compare(&format!("{path}[{index}]"), old.get(index), new.get(index), differences);
            }
        }
    }
}

/// The items by their names, if all have one, and no two have the same.
pub(super) fn named(items: &[Value]) -> Option<BTreeMap<String, &Value>> {
    let mut named = BTreeMap::new();
    for item in items {
        let name = NAMES.iter().find_map(|name| item[*name].as_str())?;
        if named.insert(name.to_owned(), item).is_some() {
            return None;
        }
    }
    Some(named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn items_are_compared_by_name_where_they_have_one() {
        let old = json!({"containers": [{"name": "a", "args": ["x", "y"]}, {"name": "b"}], "labels": {"a.b/c": "1"}});
        let new = json!({"containers": [{"name": "b"}, {"name": "a", "args": ["x", "z", "w"]}], "labels": {}});
        let told: Vec<String> = differences(&old, &new)
            .into_iter()
            .map(|difference| format!("{} {:?} {:?}", difference.path, difference.old, difference.new))
            .collect();
        let expected = [
            "containers[a].args[1] Some(\"\\\"y\\\"\") Some(\"\\\"z\\\"\")",
            "containers[a].args[2] None Some(\"\\\"w\\\"\")",
            "labels[\"a.b/c\"] Some(\"\\\"1\\\"\") None",
        ];
        assert_eq!(told, expected);
    }
}
