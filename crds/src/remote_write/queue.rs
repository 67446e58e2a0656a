//! The queue in front of a remote write endpoint, and the sending of metadata. Types only; Prometheus' own defaults
//! hold for what is absent.

use crate::{Duration, JsonSchema, absent::empty_is_none};
use serde::{Deserialize, Serialize};

/// Sizes and delays of a remote write queue.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueConfig {
    /// Maximum time a sample waits before it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub batch_send_deadline: Option<Duration>,
    /// Samples that each shard buffers before reading of the write-ahead log stops.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<crate::schema::Integer>")]
    pub capacity: Option<i64>,
    /// Maximum delay between two attempts.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub max_backoff: Option<Duration>,
    /// How often a batch is sent again after a recoverable error. Without effect since Prometheus v2.11.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<crate::schema::Integer>")]
    pub max_retries: Option<i64>,
    /// Maximum number of samples per request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<crate::schema::Integer>")]
    pub max_samples_per_send: Option<i64>,
    /// Maximum number of shards, i.e. of concurrent requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<crate::schema::Integer>")]
    pub max_shards: Option<i64>,
    /// First delay between two attempts; it doubles with each.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub min_backoff: Option<Duration>,
    /// Minimum number of shards.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<crate::schema::Integer>")]
    pub min_shards: Option<i64>,
    /// Whether a batch is sent again after the status 429. Experimental in Prometheus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_on_rate_limit: Option<bool>,
    /// Samples older than this are dropped. Needs Prometheus v2.50.0 or Thanos v0.32.0.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub sample_age_limit: Option<Duration>,
}

/// How the metadata of metrics (type, help, unit) is sent.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MetadataConfig {
    /// Maximum number of metadata entries per request. Needs Prometheus v2.29.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -1))]
    pub max_samples_per_send: Option<i32>,
    /// Whether metadata is sent. Without effect for version 2.0 of the protocol, where it travels with the samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send: Option<bool>,
    /// Time between two transmissions.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub send_interval: Option<Duration>,
}
