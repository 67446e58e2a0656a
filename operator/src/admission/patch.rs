//! The changes that the webhook makes to a `PrometheusRule` before it is checked: numbers and truth values among its labels
//! and annotations become texts, and an annotation says that somebody has looked. Pure.
//!
//! A value keeps the spelling that its author gave it: `1000000` is the label `1000000`, and not `1e+06`. Of null, lists and
//! maps no label can be made; the schema refuses them and names the field.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::Error as _;
use serde_json::Value;
use serde_json::value::RawValue;

/// The annotation that says that somebody has looked.
const VALIDATED: &str = "prometheus-operator-validated";

/// A step of a JSON patch (RFC 6902).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Operation {
    op: &'static str,
    path: String,
    value: Value,
}

/// The fields of a map, with their values as they are written; none of null.
type Fields<'a> = BTreeMap<String, &'a RawValue>;

/// The changes to a `PrometheusRule`.
///
/// # Errors
/// When it has not the shape of one.
pub fn operations(object: &RawValue) -> serde_json::Result<Vec<Operation>> {
    let object = fields(Some(object))?;
    let specification = object
        .get("spec")
        .ok_or_else(|| serde_json::Error::missing_field("spec"))?;
    let mut operations = Vec::new();
    for (number, group) in items(fields(Some(specification))?.get("groups"))?
        .into_iter()
        .enumerate()
    {
        for (index, rule) in items(fields(Some(group))?.get("rules"))?.into_iter().enumerate() {
            let rule = fields(Some(rule))?;
            for field in ["labels", "annotations"] {
                let scalars = fields(rule.get(field).copied())?
                    .into_iter()
                    .filter(|(_, value)| is_scalar(value));
                operations.extend(scalars.map(|(key, value)| Operation {
                    op: "replace",
                    path: format!("/spec/groups/{number}/rules/{index}/{field}/{}", escaped(&key)),
                    value: value.get().into(),
                }));
            }
        }
    }
    let annotations = fields(fields(object.get("metadata").copied())?.get("annotations").copied())?;
    operations.push(validated(!annotations.is_empty()));
    Ok(operations)
}

fn fields(map: Option<&RawValue>) -> serde_json::Result<Fields<'_>> {
    let map: Option<Fields<'_>> = map.map_or(Ok(None), |map| serde_json::from_str(map.get()))?;
    Ok(map.unwrap_or_default())
}

fn items<'a>(list: Option<&&'a RawValue>) -> serde_json::Result<Vec<&'a RawValue>> {
    let list: Option<Vec<&RawValue>> = list.map_or(Ok(None), |list| serde_json::from_str(list.get()))?;
    Ok(list.unwrap_or_default())
}

/// Whether it is a number or a truth value.
fn is_scalar(value: &RawValue) -> bool {
    value
        .get()
        .starts_with(|c: char| c == '-' || c.is_ascii_digit() || c == 't' || c == 'f')
}

/// A key as a part of a JSON pointer (RFC 6901).
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn validated(has_annotations: bool) -> Operation {
    let (path, value) = if has_annotations {
        (format!("/metadata/annotations/{VALIDATED}"), Value::from("true"))
    } else {
        (
            "/metadata/annotations".to_owned(),
            serde_json::json!({ VALIDATED: "true" }),
        )
    };
    Operation { op: "add", path, value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patch(object: &Value) -> Value {
        let text = RawValue::from_string(object.to_string()).unwrap();
        serde_json::to_value(operations(&text).unwrap()).unwrap()
    }

    #[test]
    fn values_become_texts_under_keys_with_any_character() {
        let rule = json!({
            "record": "r", "expr": "1",
            "labels": { "a/b~c": 7, "quoted \"": true, "text": "1" },
            "annotations": { "none": null, "map": {}, "list": [], "part": -1.50 },
        });
        let object = json!({
            "metadata": { "name": "x", "annotations": { "a": "b" } },
            "spec": { "groups": [{ "name": "empty" }, { "name": "g", "rules": [{ "record": "first" }, rule] }] },
        });
        let replaced = |path: &str, value: &str| json!({ "op": "replace", "path": path, "value": value });
        let expected = json!([
            replaced("/spec/groups/1/rules/1/labels/a~1b~0c", "7"),
            replaced("/spec/groups/1/rules/1/labels/quoted \"", "true"),
            replaced("/spec/groups/1/rules/1/annotations/part", "-1.5"),
            { "op": "add", "path": "/metadata/annotations/prometheus-operator-validated", "value": "true" },
        ]);
        assert_eq!(patch(&object), expected);
    }

    #[test]
    fn numbers_keep_their_spelling() {
        let text = r#"{"spec":{"groups":[{"rules":[{"labels":{"a":1000000,"b":1.0,"c":1e3}}]}]}}"#;
        let operations = operations(&RawValue::from_string(text.to_owned()).unwrap()).unwrap();
        let values: Vec<_> = operations.iter().map(|operation| &operation.value).collect();
        assert_eq!(values[..3], [&json!("1000000"), &json!("1.0"), &json!("1e3")]);
    }

    #[test]
    fn the_first_annotation_brings_the_map() {
        for annotations in [json!(null), json!({})] {
            let object = json!({ "metadata": { "annotations": annotations }, "spec": { "groups": null } });
            let added = json!([{ "op": "add", "path": "/metadata/annotations", "value": { VALIDATED: "true" } }]);
            assert_eq!(patch(&object), added);
        }
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for text in [
            "[]",
            "{}",
            r#"{"spec":[]}"#,
            r#"{"spec":{"groups":[[]]}}"#,
            r#"{"spec":{"groups":[{"rules":[{"labels":"x"}]}]}}"#,
        ] {
            assert!(
                operations(&RawValue::from_string(text.to_owned()).unwrap()).is_err(),
                "{text}"
            );
        }
    }
}
