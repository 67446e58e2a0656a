//! Binds rules to the namespace of their object: every selector of their expressions, and a label of what they yield. What
//! cannot be bound so is found by [`check_bindable`]. Pure.

use crds::{Rule, RuleGroup};
use formats::promql::{self, Options};
use formats::template::{self, Functions};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::check::{Fault, RuleError, text_of};

/// Checks that rules call nothing that reads series of other namespaces in spite of a label. What is no expression or no
/// template is not the matter of this check.
pub(super) fn check_bindable(groups: &[RuleGroup], options: Options) -> Result<(), RuleError> {
    for group in groups {
        for (index, rule) in group.rules.iter().enumerate() {
            check_rule(rule, options).map_err(|fault| RuleError::of_rule(&group.name, index, rule, fault))?;
        }
    }
    Ok(())
}

fn check_rule(rule: &Rule, options: Options) -> Result<(), Fault> {
    if promql::parse(&text_of(&rule.expr), options).is_ok_and(|expression| expression.reads_any_info()) {
        return Err(Fault::UnboundInfo);
    }
    for (field, texts) in [("label", &rule.labels), ("annotation", &rule.annotations)] {
        let queries = |text: &str| {
            template::check(text, &Functions::PROMETHEUS).is_ok()
                && template::check(text, &Functions::PROMETHEUS_WITHOUT_QUERY).is_err()
        };
        if let Some((name, _)) = texts.iter().find(|(_, text)| rule.alert.is_some() && queries(text)) {
            let name = name.clone();
            return Err(Fault::UnboundQuery { field, name });
        }
    }
    Ok(())
}

/// Binds all rules to `label="namespace"`.
pub(super) fn enforce(
    groups: &mut [RuleGroup],
    label: &str,
    namespace: &str,
    options: Options,
) -> Result<(), RuleError> {
    for group in groups {
        for (index, rule) in group.rules.iter_mut().enumerate() {
            let bound = promql::enforce(&text_of(&rule.expr), options, label, namespace)
                .map_err(|source| RuleError::of_rule(&group.name, index, rule, Fault::Expression { source }))?;
            rule.expr = IntOrString::String(bound);
            rule.labels.insert(label.into(), namespace.into());
        }
    }
    Ok(())
}
