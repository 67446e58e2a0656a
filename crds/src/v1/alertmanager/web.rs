//! The web server of Alertmanager, and the limits of its silences. Types only.

use crate::{ByteSize, JsonSchema, WebConfigFileFields, absent::empty_is_none};
use serde::{Deserialize, Serialize};

/// Settings of the web server of Alertmanager.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertmanagerWebSpec {
    #[serde(flatten, deserialize_with = "crate::reading::flattened")]
    #[expect(missing_docs, reason = "flattened: the fields of the group carry the documentation")]
    pub config_file: WebConfigFileFields,
    /// Maximum number of concurrent GET requests. Default: Alertmanager's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub get_concurrency: Option<i32>,
    /// Time limit of a request, in seconds. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub timeout: Option<i32>,
}

/// Limits of silences.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertmanagerLimitsSpec {
    /// Maximum size of a silence on disk. Needs Alertmanager v0.28.0.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub max_per_silence_bytes: Option<ByteSize>,
    /// Maximum number of active and pending silences. Needs Alertmanager v0.28.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub max_silences: Option<i32>,
}
