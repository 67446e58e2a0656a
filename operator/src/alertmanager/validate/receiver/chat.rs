//! Services of chats. Pure.

use crds::{
    DiscordConfig, HttpConfig, MsTeamsConfig, MsTeamsV2Config, Receiver, RocketChatConfig, SlackAction, SlackConfig,
    TelegramConfig, WeChatConfig, WebexConfig,
};

use super::{Service, ServiceError, address, required, secret, secret_url};
use crate::alertmanager::validate::gate::Gate;
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid, Within};

/// Where messages of Slack can be updated.
const POST_MESSAGE: &str = "https://slack.com/api/chat.postMessage";

impl Service for DiscordConfig {
    const FIELD: &'static str = "discordConfigs";
    const SINCE: u64 = 25;

    fn of(receiver: &Receiver) -> &[Self] {
        &receiver.discord_configs
    }

    fn http(&self) -> Option<&HttpConfig> {
        self.http_config.as_deref()
    }

    fn check_secrets(&self, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        secret_url(credentials, &self.api_url, address::web, "apiURL").map(drop)
    }
}

impl Service for MsTeamsConfig {
    const FIELD: &'static str = "msteamsConfigs";
    const SINCE: u64 = 26;

    fn of(receiver: &Receiver) -> &[Self] {
        &receiver.msteams_configs
    }

    fn http(&self) -> Option<&HttpConfig> {
        self.http_config.as_deref()
    }

    fn check_secrets(&self, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        secret_url(credentials, &self.webhook_url, address::web, "webhookUrl").map(drop)
    }
}

impl Service for MsTeamsV2Config {
    const FIELD: &'static str = "msteamsv2Configs";
    const SINCE: u64 = 28;

    fn of(receiver: &Receiver) -> &[Self] {
        &receiver.msteamsv2_configs
    }

    fn http(&self) -> Option<&HttpConfig> {
        self.http_config.as_deref()
    }

    fn check_secrets(&self, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        // Alertmanager does not start without it.
        let url = self.webhook_url.as_deref().ok_or(ServiceError::Missing);
        let url = url.field("webhookURL")?;
        secret_url(credentials, url, address::web, "webhookURL").map(drop)
    }
}

impl Service for RocketChatConfig {
    const FIELD: &'static str = "rocketchatConfigs";
    const SINCE: u64 = 28;

    fn of(receiver: &Receiver) -> &[Self] {
        &receiver.rocketchat_configs
    }

    fn http(&self) -> Option<&HttpConfig> {
        self.http_config.as_deref()
    }

    fn check(&self) -> Result<(), Invalid> {
        address::check_web(self.api_url.as_deref(), "apiURL")?;
        address::check_template(self.icon_url.as_deref(), "iconURL")?;
        address::check_template(self.image_url.as_deref(), "imageURL")?;
        address::check_template(self.thumb_url.as_deref(), "thumbURL")?;
        for (index, action) in self.actions.iter().enumerate() {
            address::check_template(action.url.as_deref(), format!("actions[{index}].url"))?;
        }
        Ok(())
    }

    fn check_secrets(&self, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        credentials.secret(&self.token).field("token")?;
        credentials.secret(&self.token_id).field("tokenID")
    }
}

impl Service for SlackConfig {
    const FIELD: &'static str = "slackConfigs";
    const GATES: &'static [Gate<Self>] = &[
        Gate::new("messageText", 31, |slack: &Self| slack.message_text.is_some()),
        Gate::new("updateMessage", 32, |slack: &Self| slack.update_message == Some(true)),
    ];

    fn of(receiver: &Receiver) -> &[Self] {
        &receiver.slack_configs
    }

    fn http(&self) -> Option<&HttpConfig> {
        self.http_config.as_deref()
    }

    fn check(&self) -> Result<(), Invalid> {
        for (index, action) in self.actions.iter().enumerate() {
            check_action(action).within(format!("actions[{index}]"))?;
        }
        for (index, field) in self.fields.iter().enumerate() {
            required(&field.title, format!("fields[{index}].title"))?;
            required(&field.value, format!("fields[{index}].value"))?;
        }
        Ok(())
    }

    fn check_secrets(&self, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        let Some(selector) = &self.api_url else { return Ok(()) };
        let url = secret_url(credentials, selector, address::web, "apiURL")?;
        if self.update_message == Some(true) && url != POST_MESSAGE {
            return Err(ServiceError::Update(POST_MESSAGE)).field("updateMessage");
        }
        Ok(())
    }
}

fn check_action(action: &SlackAction) -> Result<(), Invalid> {
    required(&action.type_, "type")?;
    required(&action.text, "text")?;
    if [&action.url, &action.name]
        .into_iter()
        .flatten()
        .all(|text| text.is_empty())
    {
        return Err(ServiceError::OneOf("name", "url")).field("name");
    }
    match &action.confirm {
        Some(confirmation) => required(&confirmation.text, "confirm.text"),
        None => Ok(()),
    }
}

impl Service for TelegramConfig {
    const FIELD: &'static str = "telegramConfigs";
    const SINCE: u64 = 24;
    const GATES: &'static [Gate<Self>] = &[Gate::new("botTokenFile", 26, |telegram: &Self| {
        telegram.bot_token_file.is_some()
    })];

    fn of(receiver: &Receiver) -> &[Self] {
        &receiver.telegram_configs
    }

    fn http(&self) -> Option<&HttpConfig> {
        self.http_config.as_deref()
    }

    fn check(&self) -> Result<(), Invalid> {
        match (&self.bot_token, &self.bot_token_file) {
            (None, None) => return Err(ServiceError::OneOf("botToken", "botTokenFile")).field("botToken"),
            (Some(_), Some(_)) => return Err(ServiceError::Exclusive("botToken", "botTokenFile")).field("botToken"),
            (Some(_), None) | (None, Some(_)) => {}
        }
        if self.chat_id == 0 {
            return Err(ServiceError::Missing).field("chatID");
        }
        address::check_web(self.api_url.as_deref(), "apiURL")
    }

    fn check_secrets(&self, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        secret(credentials, self.bot_token.as_deref(), "botToken")
    }
}

impl Service for WebexConfig {
    const FIELD: &'static str = "webexConfigs";
    const SINCE: u64 = 25;

    fn of(receiver: &Receiver) -> &[Self] {
        &receiver.webex_configs
    }

    fn http(&self) -> Option<&HttpConfig> {
        self.http_config.as_deref()
    }

    fn check(&self) -> Result<(), Invalid> {
        address::check_web(self.api_url.as_deref(), "apiURL")
    }

    fn check_secrets(&self, _: &mut Credentials<'_>) -> Result<(), Invalid> {
        Ok(())
    }
}

impl Service for WeChatConfig {
    const FIELD: &'static str = "wechatConfigs";

    fn of(receiver: &Receiver) -> &[Self] {
        &receiver.wechat_configs
    }

    fn http(&self) -> Option<&HttpConfig> {
        self.http_config.as_deref()
    }

    fn check(&self) -> Result<(), Invalid> {
        address::check_web(self.api_url.as_deref(), "apiURL")
    }

    fn check_secrets(&self, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        secret(credentials, self.api_secret.as_deref(), "apiSecret")
    }
}
