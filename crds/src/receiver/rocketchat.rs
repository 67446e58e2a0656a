//! Notifications to Rocket.Chat. Types only.

use super::{HttpConfig, ReceiverUrl};
use crate::JsonSchema;
use crate::absent::{empty_is_none, is_empty};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};

/// A Rocket.Chat server to notify. Needs Alertmanager v0.28.0.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RocketChatConfig {
    /// Whether to send notifications about resolved alerts, too. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_resolved: Option<bool>,
    /// URL of the server. Default: the global one.
    #[serde(rename = "apiURL", skip_serializing_if = "Option::is_none")]
    pub api_url: Option<ReceiverUrl>,
    /// Channel or user to write to, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub channel: Option<Box<str>>,
    /// Secret with the token of the sender.
    pub token: SecretKeySelector,
    /// Secret with the user id that the token belongs to.
    #[serde(rename = "tokenID")]
    pub token_id: SecretKeySelector,
    /// Colour beside the message, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub color: Option<Box<str>>,
    /// Emoji shown as the sender's icon, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub emoji: Option<Box<str>>,
    /// Picture of the sender, a template.
    #[serde(
        rename = "iconURL",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_is_none"
    )]
    pub icon_url: Option<Box<str>>,
    /// Text of the message, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub text: Option<Box<str>>,
    /// Title of the message, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub title: Option<Box<str>>,
    /// URL that the title leads to, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub title_link: Option<Box<str>>,
    /// Fields of the message.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(length(min = 1), extend("x-kubernetes-list-type" = "atomic"))]
    pub fields: Box<[RocketChatField]>,
    /// Whether fields are shown side by side, unless they say otherwise. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_fields: Option<bool>,
    /// Image in the message, a template.
    #[serde(
        rename = "imageURL",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_is_none"
    )]
    pub image_url: Option<Box<str>>,
    /// Small image beside the message, a template.
    #[serde(
        rename = "thumbURL",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_is_none"
    )]
    pub thumb_url: Option<Box<str>>,
    /// Whether names of users and channels become links. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_names: Option<bool>,
    /// Buttons of the message.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(length(min = 1), extend("x-kubernetes-list-type" = "atomic"))]
    pub actions: Box<[RocketChatAction]>,
    /// Settings of the HTTP requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_config: Option<Box<HttpConfig>>,
}

/// A field of a message.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct RocketChatField {
    /// Title of the field, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub title: Option<Box<str>>,
    /// Value of the field, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub value: Option<Box<str>>,
    /// Whether the field may be shown beside others. Default: shortFields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short: Option<bool>,
}

/// A button of a message.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct RocketChatAction {
    /// Label of the button, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub text: Option<Box<str>>,
    /// URL that the button leads to, a template.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub url: Option<Box<str>>,
    /// Message that the button sends, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub msg: Option<Box<str>>,
}
