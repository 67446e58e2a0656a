//! Filters that several service discoveries hand on to the server.

use crate::JsonSchema;
use serde::{Deserialize, Serialize};

/// A filter: what is found has one of the values.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DiscoveryFilter {
    /// Name of the filter.
    #[schemars(length(min = 1))]
    pub name: Box<str>,
    /// Values, any of which matches.
    #[schemars(length(min = 1), inner(length(min = 1)), extend("x-kubernetes-list-type" = "set"))]
    pub values: Box<[Box<str>]>,
}
