//! Relabeling rules: the user's, the enforced namespace label, and the shapes that generated rules have. The order of the
//! keys of generated rules differs from rule to rule, as it does in the original. Pure.

use crds::{MonitoringResource, RelabelConfig};
use formats::regular_expression::Expression;
use formats::yaml::{Yaml, map};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::{
    context::Context,
    pattern::{Pattern, regex},
    scrape_class::Class,
    value::{labels, text, texts},
};
use crate::object::ObjectKey;

/// The first rule of every job: keeps the name of the job, which later rules replace.
pub(crate) fn job_name_rule() -> Yaml {
    copy_rule("job", "__tmp_prometheus_job_name")
}

/// Copies a label.
pub(crate) fn copy_rule(source: &'static str, target: &'static str) -> Yaml {
    map([("source_labels", labels([source])), ("target_label", target.into())])
}

/// Sets a label to a fixed value.
pub(crate) fn set_rule(target: &'static str, value: impl Into<Yaml>) -> Yaml {
    map([("target_label", target.into()), ("replacement", value.into())])
}

/// Copies a label of an object under the label's own name, unless it is empty.
pub(crate) fn target_label_rule(prefix: &str, label: &str) -> Yaml {
    let target = label_name(label);
    non_empty_rule(format!("{prefix}{target}"), Yaml::from(target))
}

/// Replaces a label by another one, unless that is empty.
pub(crate) fn non_empty_rule(source: String, target: impl Into<Yaml>) -> Yaml {
    map([
        ("source_labels", labels([source])),
        ("target_label", target.into()),
        regex(Expression::constant("(.+)")),
        ("replacement", "${1}".into()),
    ])
}

/// Keeps only targets whose label matches.
pub(crate) fn keep_rule(source: &'static str, pattern: impl Into<Pattern>) -> Yaml {
    match_rule("keep", labels([source]), pattern)
}

/// Drops the pods that have ended.
pub(crate) fn running_rule() -> Yaml {
    let ended = Expression::constant("(Failed|Succeeded)");
    match_rule("drop", labels(["__meta_kubernetes_pod_phase"]), ended)
}

fn match_rule(action: &'static str, source_labels: Yaml, pattern: impl Into<Pattern>) -> Yaml {
    map([
        ("action", action.into()),
        ("source_labels", source_labels),
        regex(pattern),
    ])
}

/// The rules that keep what a label selector selects, for labels of a discovered `kind` (`service`, `pod`). Values stand
/// unescaped: users write regular expressions into them.
pub(crate) fn selector_rules<'a>(kind: &'a str, selector: &'a LabelSelector) -> impl Iterator<Item = Yaml> + 'a {
    let value = move |key: &str| format!("__meta_kubernetes_{kind}_label_{}", label_name(key));
    let present = move |key: &str| format!("__meta_kubernetes_{kind}_labelpresent_{}", label_name(key));
    let has_value = move |action, key: &str, values: &str| {
        let expression = Expression::or_quoted(&format!("({values});true"));
        match_rule(action, labels([value(key), present(key)]), expression)
    };
    let exists = move |action, key: &str| match_rule(action, labels([present(key)]), Expression::constant("true"));
    let equal = (selector.match_labels.iter().flatten()).map(move |(key, value)| has_value("keep", key, value));
    let expressions = selector.match_expressions.iter().flatten();
    equal.chain(expressions.filter_map(move |expression| {
        let key = expression.key.as_str();
        let values = expression.values.as_deref().unwrap_or_default().join("|");
        match expression.operator.as_str() {
            "In" => Some(has_value("keep", key, &values)),
            "NotIn" => Some(has_value("drop", key, &values)),
            "Exists" => Some(exists("keep", key)),
            "DoesNotExist" => Some(exists("drop", key)),
            _ => None,
        }
    }))
}

/// A label of Kubernetes as Prometheus' service discovery names it.
pub(crate) fn label_name(label: &str) -> String {
    let valid = |character: char| character.is_ascii_alphanumeric() || character == '_';
    (label.chars())
        .map(|character| if valid(character) { character } else { '_' })
        .collect()
}

/// The user's rules.
pub(crate) fn user_rules(rules: &[RelabelConfig]) -> impl Iterator<Item = Yaml> + '_ {
    rules.iter().map(user_rule)
}

fn user_rule(rule: &RelabelConfig) -> Yaml {
    let pairs = [
        ("source_labels", texts(&rule.source_labels)),
        ("separator", rule.separator.as_deref().map(text)),
        ("target_label", rule.target_label.as_deref().map(text)),
        (
            "regex",
            rule.regex.as_deref().map(|text| regex(Expression::or_quoted(text)).1),
        ),
        ("modulus", rule.modulus.filter(|modulus| *modulus != 0).map(Yaml::from)),
        ("replacement", rule.replacement.as_deref().map(text)),
        ("action", rule.action.map(|action| action.as_str().into())),
    ];
    map((pairs.into_iter()).filter_map(|(key, value)| Some((key, value?))))
}

/// The rule that sets the enforced namespace label on what comes from `object`, unless there is none or the object is
/// excluded. It is after the user's rules, so that they cannot undo it.
pub(crate) fn namespace_rule(context: &Context<'_>, resource: MonitoringResource, object: &ObjectKey) -> Option<Yaml> {
    let common = context.common();
    let label = common
        .enforced_namespace_label
        .as_deref()
        .filter(|label| !label.is_empty())?;
    let excluded = common.excluded_from_enforcement.iter().any(|excluded| {
        excluded.resource == resource
            && *excluded.namespace == *object.namespace
            && (excluded.name.as_deref()).is_none_or(|name| name.is_empty() || *name == *object.name)
    });
    (!excluded).then(|| map([("target_label", text(label)), ("replacement", text(&object.namespace))]))
}

/// The rules for samples of a job from `object`: the class's, the user's, and the enforced namespace label. Nothing where
/// there are none.
pub(crate) fn metric_rules(
    context: &Context<'_>,
    class: Class<'_>,
    own: &[RelabelConfig],
    resource: MonitoringResource,
    object: &ObjectKey,
) -> Option<Yaml> {
    let rules: Vec<_> = user_rules(class.metric_relabelings())
        .chain(user_rules(own))
        .chain(namespace_rule(context, resource, object))
        .collect();
    (!rules.is_empty()).then_some(Yaml::Seq(rules))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_names_keep_letters_digits_and_underscores() {
        assert_eq!(label_name("app.kubernetes.io/name-1_x"), "app_kubernetes_io_name_1_x");
        assert_eq!(label_name("zone-é"), "zone__");
    }
}
