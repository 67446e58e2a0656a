//! What an API server would refuse of an object by its schema, and what it would drop. Pure.

use std::collections::{BTreeMap, BTreeSet};

use formats::yaml::Step;
use regex::Regex;
use serde_json::{Map, Value};

use super::rule::Rule;

/// A field that is not as the schema wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where: the field, or what lacks it.
    pub path: Vec<Step>,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// No field has that name; the one that was probably meant.
    Unknown(Option<String>),
    /// Another type is expected; what it is, and what it should be.
    Type(&'static str, String),
    /// A field is missing; its name.
    Missing(String),
    /// The value is not allowed; why.
    Value(String),
    /// The field works, and is to be replaced; what its description says.
    Deprecated(String),
}

/// Fields of every object's metadata.
const METADATA: [&str; 15] = [
    "annotations",
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "finalizers",
    "generateName",
    "generation",
    "labels",
    "managedFields",
    "name",
    "namespace",
    "ownerReferences",
    "resourceVersion",
    "selfLink",
    "uid",
];
/// How alike two names must be for one to be taken for a slip of the other.
const ALIKE: f64 = 0.75;

/// The name among `names` that is most like `name`, if one is like it at all.
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let lower = name.to_lowercase();
    let rate = |known: &str| match strsim::damerau_levenshtein(&lower, known) {
        // One slip of the finger, however short the name is.
        0 | 1 => 1.0,
        _ => strsim::jaro_winkler(&lower, known),
    };
    let rated = names.into_iter().map(|known| (rate(&known.to_lowercase()), known));
    let best = rated.max_by(|one, other| one.0.total_cmp(&other.0))?;
    (best.0 >= ALIKE).then(|| best.1.to_owned())
}

/// Checks objects; what it compiles for one object serves the next.
#[derive(Debug, Default)]
pub struct Checker {
    patterns: BTreeMap<String, Option<Regex>>,
    rules: BTreeMap<String, Option<Rule>>,
    path: Vec<Step>,
    violations: Vec<Violation>,
}

impl Checker {
    /// What is wrong with `object` by its `schema`.
    pub fn check(&mut self, schema: &Value, object: &Value) -> Vec<Violation> {
        if let Value::Object(metadata) = &object["metadata"] {
            self.at(Step::Field("metadata".to_owned()), |checker| {
                for name in metadata.keys().filter(|name| !METADATA.contains(&name.as_str())) {
                    checker.unknown(name, METADATA);
                }
            });
        }
        self.value(schema, object);
        std::mem::take(&mut self.violations)
    }

    fn at(&mut self, step: Step, check: impl FnOnce(&mut Self)) {
        self.path.push(step);
        check(self);
        self.path.pop();
    }

    fn add(&mut self, problem: Problem) {
        self.violations.push(Violation {
            path: self.path.clone(),
            problem,
        });
    }

    fn unknown<'a>(&mut self, name: &str, known: impl IntoIterator<Item = &'a str>) {
        let nearest = nearest(name, known);
        self.at(Step::Field(name.to_owned()), |checker| {
            checker.add(Problem::Unknown(nearest));
        });
    }

    fn value(&mut self, schema: &Value, value: &Value) {
        if value.is_null() {
            return;
        }
        let expected = schema["type"].as_str().unwrap_or_default();
        if schema["x-kubernetes-int-or-string"] == true {
            if !(value.is_string() || value.is_i64() || value.is_u64()) {
                self.add(Problem::Type(name_of(value), "a whole number or text".to_owned()));
            }
        } else if !is_of(expected, value) {
            self.add(Problem::Type(name_of(value), words_for(expected).to_owned()));
            return;
        }
        self.choices(schema, value);
        self.rules(schema, value);
        match value {
            Value::Object(fields) => self.object(schema, fields),
            Value::Array(items) => self.array(schema, items),
            Value::String(text) => self.text(schema, text),
            Value::Number(number) => self.number(schema, number.as_f64().unwrap_or_default()),
            _ => {}
        }
    }

    fn choices(&mut self, schema: &Value, value: &Value) {
        let Value::Array(choices) = &schema["enum"] else { return };
        if !choices.contains(value) {
            let words: Vec<&str> = choices.iter().filter_map(Value::as_str).collect();
            let hint = value.as_str().and_then(|text| nearest(text, words.iter().copied()));
            let hint = hint.map_or_else(String::new, |hint| format!("; did you mean {hint:?}?"));
            self.add(Problem::Value(format!(
                "{value} is not one of {}{hint}",
                words.join(", ")
            )));
        }
    }

    /// The validation rules. What is said of it is what the API server says.
    fn rules(&mut self, schema: &Value, value: &Value) {
        for validation in schema["x-kubernetes-validations"].as_array().into_iter().flatten() {
            let text = validation["rule"].as_str().unwrap_or_default();
            let known = self.rules.entry(text.to_owned());
            let rule = known.or_insert_with(|| Rule::parse(text));
            if rule.as_ref().and_then(|rule| rule.holds(value)) == Some(false) {
                let message = validation["message"].as_str().map(str::to_owned);
                let message = message.unwrap_or_else(|| format!("it breaks the rule {text}"));
                self.add(Problem::Value(message));
            }
        }
    }

    fn object(&mut self, schema: &Value, fields: &Map<String, Value>) {
        let known = schema["properties"].as_object();
        for required in schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            let has_default = || schema["properties"][required].get("default").is_some();
            if fields.get(required).is_none_or(Value::is_null) && !has_default() {
                self.add(Problem::Missing(required.to_owned()));
            }
        }
        let is_open = schema["x-kubernetes-preserve-unknown-fields"] == true || known.is_none();
        for (name, field) in fields {
            if let Some(below) = known.and_then(|known| known.get(name)) {
                self.at(Step::Field(name.clone()), |checker| {
                    checker.deprecation(below, field);
                    checker.value(below, field);
                });
            } else if schema["additionalProperties"].is_object() {
                self.at(Step::Field(name.clone()), |checker| {
                    checker.value(&schema["additionalProperties"], field);
                });
            } else if !is_open {
                let names = known.into_iter().flatten().map(|(name, _)| name.as_str());
                self.unknown(name, names);
            }
        }
    }

    fn deprecation(&mut self, schema: &Value, value: &Value) {
        let description = schema["description"].as_str().unwrap_or_default();
        if description.starts_with("Deprecated") && !value.is_null() {
            let first = description.split(". ").next().unwrap_or_default();
            self.add(Problem::Deprecated(first.trim_end_matches('.').to_owned()));
        }
    }

    fn array(&mut self, schema: &Value, items: &[Value]) {
        self.count(schema, items.len(), ("minItems", "maxItems"), "items");
        let keys: Vec<&str> = schema["x-kubernetes-list-map-keys"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let is_set = schema["x-kubernetes-list-type"] == "set";
        let mut seen = BTreeSet::new();
        for (index, item) in items.iter().enumerate() {
            let identity: Option<String> = if keys.is_empty() {
                is_set.then(|| item.to_string())
            } else {
                Some(keys.iter().map(|key| item[*key].to_string()).collect())
            };
            let repeated = identity.is_some_and(|identity| !seen.insert(identity));
            self.at(Step::Item(index), |checker| {
                if repeated {
                    let by = if keys.is_empty() {
                        "value".to_owned()
                    } else {
                        keys.join(", ")
                    };
                    checker.add(Problem::Value(format!("another item has the same {by}")));
                }
                checker.value(&schema["items"], item);
            });
        }
    }

    fn text(&mut self, schema: &Value, text: &str) {
        self.count(schema, text.chars().count(), ("minLength", "maxLength"), "characters");
        let Some(pattern) = schema["pattern"].as_str() else {
            return;
        };
        let compiled = self
            .patterns
            .entry(pattern.to_owned())
            .or_insert_with(|| Regex::new(pattern).ok());
        if compiled.as_ref().is_some_and(|pattern| !pattern.is_match(text)) {
            self.add(Problem::Value(format!("{text:?} does not match {pattern}")));
        }
    }

    fn count(&mut self, schema: &Value, count: usize, (least, most): (&str, &str), unit: &str) {
        let bound = |name: &str| schema[name].as_u64().and_then(|bound| usize::try_from(bound).ok());
        if let Some(least) = bound(least).filter(|least| count < *least) {
            self.add(Problem::Value(format!("{count} {unit}, at least {least} are needed")));
        }
        if let Some(most) = bound(most).filter(|most| count > *most) {
            self.add(Problem::Value(format!("{count} {unit}, at most {most} are allowed")));
        }
    }

    fn number(&mut self, schema: &Value, number: f64) {
        if let Some(least) = schema["minimum"].as_f64().filter(|least| number < *least) {
            self.add(Problem::Value(format!("{number} is less than {least}")));
        }
        if let Some(most) = schema["maximum"].as_f64().filter(|most| number > *most) {
            self.add(Problem::Value(format!("{number} is more than {most}")));
        }
    }
}

fn is_of(expected: &str, value: &Value) -> bool {
    match expected {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        _ => true,
    }
}

fn words_for(expected: &str) -> &str {
    match expected {
        "object" => "a mapping",
        "array" => "a list",
        "string" => "text",
        "boolean" => "true or false",
        "integer" => "a whole number",
        "number" => "a number",
        other => other,
    }
}

fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cli::schema;

    fn told(kind: &str, version: &str, object: &Value) -> Vec<String> {
        let schema = schema::of(kind, &format!("monitoring.coreos.com/{version}")).unwrap();
        let violations = Checker::default().check(&schema, object);
        violations
            .into_iter()
            .map(|violation| format!("{:?}", violation.problem))
            .collect()
    }

    #[test]
    fn an_object_is_held_against_its_definition() {
        let monitor = |spec: Value| {
            json!({"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor",
            "metadata": {"name": "a", "label": {}}, "spec": spec})
        };
        let object = monitor(json!({"selector": {"matchLabel": {"a": "b"}}, "endpoints": [
            {"prot": "web", "interval": "soon", "scheme": "htps", "honorLabels": "yes", "targetPort": "web", "path": null},
        ]}));
        let expected = [
            "Unknown(Some(\"labels\"))",
            "Unknown(Some(\"matchLabels\"))",
            "Unknown(Some(\"port\"))",
            "Value(\"\\\"soon\\\" does not match",
            "Value(\"\\\"htps\\\" is not one of http, https",
            "Type(\"text\", \"true or false\")",
        ];
        let told_of = told("ServiceMonitor", "v1", &object);
        assert_eq!(told_of.len(), expected.len(), "{told_of:?}");
        for (told, expected) in told_of.iter().zip(expected) {
            assert!(
                told.starts_with(expected) || told.contains("did you mean"),
                "{told} {expected}"
            );
        }
        assert_eq!(
            told("ServiceMonitor", "v1", &monitor(json!({"endpoints": []}))),
            ["Unknown(Some(\"labels\"))", "Missing(\"selector\")"]
        );
    }

    #[test]
    fn the_rules_of_the_definition_are_checked() {
        let agent = |spec: Value| {
            json!({"apiVersion": "monitoring.coreos.com/v1alpha1", "kind": "PrometheusAgent",
            "metadata": {"name": "a"}, "spec": spec})
        };
        let bad = agent(json!({"mode": "DaemonSet", "replicas": 2}));
        assert_eq!(
            told("PrometheusAgent", "v1alpha1", &bad),
            ["Value(\"replicas cannot be set when mode is DaemonSet\")"]
        );
        let good = agent(json!({"mode": "DaemonSet"}));
        assert!(told("PrometheusAgent", "v1alpha1", &good).is_empty());
    }

    #[test]
    fn defaults_are_those_of_the_definition() {
        let schema = schema::of("Prometheus", "monitoring.coreos.com/v1").unwrap();
        let mut object = json!({"spec": {"evaluationInterval": null}});
        schema::fill_in(&schema, &mut object);
        assert_eq!(object["spec"]["evaluationInterval"], "30s");
        assert!(schema::of("Prometheus", "v1").is_none() && schema::of("Secret", "monitoring.coreos.com/v1").is_none());
    }
}
