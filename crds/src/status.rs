//! Status types: conditions of workloads, and the bindings through which a configuration object learns who selects it.
//! Lists keep only what this version knows, so that a status from a newer operator never makes an object unreadable.

use crate::JsonSchema;
use crate::absent::{is_empty, known_items};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde::{Deserialize, Serialize};

words! {
    /// The API group of this project's kinds.
    #[derive(Default)]
    pub enum MonitoringGroup {
        /// The only group there is.
        #[default]
        MonitoringCoreosCom = "monitoring.coreos.com",
    }
}

words! {
    /// A kind of workload, by its resource name.
    pub enum WorkloadResource {
        /// Prometheus server.
        Prometheuses = "prometheuses",
        /// Prometheus in agent mode.
        PrometheusAgents = "prometheusagents",
        /// Thanos Ruler.
        ThanosRulers = "thanosrulers",
        /// Alertmanager.
        Alertmanagers = "alertmanagers",
    }
}

words! {
    /// What a workload's condition is about.
    pub enum ConditionType {
        /// Enough pods are ready.
        Available = "Available",
        /// What the object describes has been applied.
        Reconciled = "Reconciled",
    }
}

words! {
    /// What a configuration object's condition is about.
    #[derive(Default)]
    pub enum ConfigResourceConditionType {
        /// The workload has taken the object into its configuration.
        #[default]
        Accepted = "Accepted",
    }
}

words! {
    /// Whether a condition holds.
    pub enum ConditionStatus {
        /// It holds.
        True = "True",
        /// It holds in part.
        Degraded = "Degraded",
        /// It does not hold.
        False = "False",
        /// It is not known whether it holds.
        Unknown = "Unknown",
    }
}

/// One aspect of a workload's state.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// What the condition is about: `Available` or `Reconciled`.
    #[schemars(with = "Box<str>", length(min = 1))]
    pub type_: ConditionType,
    /// `True`, `Degraded`, `False` or `Unknown`.
    #[schemars(with = "Box<str>", length(min = 1))]
    pub status: ConditionStatus,
    /// When the status last changed.
    pub last_transition_time: Time,
    /// Reason for the status, in one CamelCase word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Box<str>>,
    /// Human-readable explanation of the status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Box<str>>,
    /// Generation of the object that the condition was set for; if older than the object's own, the condition is out
    /// of date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}

/// What is reported about the pods of every kind of workload. Kinds that report more flatten it into their status.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadStatus {
    /// Pods that have been ready for `minReadySeconds`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_replicas: Option<i32>,
    /// Aspects of the state: Available and Reconciled.
    #[serde(default, skip_serializing_if = "is_empty", deserialize_with = "known_items")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Box<[Condition]>,
    /// Whether the operator leaves the managed objects alone, except for deletion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
    /// Pods that are not being deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<i32>,
    /// Pods that are missing or not available.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unavailable_replicas: Option<i32>,
    /// Pods that have the wanted template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_replicas: Option<i32>,
}

/// One aspect of how a workload treats a configuration object.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigResourceCondition {
    /// What the condition is about; so far `Accepted` alone.
    #[schemars(extend("minLength" = 1))]
    pub type_: ConfigResourceConditionType,
    /// `True`, `False` or `Unknown`.
    #[schemars(with = "Box<str>", length(min = 1))]
    pub status: ConditionStatus,
    /// When the status last changed.
    pub last_transition_time: Time,
    /// Reason for the status, in one CamelCase word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Box<str>>,
    /// Human-readable explanation of the status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Box<str>>,
    /// Generation of the object that the condition was set for; if older than the object's own, the condition is out
    /// of date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}

/// A workload that selects the configuration object, and what it made of it.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadBinding {
    /// API group of the workload.
    pub group: MonitoringGroup,
    /// Resource name of the workload's kind.
    pub resource: WorkloadResource,
    /// Name of the workload.
    #[schemars(length(min = 1))]
    pub name: Box<str>,
    /// Namespace of the workload.
    #[schemars(length(min = 1))]
    pub namespace: Box<str>,
    /// How the workload treats the object.
    #[serde(default, skip_serializing_if = "is_empty", deserialize_with = "known_items")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Box<[ConfigResourceCondition]>,
}

/// State of a configuration object as seen by the workloads that select it. Written only with the feature gate
/// StatusForConfigurationResources.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigResourceStatus {
    /// The workloads that select this object.
    #[serde(default, skip_serializing_if = "is_empty", deserialize_with = "known_items")]
    #[schemars(extend(
        "x-kubernetes-list-type" = "map",
        "x-kubernetes-list-map-keys" = ["group", "resource", "name", "namespace"]
    ))]
    pub bindings: Box<[WorkloadBinding]>,
}
