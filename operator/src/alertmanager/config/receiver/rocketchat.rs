//! `rocketchat_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::{RocketChatAction, RocketChatConfig, RocketChatField};
use formats::yaml::Yaml;

use crate::alertmanager::config::constraints::{not_with, one_of_or_global};
use crate::alertmanager::config::context::Context;
use crate::alertmanager::config::fault::Fault;
use crate::alertmanager::config::http::{HTTP_CONFIG, http_config};
use crate::alertmanager::config::schema::{Section, address, flag, option, section, sections, text};
use crate::alertmanager::config::scope::{optional, template_url, value};

pub(super) static ROCKETCHAT: Section<RocketChatConfig> = Section::<RocketChatConfig>::new(&[
    option("send_resolved").from("sendResolved", |rocket, _| value(rocket.send_resolved)),
    section("http_config", &HTTP_CONFIG).from("httpConfig", |rocket, scope| {
        http_config(rocket.http_config.as_deref(), scope)
    }),
    address("api_url").from("apiURL", |rocket, _| optional(rocket.api_url.as_ref())),
    text("token_id").from("tokenID", |rocket, scope| scope.secret(Some(&rocket.token_id))),
    text("token_id_file"),
    text("token").from("token", |rocket, scope| scope.secret(Some(&rocket.token))),
    text("token_file"),
    text("channel").from("channel", |rocket, _| optional(rocket.channel.as_ref())),
    text("color").from("color", |rocket, _| optional(rocket.color.as_ref())),
    text("title").from("title", |rocket, _| optional(rocket.title.as_ref())),
    text("title_link").from("titleLink", |rocket, _| optional(rocket.title_link.as_ref())),
    text("text").from("text", |rocket, _| optional(rocket.text.as_ref())),
    text("message_text").since(0, 35),
    sections("fields", &FIELD).from("fields", |rocket, scope| FIELD.of_each(&rocket.fields, scope)),
    flag("short_fields")
        .always()
        .from("shortFields", |rocket, _| value(rocket.short_fields)),
    text("emoji").from("emoji", |rocket, _| optional(rocket.emoji.as_ref())),
    text("icon_url").from("iconURL", |rocket, _| template_url(rocket.icon_url.as_ref())),
    text("image_url").from("imageURL", |rocket, _| template_url(rocket.image_url.as_ref())),
    text("thumb_url").from("thumbURL", |rocket, _| template_url(rocket.thumb_url.as_ref())),
    flag("link_names")
        .always()
        .from("linkNames", |rocket, _| value(rocket.link_names)),
    sections("actions", &ACTION).from("actions", |rocket, scope| ACTION.of_each(&rocket.actions, scope)),
])
.fitting_if(fits)
.loaded_if(loads);

static FIELD: Section<RocketChatField> = Section::<RocketChatField>::new(&[
    option("short").from("short", |field, _| value(field.short)),
    text("title").from("title", |field, _| optional(field.title.as_ref())),
    text("value").from("value", |field, _| optional(field.value.as_ref())),
]);

/// Here Alertmanager spells keys without underscores.
static ACTION: Section<RocketChatAction> = Section::<RocketChatAction>::new(&[
    text("type"),
    text("text").from("text", |action, _| optional(action.text.as_ref())),
    text("url").from("url", |action, _| template_url(action.url.as_ref())),
    text("imageurl"),
    flag("iswebview"),
    text("webviewheightratio"),
    text("msg").from("msg", |action, _| optional(action.msg.as_ref())),
    flag("msginchatwindow"),
    text("msgprocessingtype"),
]);

fn fits(rocket: &Yaml, _: &Context<'_>) -> Result<(), Fault> {
    not_with(rocket, "token", &["token_file"])?;
    not_with(rocket, "token_id", &["token_id_file"])
}

fn loads(rocket: &Yaml, context: &Context<'_>) -> Result<(), Fault> {
    let global = &["rocketchat_token_id", "rocketchat_token_id_file"];
    one_of_or_global(rocket, &["token_id", "token_id_file"], global, context)?;
    let global = &["rocketchat_token", "rocketchat_token_file"];
    one_of_or_global(rocket, &["token", "token_file"], global, context)
}
