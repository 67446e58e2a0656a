//! A configuration of Alertmanager in the shape of an `AlertmanagerConfig`, still with the keys of the file. Pure.

use serde_json::{Map, Value};

use super::fit::Lost;

/// Sections that an object has no room for, and where they belong.
const ELSEWHERE: [(&str, &str); 3] = [
    (
        "global",
        "it belongs to the Alertmanager: spec.alertmanagerConfiguration.global, or to each receiver",
    ),
    (
        "templates",
        "it belongs to the Alertmanager: spec.alertmanagerConfiguration.templates",
    ),
    ("tracing", "it belongs to the configuration of the Alertmanager itself"),
];
/// Keys of conditions: of equality, of expressions, both kinds as text; and the field that takes all of them.
const CONDITIONS: [(&str, &str, &str, &str); 3] = [
    ("match", "match_re", "matchers", "matchers"),
    ("source_match", "source_match_re", "source_matchers", "source_match"),
    ("target_match", "target_match_re", "target_matchers", "target_match"),
];

/// The configuration with conditions in one list each, and what belongs elsewhere.
///
/// `intervals_key`: the key of the time intervals in the version of the object.
pub(super) fn shaped(mut document: Value, intervals_key: &str) -> (Value, Vec<Lost>) {
    let mut lost = Vec::new();
    if let Value::Object(fields) = &mut document {
        for (section, reason) in ELSEWHERE {
            if fields.remove(section).is_some() {
                lost.push(Lost {
                    path: section.to_owned(),
                    reason: reason.to_owned(),
                });
            }
        }
        let mut intervals = Vec::new();
        for key in ["mute_time_intervals", "time_intervals"] {
            if let Some(Value::Array(items)) = fields.remove(key) {
                intervals.extend(items);
            }
        }
        if !intervals.is_empty() {
            fields.insert(intervals_key.to_owned(), intervals.into());
        }
        if let Some(Value::Object(route)) = fields.get_mut("route") {
            shape_route(route);
        }
        for rule in fields
            .get_mut("inhibit_rules")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            if let Value::Object(rule) = rule {
                shape(rule);
            }
        }
    }
    (document, lost)
}

fn shape_route(route: &mut Map<String, Value>) {
    shape(route);
    for below in route
        .get_mut("routes")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Value::Object(below) = below {
            shape_route(below);
        }
    }
}

fn shape(section: &mut Map<String, Value>) {
    for (equal, like, text, field) in CONDITIONS {
        let mut conditions = Vec::new();
        for (key, operator) in [(equal, "="), (like, "=~")] {
            if let Some(Value::Object(pairs)) = section.remove(key) {
                let condition = |(name, value): (String, Value)| {
                    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    Value::from(format!("{name}{operator}{value:?}"))
                };
                conditions.extend(pairs.into_iter().map(condition));
            }
        }
        if let Some(Value::Array(texts)) = section.remove(text) {
            conditions.extend(texts);
        }
        if !conditions.is_empty() {
            section.insert(field.to_owned(), conditions.into());
        }
    }
}
