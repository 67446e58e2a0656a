//! `telegram_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::TelegramConfig;
use formats::version::Version;
use formats::yaml::Yaml;

use super::Service;
use crate::alertmanager::config::demand;
use crate::alertmanager::config::gate::Gate;
use crate::alertmanager::config::http::HTTP_CONFIG;
use crate::alertmanager::config::load::Whole;
use crate::alertmanager::config::schema::{Key, Kind, Section, address, flag, option, section, text};
use crate::alertmanager::config::scope::{self, Scope};
use crate::check::invalid::Invalid;

pub(super) static TELEGRAM: Section = Section::new(&[
    option("send_resolved"),
    address("api_url"),
    text("bot_token"),
    text("bot_token_file").since(0, 26).excluded_by("bot_token"),
    Key::new("chat_id", Kind::Integer),
    text("chat_id_file").since(0, 31).excluded_by("chat_id"),
    Key::new("message_thread_id", Kind::Integer).since(0, 28),
    text("message"),
    flag("disable_notifications"),
    text("parse_mode"),
    section("http_config", &HTTP_CONFIG),
])
.demanding(demand)
.loaded_if(load);

/// The first version that has a token for all receivers.
const GLOBAL_TOKEN: Version = Version::new(0, 31, 0);

fn demand(telegram: &Yaml, gate: &Gate<'_>) -> Result<(), Invalid> {
    if gate.version < GLOBAL_TOKEN {
        demand::any_of(telegram, &["bot_token", "bot_token_file"])?;
    }
    demand::any_of(telegram, &["chat_id", "chat_id_file"])
}

fn load(telegram: &Yaml, whole: &Whole<'_>) -> Result<(), Invalid> {
    demand::word(telegram, "parse_mode", &["", "Markdown", "MarkdownV2", "HTML"])?;
    demand::any_of_or_global(
        telegram,
        &["bot_token", "bot_token_file"],
        whole.global,
        &["telegram_bot_token", "telegram_bot_token_file"],
    )
}

impl Service for TelegramConfig {
    fn section(&self, scope: &Scope<'_>) -> Result<Yaml, Invalid> {
        Ok(TELEGRAM.tree([
            ("send_resolved", scope::value(self.send_resolved)),
            ("api_url", scope::optional(self.api_url.as_ref())),
            ("bot_token", scope.secret(self.bot_token.as_deref(), "botToken")?),
            ("bot_token_file", scope::optional(self.bot_token_file.as_ref())),
            ("chat_id", Some(self.chat_id.into())),
            ("message_thread_id", scope::value(self.message_thread_id)),
            ("message", scope::optional(self.message.as_ref())),
            ("disable_notifications", scope::value(self.disable_notifications)),
            ("parse_mode", self.parse_mode.map(|mode| mode.as_str().into())),
            ("http_config", scope.http_config(self.http_config.as_deref())?),
        ]))
    }
}
