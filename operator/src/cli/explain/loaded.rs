//! Whether Prometheus has loaded the groups of a `PrometheusRule` and evaluates them, and whether Alertmanager has loaded the
//! receivers of an `AlertmanagerConfig`. Pure.

use serde_json::Value;

use super::live::{Answer, Said};
use super::prometheus::running;
use super::routing;
use super::rules::File;
use super::selection::Pair;
use super::services::listed;
use super::step::{Ended, Name, Outcome, Steps};
use crate::cli::input::json;

/// What mends a configuration that is not there yet.
const WAIT: &str = "a change takes a minute or two; after that, see the log of the config-reloader";

/// Takes the steps of a rule file.
///
/// # Errors
/// When one fails, or nobody answers.
pub(super) fn rules(pair: &Pair<'_>, file: &File, said: &Said, steps: &mut Steps) -> Result<(), Ended> {
    let answers = running(pair, said, steps)?;
    for answer in answers {
        let rules = match answer.rules.as_ref() {
            Some(Ok(rules)) => rules,
            Some(Err(silence)) => {
                steps.take(Name::Configuration, Outcome::unknown(silence.to_string()))?;
                return Err(Ended);
            }
            None => return Err(Ended),
        };
        let groups = rules["data"]["groups"].as_array().into_iter().flatten();
        let own: Vec<&Value> = groups.filter(|group| is_of(group, file)).collect();
        steps.take(Name::Configuration, groups_loaded(answer, file, &own))?;
        steps.take(Name::Evaluation, evaluated(&own))?;
    }
    Ok(())
}

/// Whether a group comes from the file.
fn is_of(group: &Value, file: &File) -> bool {
    let path = group["file"].as_str().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    // What is unpacked has the name of its volume before its own.
    name.split_once(&file.stem)
        .is_some_and(|(_, rest)| rest.starts_with('.'))
}

fn groups_loaded(answer: &Answer, file: &File, own: &[&Value]) -> Outcome {
    let is_absent = |name: &&String| !own.iter().any(|group| group["name"] == name.as_str());
    let wanted: Vec<&String> = file.groups.iter().map(|(name, _)| name).collect();
    let absent: Vec<String> = wanted.iter().copied().filter(is_absent).cloned().collect();
    if absent.is_empty() {
        return Outcome::passed(format!("{} has loaded {} groups", answer.pod, wanted.len()));
    }
    Outcome::failed(format!("{} has not loaded group {}", answer.pod, listed(&absent)), WAIT)
}

fn evaluated(groups: &[&Value]) -> Outcome {
    let rules = || {
        groups
            .iter()
            .flat_map(|group| group["rules"].as_array().into_iter().flatten())
    };
    let failing = rules().find(|rule| rule["health"] == "err");
    if let Some(rule) = failing {
        let name = rule["name"].as_str().unwrap_or_default();
        return Outcome::failed(
            format!("rule {name} fails: {}", rule["lastError"].as_str().unwrap_or_default()),
            "correct expr of the rule: try it in the user interface of Prometheus",
        );
    }
    if rules().all(|rule| rule["health"] == "unknown") {
        return Outcome::unknown("none was evaluated yet");
    }
    let firing = rules().filter(|rule| rule["state"] == "firing").count();
    Outcome::passed(format!(
        "{} rules, {firing} of them are alerts that fire",
        rules().count()
    ))
}

/// Takes the steps of the receivers of an object.
///
/// # Errors
/// When one fails, or nobody answers.
pub(super) fn receivers(pair: &Pair<'_>, wanted: &[String], said: &Said, steps: &mut Steps) -> Result<(), Ended> {
    for answer in running(pair, said, steps)? {
        let text = match &answer.configuration {
            Ok(text) => text,
            Err(silence) => {
                steps.take(Name::Configuration, Outcome::unknown(silence.to_string()))?;
                return Err(Ended);
            }
        };
        let document = formats::yaml::parse(text).map(|document| json(&document));
        let own = routing::receivers(&document.unwrap_or(Value::Null), pair);
        let absent: Vec<String> = wanted.iter().filter(|name| !own.contains(name)).cloned().collect();
        let outcome = if absent.is_empty() {
            Outcome::passed(format!("{} has loaded {} of its receivers", answer.pod, wanted.len()))
        } else {
            Outcome::failed(
                format!("{} has not loaded receiver {}", answer.pod, listed(&absent)),
                WAIT,
            )
        };
        steps.take(Name::Configuration, outcome)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn groups_belong_to_the_file_that_they_are_loaded_from() {
        let file = File {
            stem: "shop-web-1".to_owned(),
            groups: vec![("web".to_owned(), 1)],
        };
        let group = |path: &str| json!({"file": path, "name": "web"});
        assert!(is_of(
            &group("/etc/prometheus/rules/prometheus-a-rulefiles-0/shop-web-1.yaml"),
            &file
        ));
        assert!(is_of(&group("/x/unpacked/rules_0_shop-web-1.rules.yaml"), &file));
        assert!(!is_of(&group("/etc/prometheus/rules/a/shop-web-12.yaml"), &file));
        assert!(matches!(
            evaluated(&[&json!({"rules": [{"name": "a", "health": "err", "lastError": "x"}]})]),
            Outcome::Failed { .. }
        ));
    }
}
