//! Notifications to Discord. Types only.

use super::{HttpConfig, ReceiverUrl};
use crate::{JsonSchema, absent::empty_is_none};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};

/// A Discord channel to notify. Needs Alertmanager v0.25.0.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DiscordConfig {
    /// Whether to send notifications about resolved alerts, too. Default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_resolved: Option<bool>,
    /// Secret with the URL of the webhook.
    #[serde(rename = "apiURL")]
    pub api_url: SecretKeySelector,
    /// Title of the message, a template.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub title: Option<Box<str>>,
    /// Body of the message, a template.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub message: Option<Box<str>>,
    /// Text above the message, a template. Needs Alertmanager v0.28.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub content: Option<Box<str>>,
    /// Name that the message is sent under. Needs Alertmanager v0.28.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub username: Option<Box<str>>,
    /// Picture of the sender. Needs Alertmanager v0.28.0.
    #[serde(rename = "avatarURL", skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<ReceiverUrl>,
    /// Settings of the HTTP requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_config: Option<Box<HttpConfig>>,
}
