//! What flags turn on that needs permissions of its own. Data.

use crate::args::{Args, RepairPolicy};

/// Something that is off unless a flag turns it on, and that needs permissions of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    /// Objects say who selects them.
    ConfigurationStatus,
    /// Agents run on each node.
    AgentDaemonSet,
    /// Pods that a failed update left are evicted.
    RepairByEviction,
    /// Pods that a failed update left are deleted.
    RepairByDeletion,
    /// Pods see at once what changed in their volumes.
    PodRefresh,
}

impl Feature {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::ConfigurationStatus,
        Self::AgentDaemonSet,
        Self::RepairByEviction,
        Self::RepairByDeletion,
        Self::PodRefresh,
    ];

    /// Those that are on in our bundle and chart.
    pub const BUNDLED: &[Self] = &[Self::PodRefresh];

    /// Its name, for files and objects.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConfigurationStatus => "configuration-status",
            Self::AgentDaemonSet => "agent-daemonset",
            Self::RepairByEviction => "repair-by-eviction",
            Self::RepairByDeletion => "repair-by-deletion",
            Self::PodRefresh => "pod-refresh",
        }
    }

    /// The flag that turns it on.
    pub const fn flag(self) -> &'static str {
        match self {
            Self::ConfigurationStatus => "--feature-gates=StatusForConfigurationResources=true",
            Self::AgentDaemonSet => "--feature-gates=PrometheusAgentDaemonSet=true",
            Self::RepairByEviction => "--repair-policy-for-statefulsets=evict",
            Self::RepairByDeletion => "--repair-policy-for-statefulsets=delete",
            Self::PodRefresh => "--pod-refresh-interval=1s",
        }
    }

    /// Whether the flags turn it on.
    pub fn is_on(self, args: &Args) -> bool {
        match self {
            Self::ConfigurationStatus => args.feature_gates.is_on("StatusForConfigurationResources"),
            Self::AgentDaemonSet => args.feature_gates.is_on("PrometheusAgentDaemonSet"),
            Self::RepairByEviction => args.watch.repair_policy_for_statefulsets == RepairPolicy::Evict,
            Self::RepairByDeletion => args.watch.repair_policy_for_statefulsets == RepairPolicy::Delete,
            Self::PodRefresh => !args.watch.pod_refresh_interval.is_zero(),
        }
    }
}
