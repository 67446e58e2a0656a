//! `telegram_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::TelegramConfig;
use formats::version::Version;
use formats::yaml::Yaml;

use crate::alertmanager::config::constraints::{one_of, one_of_or_global, word};
use crate::alertmanager::config::context::Context;
use crate::alertmanager::config::fault::Fault;
use crate::alertmanager::config::http::{HTTP_CONFIG, http_config};
use crate::alertmanager::config::schema::{Kind, Row, Section, address, flag, option, section, text, timeout};
use crate::alertmanager::config::scope::{optional, value};
use crate::check::invalid::{Field, Invalid};

pub(super) static TELEGRAM: Section<TelegramConfig> = Section::<TelegramConfig>::new(&[
    option("send_resolved").from("sendResolved", |telegram, _| value(telegram.send_resolved)),
    address("api_url").from("apiURL", |telegram, _| optional(telegram.api_url.as_ref())),
    text("bot_token").from("botToken", |telegram, scope| {
        scope.secret(telegram.bot_token.as_deref())
    }),
    text("bot_token_file")
        .since(0, 26)
        .refused_in_api()
        .excluded_by("bot_token")
        .from("botTokenFile", |telegram, _| optional(telegram.bot_token_file.as_ref())),
    Row::new("chat_id", Kind::Integer).from("chatID", |telegram, _| Ok(Some(telegram.chat_id.into()))),
    text("chat_id_file").since(0, 31).excluded_by("chat_id"),
    Row::new("message_thread_id", Kind::Integer)
        .since(0, 28)
        .from("messageThreadID", |telegram, _| value(telegram.message_thread_id)),
    text("message").from("message", |telegram, _| optional(telegram.message.as_ref())),
    flag("disable_notifications").from("disableNotifications", |telegram, _| {
        value(telegram.disable_notifications)
    }),
    text("parse_mode").from("parseMode", |telegram, _| {
        Ok(telegram.parse_mode.map(|mode| mode.as_str().into()))
    }),
    section("http_config", &HTTP_CONFIG).from("httpConfig", |telegram, scope| {
        http_config(telegram.http_config.as_deref(), scope)
    }),
    timeout("timeout").since(0, 35),
])
.taken_if(|telegram, _| check(telegram))
.fitting_if(fits)
.loaded_if(loads);

const TOKEN: &[&str] = &["bot_token", "bot_token_file"];

/// The first version that has a token for all receivers.
const GLOBAL_TOKEN: Version = Version::new(0, 31, 0);

/// What the original demands of the API, though Alertmanager has a token for all receivers.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("botToken or botTokenFile is required")]
    NoToken,
    #[error("must not be set together with botToken")]
    BothTokens,
}

fn check(telegram: &TelegramConfig) -> Result<(), Invalid> {
    match (&telegram.bot_token, &telegram.bot_token_file) {
        (None, None) => Err(Cause::NoToken).field(""),
        (Some(_), Some(_)) => Err(Cause::BothTokens).field("botTokenFile"),
        (Some(_), None) | (None, Some(_)) => Ok(()),
    }
}

fn fits(telegram: &Yaml, context: &Context<'_>) -> Result<(), Fault> {
    if context.is_before(GLOBAL_TOKEN) {
        one_of(telegram, TOKEN)?;
    }
    one_of(telegram, &["chat_id", "chat_id_file"])
}

fn loads(telegram: &Yaml, context: &Context<'_>) -> Result<(), Fault> {
    word(telegram, "parse_mode", &["", "Markdown", "MarkdownV2", "HTML"])?;
    one_of_or_global(
        telegram,
        TOKEN,
        &["telegram_bot_token", "telegram_bot_token_file"],
        context,
    )
}
