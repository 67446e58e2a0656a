//! Which parts of a generated file stand for themselves: jobs, rules, receivers, routes. Pure.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cli::input::json;

/// A part of a file: what it is called, and what is in it.
pub(super) type Parts = BTreeMap<String, Value>;

/// The parts of a file by its name.
pub(super) fn parts(name: &str, text: &str) -> Parts {
    let Ok(document) = formats::yaml::parse(text) else {
        return [("file".to_owned(), Value::from(text))].into();
    };
    let document = json(&document);
    let mut parts = Parts::new();
    if name.starts_with("rules/") {
        rules(&document, &mut parts);
        return parts;
    }
    for (section, value) in document.as_object().into_iter().flatten() {
        match (section.as_str(), value) {
            ("scrape_configs", Value::Array(jobs)) => each("job", jobs, "job_name", &mut parts),
            ("receivers", Value::Array(receivers)) => each("receiver", receivers, "name", &mut parts),
            ("time_intervals" | "mute_time_intervals", Value::Array(all)) => {
                each("time interval", all, "name", &mut parts);
            }
            ("route", route) => routes(route, "route", &mut parts),
            _ => drop(parts.insert(format!("section {section}"), value.clone())),
        }
    }
    parts
}

fn each(what: &str, items: &[Value], name: &str, parts: &mut Parts) {
    for (index, item) in items.iter().enumerate() {
        let name = item[name].as_str().map_or_else(|| index.to_string(), str::to_owned);
        add(&format!("{what} {name}"), item.clone(), parts);
    }
}

fn rules(document: &Value, parts: &mut Parts) {
    for group in document["groups"].as_array().into_iter().flatten() {
        let name = group["name"].as_str().unwrap_or_default();
        let mut rest = group.clone();
        let rules = rest["rules"].take();
        add(&format!("group {name}"), rest, parts);
        for rule in rules.as_array().into_iter().flatten() {
            let (what, rule_name) = match (rule["alert"].as_str(), rule["record"].as_str()) {
                (Some(alert), _) => ("alert", alert),
                (None, record) => ("record", record.unwrap_or_default()),
            };
            add(&format!("{what} {rule_name} of group {name}"), rule.clone(), parts);
        }
    }
}

/// A route and those below it, by receiver and conditions, which is what people know them by.
fn routes(route: &Value, path: &str, parts: &mut Parts) {
    let mut rest = route.clone();
    let below = rest["routes"].take();
    let receiver = route["receiver"].as_str().unwrap_or("the one above");
    let conditions: Vec<String> = ["matchers", "match", "match_re"]
        .iter()
        .filter(|field| !route[**field].is_null())
        .map(|field| route[*field].to_string())
        .collect();
    let name = format!("{path} > {receiver} {}", conditions.join(" "));
    let name = name.trim_end().to_owned();
    add(&name, rest, parts);
    for route in below.as_array().into_iter().flatten() {
        routes(route, &name, parts);
    }
}

/// Adds a part; the second of a name gets a number.
fn add(name: &str, value: Value, parts: &mut Parts) {
    let mut unique = name.to_owned();
    for number in 2.. {
        if !parts.contains_key(&unique) {
            break;
        }
        unique = format!("{name} #{number}");
    }
    parts.insert(unique, value);
}
