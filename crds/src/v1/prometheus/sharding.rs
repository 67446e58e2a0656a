//! How targets are distributed over shards, and what becomes of the shards that a smaller number leaves over. Types
//! only.

use crate::{Duration, JsonSchema, absent::is_empty};
use serde::{Deserialize, Serialize};

words! {
    /// What decides to which shard a target belongs.
    pub enum ShardingStrategyMode {
        /// A hash of its address.
        Address = "Address",
        /// The topology domain, e.g. the zone, it runs in.
        Topology = "Topology",
    }
}

words! {
    /// What happens to a surplus shard after the number of shards was reduced.
    pub enum WhenScaledRetentionType {
        /// Its pods stay, so that its data can be queried.
        Retain = "Retain",
        /// Its pods are deleted.
        Delete = "Delete",
    }
}

/// How targets are distributed over shards.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[schemars(extend("x-kubernetes-validations" = [{
    "rule": "!has(self.topology) || (has(self.mode) && self.mode == 'Topology')",
    "message": "topology can only be defined when mode is set to 'Topology'",
}]))]
pub struct ShardingStrategy {
    /// Address (the default): by a hash of the address. Topology (alpha, needs the feature gate
    /// PrometheusTopologySharding): each shard scrapes the targets of one domain, e.g. a zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<ShardingStrategyMode>,
    /// Settings of the mode Topology.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topology: Option<Box<TopologySharding>>,
}

/// Distribution by topology domain.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TopologySharding {
    /// Name of the external label that holds the domain of the shard. Default: zone. An empty string omits the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_label_name: Option<Box<str>>,
    /// The domains, e.g. names of zones; not more than there are shards.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub values: Box<[Box<str>]>,
}

/// What happens to surplus shards after their number was reduced. Needs the feature gate
/// PrometheusShardRetentionPolicy, which is on by default.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShardRetentionPolicy {
    /// Settings of Retain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retain: Option<RetainConfig>,
    /// Delete (the default) or Retain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when_scaled: Option<WhenScaledRetentionType>,
}

/// How long surplus shards are kept.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RetainConfig {
    /// Time until such a shard is deleted. Without this setting it is the retention of the data; with a retention by
    /// size alone it is never.
    pub retention_period: Duration,
}
