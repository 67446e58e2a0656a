//! The identity of the operator, its permissions, and what users may do with the custom resources. Pure.

use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{ClusterRole, PolicyRule};
use operator::object::yaml;
use operator::permissions::manifest::{self, Account, Role};
use operator::permissions::{self, Feature, Part, Place};
use operator::pod::metadata::map;

use super::metadata::{NAME, NAMESPACE, cluster_wide, namespaced};

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

/// What the operator needs in every namespace.
pub(super) fn cluster_role() -> Role {
    let is_general = |part: Part| matches!(part.place(), Place::Followed | Place::Cluster);
    role(NAME, None, |part| is_general(part) && part.feature().is_none())
}

/// What of it belongs to no namespace.
pub(super) fn cluster_wide_role() -> Role {
    role(&format!("{NAME}-cluster"), None, |part| part.place() == Place::Cluster)
}

/// What a feature that is off by default needs.
pub(super) fn feature_role(feature: Feature) -> Role {
    role(&format!("{NAME}-{}", feature.name()), None, |part| {
        part.feature() == Some(feature)
    })
}

/// What the operator needs in its own namespace alone.
pub(super) fn own_role() -> Role {
    role(NAME, Some(NAMESPACE), |part| part.place() == Place::Own)
}

/// What the operator needs to keep the Service of the kubelets, in its namespace alone.
pub(super) fn kubelet_role() -> Role {
    role(NAME, Some(KUBELET_NAMESPACE), |part| part.place() == Place::Kubelets)
}

fn role(name: &str, namespace: Option<&str>, wanted: impl Fn(Part) -> bool) -> Role {
    Role {
        name: name.to_owned(),
        namespace: namespace.map(str::to_owned),
        rules: permissions::rules(wanted),
    }
}

/// The rules of the parts that are `wanted` as a list, each after the reasons for it.
pub(super) fn rules(wanted: impl Fn(Part) -> bool) -> String {
    manifest::list(&permissions::rules(wanted))
}

/// Gives a role to the identity.
pub(super) fn binding(role: &Role) -> String {
    let account = Account {
        namespace: NAMESPACE.to_owned(),
        name: NAME.to_owned(),
    };
    yaml(&role.binding(&account))
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
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
