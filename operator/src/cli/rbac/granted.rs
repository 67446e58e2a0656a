//! What a cluster grants: to a service account, by its roles and bindings, or to whoever asks. Reads.

use std::collections::BTreeSet;
use std::fmt::Debug;

use k8s_openapi::api::authorization::v1::{ResourceRule, SelfSubjectRulesReview, SelfSubjectRulesReviewSpec};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject};
use kube::api::{ListParams, PostParams};
use kube::{Api, Client, Resource, ResourceExt as _};
use serde::de::DeserializeOwned;

use super::check::named;
use crate::api::without_content;
use crate::cli::world::ClusterError;
use crate::permissions::manifest::{self, Account};
use crate::permissions::review::groups;

/// Groups of reviews like the one that is asked here: everybody may ask.
const REVIEWS: [&str; 2] = ["authentication.k8s.io", "authorization.k8s.io"];

/// A rule that holds for somebody.
#[derive(Debug, Clone)]
pub(super) struct Granted {
    /// Where it holds; `None`: everywhere.
    pub(super) namespace: Option<String>,
    /// The role it is part of.
    pub(super) source: String,
    /// What it grants.
    pub(super) rule: PolicyRule,
}

/// What the roles of the cluster grant to a service account by its own name or as one of its groups.
pub(super) async fn to_account(client: &Client, account: &Account) -> Result<Vec<Granted>, ClusterError> {
    let cluster_bindings: Vec<ClusterRoleBinding> = listed(client, "clusterrolebindings").await?;
    let bindings: Vec<RoleBinding> = listed(client, "rolebindings").await?;
    let cluster_roles: Vec<ClusterRole> = listed(client, "clusterroles").await?;
    let roles: Vec<Role> = listed(client, "roles").await?;
    let bound = cluster_bindings
        .iter()
        .map(|binding| (None, &binding.role_ref, &binding.subjects))
        .chain(bindings.iter().map(|binding| {
            let namespace = binding.namespace();
            (namespace, &binding.role_ref, &binding.subjects)
        }));
    let mut granted = Vec::new();
    for (namespace, role_ref, subjects) in bound {
        if !(subjects.iter().flatten()).any(|subject| is_account(subject, namespace.as_deref(), account)) {
            continue;
        }
        let (source, policies) = policies(role_ref, namespace.as_deref(), &cluster_roles, &roles);
        granted.extend(policies.into_iter().map(|rule| Granted {
            namespace: namespace.clone(),
            source: source.clone(),
            rule,
        }));
    }
    Ok(granted)
}

/// The rules of the role that a binding in a namespace names; none if there is no such role.
fn policies(
    role_ref: &RoleRef,
    namespace: Option<&str>,
    cluster_roles: &[ClusterRole],
    roles: &[Role],
) -> (String, Vec<PolicyRule>) {
    let name = role_ref.name.as_str();
    if role_ref.kind == "ClusterRole" {
        let found = cluster_roles.iter().find(|role| role.name_any() == name);
        let policies = found.and_then(|role| role.rules.clone());
        return (named("ClusterRole", None, name), policies.unwrap_or_default());
    }
    let found = (roles.iter()).find(|role| role.name_any() == name && role.namespace().as_deref() == namespace);
    let policies = found.and_then(|role| role.rules.clone());
    (named("Role", namespace, name), policies.unwrap_or_default())
}

/// Whether a subject of a binding in a namespace is the account, or a group that it alone or its neighbours are in. What everybody
/// may do says nothing about it.
fn is_account(subject: &Subject, namespace: Option<&str>, account: &Account) -> bool {
    match subject.kind.as_str() {
        "ServiceAccount" => {
            let of = subject.namespace.as_deref().or(namespace);
            subject.name == account.name && of == Some(&account.namespace)
        }
        "User" => subject.name == manifest::user(account),
        "Group" => subject.name != "system:authenticated" && groups(account).contains(&subject.name),
        _ => false,
    }
}

async fn listed<K>(client: &Client, plural: &str) -> Result<Vec<K>, ClusterError>
where
    K: Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug,
{
    let list = Api::<K>::all(client.clone()).list(&ListParams::default()).await;
    let list = list.map_err(|error| ClusterError::new(format!("list {plural}"), without_content(error)))?;
    Ok(list.items)
}

/// What whoever asks may do in the namespaces of `roles`.
pub(super) async fn to_oneself(client: &Client, roles: &[manifest::Role]) -> Result<Vec<Granted>, ClusterError> {
    let mut granted = Vec::new();
    let namespaces: BTreeSet<&str> = roles.iter().filter_map(|role| role.namespace.as_deref()).collect();
    // Without one, there is none to ask about: what holds everywhere holds here.
    let has_cluster_roles = roles.iter().any(|role| role.namespace.is_none());
    let asked = if namespaces.is_empty() && has_cluster_roles {
        vec!["default"]
    } else {
        namespaces.into_iter().collect()
    };
    let reviews: Api<SelfSubjectRulesReview> = Api::all(client.clone());
    for namespace in asked {
        let review = SelfSubjectRulesReview {
            spec: SelfSubjectRulesReviewSpec {
                namespace: Some(namespace.to_owned()),
            },
            ..SelfSubjectRulesReview::default()
        };
        let answer = reviews.create(&PostParams::default(), &review).await;
        let answer = answer.map_err(|error| ClusterError::new("review rules", without_content(error)))?;
        let answers = answer.status.map(|status| status.resource_rules);
        granted.extend(
            answers
                .unwrap_or_default()
                .into_iter()
                .filter(|rule| !is_review(rule))
                .map(|rule| Granted {
                    namespace: Some(namespace.to_owned()),
                    source: format!("namespace {namespace}"),
                    rule: PolicyRule {
                        api_groups: rule.api_groups,
                        resources: rule.resources,
                        resource_names: rule.resource_names,
                        verbs: rule.verbs,
                        ..PolicyRule::default()
                    },
                }),
        );
    }
    Ok(granted)
}

fn is_review(rule: &ResourceRule) -> bool {
    let groups = rule.api_groups.as_deref().unwrap_or_default();
    !groups.is_empty() && groups.iter().all(|group| REVIEWS.contains(&group.as_str()))
}
