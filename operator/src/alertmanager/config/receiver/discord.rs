//! `discord_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::DiscordConfig;
use formats::yaml::Yaml;

use super::Service;
use crate::alertmanager::config::demand;
use crate::alertmanager::config::http::HTTP_CONFIG;
use crate::alertmanager::config::schema::{Section, address, option, section, text};
use crate::alertmanager::config::scope::{self, Scope};
use crate::check::invalid::Invalid;

pub(super) static DISCORD: Section = Section::new(&[
    option("send_resolved"),
    section("http_config", &HTTP_CONFIG),
    address("webhook_url"),
    text("title"),
    text("message"),
    text("content").since(0, 28),
    text("username").since(0, 28),
    text("avatar_url").since(0, 28),
    text("webhook_url_file").since(0, 27).excluded_by("webhook_url"),
])
.loaded_if(|discord, _| demand::any_of(discord, &["webhook_url", "webhook_url_file"]));

impl Service for DiscordConfig {
    fn section(&self, scope: &Scope<'_>) -> Result<Yaml, Invalid> {
        Ok(DISCORD.tree([
            ("send_resolved", scope::value(self.send_resolved)),
            ("http_config", scope.http_config(self.http_config.as_deref())?),
            ("webhook_url", scope.secret_url(Some(&self.api_url), "apiURL")?),
            ("title", scope::optional(self.title.as_ref())),
            ("message", scope::optional(self.message.as_ref())),
            ("content", scope::optional(self.content.as_ref())),
            ("username", scope::optional(self.username.as_ref())),
            ("avatar_url", scope::optional(self.avatar_url.as_ref())),
        ]))
    }
}
