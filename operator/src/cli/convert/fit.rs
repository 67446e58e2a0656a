//! Keys of a configuration file as fields of an object, by the schema of the object. Pure.
//!
//! A key and its field differ in how they are written (`tls_config`, `tlsConfig`), in what stands for a secret, a mapping of
//! text, or a range, and now and then in the name. The schema says which of these it is.

use std::collections::BTreeMap;

use formats::matcher::{Matcher, Mode, matchers};
use formats::yaml::Step;
use serde_json::{Map, Value, json};

use super::below;

/// A key that has no field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lost {
    pub(super) path: String,
    pub(super) reason: String,
}

/// What came out.
#[derive(Debug, Default)]
pub(super) struct Fitted {
    pub(super) value: Value,
    pub(super) lost: Vec<Lost>,
    /// Values for a Secret, by key.
    pub(super) secret: BTreeMap<String, String>,
}

/// The object that is made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner<'a> {
    pub(super) name: &'a str,
}

impl Owner<'_> {
    /// Name of the Secret with what the file says in clear.
    pub(super) fn secret(&self) -> String {
        format!("{}-credentials", self.name)
    }
}

/// Keys whose field has another name.
const RENAMED: [(&str, &str); 3] = [
    ("relabel_configs", "relabelings"),
    ("metric_relabel_configs", "metricRelabelings"),
    ("key", "keySecret"),
];

/// Fits `from`, which is at `path` of its file, into `schema`.
pub(super) fn fit(from: &Value, schema: &Value, path: &str, owner: Owner<'_>) -> Fitted {
    let mut fitting = Fitting {
        owner,
        fitted: Fitted::default(),
    };
    let value = fitting.value(from, schema, path);
    fitting.fitted.value = value.unwrap_or(Value::Null);
    fitting.fitted
}

struct Fitting<'a> {
    owner: Owner<'a>,
    fitted: Fitted,
}

impl Fitting<'_> {
    fn lose(&mut self, path: &str, reason: impl Into<String>) {
        self.fitted.lost.push(Lost {
            path: path.to_owned(),
            reason: reason.into(),
        });
    }

    /// The value, where there is one.
    fn value(&mut self, from: &Value, schema: &Value, path: &str) -> Option<Value> {
        let has = |field: &str| schema["properties"][field].is_object();
        match (from, schema["type"].as_str().unwrap_or_default()) {
            (Value::Null, _) => None,
            (Value::Object(fields), "array") => self.mapping_as_list(fields, schema, path),
            (Value::Object(fields), "object") if has("key") && has("name") => self.chosen(fields, path),
            (Value::Object(fields), "object") => Some(self.fields(fields, schema, path)),
            (Value::Array(items), "array") => Some(self.items(items, schema, path)),
            (Value::String(text), "object") if has("key") && has("name") => Some(self.secret(text, path)),
            (Value::String(text), "object") if has("secret") && has("configMap") => {
                Some(json!({ "secret": self.secret(text, path) }))
            }
            (Value::String(text), "object") if has("start") && has("end") => self.range(text, path),
            (Value::String(text), "object") if has("matchType") => self.matcher(text, path),
            (Value::Number(number), "string") => Some(number.to_string().into()),
            (Value::Bool(flag), "string") => Some(flag.to_string().into()),
            (Value::Number(number), "object") if has("start") && has("end") => {
                Some(json!({"start": number, "end": number}))
            }
            (Value::String(text), "string") => Some(word(text, schema)),
            (from, _) => Some(from.clone()),
        }
    }

    /// A mapping where only a reference is allowed.
    fn chosen(&mut self, fields: &Map<String, Value>, path: &str) -> Option<Value> {
        let names: Vec<&str> = fields.keys().map(String::as_str).collect();
        self.lose(
            path,
            format!("an object refers to a Secret here, not to {}", names.join(", ")),
        );
        None
    }

    fn fields(&mut self, fields: &Map<String, Value>, schema: &Value, path: &str) -> Value {
        let mut fitted = Map::new();
        for (key, value) in fields {
            let here = below(path, &Step::Field(key.clone()));
            let Some(known) = schema["properties"].as_object() else {
                // A mapping of whatever the user likes: labels, annotations, parameters.
                let inner = self.value(value, &schema["additionalProperties"], &here);
                fitted.extend(inner.map(|inner| (key.clone(), inner)));
                continue;
            };
            match field_of(key, known) {
                Some((name, below)) => {
                    // Routes below a route are written like it, which a schema cannot say.
                    let is_nested = name == "routes" && below["items"]["properties"].is_null();
                    let nested = is_nested.then(|| json!({ "type": "array", "items": schema }));
                    let inner = self.value(value, nested.as_ref().unwrap_or(below), &here);
                    fitted.extend(inner.map(|inner| (name.clone(), inner)));
                }
                None if key.ends_with("_file") => {
                    self.lose(
                        &here,
                        "an object cannot name a file: put its content into a Secret and refer to that",
                    );
                }
                None => self.lose(&here, "there is no field for it"),
            }
        }
        Value::Object(fitted)
    }

    fn items(&mut self, items: &[Value], schema: &Value, path: &str) -> Value {
        let item = |(index, item): (usize, &Value)| {
            let here = below(path, &Step::Item(index));
            self.value(item, &schema["items"], &here)
        };
        Value::Array(items.iter().enumerate().filter_map(item).collect())
    }

    /// `a: b` as a list of what is called `key` and `value`, or `name` and `value`.
    fn mapping_as_list(&mut self, fields: &Map<String, Value>, schema: &Value, path: &str) -> Option<Value> {
        let known = &schema["items"]["properties"];
        let key = ["key", "name"].into_iter().find(|name| known[*name].is_object());
        let Some(key) = key.filter(|_| known["value"].is_object()) else {
            self.lose(path, "a list is expected here");
            return None;
        };
        let pair = |(name, value): (&String, &Value)| {
            let here = below(path, &Step::Field(name.clone()));
            let value = self.value(value, &known["value"], &here)?;
            Some(json!({ key: name, "value": value }))
        };
        Some(fields.iter().filter_map(pair).collect())
    }

    /// A reference to a Secret that holds `text`.
    fn secret(&mut self, text: &str, path: &str) -> Value {
        let allowed = |character: char| {
            if character.is_ascii_alphanumeric() {
                character
            } else {
                '-'
            }
        };
        let key: String = path.chars().map(allowed).collect();
        let key = key.trim_matches('-').replace("--", "-");
        self.fitted.secret.insert(key.clone(), text.to_owned());
        json!({ "name": self.owner.secret(), "key": key })
    }

    /// `1:5`, `-1`.
    fn range(&mut self, text: &str, path: &str) -> Option<Value> {
        let (start, end) = text.split_once(':').unwrap_or((text, text));
        if let (Ok(start), Ok(end)) = (start.trim().parse::<i64>(), end.trim().parse::<i64>()) {
            Some(json!({ "start": start, "end": end }))
        } else {
            self.lose(path, format!("{text:?} is not a range of numbers"));
            None
        }
    }

    /// `severity="critical"`.
    fn matcher(&mut self, text: &str, path: &str) -> Option<Value> {
        if let Ok([Matcher { name, operator, value }]) = matchers(text, Mode::Fallback).as_deref() {
            Some(json!({ "name": name, "matchType": operator.text(), "value": value }))
        } else {
            self.lose(path, format!("{text:?} is not one matcher"));
            None
        }
    }
}

/// The field for a key, with its schema: the one that is written alike but for case and underscores, or the one it is renamed to.
fn field_of<'s>(key: &str, known: &'s Map<String, Value>) -> Option<(&'s String, &'s Value)> {
    let plain = |text: &str| text.replace('_', "").to_lowercase();
    let wanted = plain(key);
    let alike = known.iter().find(|(name, _)| plain(name) == wanted);
    alike.or_else(|| {
        let (_, renamed) = RENAMED.iter().find(|(from, _)| *from == key)?;
        known.iter().find(|(name, _)| name == renamed)
    })
}

/// A word as the schema spells it.
fn word(text: &str, schema: &Value) -> Value {
    let words = schema["enum"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    let mut words = words.filter(|word| word.eq_ignore_ascii_case(text));
    let first = words.clone().next();
    match words.find(|word| *word == text).or(first) {
        Some(word) => word.into(),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_fields_by_the_schema() {
        let selector = json!({"type": "object", "properties": {"key": {"type": "string"}, "name": {"type": "string"}}});
        let schema = json!({"type": "object", "properties": {
            "apiURL": selector,
            "scheme": {"type": "string", "enum": ["HTTP", "HTTPS"]},
            "headers": {"type": "array", "items": {"type": "object", "properties": {"key": {"type": "string"},
                "value": {"type": "string"}}}},
            "days": {"type": "array", "items": {"type": "object", "properties": {"start": {"type": "integer"},
                "end": {"type": "integer"}}}},
            "relabelings": {"type": "array", "items": {"type": "object", "properties": {"sourceLabels": {"type": "array",
                "items": {"type": "string"}}}}},
        }});
        let from = json!({"api_url": "http://x", "scheme": "https", "headers": {"a": 1}, "days": ["1:5", "x"],
            "relabel_configs": [{"source_labels": ["b"]}], "password_file": "/x", "other": null});
        let fitted = fit(&from, &schema, "", Owner { name: "n" });
        let expected = json!({"apiURL": {"name": "n-credentials", "key": "api-url"}, "scheme": "HTTPS",
            "headers": [{"key": "a", "value": "1"}], "days": [{"start": 1, "end": 5}],
            "relabelings": [{"sourceLabels": ["b"]}]});
        assert_eq!(fitted.value, expected);
        assert_eq!(
            fitted.secret,
            BTreeMap::from([("api-url".to_owned(), "http://x".to_owned())])
        );
        let lost: Vec<&str> = fitted.lost.iter().map(|lost| lost.path.as_str()).collect();
        assert_eq!(lost, ["days[1]", "password_file", "other"]);
    }
}
