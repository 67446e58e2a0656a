//! Settings of the time series database that can change while Prometheus runs. Types only.

use crate::{Duration, JsonSchema, absent::empty_is_none};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use serde::{Deserialize, Serialize};

words! {
    /// Encodings of chunks of floats.
    pub enum FloatChunkEncoding {
        /// The classic encoding.
        Xor = "Xor",
        /// Its successor, which stores start timestamps. It switches the feature flag `xor2-encoding` on.
        Xor2 = "Xor2",
    }
}

/// Settings of the time series database.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TsdbSpec {
    /// Encoding of chunks, by the type of their samples. Needs Prometheus v3.13.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunk_encoding: Option<ChunkEncoding>,
    /// How much older than the newest sample one may be to be stored. Experimental in Prometheus. Needs Prometheus
    /// v2.39.0, as agent 2.54.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub out_of_order_time_window: Option<Duration>,
    /// Share of stale series among those in memory, from 0 to 1, above which they are moved to blocks. Needs Prometheus
    /// v3.10.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale_series_compaction_threshold: Option<Quantity>,
}

/// Encoding of chunks, by the type of their samples.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct ChunkEncoding {
    /// Encoding of floats: Xor or Xor2. Xor excludes the feature flag `st-storage`, since it keeps no start timestamps.
    /// Needs Prometheus v3.13.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floats: Option<FloatChunkEncoding>,
}
