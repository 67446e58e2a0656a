//! Notifications to WeChat. Types only.

use super::{HttpConfig, ReceiverUrl};
use crate::JsonSchema;
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};

/// A WeChat account to notify.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WeChatConfig {
    /// Whether to send notifications about resolved alerts, too. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_resolved: Option<bool>,
    /// Secret with the API key. Default: the global one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_secret: Option<Box<SecretKeySelector>>,
    /// URL of the API. Default: the global one.
    #[serde(rename = "apiURL", skip_serializing_if = "Option::is_none")]
    pub api_url: Option<ReceiverUrl>,
    /// Id of the corporation. Default: the global one.
    #[serde(rename = "corpID", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub corp_id: Option<Box<str>>,
    /// Id of the application, a template.
    #[serde(rename = "agentID", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub agent_id: Option<Box<str>>,
    /// Users to notify, separated by `|`; a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub to_user: Option<Box<str>>,
    /// Departments to notify, separated by `|`; a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub to_party: Option<Box<str>>,
    /// Tags to notify, separated by `|`; a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub to_tag: Option<Box<str>>,
    /// Text of the message, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub message: Option<Box<str>>,
    /// Form of the message: `text` (the default) or `markdown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub message_type: Option<Box<str>>,
    /// Settings of the HTTP requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_config: Option<Box<HttpConfig>>,
}
