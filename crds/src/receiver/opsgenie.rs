//! Notifications to OpsGenie. Types only.

use super::{HttpConfig, KeyValue, ReceiverUrl};
use crate::{JsonSchema, absent::is_empty};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};

words! {
    /// What an OpsGenie responder is.
    #[derive(Default)]
    pub enum OpsGenieResponderType {
        /// A team.
        #[default]
        Team = "team",
        /// Several teams. Needs Alertmanager v0.24.0.
        Teams = "teams",
        /// A user.
        User = "user",
        /// An escalation.
        Escalation = "escalation",
        /// A schedule.
        Schedule = "schedule",
    }
}

/// An OpsGenie account to notify.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OpsGenieConfig {
    /// Whether to send notifications about resolved alerts, too. Default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_resolved: Option<bool>,
    /// Secret with the API key. Default: the global one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<Box<SecretKeySelector>>,
    /// URL of the API. Default: the global one.
    #[serde(rename = "apiURL", skip_serializing_if = "Option::is_none")]
    pub api_url: Option<ReceiverUrl>,
    /// Title of the alert, at most 130 characters; a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub message: Option<Box<str>>,
    /// Description of the alert, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub description: Option<Box<str>>,
    /// Link back to the sender, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub source: Option<Box<str>>,
    /// Tags of the alert, separated by commas; a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub tags: Option<Box<str>>,
    /// Note for the alert, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub note: Option<Box<str>>,
    /// Priority from `P1`, the highest, to `P5`; a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub priority: Option<Box<str>>,
    /// Further details of the alert. The values are templates.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub details: Box<[KeyValue]>,
    /// Responders of the alert.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub responders: Box<[OpsGenieResponder]>,
    /// Domain that the alert belongs to, a template. Needs Alertmanager v0.24.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub entity: Option<Box<str>>,
    /// Actions that the alert offers, separated by commas; a template. Needs Alertmanager v0.24.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub actions: Option<Box<str>>,
    /// Whether message and description of an existing alert are updated. Default: false. Only v1alpha1 has this
    /// field. Needs Alertmanager v0.24.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_alerts: Option<bool>,
    /// Settings of the HTTP requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_config: Option<Box<HttpConfig>>,
}

/// A responder of an alert, identified by id, name or username.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OpsGenieResponder {
    /// Id of the responder.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub id: Option<Box<str>>,
    /// Name of the responder.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub name: Option<Box<str>>,
    /// User name of the responder.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub username: Option<Box<str>>,
    /// What the responder is: `team`, `teams` (needs Alertmanager v0.24.0), `user`, `escalation` or `schedule`.
    #[schemars(extend("minLength" = 1))]
    pub type_: OpsGenieResponderType,
}
