//! Targets from Google Cloud.

use crate::{Duration, JsonSchema, absent::empty_is_none};
use serde::{Deserialize, Serialize};

/// Virtual machines of Google Compute Engine, by their private address. Prometheus takes the credentials from its
/// environment, as Google's libraries do; they need read access to the instances.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GceSdConfig {
    /// The Google Cloud project.
    #[schemars(length(min = 1))]
    pub project: Box<str>,
    /// The zone. Take one entry for each.
    #[schemars(length(min = 1))]
    pub zone: Box<str>,
    /// Filter of the instances, in the syntax of the Compute Engine API.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub filter: Option<Box<str>>,
    /// Separator between the tags in the label of an instance, `,` by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub tag_separator: Option<Box<str>>,
    /// Port to scrape, 80 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 65535))]
    pub port: Option<i32>,
    /// Time between two refreshes. Default: Prometheus' own.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub refresh_interval: Option<Duration>,
}
