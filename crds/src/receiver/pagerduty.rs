//! Notifications to PagerDuty. Types only.

use super::{HttpConfig, KeyValue, ReceiverUrl};
use crate::{
    Duration, JsonSchema,
    absent::{empty_is_none, is_empty},
};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};

/// A PagerDuty service to notify. One of routingKey and serviceKey is needed.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PagerDutyConfig {
    /// Whether to send notifications about resolved alerts, too. Default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_resolved: Option<bool>,
    /// Secret with the integration key, for the Events API v2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_key: Option<Box<SecretKeySelector>>,
    /// Secret with the integration key, for integrations of the type "Prometheus".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_key: Option<Box<SecretKeySelector>>,
    /// URL to send to. Default: the global one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<ReceiverUrl>,
    /// Name of the sender, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub client: Option<Box<str>>,
    /// Link back to the sender, a template.
    #[serde(
        rename = "clientURL",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_is_none"
    )]
    pub client_url: Option<Box<str>>,
    /// Description of the incident, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub description: Option<Box<str>>,
    /// Severity of the incident, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub severity: Option<Box<str>>,
    /// Class of the event, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub class: Option<Box<str>>,
    /// What the affected part belongs to, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub group: Option<Box<str>>,
    /// Part that is affected, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub component: Option<Box<str>>,
    /// Further details of the incident. The values are templates.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub details: Box<[KeyValue]>,
    /// Images to attach.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub pager_duty_image_configs: Box<[PagerDutyImageConfig]>,
    /// Links to attach.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub pager_duty_link_configs: Box<[PagerDutyLinkConfig]>,
    /// Settings of the HTTP requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_config: Option<Box<HttpConfig>>,
    /// Where the event comes from, a template. Default: client. Needs Alertmanager v0.25.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub source: Option<Box<str>>,
    /// Time limit of a notification; what takes longer is tried again. Needs Alertmanager v0.30.0.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub timeout: Option<Duration>,
}

/// An image of an incident.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct PagerDutyImageConfig {
    /// URL of the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub src: Option<Box<str>>,
    /// URL that a click on the image leads to.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub href: Option<Box<str>>,
    /// Alternative text of the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub alt: Option<Box<str>>,
}

/// A link of an incident.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct PagerDutyLinkConfig {
    /// URL of the link.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub href: Option<Box<str>>,
    /// Text of the link.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub alt: Option<Box<str>>,
}
