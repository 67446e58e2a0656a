//! The `global` section: which keys it has, what must hold for it, and how it comes out of
//! `spec.alertmanagerConfiguration.global`. Pure.

use super::gate::Gate;
use super::http::{HTTP_CONFIG, TLS_CONFIG};
use super::schema::{Key, Kind, Section, has, option, section, text, text_of};
use crate::invalid::{Field, Invalid};
use shared::yaml::Yaml;

const fn url(name: &'static str) -> Key {
    Key::new(name, Kind::Url)
}

/// `global`.
pub static GLOBAL: Section = Section::new(&[
    Key::new("resolve_timeout", Kind::Duration).where_set(),
    section("http_config", &HTTP_CONFIG),
    text("smtp_from"),
    text("smtp_hello"),
    Key::new("smtp_smarthost", Kind::HostPort),
    text("smtp_auth_username"),
    text("smtp_auth_password"),
    text("smtp_auth_password_file")
        .since(0, 25)
        .yields_to("smtp_auth_password"),
    text("smtp_auth_secret"),
    text("smtp_auth_secret_file").since(0, 31).yields_to("smtp_auth_secret"),
    text("smtp_auth_identity"),
    option("smtp_require_tls"),
    section("smtp_tls_config", &TLS_CONFIG).since(0, 28),
    option("smtp_force_implicit_tls").since(0, 31),
    url("slack_api_url"),
    text("slack_api_url_file").since(0, 22).yields_to("slack_api_url"),
    url("pagerduty_url"),
    url("hipchat_api_url"),
    text("hipchat_auth_token"),
    url("opsgenie_api_url"),
    text("opsgenie_api_key"),
    text("opsgenie_api_key_file").since(0, 24).yields_to("opsgenie_api_key"),
    url("wechat_api_url"),
    text("wechat_api_secret"),
    text("wechat_api_corp_id"),
    url("victorops_api_url"),
    text("victorops_api_key"),
    text("victorops_api_key_file")
        .since(0, 25)
        .yields_to("victorops_api_key"),
    url("telegram_api_url"),
    text("telegram_bot_token").since(0, 31),
    text("telegram_bot_token_file")
        .since(0, 31)
        .yields_to("telegram_bot_token"),
    url("webex_api_url"),
    url("jira_api_url"),
    url("rocketchat_api_url"),
    text("rocketchat_token"),
    text("rocketchat_token_file"),
    text("rocketchat_token_id"),
    text("rocketchat_token_id_file"),
    text("slack_app_token").since(0, 30),
    text("slack_app_token_file").since(0, 30).yields_to("slack_app_token"),
    url("slack_app_url").since(0, 30),
    text("wechat_api_secret_file")
        .since(0, 31)
        .yields_to("wechat_api_secret"),
    url("mattermost_webhook_url").since(0, 32),
    text("mattermost_webhook_url_file")
        .since(0, 32)
        .yields_to("mattermost_webhook_url"),
])
.demanding(demand);

/// What is wrong with the section.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("it excludes slack_api_url and slack_api_url_file, unless slack_api_url is slack_app_url")]
    SlackApp,
}

fn demand(global: &Yaml, _gate: &Gate<'_>) -> Result<(), Invalid> {
    let app = ["slack_app_token", "slack_app_token_file"]
        .into_iter()
        .find(|key| has(global, key));
    let hook = has(global, "slack_api_url") || has(global, "slack_api_url_file");
    let same = text_of(global, "slack_api_url") == text_of(global, "slack_app_url");
    match app {
        Some(key) if hook && !same => Err(Cause::SlackApp).field(key),
        _ => Ok(()),
    }
}
