//! The identity of the operator, its permissions, and what users may do with the custom resources. Pure.

use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use operator::permissions::{self, Rule};
use operator::pod::metadata::map;

use super::metadata::{NAME, NAMESPACE, cluster_wide, namespaced};
use super::yaml;

const GROUP: &str = "rbac.authorization.k8s.io";
/// Label that adds a `ClusterRole` to one of those that Kubernetes brings.
const AGGREGATE: &str = "rbac.authorization.k8s.io/aggregate-to-";

/// The identity. Its token is mounted by the Deployment alone.
pub(super) fn service_account() -> ServiceAccount {
    ServiceAccount {
        metadata: namespaced(),
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    }
}

/// The permissions as YAML, each rule behind the reasons for it.
pub(super) fn cluster_role() -> String {
    let role = ClusterRole {
        metadata: cluster_wide(NAME),
        ..ClusterRole::default()
    };
    with_rules(&yaml(&role), permissions::rules())
}

/// The permissions in the namespace of the operator alone, likewise.
pub(super) fn role() -> String {
    let role = Role {
        metadata: namespaced(),
        ..Role::default()
    };
    with_rules(&yaml(&role), permissions::rules_at_home())
}

fn with_rules(role: &str, rules: Vec<Rule>) -> String {
    let rules: String = rules.into_iter().map(rule).collect();
    format!("{role}rules:\n{rules}")
}

fn rule(rule: Rule) -> String {
    let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let policy = PolicyRule {
        api_groups: Some(vec![rule.group.to_owned()]),
        resources: Some(owned(rule.resources)),
        verbs: owned(rule.verbs),
        ..PolicyRule::default()
    };
    format!("# {}\n{}", rule.why.join("; "), yaml(&[policy]))
}

/// Gives the permissions to the identity.
pub(super) fn cluster_role_binding() -> ClusterRoleBinding {
    ClusterRoleBinding {
        metadata: cluster_wide(NAME),
        role_ref: role_ref("ClusterRole"),
        subjects: Some(vec![identity()]),
    }
}

/// Gives the permissions in its namespace to the identity.
pub(super) fn role_binding() -> RoleBinding {
    RoleBinding {
        metadata: namespaced(),
        role_ref: role_ref("Role"),
        subjects: Some(vec![identity()]),
    }
}

fn role_ref(kind: &str) -> RoleRef {
    RoleRef {
        api_group: Some(GROUP.to_owned()),
        kind: kind.to_owned(),
        name: NAME.to_owned(),
    }
}

fn identity() -> Subject {
    Subject {
        kind: "ServiceAccount".to_owned(),
        name: NAME.to_owned(),
        namespace: Some(NAMESPACE.to_owned()),
        ..Subject::default()
    }
}

/// Whoever may view a namespace may view the custom resources in it.
pub(super) fn view() -> ClusterRole {
    aggregated(
        "prometheus-crd-view",
        &["view", "edit", "admin"],
        &["get", "list", "watch"],
    )
}

/// Whoever may edit a namespace may edit the custom resources in it.
pub(super) fn edit() -> ClusterRole {
    let verbs = &["create", "update", "patch", "delete", "deletecollection"];
    aggregated("prometheus-crd-edit", &["edit", "admin"], verbs)
}

fn aggregated(name: &str, into: &[&str], verbs: &[&str]) -> ClusterRole {
    let ObjectMeta { labels, .. } = cluster_wide(name);
    let mut labels = labels.unwrap_or_default();
    for role in into {
        labels.extend(map([(&format!("{AGGREGATE}{role}"), "true")]));
    }
    let plurals = crds::custom_resource_definitions();
    let plurals = plurals
        .iter()
        .filter_map(|definition| definition["spec"]["names"]["plural"].as_str());
    ClusterRole {
        metadata: ObjectMeta {
            labels: Some(labels),
            ..cluster_wide(name)
        },
        rules: Some(vec![PolicyRule {
            api_groups: Some(vec!["monitoring.coreos.com".to_owned()]),
            resources: Some(plurals.map(str::to_owned).collect()),
            verbs: verbs.iter().map(|&verb| verb.to_owned()).collect(),
            ..PolicyRule::default()
        }]),
        ..ClusterRole::default()
    }
}
