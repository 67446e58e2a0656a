//! The text of a rule file: keys in alphabetical order, as the original writes them by way of JSON. Pure.

use std::collections::BTreeMap;

use crds::{Rule, RuleGroup};
use formats::yaml::{self, Yaml, map, natural_map};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// The file with `groups`.
pub(super) fn file(groups: &[RuleGroup]) -> String {
    let groups = list(groups.iter().map(group).collect());
    yaml::to_string(&present([("groups", groups)]))
}

fn group(group: &RuleGroup) -> Yaml {
    present([
        ("interval", duration(group.interval.as_deref())),
        ("labels", texts(&group.labels)),
        ("limit", group.limit.map(Yaml::from)),
        ("name", Some(text(&group.name))),
        (
            "partial_response_strategy",
            group.partial_response_strategy.as_deref().map(text),
        ),
        ("query_offset", group.query_offset.as_deref().map(text)),
        ("rules", list(group.rules.iter().map(rule).collect())),
    ])
}

fn rule(rule: &Rule) -> Yaml {
    let expression = match &rule.expr {
        IntOrString::Int(number) => Yaml::from(i64::from(*number)),
        IntOrString::String(expression) => text(expression),
    };
    present([
        ("alert", rule.alert.as_deref().map(text)),
        ("annotations", texts(&rule.annotations)),
        ("expr", Some(expression)),
        ("for", duration(rule.for_.as_deref())),
        ("keep_firing_for", rule.keep_firing_for.as_deref().map(text)),
        ("labels", texts(&rule.labels)),
        ("record", rule.record.as_deref().map(text)),
    ])
}

fn present<const N: usize>(pairs: [(&'static str, Option<Yaml>); N]) -> Yaml {
    map(pairs.into_iter().filter_map(|(key, value)| Some((key, value?))))
}

fn list(items: Vec<Yaml>) -> Option<Yaml> {
    (!items.is_empty()).then_some(Yaml::Seq(items))
}

fn texts(pairs: &BTreeMap<Box<str>, Box<str>>) -> Option<Yaml> {
    let pairs: Vec<_> = pairs.iter().map(|(key, value)| (text(key), text(value))).collect();
    (!pairs.is_empty()).then(|| natural_map(pairs))
}

/// An empty duration is none. The original writes it down, and Prometheus then refuses the whole file.
fn duration(duration: Option<&str>) -> Option<Yaml> {
    duration.filter(|duration| !duration.is_empty()).map(text)
}

fn text(text: &str) -> Yaml {
    Yaml::from(text.to_owned())
}
