//! What the operator reports about a Prometheus or PrometheusAgent: its pods, all of them and those of each shard.
//! Types only.

use crate::{
    JsonSchema, WorkloadStatus,
    absent::{empty_is_none, is_empty, known_items},
};
use serde::{Deserialize, Serialize};

/// State of the object as the operator saw it last. The numbers of pods are those of all shards.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrometheusStatus {
    #[serde(flatten, deserialize_with = "crate::reading::flattened")]
    #[expect(missing_docs, reason = "flattened: the fields of the group carry the documentation")]
    pub workload: WorkloadStatus,

    /// Label selector of the pods, for the scale subresource.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub selector: Option<Box<str>>,
    /// The pods of each shard.
    #[serde(default, skip_serializing_if = "is_empty", deserialize_with = "known_items")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["shardID"]))]
    pub shard_statuses: Box<[ShardStatus]>,
    /// Number of shards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shards: Option<i32>,
}

/// The pods of one shard.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShardStatus {
    /// Pods that have been ready for `minReadySeconds`.
    pub available_replicas: i32,
    /// Pods that are not being deleted.
    pub replicas: i32,
    /// Number of the shard.
    #[serde(rename = "shardID")]
    pub shard_id: Box<str>,
    /// Pods that are missing or not available.
    pub unavailable_replicas: i32,
    /// Pods that have the wanted template.
    pub updated_replicas: i32,
}
