//! Notifications to Slack. Types only.

use super::HttpConfig;
use crate::{
    Duration, JsonSchema,
    absent::{empty_is_none, is_empty},
};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};

/// A Slack channel to notify.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SlackConfig {
    /// Whether to send notifications about resolved alerts, too. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_resolved: Option<bool>,
    /// Secret with the URL of the webhook. Default: the global one.
    #[serde(rename = "apiURL", skip_serializing_if = "Option::is_none")]
    pub api_url: Option<Box<SecretKeySelector>>,
    /// Channel or user to write to, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub channel: Option<Box<str>>,
    /// Name of the sender, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub username: Option<Box<str>>,
    /// Colour beside the message, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub color: Option<Box<str>>,
    /// Title of the message, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub title: Option<Box<str>>,
    /// URL that the title leads to, a template.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub title_link: Option<Box<str>>,
    /// Text above the message, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub pretext: Option<Box<str>>,
    /// Text of the message, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub text: Option<Box<str>>,
    /// Fields of the message.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(length(min = 1), extend("x-kubernetes-list-type" = "atomic"))]
    pub fields: Box<[SlackField]>,
    /// Whether fields are shown side by side, unless they say otherwise. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_fields: Option<bool>,
    /// Text below the message, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub footer: Option<Box<str>>,
    /// Plain text for clients that cannot show the message, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub fallback: Option<Box<str>>,
    /// Id by which interactive elements report back, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub callback_id: Option<Box<str>>,
    /// Emoji shown as the sender's icon, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub icon_emoji: Option<Box<str>>,
    /// Picture of the sender, a template.
    #[serde(
        rename = "iconURL",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_is_none"
    )]
    pub icon_url: Option<Box<str>>,
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
    /// Parts that are written in Slack's markup: `pretext`, `text`, `fields`.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(length(min = 1), inner(length(min = 1)), extend("x-kubernetes-list-type" = "atomic"))]
    pub mrkdwn_in: Box<[Box<str>]>,
    /// Interactive elements of the message.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(length(min = 1), extend("x-kubernetes-list-type" = "atomic"))]
    pub actions: Box<[SlackAction]>,
    /// Settings of the HTTP requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_config: Option<Box<HttpConfig>>,
    /// Time limit of a notification; what takes longer is tried again. Needs Alertmanager v0.30.0.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub timeout: Option<Duration>,
    /// Text of the message outside of its attachment, a template. Needs Alertmanager v0.31.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub message_text: Option<Box<str>>,
    /// Whether a message is updated when its alerts change. Needs a bot token instead of a webhook, and Alertmanager
    /// v0.32.0. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_message: Option<bool>,
}

/// A field of a message.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct SlackField {
    /// Title of the field, a template.
    #[schemars(length(min = 1))]
    pub title: Box<str>,
    /// Value of the field, a template.
    #[schemars(length(min = 1))]
    pub value: Box<str>,
    /// Whether the field may be shown beside others. Default: shortFields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short: Option<bool>,
}

/// An interactive element of a message. It needs a url or a name.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SlackAction {
    /// What the element is, such as `button`; a template.
    #[schemars(length(min = 1))]
    pub type_: Box<str>,
    /// Label of the element, a template.
    #[schemars(length(min = 1))]
    pub text: Box<str>,
    /// URL that a button leads to, a template.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub url: Option<Box<str>>,
    /// Look of the element: `default`, `primary` or `danger`; a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub style: Option<Box<str>>,
    /// Name by which the element reports back, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub name: Option<Box<str>>,
    /// Value that the element reports, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub value: Option<Box<str>>,
    /// Question to ask first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm: Option<Box<SlackConfirmation>>,
}

/// A question that is asked before an element acts.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SlackConfirmation {
    /// The question, a template.
    #[schemars(length(min = 1))]
    pub text: Box<str>,
    /// Title of the dialog, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub title: Option<Box<str>>,
    /// Label of the button that agrees, a template. Default: `Okay`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub ok_text: Option<Box<str>>,
    /// Label of the button that cancels, a template. Default: `Cancel`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub dismiss_text: Option<Box<str>>,
}
