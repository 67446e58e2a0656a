//! `ValidatingAdmissionPolicy` objects for clusters without webhooks: what CEL can say of an object beyond its definition. Each
//! comes with a binding to the namespaces of tenants. Pure.

use std::time::Duration;

use serde_json::{Value, json};

use crate::args::{Policies, PolicyAction};

const GROUP: &str = "monitoring.coreos.com";
const API_VERSION: &str = "admissionregistration.k8s.io/v1";

/// A check.
struct Rule {
    /// What must be true of an object.
    expression: String,
    /// What is wrong if it is not.
    message: &'static str,
}

/// Checks of some kinds.
struct Policy {
    /// Part of the name, after `prometheus-operator-`.
    name: &'static str,
    /// Resources, by version.
    resources: &'static [(&'static str, &'static [&'static str])],
    rules: Vec<Rule>,
}

/// The policies and their bindings.
pub fn objects(wanted: &Policies) -> Vec<Value> {
    let policies = all(wanted.least_interval).into_iter();
    policies
        .flat_map(|policy| [policy.object(), policy.binding(wanted)])
        .collect()
}

fn rule(expression: impl Into<String>, message: &'static str) -> Rule {
    Rule {
        expression: expression.into(),
        message,
    }
}

fn all(least_interval: Duration) -> Vec<Policy> {
    vec![
        Policy {
            name: "monitors-read-no-files",
            resources: &[("v1", &["servicemonitors"])],
            rules: vec![
                rule(
                    "object.spec.endpoints.all(e, !has(e.bearerTokenFile) || e.bearerTokenFile == '')",
                    "endpoints must not set bearerTokenFile: it is a file of the Prometheus container",
                ),
                rule(
                    "object.spec.endpoints.all(e, !has(e.tlsConfig) || \
                     !(has(e.tlsConfig.caFile) || has(e.tlsConfig.certFile) || has(e.tlsConfig.keyFile)))",
                    "endpoints must not set caFile, certFile or keyFile: they are files of the Prometheus container",
                ),
            ],
        },
        Policy {
            name: "scrape-configs-read-no-files",
            resources: &[("v1alpha1", &["scrapeconfigs"])],
            rules: vec![rule(
                "!has(object.spec.fileSDConfigs) || object.spec.fileSDConfigs.size() == 0",
                "fileSDConfigs must not be set: they are files of the Prometheus container",
            )],
        },
        Policy {
            name: "monitors-stay-in-their-namespace",
            resources: &[("v1", &["servicemonitors", "podmonitors"])],
            rules: vec![rule(
                "!has(object.spec.namespaceSelector) || \
                 ((!has(object.spec.namespaceSelector.any) || !object.spec.namespaceSelector.any) && \
                 (!has(object.spec.namespaceSelector.matchNames) || \
                 object.spec.namespaceSelector.matchNames.all(n, n == object.metadata.namespace)))",
                "namespaceSelector must not select other namespaces",
            )],
        },
        intervals(
            "service-monitor-intervals",
            &[("v1", &["servicemonitors"])],
            endpoints("endpoints", least_interval),
        ),
        intervals(
            "pod-monitor-intervals",
            &[("v1", &["podmonitors"])],
            endpoints("podMetricsEndpoints", least_interval),
        ),
        intervals(
            "probe-intervals",
            &[("v1", &["probes"])],
            own("interval", least_interval),
        ),
        intervals(
            "scrape-config-intervals",
            &[("v1alpha1", &["scrapeconfigs"])],
            own("scrapeInterval", least_interval),
        ),
        Policy {
            name: "rules-are-of-one-kind",
            resources: &[("v1", &["prometheusrules"])],
            rules: vec![
                rule(
                    of_rules("has(r.record) != has(r.alert)"),
                    "a rule must set either record or alert",
                ),
                rule(
                    of_rules("!has(r.record) || !('for' in r || has(r.keep_firing_for) || has(r.annotations))"),
                    "a recording rule must not set for, keep_firing_for or annotations",
                ),
            ],
        },
    ]
}

fn intervals(
    name: &'static str,
    resources: &'static [(&'static str, &'static [&'static str])],
    expression: String,
) -> Policy {
    let message = "the scrape interval is shorter than allowed";
    let rules = vec![rule(expression, message)];
    Policy { name, resources, rules }
}

fn endpoints(field: &str, least: Duration) -> String {
    format!(
        "!has(object.spec.{field}) || object.spec.{field}.all(e, !has(e.interval) || {})",
        is_no_less("e.interval", least)
    )
}

fn own(field: &str, least: Duration) -> String {
    format!(
        "!has(object.spec.{field}) || {}",
        is_no_less(&format!("object.spec.{field}"), least)
    )
}

/// CEL knows no days, weeks and years; whoever waits for one of those waits long enough.
fn is_no_less(interval: &str, least: Duration) -> String {
    let least = least.as_secs_f64();
    format!(
        "({interval} == '' || {interval}.matches('[1-9][0-9]*[ywd]') || duration({interval}) >= duration('{least}s'))"
    )
}

fn of_rules(expression: &str) -> String {
    format!("!has(object.spec.groups) || object.spec.groups.all(g, !has(g.rules) || g.rules.all(r, {expression}))")
}

impl Policy {
    fn full_name(&self) -> String {
        format!("prometheus-operator-{}", self.name)
    }

    fn object(&self) -> Value {
        let rules: Vec<Value> = (self.resources.iter())
            .map(|(version, resources)| {
                json!({
                    "apiGroups": [GROUP], "apiVersions": [version],
                    "operations": ["CREATE", "UPDATE"], "resources": resources,
                })
            })
            .collect();
        let validations: Vec<Value> = (self.rules.iter())
            .map(|rule| json!({ "expression": rule.expression, "message": rule.message, "reason": "Invalid" }))
            .collect();
        json!({
            "apiVersion": API_VERSION,
            "kind": "ValidatingAdmissionPolicy",
            "metadata": { "name": self.full_name() },
            "spec": {
                "failurePolicy": "Fail",
                "matchConstraints": { "resourceRules": rules },
                // An object that was stored before may be changed in other ways, and may go away.
                "matchConditions": [{
                    "name": "changed",
                    "expression": "oldObject == null || object.spec != oldObject.spec",
                }],
                "validations": validations,
            },
        })
    }

    fn binding(&self, wanted: &Policies) -> Value {
        let action = match wanted.action {
            PolicyAction::Deny => "Deny",
            PolicyAction::Warn => "Warn",
            PolicyAction::Audit => "Audit",
        };
        json!({
            "apiVersion": API_VERSION,
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": { "name": self.full_name() },
            "spec": {
                "policyName": self.full_name(),
                "validationActions": [action],
                "matchResources": { "namespaceSelector": { "matchLabels": wanted.namespace_label.0 } },
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_policy_has_a_binding_to_it() {
        let label = "team=shop".parse().unwrap();
        let wanted = Policies {
            least_interval: Duration::from_millis(1500),
            action: PolicyAction::Warn,
            namespace_label: label,
        };
        let objects = objects(&wanted);
        assert!(objects.len() > 2 && objects.len().is_multiple_of(2));
        for pair in objects.chunks(2) {
            assert_eq!(pair[1]["spec"]["policyName"], pair[0]["metadata"]["name"]);
            assert_eq!(pair[1]["spec"]["validationActions"], json!(["Warn"]));
            let selector = &pair[1]["spec"]["matchResources"]["namespaceSelector"];
            assert_eq!(*selector, json!({ "matchLabels": { "team": "shop" } }));
        }
        let all = serde_json::to_string(&objects).unwrap();
        assert!(all.contains(">= duration('1.5s')"), "{all}");
    }
}
