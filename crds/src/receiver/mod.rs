//! The receivers of an AlertmanagerConfig: one file per service that is notified. Both versions of the kind have the
//! same types; `schema/v1beta1.rs` holds what differs in the schema of v1beta1. Types only.
//!
//! A text that Alertmanager treats as a template may hold `{{ … }}`.

mod discord;
mod email;
mod http;
mod msteams;
mod opsgenie;
mod pagerduty;
mod pushover;
mod rocketchat;
mod slack;
mod sns;
mod telegram;
mod victorops;
mod webex;
mod webhook;
mod wechat;

use crate::{JsonSchema, absent::is_empty};
use serde::{Deserialize, Serialize};

pub use self::discord::DiscordConfig;
pub use self::email::{EmailConfig, EmailThreadingConfig, ThreadByDate};
pub use self::http::HttpConfig;
pub use self::msteams::{MsTeamsConfig, MsTeamsV2Config};
pub use self::opsgenie::{OpsGenieConfig, OpsGenieResponder, OpsGenieResponderType};
pub use self::pagerduty::{PagerDutyConfig, PagerDutyImageConfig, PagerDutyLinkConfig};
pub use self::pushover::{PushoverConfig, PushoverDuration};
pub use self::rocketchat::{RocketChatAction, RocketChatConfig, RocketChatField};
pub use self::slack::{SlackAction, SlackConfig, SlackConfirmation, SlackField};
pub use self::sns::SnsConfig;
pub use self::telegram::{TelegramConfig, TelegramParseMode};
pub use self::victorops::VictorOpsConfig;
pub use self::webex::WebexConfig;
pub use self::webhook::WebhookConfig;
pub use self::wechat::WeChatConfig;

text! {
    /// The URL of a service that a receiver notifies: `http://` or `https://`.
    pub struct ReceiverUrl { "pattern": "^https?://.+$" }
}

/// A name with a value. Unlike a map, a list of them may repeat a name.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct KeyValue {
    /// The name.
    #[schemars(length(min = 1))]
    pub key: Box<str>,
    /// The value.
    pub value: Box<str>,
}

/// A name for the services that are notified together.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Receiver {
    /// Name of the receiver, which no other one of this object has.
    #[schemars(length(min = 1))]
    pub name: Box<str>,
    /// Discord channels. Needs Alertmanager v0.25.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub discord_configs: Box<[DiscordConfig]>,
    /// Mail addresses.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub email_configs: Box<[EmailConfig]>,
    /// Channels of Microsoft Teams, by connectors. Needs Alertmanager v0.26.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub msteams_configs: Box<[MsTeamsConfig]>,
    /// Channels of Microsoft Teams, by workflows. Needs Alertmanager v0.28.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub msteamsv2_configs: Box<[MsTeamsV2Config]>,
    /// OpsGenie accounts.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub opsgenie_configs: Box<[OpsGenieConfig]>,
    /// PagerDuty services.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub pagerduty_configs: Box<[PagerDutyConfig]>,
    /// Pushover users and groups.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub pushover_configs: Box<[PushoverConfig]>,
    /// Rocket.Chat servers. Needs Alertmanager v0.28.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub rocketchat_configs: Box<[RocketChatConfig]>,
    /// Slack channels.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub slack_configs: Box<[SlackConfig]>,
    /// AWS SNS. Needs Alertmanager v0.23.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub sns_configs: Box<[SnsConfig]>,
    /// Telegram chats. Needs Alertmanager v0.24.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub telegram_configs: Box<[TelegramConfig]>,
    /// VictorOps accounts.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub victorops_configs: Box<[VictorOpsConfig]>,
    /// Webex rooms. Needs Alertmanager v0.25.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub webex_configs: Box<[WebexConfig]>,
    /// HTTP servers.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub webhook_configs: Box<[WebhookConfig]>,
    /// WeChat accounts.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub wechat_configs: Box<[WeChatConfig]>,
}
