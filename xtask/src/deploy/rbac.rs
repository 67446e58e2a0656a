//! The identity of the operator, its permissions, and what users may do with the custom resources. Pure.

use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use operator::permissions::{self, Feature, Part, Place, Rule};
use operator::pod::metadata::map;

use super::metadata::{NAME, NAMESPACE, cluster_wide, namespaced};
use super::yaml;

const GROUP: &str = "rbac.authorization.k8s.io";
/// Label that adds a `ClusterRole` to one of those that Kubernetes brings.
const AGGREGATE: &str = "rbac.authorization.k8s.io/aggregate-to-";

/// Namespace of the Service of the kubelets, as the Deployment's arguments name it.
pub(super) const KUBELET_NAMESPACE: &str = "kube-system";

/// Kinds that add to a configuration. What they can reach is bounded by the workload that selects them.
const CONFIGURATION: &[&str] = &[
    "alertmanagerconfigs",
    "podmonitors",
    "probes",
    "prometheusrules",
    "scrapeconfigs",
    "servicemonitors",
];

/// Kinds that run pods. Whoever makes one reads, by way of the operator, the Secrets of all that it selects, in other
/// namespaces too: this is more than `edit` in one namespace should give.
const WORKLOADS: &[&str] = &["alertmanagers", "prometheusagents", "prometheuses", "thanosrulers"];

const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "update", "patch", "delete", "deletecollection"];

/// The identity. Its token is mounted by the Deployment alone.
pub(super) fn service_account() -> ServiceAccount {
    ServiceAccount {
        metadata: namespaced(),
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    }
}

/// What the operator needs in every namespace as YAML, each rule after the reasons for it.
pub(super) fn cluster_role() -> String {
    let rules =
        permissions::rules(|part| matches!(part.place(), Place::Followed | Place::Cluster) && part.feature().is_none());
    with_rules(&cluster_role_named(NAME), &rules)
}

/// What of it belongs to no namespace.
pub(super) fn cluster_wide_role() -> String {
    let rules = permissions::rules(|part| part.place() == Place::Cluster);
    with_rules(&cluster_role_named(&cluster_wide_name()), &rules)
}

/// What a feature that is off by default needs.
pub(super) fn feature_role(feature: Feature) -> String {
    let rules = permissions::rules(|part| part.feature() == Some(feature));
    with_rules(&cluster_role_named(&feature_name(feature)), &rules)
}

/// What the operator needs in its own namespace alone.
pub(super) fn role() -> String {
    let role = Role {
        metadata: namespaced(),
        ..Role::default()
    };
    with_rules(&yaml(&role), &permissions::rules(|part| part.place() == Place::Own))
}

/// What the operator needs to keep the Service of the kubelets, in its namespace alone.
pub(super) fn kubelet_role() -> String {
    let role = Role {
        metadata: beside_the_kubelets(),
        ..Role::default()
    };
    with_rules(
        &yaml(&role),
        &permissions::rules(|part| part.place() == Place::Kubelets),
    )
}

fn cluster_role_named(name: &str) -> String {
    yaml(&ClusterRole {
        metadata: cluster_wide(name),
        ..ClusterRole::default()
    })
}

fn feature_name(feature: Feature) -> String {
    format!("{NAME}-{}", feature.name())
}

fn cluster_wide_name() -> String {
    format!("{NAME}-cluster")
}

fn beside_the_kubelets() -> ObjectMeta {
    ObjectMeta {
        namespace: Some(KUBELET_NAMESPACE.to_owned()),
        ..cluster_wide(NAME)
    }
}

fn with_rules(role: &str, rules: &[Rule]) -> String {
    format!("{role}rules:\n{}", list(rules))
}

/// The rules of the parts that are `wanted` as a list, each after the reasons for it.
pub(super) fn rules(wanted: impl Fn(Part) -> bool) -> String {
    list(&permissions::rules(wanted))
}

fn list(rules: &[Rule]) -> String {
    rules.iter().map(rule).collect()
}

fn rule(rule: &Rule) -> String {
    let policy = PolicyRule {
        api_groups: Some(vec![rule.group.to_owned()]),
        resources: Some(owned(&rule.resources)),
        resource_names: Some(owned(rule.names)).filter(|names| !names.is_empty()),
        verbs: owned(&rule.verbs),
        ..PolicyRule::default()
    };
    format!("# {}\n{}", rule.why.join("; "), yaml(&[policy]))
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// Gives the permissions to the identity.
pub(super) fn cluster_role_binding() -> ClusterRoleBinding {
    binding_of_cluster_role(NAME)
}

/// Gives the permissions on what belongs to no namespace to the identity.
pub(super) fn cluster_wide_role_binding() -> ClusterRoleBinding {
    binding_of_cluster_role(&cluster_wide_name())
}

/// Gives the permissions of a feature to the identity.
pub(super) fn feature_role_binding(feature: Feature) -> ClusterRoleBinding {
    binding_of_cluster_role(&feature_name(feature))
}

fn binding_of_cluster_role(name: &str) -> ClusterRoleBinding {
    ClusterRoleBinding {
        metadata: cluster_wide(name),
        role_ref: role_ref("ClusterRole", name),
        subjects: Some(vec![identity()]),
    }
}

/// Gives the permissions in its namespace to the identity.
pub(super) fn role_binding() -> RoleBinding {
    RoleBinding {
        metadata: namespaced(),
        role_ref: role_ref("Role", NAME),
        subjects: Some(vec![identity()]),
    }
}

/// Gives the permissions in the namespace of the kubelets' Service to the identity.
pub(super) fn kubelet_role_binding() -> RoleBinding {
    RoleBinding {
        metadata: beside_the_kubelets(),
        role_ref: role_ref("Role", NAME),
        subjects: Some(vec![identity()]),
    }
}

fn role_ref(kind: &str, name: &str) -> RoleRef {
    RoleRef {
        api_group: Some(GROUP.to_owned()),
        kind: kind.to_owned(),
        name: name.to_owned(),
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
    let kinds = [CONFIGURATION, WORKLOADS].concat();
    on_custom_resources("prometheus-crd-view", &["view", "edit", "admin"], &kinds, READ)
}

/// Whoever may edit a namespace may edit the configuration in it.
pub(super) fn edit() -> ClusterRole {
    on_custom_resources("prometheus-crd-edit", &["edit", "admin"], CONFIGURATION, WRITE)
}

/// For those who may run Prometheus and Alertmanager: bound by hand.
pub(super) fn edit_workloads() -> ClusterRole {
    on_custom_resources("prometheus-crd-edit-workloads", &[], WORKLOADS, WRITE)
}

fn on_custom_resources(name: &str, aggregated_into: &[&str], kinds: &[&str], verbs: &[&str]) -> ClusterRole {
    let mut metadata = cluster_wide(name);
    for role in aggregated_into {
        let labels = metadata.labels.get_or_insert_default();
        labels.extend(map([(&format!("{AGGREGATE}{role}"), "true")]));
    }
    ClusterRole {
        metadata,
        rules: Some(vec![PolicyRule {
            api_groups: Some(vec!["monitoring.coreos.com".to_owned()]),
            resources: Some(owned(kinds)),
            verbs: owned(verbs),
            ..PolicyRule::default()
        }]),
        ..ClusterRole::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A new kind is put on one of the two lists by a person.
    #[test]
    fn every_kind_is_configuration_or_workload() {
        let mut listed = [CONFIGURATION, WORKLOADS].concat();
        listed.sort_unstable();
        let mut plurals: Vec<String> = crds::custom_resource_definitions()
            .iter()
            .map(|definition| definition["spec"]["names"]["plural"].as_str().unwrap().to_owned())
            .collect();
        plurals.sort_unstable();
        assert_eq!(listed, plurals);
    }
}
