//! Limits of the query engine, and the storage of exemplars. Types only; Prometheus' own defaults hold for what is
//! absent.

use crate::{Duration, JsonSchema, absent::empty_is_none};
use serde::{Deserialize, Serialize};

/// Limits of the query engine.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuerySpec {
    /// How far back the newest sample of a series is looked for.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub lookback_delta: Option<Box<str>>,
    /// Maximum number of concurrent queries.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub max_concurrency: Option<i32>,
    /// Maximum number of samples a query may load into memory; a query that needs more fails. It also bounds the size
    /// of results.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_samples: Option<i32>,
    /// Time limit of a query.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub timeout: Option<Duration>,
}

/// Storage of exemplars.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Exemplars {
    /// Maximum number of exemplars in memory, over all series. 0 or less stores none. Default: Prometheus' own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_size: Option<i64>,
}
