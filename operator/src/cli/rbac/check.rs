//! What of the permissions that are needed is granted, and what is granted besides. Pure but for [`refused`], which asks.

use std::collections::BTreeSet;

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use kube::Client;

use super::granted::Granted;
use crate::args::Severity;
use crate::cli::report::{Finding, Report, Rule};
use crate::cli::world::ClusterError;
use crate::permissions::manifest::Role;
use crate::permissions::review::{Asker, CONCURRENT_QUESTIONS, Question, allowed};

static MISSING: Rule = Rule {
    id: "missing-permission",
    severity: Severity::Error,
    why: "Without it, the part of the operator that needs it does not run.",
    mend: "Apply what `rbac` prints for the same flags.",
};
static SUPERFLUOUS: Rule = Rule {
    id: "superfluous-permission",
    severity: Severity::Note,
    why: "The operator does nothing with it; whoever gets hold of its token could.",
    mend: "Remove it from the role, unless something else needs it.",
};

/// A permission that is needed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Need<'a> {
    role: &'a Role,
    why: &'a [&'static str],
    group: &'static str,
    resource: &'static str,
    verb: &'static str,
    name: Option<&'a str>,
}

/// What `roles` grant, one by one.
pub(super) fn needs(roles: &[Role]) -> Vec<Need<'_>> {
    let mut needs = Vec::new();
    for role in roles {
        for rule in &role.rules {
            let names: Vec<Option<&str>> = match rule.names.as_slice() {
                [] => vec![None],
                names => names.iter().map(|name| Some(name.as_str())).collect(),
            };
            for (&resource, &name) in rule.resources.iter().flat_map(|r| names.iter().map(move |n| (r, n))) {
                needs.extend(rule.verbs.iter().map(|&verb| Need {
                    role,
                    why: &rule.why,
                    group: rule.group,
                    resource,
                    verb,
                    name,
                }));
            }
        }
    }
    needs
}

/// The needs that the API server does not permit to `asker`, by their places.
pub(super) async fn refused(
    client: &Client,
    asker: &Asker,
    needs: &[Need<'_>],
) -> Result<BTreeSet<usize>, ClusterError> {
    let questions = needs.iter().enumerate().map(async |(place, need)| {
        let question = Question {
            group: need.group,
            resource: need.resource,
            verb: need.verb,
            namespace: need.role.namespace.as_deref(),
            name: need.name,
        };
        allowed(client, asker, &question)
            .await
            .map(|allowed| (!allowed).then_some(place))
    });
    let answers = stream::iter(questions).buffered(CONCURRENT_QUESTIONS);
    let refused: Vec<Option<usize>> = answers
        .try_collect()
        .await
        .map_err(|error| ClusterError::new("review permissions", error))?;
    Ok(refused.into_iter().flatten().collect())
}

/// The needs that nothing in `granted` covers, by their places.
pub(super) fn not_among(needs: &[Need<'_>], granted: &[Granted]) -> BTreeSet<usize> {
    let is_granted = |need: &Need<'_>| granted.iter().any(|granted| granted.covers(need));
    let places = needs.iter().enumerate().filter(|(_, need)| !is_granted(need));
    places.map(|(place, _)| place).collect()
}

impl Granted {
    /// Whether it permits what is needed, everywhere where it is needed.
    fn covers(&self, need: &Need<'_>) -> bool {
        let has = |words: &[String], wanted: &str| words.iter().any(|word| word == "*" || word == wanted);
        let names = self.rule.resource_names.as_deref().unwrap_or_default();
        let of_any = need.resource.split_once('/').map(|(_, sub)| format!("*/{sub}"));
        let resources = self.rule.resources.as_deref().unwrap_or_default();
        (self.namespace.is_none() || self.namespace == need.role.namespace)
            && has(self.rule.api_groups.as_deref().unwrap_or_default(), need.group)
            && (has(resources, need.resource) || of_any.is_some_and(|sub| resources.contains(&sub)))
            && has(&self.rule.verbs, need.verb)
            && (names.is_empty() || need.name.is_some_and(|name| names.iter().any(|known| known == name)))
    }
}

/// Whether `need` has use for a verb on a resource in the place of `granted`, as far as names go.
fn has_use(need: &Need<'_>, granted: &Granted, group: &str, resource: &str, verb: &str) -> bool {
    let names = granted.rule.resource_names.as_deref().unwrap_or_default();
    let is_there = need.role.namespace.is_none() || need.role.namespace == granted.namespace;
    is_there
        && (need.group, need.resource, need.verb) == (group, resource, verb)
        && need.name.is_none_or(|name| names.iter().any(|known| known == name))
}

/// The findings: of each resource what is missing, and what is there besides.
pub(super) fn report(asker: &Asker, needs: &[Need<'_>], missing: &BTreeSet<usize>, granted: &[Granted]) -> Report {
    let mut findings = lacking(asker, needs, missing);
    findings.extend(granted.iter().flat_map(|granted| superfluous(needs, granted)));
    Report {
        command: "rbac",
        noun: "permission",
        findings,
        objects: needs.len(),
        rules: vec![&MISSING, &SUPERFLUOUS],
    }
}

fn lacking(asker: &Asker, needs: &[Need<'_>], missing: &BTreeSet<usize>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let missing: Vec<&Need<'_>> = missing.iter().map(|place| &needs[*place]).collect();
    let same = |one: &&Need<'_>, two: &&Need<'_>| {
        std::ptr::eq(one.role, two.role)
            && (one.group, one.resource, one.name, one.why) == (two.group, two.resource, two.name, two.why)
    };
    for alike in missing.chunk_by(same) {
        let need = alike[0];
        let verbs: Vec<&str> = alike.iter().map(|need| need.verb).collect();
        let place = match &need.role.namespace {
            Some(namespace) => format!("in namespace {namespace:?}"),
            None => "in all namespaces".to_owned(),
        };
        findings.push(Finding {
            rule: &MISSING,
            object: named(need.role.kind(), need.role.namespace.as_deref(), &need.role.name),
            field: full(need.group, need.resource, need.name),
            position: None,
            message: format!(
                "{asker} may not {} {place}; needed for: {}",
                verbs.join(", "),
                need.why.join("; ")
            ),
            mend: None,
        });
    }
    findings
}

fn superfluous(needs: &[Need<'_>], granted: &Granted) -> Vec<Finding> {
    let mut findings = Vec::new();
    for group in granted.rule.api_groups.iter().flatten() {
        for resource in granted.rule.resources.iter().flatten() {
            let is_used = |verb: &&String| {
                let used = |need: &Need<'_>| has_use(need, granted, group, resource, verb);
                needs.iter().any(used)
            };
            let verbs: Vec<&str> = (granted.rule.verbs.iter())
                .filter(|verb| !is_used(verb))
                .map(String::as_str)
                .collect();
            if verbs.is_empty() {
                continue;
            }
            let names = granted.rule.resource_names.as_deref().unwrap_or_default();
            findings.push(Finding {
                rule: &SUPERFLUOUS,
                object: granted.source.clone(),
                field: full(group, resource, (!names.is_empty()).then(|| names.join(",")).as_deref()),
                position: None,
                message: format!("{} is granted and not needed", verbs.join(", ")),
                mend: None,
            });
        }
    }
    findings
}

/// Kind and name of a role.
pub(super) fn named(kind: &str, namespace: Option<&str>, name: &str) -> String {
    namespace.map_or_else(
        || format!("{kind} {name}"),
        |namespace| format!("{kind} {namespace}/{name}"),
    )
}

/// A resource as `kubectl` names it.
fn full(group: &str, resource: &str, name: Option<&str>) -> String {
    let dot = if group.is_empty() { "" } else { "." };
    let name = name.map_or_else(String::new, |name| format!(" {name}"));
    format!("{resource}{dot}{group}{name}")
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::rbac::v1::PolicyRule;
    use serde_json::{Value, json};

    use super::*;
    use crate::permissions;

    fn granted(namespace: Option<&str>, rule: Value) -> Granted {
        Granted {
            namespace: namespace.map(str::to_owned),
            source: "Role a/b".to_owned(),
            rule: serde_json::from_value::<PolicyRule>(rule).unwrap(),
        }
    }

    fn role(namespace: Option<&str>, rules: Vec<permissions::Rule>) -> Role {
        Role {
            name: "b".to_owned(),
            namespace: namespace.map(str::to_owned),
            rules,
        }
    }

    fn leases(names: &[&str]) -> permissions::Rule {
        permissions::Rule {
            group: "coordination.k8s.io",
            resources: vec!["leases"],
            names: names.iter().map(|&name| name.to_owned()).collect(),
            verbs: vec!["get", "update"],
            why: vec!["elections"],
        }
    }

    fn told(roles: &[Role], granted: &[Granted]) -> Vec<String> {
        let needs = needs(roles);
        let report = report(&Asker::Oneself, &needs, &not_among(&needs, granted), granted);
        let line = |finding: &Finding| format!("{} {}: {}", finding.rule.id, finding.field, finding.message);
        report.findings.iter().map(line).collect()
    }

    #[test]
    fn a_verb_that_is_missing_and_one_that_is_not_needed_are_found() {
        let roles = [role(Some("a"), vec![leases(&[])])];
        let rule = json!({"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["get", "delete"]});
        assert_eq!(
            told(&roles, &[granted(Some("a"), rule.clone())]),
            [
                "missing-permission leases.coordination.k8s.io: you may not update in namespace \"a\"; needed for: elections",
                "superfluous-permission leases.coordination.k8s.io: delete is granted and not needed",
            ]
        );
        let elsewhere = told(&roles, &[granted(Some("c"), rule)]);
        assert!(elsewhere[0].contains("may not get, update") && elsewhere[1].contains("get, delete is granted"));
    }

    #[test]
    fn wildcards_cover_and_are_noted() {
        let roles = [role(None, vec![leases(&["x"])])];
        let all = json!({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]});
        assert_eq!(
            told(&roles, &[granted(None, all.clone())]),
            ["superfluous-permission *.*: * is granted and not needed"]
        );
        assert_eq!(told(&roles, &[granted(Some("a"), all)]).len(), 2);
    }

    #[test]
    fn names_count() {
        let rule = |names: &[&str]| {
            json!({"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "resourceNames": names,
                "verbs": ["get", "update"]})
        };
        let one = [role(Some("a"), vec![leases(&["x"])])];
        assert!(told(&one, &[granted(Some("a"), rule(&["x"]))]).is_empty());
        assert_eq!(told(&one, &[granted(Some("a"), rule(&["y"]))]).len(), 2);
        let wide = told(&one, &[granted(Some("a"), rule(&[]))]);
        assert_eq!(
            wide,
            ["superfluous-permission leases.coordination.k8s.io: get, update is granted and not needed"]
        );
        assert_eq!(
            told(
                &[role(Some("a"), vec![leases(&[])])],
                &[granted(Some("a"), rule(&["x"]))]
            )
            .len(),
            1
        );
    }
}
