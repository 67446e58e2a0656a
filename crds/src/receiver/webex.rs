//! Notifications to Webex. Types only.

use super::{HttpConfig, ReceiverUrl};
use crate::{JsonSchema, absent::empty_is_none};
use serde::{Deserialize, Serialize};

/// A Webex room to notify. Its HTTP settings need an authorization. Needs Alertmanager v0.25.0.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WebexConfig {
    /// Whether to send notifications about resolved alerts, too. Default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_resolved: Option<bool>,
    /// URL of the API. Default: the global one.
    #[serde(rename = "apiURL", skip_serializing_if = "Option::is_none")]
    pub api_url: Option<ReceiverUrl>,
    /// Settings of the HTTP requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_config: Option<Box<HttpConfig>>,
    /// Text of the message, a template.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub message: Option<Box<str>>,
    /// Id of the room, a template.
    #[serde(rename = "roomID")]
    #[schemars(length(min = 1))]
    pub room_id: Box<str>,
}
