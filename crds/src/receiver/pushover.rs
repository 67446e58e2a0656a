//! Notifications by Pushover. Types only.

use super::HttpConfig;
use crate::{Duration, JsonSchema, absent::empty_is_none};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};

text! {
    /// A span of time such as `1h30m`. Unlike other durations it cannot be a plain `0`.
    pub struct PushoverDuration {
        "pattern": "^(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?$"
    }
}

/// A Pushover user or group to notify. One of token and tokenFile is needed, and one of userKey and userKeyFile.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PushoverConfig {
    /// Whether to send notifications about resolved alerts, too. Default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_resolved: Option<bool>,
    /// Secret with the key of the user or group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_key: Option<Box<SecretKeySelector>>,
    /// Path in the container of a file with the key of the user or group. Needs Alertmanager v0.26.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub user_key_file: Option<Box<str>>,
    /// Secret with the API token of the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<Box<SecretKeySelector>>,
    /// Path in the container of a file with the API token. Needs Alertmanager v0.26.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub token_file: Option<Box<str>>,
    /// Title of the message, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub title: Option<Box<str>>,
    /// Body of the message, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub message: Option<Box<str>>,
    /// URL to show beside the message, a template.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub url: Option<Box<str>>,
    /// Title of that URL, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub url_title: Option<Box<str>>,
    /// Time after which the message is removed. Default: never. Needs Alertmanager v0.27.0.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub ttl: Option<Duration>,
    /// Device to send to. Default: all of the user. Needs Alertmanager v0.26.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub device: Option<Box<str>>,
    /// Sound to play. Default: the one that the user chose.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub sound: Option<Box<str>>,
    /// Priority from -2 to 2, a template. Default: 2 for alerts that fire, else 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub priority: Option<Box<str>>,
    /// Time between repetitions of a message of priority 2; at least 30s. Default: 1m.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub retry: Option<PushoverDuration>,
    /// Time for which a message of priority 2 is repeated, unless the user confirms it. Default: 1h.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub expire: Option<PushoverDuration>,
    /// Whether the message is HTML. Excludes monospace. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<bool>,
    /// Whether the message is shown in monospace. Excludes html. Default: false. Needs Alertmanager v0.29.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monospace: Option<bool>,
    /// Settings of the HTTP requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_config: Option<Box<HttpConfig>>,
}
