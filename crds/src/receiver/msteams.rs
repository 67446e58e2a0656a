//! Notifications to Microsoft Teams, by both kinds of its webhooks. Types only.

use super::HttpConfig;
use crate::{JsonSchema, absent::empty_is_none};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};

/// A channel of Microsoft Teams to notify, by a connector. Needs Alertmanager v0.26.0.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MsTeamsConfig {
    /// Whether to send notifications about resolved alerts, too. Default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_resolved: Option<bool>,
    /// Secret with the URL of the webhook.
    pub webhook_url: SecretKeySelector,
    /// Title of the message, a template.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub title: Option<Box<str>>,
    /// Summary for the preview, a template. Needs Alertmanager v0.27.0.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub summary: Option<Box<str>>,
    /// Body of the message, a template.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub text: Option<Box<str>>,
    /// Settings of the HTTP requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_config: Option<Box<HttpConfig>>,
}

/// A channel of Microsoft Teams to notify, by a workflow that takes adaptive cards. Needs Alertmanager v0.28.0.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MsTeamsV2Config {
    /// Whether to send notifications about resolved alerts, too. Default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_resolved: Option<bool>,
    /// Secret with the URL of the webhook.
    #[serde(rename = "webhookURL", skip_serializing_if = "Option::is_none")]
    pub webhook_url: Option<Box<SecretKeySelector>>,
    /// Title of the card, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub title: Option<Box<str>>,
    /// Body of the card, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub text: Option<Box<str>>,
    /// Settings of the HTTP requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_config: Option<Box<HttpConfig>>,
}
