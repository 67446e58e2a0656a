//! `rocketchat_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::{RocketChatAction, RocketChatConfig, RocketChatField};
use formats::yaml::Yaml;

use super::Service;
use crate::alertmanager::config::demand;
use crate::alertmanager::config::gate::Gate;
use crate::alertmanager::config::http::HTTP_CONFIG;
use crate::alertmanager::config::load::Whole;
use crate::alertmanager::config::schema::{Section, address, flag, option, section, sections, text};
use crate::alertmanager::config::scope::{self, Scope};
use crate::check::invalid::Invalid;

pub(super) static ROCKETCHAT: Section = Section::new(&[
    option("send_resolved"),
    section("http_config", &HTTP_CONFIG),
    address("api_url"),
    text("token_id"),
    text("token_id_file"),
    text("token"),
    text("token_file"),
    text("channel"),
    text("color"),
    text("title"),
    text("title_link"),
    text("text"),
    sections("fields", &FIELD),
    flag("short_fields").always(),
    text("emoji"),
    text("icon_url"),
    text("image_url"),
    text("thumb_url"),
    flag("link_names").always(),
    sections("actions", &ACTION),
])
.demanding(demand)
.loaded_if(load);

static FIELD: Section = Section::new(&[option("short"), text("title"), text("value")]);

/// Here Alertmanager spells keys without underscores.
static ACTION: Section = Section::new(&[
    text("type"),
    text("text"),
    text("url"),
    text("imageurl"),
    flag("iswebview"),
    text("webviewheightratio"),
    text("msg"),
    flag("msginchatwindow"),
    text("msgprocessingtype"),
]);

fn demand(rocketchat: &Yaml, _gate: &Gate<'_>) -> Result<(), Invalid> {
    demand::not_both(rocketchat, "token", "token_file")?;
    demand::not_both(rocketchat, "token_id", "token_id_file")
}

fn load(rocketchat: &Yaml, whole: &Whole<'_>) -> Result<(), Invalid> {
    demand::any_of_or_global(
        rocketchat,
        &["token_id", "token_id_file"],
        whole.global,
        &["rocketchat_token_id", "rocketchat_token_id_file"],
    )?;
    demand::any_of_or_global(
        rocketchat,
        &["token", "token_file"],
        whole.global,
        &["rocketchat_token", "rocketchat_token_file"],
    )
}

impl Service for RocketChatConfig {
    fn section(&self, scope: &Scope<'_>) -> Result<Yaml, Invalid> {
        Ok(ROCKETCHAT.tree([
            ("send_resolved", scope::value(self.send_resolved)),
            ("http_config", scope.http_config(self.http_config.as_deref())?),
            ("api_url", scope::optional(self.api_url.as_ref())),
            ("token_id", scope.secret(Some(&self.token_id), "tokenID")?),
            ("token", scope.secret(Some(&self.token), "token")?),
            ("channel", scope::optional(self.channel.as_ref())),
            ("color", scope::optional(self.color.as_ref())),
            ("title", scope::optional(self.title.as_ref())),
            ("title_link", scope::optional(self.title_link.as_ref())),
            ("text", scope::optional(self.text.as_ref())),
            ("fields", Some(self.fields.iter().map(field).collect())),
            ("short_fields", scope::value(self.short_fields)),
            ("emoji", scope::optional(self.emoji.as_ref())),
            ("icon_url", scope::optional(self.icon_url.as_ref())),
            ("image_url", scope::optional(self.image_url.as_ref())),
            ("thumb_url", scope::optional(self.thumb_url.as_ref())),
            ("link_names", scope::value(self.link_names)),
            ("actions", Some(self.actions.iter().map(action).collect())),
        ]))
    }
}

fn field(field: &RocketChatField) -> Yaml {
    FIELD.tree([
        ("short", scope::value(field.short)),
        ("title", scope::optional(field.title.as_ref())),
        ("value", scope::optional(field.value.as_ref())),
    ])
}

fn action(action: &RocketChatAction) -> Yaml {
    ACTION.tree([
        ("text", scope::optional(action.text.as_ref())),
        ("url", scope::optional(action.url.as_ref())),
        ("msg", scope::optional(action.msg.as_ref())),
    ])
}
