//! Rules that mute alerts as long as others fire. Types only.

use crate::{JsonSchema, absent::is_empty};
use serde::{Deserialize, Serialize};

/// Mutes the target alerts as long as a source alert fires.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InhibitRule<M> {
    /// Alerts that are muted: all of the matchers hold for them. The operator adds one for the namespace.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub target_match: Box<[M]>,
    /// Alerts that mute others: all of the matchers hold for them. The operator adds one for the namespace.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub source_match: Box<[M]>,
    /// Labels whose values must be the same in both alerts.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub equal: Box<[Box<str>]>,
}
