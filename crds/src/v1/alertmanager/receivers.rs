//! Global settings of the services that receivers notify. Types only.

use crate::{HttpUrl, JsonSchema, absent::empty_is_none};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};

/// Settings for Jira.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct GlobalJiraConfig {
    /// URL of the API. Needs Alertmanager v0.28.0.
    #[serde(
        rename = "apiURL",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_is_none"
    )]
    pub api_url: Option<HttpUrl>,
}

/// Settings for Mattermost.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct GlobalMattermostConfig {
    /// Secret with the URL of the webhook. Needs Alertmanager v0.32.0.
    #[serde(rename = "webhookURL", skip_serializing_if = "Option::is_none")]
    pub webhook_url: Option<Box<SecretKeySelector>>,
}

/// Settings for Rocket.Chat.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct GlobalRocketChatConfig {
    /// URL of the API. Needs Alertmanager v0.28.0.
    #[serde(
        rename = "apiURL",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_is_none"
    )]
    pub api_url: Option<HttpUrl>,
    /// Secret with the token. Needs Alertmanager v0.28.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<Box<SecretKeySelector>>,
    /// Secret with the id of the token. Needs Alertmanager v0.28.0.
    #[serde(rename = "tokenID", skip_serializing_if = "Option::is_none")]
    pub token_id: Option<Box<SecretKeySelector>>,
}

/// Settings for Telegram.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct GlobalTelegramConfig {
    /// URL of the API. Needs Alertmanager v0.24.0.
    #[serde(
        rename = "apiURL",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_is_none"
    )]
    pub api_url: Option<HttpUrl>,
}

/// Settings for VictorOps.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct GlobalVictorOpsConfig {
    /// Secret with the API key.
    #[serde(rename = "apiKey", skip_serializing_if = "Option::is_none")]
    pub api_key: Option<Box<SecretKeySelector>>,
    /// URL of the API.
    #[serde(
        rename = "apiURL",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_is_none"
    )]
    pub api_url: Option<HttpUrl>,
}

/// Settings for Webex.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct GlobalWebexConfig {
    /// URL of the API. Needs Alertmanager v0.25.0.
    #[serde(
        rename = "apiURL",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_is_none"
    )]
    pub api_url: Option<HttpUrl>,
}

/// Settings for WeChat.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct GlobalWeChatConfig {
    /// Id of the corporation.
    #[serde(rename = "apiCorpID", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub api_corp_id: Option<Box<str>>,
    /// Secret with the secret of the API.
    #[serde(rename = "apiSecret", skip_serializing_if = "Option::is_none")]
    pub api_secret: Option<Box<SecretKeySelector>>,
    /// URL of the API. Default: Alertmanager's own, `https://qyapi.weixin.qq.com/cgi-bin/`.
    #[serde(
        rename = "apiURL",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_is_none"
    )]
    pub api_url: Option<HttpUrl>,
}
