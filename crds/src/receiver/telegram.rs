//! Notifications to Telegram. Types only.

use super::{HttpConfig, ReceiverUrl};
use crate::{JsonSchema, absent::empty_is_none};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};

words! {
    /// The markup of a Telegram message.
    pub enum TelegramParseMode {
        /// Version 2 of the markdown style.
        MarkdownV2 = "MarkdownV2",
        /// The markdown style.
        Markdown = "Markdown",
        /// The HTML style.
        Html = "HTML",
    }
}

/// A Telegram chat to notify. One of botToken and botTokenFile is needed. Needs Alertmanager v0.24.0.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TelegramConfig {
    /// Whether to send notifications about resolved alerts, too. Default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_resolved: Option<bool>,
    /// URL of the API. Default: the global one.
    #[serde(rename = "apiURL", skip_serializing_if = "Option::is_none")]
    pub api_url: Option<ReceiverUrl>,
    /// Secret with the token of the bot. Excludes botTokenFile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bot_token: Option<Box<SecretKeySelector>>,
    /// Path in the container of a file with the token of the bot. Excludes botToken. Needs Alertmanager v0.26.0.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub bot_token_file: Option<Box<str>>,
    /// Id of the chat.
    #[serde(rename = "chatID")]
    pub chat_id: i64,
    /// Id of the topic within a group. Needs Alertmanager v0.26.0.
    #[serde(rename = "messageThreadID", skip_serializing_if = "Option::is_none")]
    pub message_thread_id: Option<i64>,
    /// Text of the message, a template.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub message: Option<Box<str>>,
    /// Whether the message arrives without a sound. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_notifications: Option<bool>,
    /// Markup of the message: `MarkdownV2`, `Markdown` or `HTML`, the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parse_mode: Option<TelegramParseMode>,
    /// Settings of the HTTP requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_config: Option<Box<HttpConfig>>,
}
