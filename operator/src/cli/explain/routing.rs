//! From an `AlertmanagerConfig` to its routes and receivers in the configuration of an Alertmanager. Pure.

use serde_json::Value;

use super::selection::Pair;
use super::services::listed;
use super::step::{Ended, Name, Outcome, Steps};
use crate::cli::input::json;
use crate::cli::render::config_files;
use crate::reconcile::Rendered;

/// The file that is looked at.
const FILE: &str = "alertmanager.yaml";

/// Takes the steps, and gives the names of the receivers that are generated.
///
/// # Errors
/// When one fails.
pub(super) fn walk(pair: &Pair<'_>, rendered: &Rendered, steps: &mut Steps) -> Result<Vec<String>, Ended> {
    let files = config_files(rendered);
    let text = files.get(FILE).map_or("", String::as_str);
    let document = formats::yaml::parse(text).map(|document| json(&document));
    let document = document.unwrap_or(Value::Null);
    let receivers = receivers(&document, pair);
    steps.take(Name::Routes, routes(&document, pair))?;
    steps.take(Name::Receivers, found(&receivers, pair))?;
    Ok(receivers)
}

fn prefix(pair: &Pair<'_>) -> String {
    format!("{}/", pair.object.key)
}

/// The receivers of the object, by their names in the configuration.
pub(super) fn receivers(document: &Value, pair: &Pair<'_>) -> Vec<String> {
    let names = document["receivers"].as_array().into_iter().flatten();
    let names = names.filter_map(|receiver| receiver["name"].as_str());
    names
        .filter(|name| name.starts_with(&prefix(pair)))
        .map(str::to_owned)
        .collect()
}

fn routes(document: &Value, pair: &Pair<'_>) -> Outcome {
    let below = document["route"]["routes"].as_array().into_iter().flatten();
    let is_own = |route: &&Value| {
        let receiver = route["receiver"].as_str().unwrap_or_default();
        receiver.starts_with(&prefix(pair))
    };
    let own: Vec<&Value> = below.filter(is_own).collect();
    let root = document["route"]["receiver"].as_str().unwrap_or_default();
    if own.is_empty() && root.starts_with(&prefix(pair)) {
        return Outcome::passed("its route is the root of the configuration, which gets every alert");
    }
    let Some(route) = own.first() else {
        let written = &pair.object.value["spec"]["route"];
        if written.is_null() {
            return Outcome::hint(
                "it has no spec.route: its receivers get nothing",
                "add spec.route, unless the object has inhibition rules alone",
            );
        }
        return Outcome::failed(
            format!("no route of {} leads to its receivers", pair.who()),
            "give spec.route the name of a receiver of the object",
        );
    };
    let conditions = conditions(route);
    if conditions.is_empty() {
        return Outcome::passed("its route gets every alert");
    }
    Outcome::passed(format!(
        "its route gets alerts with {}{}",
        conditions.join(", "),
        injected(&conditions, pair)
    ))
}

fn conditions(route: &Value) -> Vec<String> {
    let matchers = route["matchers"].as_array().into_iter().flatten();
    let mut all: Vec<String> = matchers.filter_map(Value::as_str).map(str::to_owned).collect();
    for (field, operator) in [("match", "="), ("match_re", "=~")] {
        let pairs = route[field].as_object().into_iter().flatten();
        all.extend(pairs.map(|(label, value)| format!("{label}{operator}{value}")));
    }
    all
}

/// Says which of the conditions nobody wrote.
fn injected(conditions: &[String], pair: &Pair<'_>) -> String {
    let own = pair.object.value["spec"]["route"]["matchers"]
        .as_array()
        .into_iter()
        .flatten();
    let has_own = own.into_iter().any(|matcher| matcher["name"] == "namespace");
    let is_namespace =
        |condition: &&String| condition.starts_with("namespace=") || condition.starts_with("namespace\"=");
    match conditions.iter().find(is_namespace) {
        Some(condition) if !has_own => {
            format!(
                "; {condition} is added by the operator (spec.alertmanagerConfigMatcherStrategy of the Alertmanager)"
            )
        }
        _ => String::new(),
    }
}

fn found(receivers: &[String], pair: &Pair<'_>) -> Outcome {
    if receivers.is_empty() {
        let written = pair.object.value["spec"]["receivers"].as_array();
        if written.is_none_or(Vec::is_empty) {
            return Outcome::passed("it has no receivers");
        }
        return Outcome::failed(
            format!("{} has none of its receivers", pair.who()),
            "see what `lint` says of the object",
        );
    }
    Outcome::passed(listed(receivers))
}
