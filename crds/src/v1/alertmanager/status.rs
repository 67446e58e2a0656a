//! What the operator reports about an Alertmanager. Types only.

use crate::{
    Condition,
    absent::{empty_is_none, is_empty, known_items},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// State of the object as the operator saw it last.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertmanagerStatus {
    /// Pods that have been ready for `minReadySeconds`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_replicas: Option<i32>,
    /// Aspects of the state: Available and Reconciled.
    #[serde(default, skip_serializing_if = "is_empty", deserialize_with = "known_items")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Box<[Condition]>,
    /// Whether the operator leaves the managed objects alone, deletion excepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
    /// Pods that are not being deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<i32>,
    /// Label selector of the pods, for the scale subresource.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub selector: Option<Box<str>>,
    /// Pods that are missing or not available.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unavailable_replicas: Option<i32>,
    /// Pods that have the wanted template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_replicas: Option<i32>,
}
