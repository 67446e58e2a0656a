//! What a Prometheus must be permitted to ask the API server, and what it may. Pure.

use std::collections::BTreeMap;

use super::job::Job;
use super::live::{Access, Said};
use super::selection::Pair;
use super::step::Outcome;

/// Verbs of discovery.
pub(super) const VERBS: [&str; 2] = ["list", "watch"];
const CORE: &str = "";
const DISCOVERY: &str = "discovery.k8s.io";
const NETWORKING: &str = "networking.k8s.io";

/// What each role of discovery reads: group and resource.
const ROLES: [(&str, &[(&str, &str)]); 6] = [
    ("endpoints", &[(CORE, "services"), (CORE, "endpoints"), (CORE, "pods")]),
    (
        "endpointslice",
        &[(CORE, "services"), (DISCOVERY, "endpointslices"), (CORE, "pods")],
    ),
    ("pod", &[(CORE, "pods")]),
    ("service", &[(CORE, "services")]),
    ("ingress", &[(NETWORKING, "ingresses")]),
    ("node", &[(CORE, "nodes")]),
];

/// Something that is to be permitted: group, resource, namespace.
pub(super) type Needed = (&'static str, &'static str, Option<String>);

/// What the discovery of a job needs.
pub(super) fn needed(job: &Job) -> Vec<Needed> {
    let mut needed = Vec::new();
    for discovery in &job.discoveries {
        let resources = ROLES.iter().find(|(role, _)| *role == discovery.role);
        let places: Vec<Option<String>> = match discovery.namespaces.as_slice() {
            [] => vec![None],
            names => names.iter().cloned().map(Some).collect(),
        };
        for (group, resource) in resources.iter().flat_map(|(_, resources)| *resources) {
            needed.extend(places.iter().map(|place| (*group, *resource, place.clone())));
        }
    }
    needed
}

/// The service account of a workload.
pub(super) fn account(pair: &Pair<'_>) -> String {
    let name = pair.workload.value["spec"]["serviceAccountName"].as_str();
    name.filter(|name| !name.is_empty()).unwrap_or("default").to_owned()
}

/// Whether the service account may discover the targets of a job.
pub(super) fn permissions(pair: &Pair<'_>, job: &Job, said: &Said) -> Outcome {
    if !pair.workload.value["spec"]["apiserverConfig"].is_null() {
        return Outcome::unknown("spec.apiserverConfig of the workload says whom it asks, and as whom");
    }
    let needed = needed(job);
    if needed.is_empty() {
        return Outcome::passed("the job asks nothing of the API server");
    }
    let is_needed = |access: &&Access| {
        needed.iter().any(|(group, resource, namespace)| {
            (*group, *resource, namespace) == (access.group, access.resource, &access.namespace)
        })
    };
    let accesses: Vec<&Access> = said.accesses.iter().filter(is_needed).collect();
    let account = format!("service account {}/{}", pair.workload.key.namespace, account(pair));
    let is_denied = |access: &&&Access| access.allowed == Ok(false);
    let denied: Vec<&Access> = accesses.iter().filter(is_denied).copied().collect();
    if !denied.is_empty() {
        return Outcome::failed(
            format!("{account} may not {}", shown(&denied)),
            "bind it to a Role with these permissions (guides/rbac.md: what a Prometheus needs)",
        );
    }
    match accesses.iter().find_map(|access| access.allowed.as_ref().err()) {
        Some(silence) => Outcome::unknown(format!("what {account} may do: {silence}")),
        None => Outcome::passed(format!("{account} may list and watch what the job discovers")),
    }
}

/// What is denied, as a sentence goes on: `list and watch pods in namespace a, list nodes in all namespaces`.
fn shown(denied: &[&Access]) -> String {
    let mut verbs: BTreeMap<(&Option<String>, &str), Vec<&str>> = BTreeMap::new();
    for access in denied {
        verbs
            .entry((&access.namespace, access.resource))
            .or_default()
            .push(access.verb);
    }
    let one = |((namespace, resource), verbs): ((&Option<String>, &str), Vec<&str>)| {
        let place = match namespace {
            Some(namespace) => format!("in namespace {namespace}"),
            None => "in all namespaces".to_owned(),
        };
        format!("{} {resource} {place}", verbs.join(" and "))
    };
    verbs.into_iter().map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_denied_is_said_once_for_each_resource() {
        let access = |verb, resource, namespace: Option<&str>| Access {
            allowed: Ok(false),
            verb,
            group: CORE,
            resource,
            namespace: namespace.map(str::to_owned),
        };
        let all = [
            access("list", "pods", Some("a")),
            access("watch", "pods", Some("a")),
            access("list", "nodes", None),
        ];
        let all: Vec<&Access> = all.iter().collect();
        assert_eq!(
            shown(&all),
            "list nodes in all namespaces, list and watch pods in namespace a"
        );
    }
}
