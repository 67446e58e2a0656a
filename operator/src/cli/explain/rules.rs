//! From a `PrometheusRule` to the file that has its groups. Pure.

use serde_json::Value;

use super::selection::Pair;
use super::step::{Name, Outcome};
use crate::cli::input::json;
use crate::cli::render::config_files;
use crate::reconcile::Rendered;
use crate::rules::file_name;

/// A rule file that was generated from an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct File {
    /// The beginning of its name, with the namespace, the name and the identity of the object.
    pub stem: String,
    /// The groups in it, each with its number of rules.
    pub groups: Vec<(String, usize)>,
}

/// The step, and the file.
pub(super) fn file(pair: &Pair<'_>, rendered: &Rendered) -> (Option<File>, (Name, Outcome)) {
    let rule = pair.scene.world.objects.rules.get(&pair.object.key);
    let name = rule.map(|rule| file_name(&rule)).unwrap_or_default();
    let stem = name.trim_end_matches(".yaml");
    let files = config_files(rendered);
    let found = files.iter().find(|(path, _)| {
        let rest = path.strip_prefix("rules/").and_then(|path| path.strip_prefix(stem));
        !stem.is_empty() && rest.is_some_and(|rest| rest.starts_with('.'))
    });
    let Some((path, text)) = found else {
        let outcome = Outcome::failed(
            format!("no rule file of {} has its groups", pair.who()),
            "see whether spec.groups has rules",
        );
        return (None, (Name::RuleFile, outcome));
    };
    let groups = groups(text);
    let count: usize = groups.iter().map(|(_, rules)| rules).sum();
    let names: Vec<String> = groups.iter().map(|(name, _)| name.clone()).collect();
    let outcome = if count == 0 {
        Outcome::failed(format!("{path} has no rules"), "add rules to spec.groups")
    } else {
        let names = super::services::listed(&names);
        Outcome::passed(format!(
            "{count} rules of {names} are in {}",
            path.trim_start_matches("rules/")
        ))
    };
    let file = File {
        stem: stem.to_owned(),
        groups,
    };
    (Some(file), (Name::RuleFile, outcome))
}

fn groups(text: &str) -> Vec<(String, usize)> {
    let document = formats::yaml::parse(text).map(|document| json(&document));
    let document = document.unwrap_or(Value::Null);
    let groups = document["groups"].as_array().into_iter().flatten();
    let group = |group: &Value| {
        let name = group["name"].as_str().unwrap_or_default().to_owned();
        (name, group["rules"].as_array().map_or(0, Vec::len))
    };
    groups.map(group).collect()
}
