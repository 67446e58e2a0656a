//! What the operator must be allowed to do, and why: one table, from which both the checks at start and the `ClusterRole`
//! are made. Data, and the views of it below.
//!
//! A row is what the code calls, no more: no wildcards, no verb for later. Whoever adds a call adds its verb here.

pub mod definitions;
mod feature;
pub mod manifest;
pub mod needed;
pub mod review;
mod role;
pub mod webhooks;

pub use feature::Feature;
pub use role::{Rule, rules};

use crate::args::LEASE_NAME;

use crate::object::ConfigKind;
use crate::watch::{Scope, Scopes};

/// A permission that the operator needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// API group; empty for the core group.
    pub group: &'static str,
    /// Plural name; a subresource after a slash.
    pub resource: &'static str,
    /// What is done with it.
    pub verbs: &'static [&'static str],
    /// The only objects that it is done with; empty: with any.
    pub names: &'static [&'static str],
}

/// A part of the operator that works or does not, depending on its permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The Prometheuses, in their namespaces.
    Prometheus,
    /// The agents, in the same namespaces.
    PrometheusAgent,
    /// Agents that run on each node (`PrometheusAgentDaemonSet`), in the same namespaces.
    DaemonSets,
    /// What a Prometheus or an agent scrapes, in the namespaces of configuration objects.
    Selected,
    /// What a Prometheus or a Thanos Ruler evaluates, in the same namespaces.
    Rules,
    /// The Alertmanagers, in their namespaces.
    Alertmanager,
    /// What adds to the configuration of Alertmanagers, in namespaces of its own.
    AlertmanagerConfigs,
    /// The Thanos Rulers, in their namespaces.
    ThanosRuler,
    /// The status of the objects that they select, in the namespaces of configuration objects
    /// (`StatusForConfigurationResources`).
    Bindings,
    /// The same of what adds to the configuration of Alertmanagers; without it there is none, since the original has none.
    AlertmanagerBindings,
    /// The finalizer of those that select objects, in their namespaces (`StatusForConfigurationResources`).
    Finalizers,
    /// The children of all of them, in the same namespaces.
    Workloads,
    /// The Secrets and `ConfigMap`s that configuration objects refer to, in the namespaces of these; not checked at start.
    References,
    /// The same, where they are followed (`--watch-referenced-objects-in-all-namespaces`); not checked at start.
    FollowedReferences,
    /// The Lease of those who stand for election (`--leader-elect`), in the operator's own namespace; not checked at start.
    Election,
    /// The eviction of pods that a failed update left (`--repair-policy-for-statefulsets=evict`), in the same namespaces; not
    /// checked at start.
    RepairByEviction,
    /// Their deletion (`--repair-policy-for-statefulsets=delete`), likewise.
    RepairByDeletion,
    /// The annotation that has pods see what changed in their volumes (`--pod-refresh-interval`), in the same namespaces; not
    /// checked at start.
    Refresh,
    /// Needed only where the admission plugin `OwnerReferencesPermissionEnforcement` is on; not checked at start.
    Owners,
    /// Selectors of namespaces. Across the cluster.
    Namespaces,
    /// Addresses of the nodes (`--kubelet-service`). Across the cluster.
    Nodes,
    /// The Service of the kubelets (`--kubelet-service`), in the namespace of the Service.
    Kubelet,
    /// Its Endpoints (`--kubelet-endpoints`), in the same namespace.
    KubeletEndpoints,
    /// `EndpointSlice`s of the kubelets (`--kubelet-endpointslice`), in the same namespace.
    KubeletEndpointSlices,
    /// Events about rejected objects. Without it there are none.
    Events,
    /// Why a StatefulSet cannot make pods, which its controller says in events alone. Without it the status does not say why.
    Obstacles,
    /// The check that a storage class exists. Without it there is none. Across the cluster.
    StorageClasses,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    /// Who needs it.
    pub part: Part,
    /// What is needed.
    pub permission: Permission,
    /// What for: part of a sentence, for the people who review the `ClusterRole`.
    pub why: &'static str,
}

const CORE: &str = "";
const MONITORING: &str = "monitoring.coreos.com";
const DISCOVERY: &str = "discovery.k8s.io";

const FOLLOW: &[&str] = &["list", "watch"];
const STATUS_WHY: &str = "server-side apply of the status";
const BINDINGS_WHY: &str = "record which workloads select the object (StatusForConfigurationResources)";
const CLEANUP_WHY: &str = "keep a finalizer while selected objects name the workload (StatusForConfigurationResources)";
const CREDENTIALS_WHY: &str = "credentials that objects refer to";
const CERTIFICATES_WHY: &str = "certificates that objects refer to";
const FINALIZERS_WHY: &str = "children block the deletion of their owner; some clusters ask for this permission then";

const fn grant(
    part: Part,
    group: &'static str,
    resource: &'static str,
    verbs: &'static [&'static str],
    why: &'static str,
) -> Grant {
    let permission = Permission {
        group,
        resource,
        verbs,
        names: &[],
    };
    Grant { part, permission, why }
}

/// All that the operator does.
#[rustfmt::skip]
pub const GRANTS: &[Grant] = &[
    grant(Part::Prometheus, MONITORING, "prometheuses", FOLLOW, "the workloads to run"),
    grant(Part::Prometheus, MONITORING, "prometheuses/status", &["patch"], STATUS_WHY),
    grant(Part::PrometheusAgent, MONITORING, "prometheusagents", FOLLOW, "the workloads to run"),
    grant(Part::PrometheusAgent, MONITORING, "prometheusagents/status", &["patch"], STATUS_WHY),
    grant(Part::Selected, MONITORING, "servicemonitors", FOLLOW, "the objects to scrape"),
    grant(Part::Selected, MONITORING, "podmonitors", FOLLOW, "the objects to scrape"),
    grant(Part::Selected, MONITORING, "probes", FOLLOW, "the objects to scrape"),
    grant(Part::Selected, MONITORING, "scrapeconfigs", FOLLOW, "the objects to scrape"),
    grant(Part::Rules, MONITORING, "prometheusrules", FOLLOW, "the rules to evaluate"),
    grant(Part::Alertmanager, MONITORING, "alertmanagers", FOLLOW, "the workloads to run"),
    grant(Part::Alertmanager, MONITORING, "alertmanagers/status", &["patch"], STATUS_WHY),
    grant(Part::AlertmanagerConfigs, MONITORING, "alertmanagerconfigs", &["get", "list", "watch"],
        "the notifications to send; get reads the one that an Alertmanager names"),
    grant(Part::ThanosRuler, MONITORING, "thanosrulers", FOLLOW, "the workloads to run"),
    grant(Part::ThanosRuler, MONITORING, "thanosrulers/status", &["patch"], STATUS_WHY),
    grant(Part::Bindings, MONITORING, "servicemonitors", &["get"], BINDINGS_WHY),
    grant(Part::Bindings, MONITORING, "podmonitors", &["get"], BINDINGS_WHY),
    grant(Part::Bindings, MONITORING, "probes", &["get"], BINDINGS_WHY),
    grant(Part::Bindings, MONITORING, "scrapeconfigs", &["get"], BINDINGS_WHY),
    grant(Part::Bindings, MONITORING, "prometheusrules", &["get"], BINDINGS_WHY),
    grant(Part::Bindings, MONITORING, "servicemonitors/status", &["patch"], BINDINGS_WHY),
    grant(Part::Bindings, MONITORING, "podmonitors/status", &["patch"], BINDINGS_WHY),
    grant(Part::Bindings, MONITORING, "probes/status", &["patch"], BINDINGS_WHY),
    grant(Part::Bindings, MONITORING, "scrapeconfigs/status", &["patch"], BINDINGS_WHY),
    grant(Part::Bindings, MONITORING, "prometheusrules/status", &["patch"], BINDINGS_WHY),
    grant(Part::AlertmanagerBindings, MONITORING, "alertmanagerconfigs/status", &["patch"], BINDINGS_WHY),
    grant(Part::AlertmanagerBindings, MONITORING, "alertmanagers", &["patch"], CLEANUP_WHY),
    grant(Part::Finalizers, MONITORING, "prometheuses", &["patch"], CLEANUP_WHY),
    grant(Part::Finalizers, MONITORING, "prometheusagents", &["patch"], CLEANUP_WHY),
    grant(Part::Finalizers, MONITORING, "thanosrulers", &["patch"], CLEANUP_WHY),
    grant(Part::Owners, MONITORING, "prometheuses/finalizers", &["update"], FINALIZERS_WHY),
    grant(Part::Owners, MONITORING, "prometheusagents/finalizers", &["update"], FINALIZERS_WHY),
    grant(Part::Owners, MONITORING, "alertmanagers/finalizers", &["update"], FINALIZERS_WHY),
    grant(Part::Owners, MONITORING, "thanosrulers/finalizers", &["update"], FINALIZERS_WHY),
    grant(Part::Owners, CORE, "services/finalizers", &["update"], FINALIZERS_WHY),
    grant(Part::Workloads, "apps", "statefulsets", &["get", "list", "watch", "create", "update", "patch", "delete"],
        "run the pods; patch records how long a retired shard is kept"),
    grant(Part::DaemonSets, "apps", "daemonsets", &["get", "list", "watch", "create", "update", "delete"],
        "run the pods of agents that run on each node"),
    grant(Part::References, CORE, "secrets", &["get"], CREDENTIALS_WHY),
    grant(Part::FollowedReferences, CORE, "secrets", FOLLOW, CREDENTIALS_WHY),
    grant(Part::Workloads, CORE, "secrets", &["get", "list", "watch", "create", "update", "delete"], "the generated configuration"),
    grant(Part::References, CORE, "configmaps", &["get"], CERTIFICATES_WHY),
    grant(Part::FollowedReferences, CORE, "configmaps", FOLLOW, CERTIFICATES_WHY),
    grant(Part::Workloads, CORE, "configmaps", &["get", "list", "watch", "create", "update", "delete"], "the generated rule files"),
    grant(Part::Workloads, CORE, "services", &["get", "create", "update"], "the governing Services"),
    grant(Part::Workloads, CORE, "pods", &["list"], "report in the status why pods are not ready"),
    grant(Part::RepairByDeletion, CORE, "pods", &["delete"], "remove pods of a failed update (--repair-policy-for-statefulsets=delete)"),
    grant(Part::RepairByEviction, CORE, "pods/eviction", &["create"], "remove pods of a failed update (--repair-policy-for-statefulsets=evict)"),
    grant(Part::Refresh, CORE, "pods", &["patch"], "have the kubelets update the volumes of pods (--pod-refresh-interval)"),
    grant(Part::Namespaces, CORE, "namespaces", FOLLOW, "labels that selectors of namespaces match"),
    grant(Part::Nodes, CORE, "nodes", &["list"], "addresses of the kubelets"),
    grant(Part::Kubelet, CORE, "services", &["get", "create", "update"], "the Service of the kubelets"),
    grant(Part::KubeletEndpoints, CORE, "endpoints", &["get", "create", "update"], "addresses of the kubelets"),
    grant(Part::KubeletEndpointSlices, DISCOVERY, "endpointslices", &["list", "create", "update", "delete"],
        "addresses of the kubelets"),
    grant(Part::Election, "coordination.k8s.io", "leases", &["create"],
        "acquire the lease (--leader-elect); creation cannot be granted by name"),
    Grant {
        part: Part::Election,
        permission: Permission { group: "coordination.k8s.io", resource: "leases", verbs: &["get", "update"], names: &[LEASE_NAME] },
        why: "hold the lease (--leader-elect)",
    },
    grant(Part::Events, "events.k8s.io", "events", &["create", "patch"], "report why an object is left out"),
    grant(Part::Obstacles, "events.k8s.io", "events", &["list"], "report in the status why no pods can be created"),
    grant(Part::StorageClasses, "storage.k8s.io", "storageclasses", &["get"], "report that a storage class does not exist"),
];

/// The permissions of one part, for the checks at start.
pub fn of(part: Part) -> Vec<Permission> {
    GRANTS
        .iter()
        .filter(|grant| grant.part == part)
        .map(|grant| grant.permission)
        .collect()
}

/// Where a part needs its permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the namespaces that the operator follows.
    Followed,
    /// Across the cluster, whatever the operator follows: the objects belong to no namespace.
    Cluster,
    /// In the operator's own namespace.
    Own,
    /// In the namespace of the Service of the kubelets.
    Kubelets,
}

impl Part {
    /// The permissions on a kind of configuration object.
    pub const fn of_objects(kind: ConfigKind) -> Self {
        match kind {
            ConfigKind::PodMonitor | ConfigKind::Probe | ConfigKind::ScrapeConfig | ConfigKind::ServiceMonitor => {
                Self::Selected
            }
            ConfigKind::PrometheusRule => Self::Rules,
            ConfigKind::AlertmanagerConfig => Self::AlertmanagerConfigs,
        }
    }

    /// Where it needs its permissions.
    pub const fn place(self) -> Place {
        match self {
            Self::Election => Place::Own,
            Self::Namespaces | Self::Nodes | Self::StorageClasses => Place::Cluster,
            Self::Kubelet | Self::KubeletEndpoints | Self::KubeletEndpointSlices => Place::Kubelets,
            _ => Place::Followed,
        }
    }

    /// The namespaces where a part that follows objects needs its permissions.
    pub fn scope(self, scopes: &Scopes) -> Scope {
        match self {
            Self::Prometheus | Self::PrometheusAgent | Self::DaemonSets => scopes.prometheus.clone(),
            Self::Alertmanager => scopes.alertmanager.clone(),
            Self::ThanosRuler => scopes.thanos_ruler.clone(),
            Self::AlertmanagerConfigs => scopes.alertmanager_configs.clone(),
            Self::AlertmanagerBindings => scopes.alertmanager.union(&scopes.alertmanager_configs),
            Self::Finalizers => scopes.prometheus.union(&scopes.thanos_ruler),
            Self::Selected | Self::Rules | Self::Bindings => scopes.configuration.clone(),
            Self::References | Self::FollowedReferences => scopes.configuration.union(&scopes.alertmanager_configs),
            Self::Events => scopes.reviewed(),
            _ => scopes.workloads(),
        }
    }

    /// Whether the roles that bring the original do not grant it, since the original does nothing with it. Where it is
    /// missing, nothing is wrong.
    pub const fn is_ours_alone(self) -> bool {
        matches!(self, Self::AlertmanagerBindings | Self::Obstacles)
    }

    /// The feature that needs it; `None` where it is always needed.
    pub const fn feature(self) -> Option<Feature> {
        match self {
            Self::Bindings | Self::AlertmanagerBindings | Self::Finalizers => Some(Feature::ConfigurationStatus),
            Self::DaemonSets => Some(Feature::AgentDaemonSet),
            Self::RepairByEviction => Some(Feature::RepairByEviction),
            Self::RepairByDeletion => Some(Feature::RepairByDeletion),
            Self::Refresh => Some(Feature::PodRefresh),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const VERBS: [&str; 7] = ["get", "list", "watch", "create", "update", "patch", "delete"];

    #[test]
    fn there_are_no_wildcards_and_no_made_up_verbs() {
        for Grant {
            permission: Permission {
                group, resource, verbs, ..
            },
            why,
            ..
        } in GRANTS
        {
            assert!(
                !group.contains('*') && !resource.contains('*') && !why.is_empty(),
                "{resource}"
            );
            assert!(
                !verbs.is_empty() && verbs.iter().all(|verb| VERBS.contains(verb)),
                "{resource}: {verbs:?}"
            );
        }
    }

    #[test]
    fn the_flags_of_features_are_understood() {
        for feature in Feature::ALL {
            let args =
                |arguments: &[&str]| crate::args::Args::try_from_arguments(arguments.iter().map(Into::into)).unwrap();
            assert!(
                feature.is_on(&args(&["prometheus-operator", feature.flag()])),
                "{feature:?}"
            );
            assert!(!feature.is_on(&args(&["prometheus-operator"])), "{feature:?}");
        }
    }

    #[test]
    fn a_part_gets_its_own_rows() {
        let resources: Vec<_> = of(Part::Alertmanager)
            .iter()
            .map(|permission| permission.resource)
            .collect();
        assert_eq!(resources, ["alertmanagers", "alertmanagers/status"]);
    }

    /// Kinds that have a definition, and nothing else of the group.
    #[test]
    fn only_kinds_of_ours_are_watched() {
        let plurals: BTreeSet<String> = crds::custom_resource_definitions()
            .iter()
            .map(|definition| definition["spec"]["names"]["plural"].as_str().unwrap().to_owned())
            .collect();
        let watched: BTreeSet<String> = GRANTS
            .iter()
            .filter(|grant| grant.permission.group == MONITORING && !grant.permission.resource.contains('/'))
            .map(|grant| grant.permission.resource.to_owned())
            .collect();
        assert!(
            watched.is_subset(&plurals),
            "{watched:?} are watched, {plurals:?} are ours"
        );
    }
}
