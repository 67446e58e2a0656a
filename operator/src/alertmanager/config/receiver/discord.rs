//! `discord_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::DiscordConfig;

use crate::alertmanager::config::constraints::one_of;
use crate::alertmanager::config::http::{HTTP_CONFIG, http_config};
use crate::alertmanager::config::schema::{Section, address, option, section, text};
use crate::alertmanager::config::scope::{optional, value};

pub(super) static DISCORD: Section<DiscordConfig> = Section::<DiscordConfig>::new(&[
    option("send_resolved").from("sendResolved", |discord, _| value(discord.send_resolved)),
    section("http_config", &HTTP_CONFIG).from("httpConfig", |discord, scope| {
        http_config(discord.http_config.as_deref(), scope)
    }),
    address("webhook_url").from("apiURL", |discord, scope| scope.secret_url(Some(&discord.api_url))),
    text("title").from("title", |discord, _| optional(discord.title.as_ref())),
    text("message").from("message", |discord, _| optional(discord.message.as_ref())),
    text("content")
        .since(0, 28)
        .from("content", |discord, _| optional(discord.content.as_ref())),
    text("username")
        .since(0, 28)
        .from("username", |discord, _| optional(discord.username.as_ref())),
    text("avatar_url")
        .since(0, 28)
        .from("avatarURL", |discord, _| optional(discord.avatar_url.as_ref())),
    text("webhook_url_file").since(0, 27).excluded_by("webhook_url"),
])
.loaded_if(|discord, _| one_of(discord, &["webhook_url", "webhook_url_file"]));
