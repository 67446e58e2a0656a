//! What the command `apply-crds` must be allowed to do: the definitions of this project, and no others. Data; the chart's Job
//! before an upgrade gets it.

use super::webhooks::NamedRule;

const GROUP: &str = "apiextensions.k8s.io";
const DEFINITIONS: &[&str] = &["customresourcedefinitions"];

/// Names of the definitions.
pub const NAMES: [&str; 10] = [
    "alertmanagerconfigs.monitoring.coreos.com",
    "alertmanagers.monitoring.coreos.com",
    "podmonitors.monitoring.coreos.com",
    "probes.monitoring.coreos.com",
    "prometheusagents.monitoring.coreos.com",
    "prometheuses.monitoring.coreos.com",
    "prometheusrules.monitoring.coreos.com",
    "scrapeconfigs.monitoring.coreos.com",
    "servicemonitors.monitoring.coreos.com",
    "thanosrulers.monitoring.coreos.com",
];

/// All of them.
pub const RULES: [NamedRule; 2] = [
    NamedRule {
        group: GROUP,
        resources: DEFINITIONS,
        names: &NAMES,
        verbs: &["get", "patch"],
        why: "bring the definitions up to date (apply-crds)",
    },
    NamedRule {
        group: GROUP,
        resources: DEFINITIONS,
        names: &[],
        verbs: &["create"],
        why: "those that are missing; creation cannot be granted by name",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_definition_is_named() {
        let definitions = crds::custom_resource_definitions();
        let names: Vec<&str> = (definitions.iter())
            .map(|definition| definition["metadata"]["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, NAMES);
    }
}
