//! Binds rules to the namespace of their object: every selector of their expressions, and a label of what they yield. Pure.

use crds::RuleGroup;
use formats::promql::{self, Options};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::check::{Fault, RuleError, text_of};

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
