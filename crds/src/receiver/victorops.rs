//! Notifications to VictorOps. Types only.

use super::{HttpConfig, KeyValue, ReceiverUrl};
use crate::{JsonSchema, absent::is_empty};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};

/// A VictorOps account to notify.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VictorOpsConfig {
    /// Whether to send notifications about resolved alerts, too. Default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_resolved: Option<bool>,
    /// Secret with the API key. Default: the global one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<Box<SecretKeySelector>>,
    /// URL of the API. Default: the global one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_url: Option<ReceiverUrl>,
    /// Key that decides which team gets the alert; a template.
    #[schemars(length(min = 1))]
    pub routing_key: Box<str>,
    /// What the alert does: `CRITICAL` (the default), `WARNING` or `INFO`; a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub message_type: Option<Box<str>>,
    /// Summary of the alert, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub entity_display_name: Option<Box<str>>,
    /// Description of the alert, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub state_message: Option<Box<str>>,
    /// Name of the sender, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub monitoring_tool: Option<Box<str>>,
    /// Further fields of the alert. The values are templates.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub custom_fields: Box<[KeyValue]>,
    /// Settings of the HTTP requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_config: Option<Box<HttpConfig>>,
}
