//! How the pods of a StatefulSet are created, replaced and what stays of their volumes. Types only; Kubernetes acts on
//! them.

use crate::{JsonSchema, absent::empty_is_none};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use serde::{Deserialize, Serialize};

words! {
    /// The order in which a StatefulSet creates and deletes its pods.
    pub enum PodManagementPolicy {
        /// One after the other, each waiting for the one before to be ready.
        OrderedReady = "OrderedReady",
        /// All at once.
        Parallel = "Parallel",
    }
}

words! {
    /// What a StatefulSet does when the template of its pods changes.
    pub enum StatefulSetUpdateStrategyType {
        /// Nothing: a pod gets the new template when somebody deletes it.
        OnDelete = "OnDelete",
        /// Pods are replaced one after the other.
        RollingUpdate = "RollingUpdate",
    }
}

/// How the pods of the StatefulSet are replaced when their template changes.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [{
    "rule": "!(self.type != 'RollingUpdate' && has(self.rollingUpdate))",
    "message": "rollingUpdate requires type to be RollingUpdate",
}]))]
pub struct StatefulSetUpdateStrategy {
    /// Settings for the type RollingUpdate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rolling_update: Option<RollingUpdateStatefulSetStrategy>,
    /// The strategy: RollingUpdate or OnDelete.
    #[serde(rename = "type")]
    pub type_: StatefulSetUpdateStrategyType,
}

/// Settings of a rolling update.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RollingUpdateStatefulSetStrategy {
    /// How many pods may be unavailable during the update: a number, or a percentage that is rounded up; not 0.
    /// Default: 1. Kubernetes heeds it only with the feature gate MaxUnavailableStatefulSet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_unavailable: Option<IntOrString>,
}

/// Whether the claims of a StatefulSet outlive their pods. The words are Kubernetes': Retain (the default) and Delete.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PersistentVolumeClaimRetentionPolicy {
    /// What happens to the claims when the StatefulSet is deleted: Retain (the default) or Delete.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub when_deleted: Option<Box<str>>,
    /// What happens to the claims of pods that a smaller number of replicas removes: Retain (the default) or Delete.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub when_scaled: Option<Box<str>>,
}
