//! Targets that are written down in the object itself.

use crate::{JsonSchema, absent::null_is_default};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Targets with the labels that they share.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StaticConfig {
    /// Targets as `host:port`.
    #[serde(deserialize_with = "null_is_default")]
    #[schemars(length(min = 1), inner(length(min = 1)), extend("x-kubernetes-list-type" = "set"))]
    pub targets: Box<[Box<str>]>,
    /// Labels that all samples of the targets get.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub labels: BTreeMap<Box<str>, Box<str>>,
}
