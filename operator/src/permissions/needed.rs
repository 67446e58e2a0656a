//! The roles that an operator with given flags needs, and no more. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::manifest::Role;
use super::webhooks::{CERTIFICATES, RULES};
use super::{Feature, GRANTS, Part, Place, Rule, rules};
use crate::args::{Args, LEASE_NAME};
use crate::watch::{Scope, ScopeError, Scopes};

/// Where the operator is installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// Name of its roles. Those of features have that of the feature after it.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
}

/// A namespace, or the cluster; and the feature that needs the role.
type Purpose = (Option<String>, Option<&'static str>);

/// The name of what belongs to webhooks.
const WEBHOOKS: &str = "webhooks";

/// The roles by namespace, those of the cluster first. What a feature needs is in roles of its own.
///
/// # Errors
/// When the flags exclude each other.
pub fn roles(args: &Args, installation: &Installation) -> Result<Vec<Role>, ScopeError> {
    let scopes = &Scopes::of(&args.watch)?;
    let mut granted: BTreeMap<Purpose, Vec<Rule>> = BTreeMap::new();
    for (purpose, parts) in parts(args, scopes, installation) {
        let mut rules = rules(|part| parts.contains(&part));
        for rule in &mut rules {
            rename_lease(rule, args);
        }
        granted.insert(purpose, rules);
    }
    for (purpose, rules) in webhooks(args, scopes, installation) {
        granted.entry(purpose).or_default().extend(rules);
    }
    let role = |((namespace, feature), rules): (Purpose, Vec<Rule>)| Role {
        name: feature.map_or_else(
            || installation.name.clone(),
            |feature| format!("{}-{feature}", installation.name),
        ),
        namespace,
        rules,
    };
    Ok(granted.into_iter().map(role).collect())
}

/// The parts that run, by where they need their permissions.
fn parts(args: &Args, scopes: &Scopes, installation: &Installation) -> BTreeMap<Purpose, BTreeSet<Part>> {
    let mut parts: BTreeMap<Purpose, BTreeSet<Part>> = BTreeMap::new();
    let all: BTreeSet<Part> = GRANTS.iter().map(|grant| grant.part).collect();
    for part in all.into_iter().filter(|part| runs(*part, args)) {
        let scope = match part.place() {
            Place::Followed => part.scope(scopes),
            Place::Cluster => Scope::All,
            Place::Own => only(lease_namespace(args, installation)),
            Place::Kubelets => only(args.kubelet.kubelet_service.split('/').next().unwrap_or_default()),
        };
        let feature = part.feature().map(Feature::name);
        let namespaces: Vec<Option<String>> = match scope {
            Scope::Only(names) => names.into_iter().map(Some).collect(),
            Scope::All | Scope::Except(_) => vec![None],
        };
        for namespace in namespaces {
            parts.entry((namespace, feature)).or_default().insert(part);
        }
    }
    parts
}

fn only(namespace: &str) -> Scope {
    Scope::Only([namespace.to_owned()].into())
}

fn lease_namespace<'a>(args: &'a Args, installation: &'a Installation) -> &'a str {
    match args.leader_election.leader_elect_resource_namespace.as_str() {
        "" => &installation.namespace,
        named => named,
    }
}

/// Whether the flags have a part run.
fn runs(part: Part, args: &Args) -> bool {
    let kubelet = &args.kubelet;
    let has_service = !kubelet.kubelet_service.is_empty();
    match part {
        Part::Election => args.leader_election.leader_elect,
        Part::Nodes | Part::Kubelet => has_service,
        Part::KubeletEndpoints => has_service && kubelet.kubelet_endpoints,
        Part::KubeletEndpointSlices => has_service && kubelet.kubelet_endpointslice,
        Part::FollowedReferences => args.watch.watch_referenced_objects_in_all_namespaces,
        part => part.feature().is_none_or(|feature| feature.is_on(args)),
    }
}

/// A flag gives the Lease another name.
fn rename_lease(rule: &mut Rule, args: &Args) {
    if rule.names == [LEASE_NAME] {
        rule.names = vec![args.leader_election.leader_elect_resource_name.clone()];
    }
}

/// What the webhooks need where their certificates look after themselves.
fn webhooks(args: &Args, scopes: &Scopes, installation: &Installation) -> Vec<(Purpose, Vec<Rule>)> {
    let certificates = &args.certificates;
    let [mut configurations, conversion] = RULES.each_ref().map(Rule::from);
    configurations.names = certificates.admission_webhook_configurations.iter().cloned().collect();
    let mut of_cluster = Vec::new();
    of_cluster.extend(Some(configurations).filter(|rule| !rule.names.is_empty()));
    of_cluster.extend(certificates.admission_conversion.then_some(conversion));
    let secret = &certificates.admission_certificate_secret;
    let mut own: Vec<Rule> = CERTIFICATES.iter().map(Rule::from).collect();
    for rule in own.iter_mut().filter(|rule| !rule.names.is_empty()) {
        rule.names = vec![secret.clone()];
    }
    // Beside its workloads the operator writes Secrets of any name.
    if secret.is_empty() || scopes.workloads().contains(&installation.namespace) {
        own.clear();
    }
    [(None, of_cluster), (Some(installation.namespace.clone()), own)]
        .into_iter()
        .filter(|(_, rules)| !rules.is_empty())
        .map(|(namespace, rules)| ((namespace, Some(WEBHOOKS)), rules))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each role as its place and name, with the verbs of each resource.
    fn roles_for(flags: &[&str]) -> BTreeMap<String, BTreeMap<String, String>> {
        let arguments = ["prometheus-operator"].iter().chain(flags).map(Into::into);
        let args = Args::try_from_arguments(arguments).unwrap();
        let installation = Installation {
            name: "po".to_owned(),
            namespace: "own".to_owned(),
        };
        let roles = roles(&args, &installation).unwrap();
        let verbs = |role: &Role| {
            let each = |rule: &Rule| {
                let verbs = format!("{}{}", rule.verbs.join(" "), of(&rule.names));
                let resource = |resource: &&str| ((*resource).to_owned(), verbs.clone());
                rule.resources.iter().map(resource).collect::<Vec<_>>()
            };
            role.rules.iter().flat_map(each).collect()
        };
        let place = |role: &Role| format!("{}/{}", role.namespace.as_deref().unwrap_or("*"), role.name);
        roles.iter().map(|role| (place(role), verbs(role))).collect()
    }

    fn of(names: &[String]) -> String {
        if names.is_empty() {
            String::new()
        } else {
            format!(" of {}", names.join(" "))
        }
    }

    fn places(flags: &[&str]) -> Vec<String> {
        roles_for(flags).into_keys().collect()
    }

    #[test]
    fn without_flags_there_is_one_role_and_nothing_about_kubelets_and_leases() {
        let roles = roles_for(&[]);
        assert_eq!(roles.keys().collect::<Vec<_>>(), ["*/po"]);
        let role = &roles["*/po"];
        for none in ["nodes", "endpoints", "leases", "daemonsets"] {
            assert!(!role.contains_key(none), "{none}");
        }
        assert_eq!(role["secrets"], "get list watch create update delete");
    }

    #[test]
    fn namespaces_get_what_they_hold() {
        let flags = [
            "--namespaces=a",
            "--prometheus-instance-namespaces=b",
            "--alertmanager-instance-namespaces=b",
            "--thanos-ruler-instance-namespaces=b",
        ];
        let roles = roles_for(&flags);
        assert_eq!(roles.keys().collect::<Vec<_>>(), ["*/po", "a/po", "b/po"]);
        assert_eq!(roles["a/po"]["secrets"], "get");
        assert_eq!(roles["a/po"]["servicemonitors"], "list watch");
        assert_eq!(roles["b/po"]["secrets"], "get list watch create update delete");
        assert!(!roles["b/po"].contains_key("servicemonitors") && !roles["a/po"].contains_key("statefulsets"));
        let cluster: Vec<&String> = roles["*/po"].keys().collect();
        assert_eq!(cluster, ["namespaces", "storageclasses"]);
        let followed = roles_for(&[&flags[..], &["--watch-referenced-objects-in-all-namespaces"]].concat());
        assert_eq!(followed["a/po"]["configmaps"], "get list watch");
    }

    #[test]
    fn names_of_flags_are_those_of_the_rules() {
        let roles = roles_for(&[
            "--leader-elect",
            "--leader-elect-resource-name=x",
            "--leader-elect-resource-namespace=leases",
            "--admission-certificate-secret=tls",
            "--admission-webhook-configurations=one,two",
            "--namespaces=a",
        ]);
        assert_eq!(roles["leases/po"]["leases"], "get update of x");
        assert_eq!(
            roles["*/po-webhooks"]["validatingwebhookconfigurations"],
            "get list watch patch of one two"
        );
        assert!(!roles["*/po-webhooks"].contains_key("customresourcedefinitions"));
        assert!(roles["own/po-webhooks"].contains_key("secrets"));
    }

    #[test]
    fn features_and_kubelets_have_roles_of_their_own() {
        let flags = ["--pod-refresh-interval=1s", "--kubelet-service=kube-system/kubelet"];
        assert_eq!(places(&flags), ["*/po", "*/po-pod-refresh", "kube-system/po"]);
        let roles = roles_for(&flags);
        assert!(roles["kube-system/po"].contains_key("endpoints"));
        assert!(!roles["kube-system/po"].contains_key("endpointslices"));
        assert!(roles["*/po"].contains_key("nodes"));
    }
}
