//! Notifications to any HTTP server. Types only.

use super::HttpConfig;
use crate::{Duration, JsonSchema, absent::empty_is_none};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};

/// An HTTP server to notify. One of url and urlSecret is needed; urlSecret takes precedence.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookConfig {
    /// Whether to send notifications about resolved alerts, too. Default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_resolved: Option<bool>,
    /// URL to post to.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub url: Option<Box<str>>,
    /// Secret with the URL to post to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_secret: Option<Box<SecretKeySelector>>,
    /// Settings of the HTTP requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_config: Option<Box<HttpConfig>>,
    /// Maximum number of alerts per request; further alerts are dropped. Default: 0, no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub max_alerts: Option<i32>,
    /// Time limit of a notification; what takes longer is tried again. Needs Alertmanager v0.28.0.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub timeout: Option<Duration>,
    /// Body of the request instead of Alertmanager's own, a template. Needs Alertmanager v0.32.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub payload: Option<Box<str>>,
}
