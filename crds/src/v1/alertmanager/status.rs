//! What the operator reports about an Alertmanager. Types only.

use crate::{JsonSchema, WorkloadStatus, absent::empty_is_none};
use serde::{Deserialize, Serialize};

/// State of the object as the operator saw it last.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct AlertmanagerStatus {
    #[serde(flatten, deserialize_with = "crate::reading::flattened")]
    #[expect(missing_docs, reason = "flattened: the fields of the group carry the documentation")]
    pub workload: WorkloadStatus,

    /// Label selector of the pods, for the scale subresource.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub selector: Option<Box<str>>,
}
