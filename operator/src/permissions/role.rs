//! The table of permissions in the shape of roles. Pure.

use super::webhooks::NamedRule;
use super::{GRANTS, Grant, Part, Permission};

/// What may be done with some resources of one group, for several parts together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// API group; empty for the core group.
    pub group: &'static str,
    /// Plural names; a subresource after a slash.
    pub resources: Vec<&'static str>,
    /// The only objects; empty: any.
    pub names: Vec<String>,
    /// Each verb once.
    pub verbs: Vec<&'static str>,
    /// What for.
    pub why: Vec<&'static str>,
}

impl From<&NamedRule> for Rule {
    fn from(rule: &NamedRule) -> Self {
        Self {
            group: rule.group,
            resources: rule.resources.to_vec(),
            names: owned(rule.names),
            verbs: rule.verbs.to_vec(),
            why: vec![rule.why],
        }
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// The rows of the parts that are `wanted`, in the shape of a role and in the order of the table: each resource is in one
/// rule, and resources with the same verbs for the same reasons share one.
pub fn rules(wanted: impl Fn(Part) -> bool) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for rule in rules_by_resource(wanted) {
        let alike = |other: &&mut Rule| {
            (other.group, &other.names, &other.verbs, &other.why) == (rule.group, &rule.names, &rule.verbs, &rule.why)
        };
        match rules.iter_mut().find(alike) {
            Some(other) => other.resources.extend(rule.resources),
            None => rules.push(rule),
        }
    }
    rules
}

fn rules_by_resource(wanted: impl Fn(Part) -> bool) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for Grant { permission, why, .. } in GRANTS.iter().filter(|grant| wanted(grant.part)) {
        let Permission {
            group,
            resource,
            verbs,
            names,
        } = *permission;
        let same = |rule: &&mut Rule| rule.group == group && rule.names == names && rule.resources == [resource];
        let Some(rule) = rules.iter_mut().find(same) else {
            rules.push(Rule {
                group,
                resources: vec![resource],
                names: owned(names),
                verbs: verbs.to_vec(),
                why: vec![why],
            });
            continue;
        };
        for verb in verbs {
            if !rule.verbs.contains(verb) {
                rule.verbs.push(verb);
            }
        }
        if !rule.why.contains(why) {
            rule.why.push(why);
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::super::{LEASE_NAME, Place};
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_resource_of_two_parts_is_in_one_rule() {
        let rules = rules(|_| true);
        let services: Vec<_> = rules
            .iter()
            .filter(|rule| rule.resources.contains(&"services"))
            .collect();
        assert_eq!(services.len(), 1);
        assert_eq!(services[0].verbs, ["get", "create", "update"]);
        assert_eq!(services[0].why.len(), 2);
    }

    #[test]
    fn a_name_is_a_rule_of_its_own() {
        let rules = rules(|part| part == Part::Election);
        let found: Vec<_> = (rules.iter())
            .map(|rule| (rule.names.join(","), rule.verbs.as_slice()))
            .collect();
        assert_eq!(
            found,
            [
                (String::new(), &["create"][..]),
                (LEASE_NAME.to_owned(), &["get", "update"])
            ]
        );
    }

    /// What a flag turns on does not widen what is granted without it.
    #[test]
    fn without_features_nothing_is_granted_for_them() {
        let rules = rules(|part| part.feature().is_none());
        let verbs = |resource: &str| -> Vec<&str> {
            let found = rules.iter().filter(|rule| rule.resources.contains(&resource));
            found.flat_map(|rule| rule.verbs.clone()).collect()
        };
        assert_eq!(verbs("pods"), ["list"]);
        assert_eq!(verbs("prometheuses"), ["list", "watch"]);
        assert_eq!(verbs("servicemonitors"), ["list", "watch"]);
        for none in ["pods/eviction", "servicemonitors/status", "daemonsets"] {
            assert!(verbs(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn resources_with_the_same_verbs_and_reasons_share_a_rule() {
        let rules = rules(|part| part.place() == Place::Followed);
        let monitors = rules
            .iter()
            .find(|rule| rule.resources.contains(&"servicemonitors"))
            .unwrap();
        assert_eq!(
            monitors.resources,
            ["servicemonitors", "podmonitors", "probes", "scrapeconfigs"]
        );
        assert_eq!(monitors.verbs, ["list", "watch", "get"]);
        let all: Vec<_> = rules
            .iter()
            .flat_map(|rule| rule.resources.iter().map(|name| (rule.group, *name)))
            .collect();
        let unique: BTreeSet<_> = all.iter().copied().collect();
        assert_eq!(unique.len(), all.len());
    }
}
