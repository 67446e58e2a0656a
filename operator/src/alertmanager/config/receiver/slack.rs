//! `slack_configs`.

use crds::{SlackAction, SlackConfig, SlackConfirmation, SlackField};
use shared::yaml::Yaml;

use super::Service;
use crate::alertmanager::config::demand;
use crate::alertmanager::config::gate::Gate;
use crate::alertmanager::config::http::HTTP_CONFIG;
use crate::alertmanager::config::schema::{
    Key, Kind, Section, flag, has, option, section, sections, text, text_of, texts,
};
use crate::alertmanager::config::scope::{self, Scope};
use crate::invalid::{Field, Invalid};

pub(super) static SLACK: Section = Section::new(&[
    option("send_resolved"),
    section("http_config", &HTTP_CONFIG),
    text("api_url"),
    text("api_url_file").since(0, 22).yields_to("api_url"),
    text("app_token").since(0, 30),
    text("app_token_file").since(0, 30).yields_to("app_token"),
    text("app_url").since(0, 30),
    text("channel"),
    text("username"),
    text("color"),
    text("title"),
    text("title_link"),
    text("pretext"),
    text("text"),
    sections("fields", &FIELD),
    flag("short_fields"),
    text("footer"),
    text("fallback"),
    text("callback_id"),
    text("icon_emoji"),
    text("icon_url"),
    text("image_url"),
    text("thumb_url"),
    flag("link_names"),
    texts("mrkdwn_in"),
    sections("actions", &ACTION),
    Key::new("timeout", Kind::Duration).where_set().since(0, 30),
    text("message_text").since(0, 31),
    option("update_message").since(0, 32),
])
.demanding(demand);

static FIELD: Section = Section::new(&[text("title"), text("value"), option("short")]);

static ACTION: Section = Section::new(&[
    text("type"),
    text("text"),
    text("url"),
    text("style"),
    text("name"),
    text("value"),
    section("confirm", &CONFIRMATION),
]);

static CONFIRMATION: Section = Section::new(&[text("text"), text("title"), text("ok_text"), text("dismiss_text")]);

/// Where messages can be updated.
const POST_MESSAGE: &str = "https://slack.com/api/chat.postMessage";

/// What is wrong with the section.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("messages can only be updated with a token of a bot: api_url must be {POST_MESSAGE}")]
    Update,
}

fn demand(slack: &Yaml, _gate: &Gate<'_>) -> Result<(), Invalid> {
    demand::url(slack, "api_url")?;
    for key in ["title_link", "icon_url", "image_url", "thumb_url"] {
        demand::template_url(slack, key)?;
    }
    if has(slack, "update_message") && !matches!(text_of(slack, "api_url"), "" | POST_MESSAGE) {
        return Err(Cause::Update).field("update_message");
    }
    Ok(())
}

impl Service for SlackConfig {
    fn section(&self, scope: &Scope<'_>) -> Result<Yaml, Invalid> {
        Ok(SLACK.tree([
            ("send_resolved", scope::value(self.send_resolved)),
            ("http_config", scope.http_config(self.http_config.as_deref())?),
            ("api_url", scope.secret_url(self.api_url.as_deref(), "apiURL")?),
            ("channel", scope::optional(self.channel.as_ref())),
            ("username", scope::optional(self.username.as_ref())),
            ("color", scope::optional(self.color.as_ref())),
            ("title", scope::optional(self.title.as_ref())),
            ("title_link", scope::optional(self.title_link.as_ref())),
            ("pretext", scope::optional(self.pretext.as_ref())),
            ("text", scope::optional(self.text.as_ref())),
            ("fields", Some(self.fields.iter().map(field).collect())),
            ("short_fields", scope::value(self.short_fields)),
            ("footer", scope::optional(self.footer.as_ref())),
            ("fallback", scope::optional(self.fallback.as_ref())),
            ("callback_id", scope::optional(self.callback_id.as_ref())),
            ("icon_emoji", scope::optional(self.icon_emoji.as_ref())),
            ("icon_url", scope::optional(self.icon_url.as_ref())),
            ("image_url", scope::optional(self.image_url.as_ref())),
            ("thumb_url", scope::optional(self.thumb_url.as_ref())),
            ("link_names", scope::value(self.link_names)),
            ("mrkdwn_in", scope::texts(&self.mrkdwn_in)),
            ("actions", Some(self.actions.iter().map(action).collect())),
            ("timeout", scope::duration(self.timeout.as_ref(), "timeout")?),
            ("message_text", scope::optional(self.message_text.as_ref())),
            ("update_message", scope::value(self.update_message)),
        ]))
    }
}

fn field(field: &SlackField) -> Yaml {
    FIELD.tree([
        ("title", Some(scope::text(&field.title))),
        ("value", Some(scope::text(&field.value))),
        ("short", scope::value(field.short)),
    ])
}

fn action(action: &SlackAction) -> Yaml {
    ACTION.tree([
        ("type", Some(scope::text(&action.type_))),
        ("text", Some(scope::text(&action.text))),
        ("url", scope::optional(action.url.as_ref())),
        ("style", scope::optional(action.style.as_ref())),
        ("name", scope::optional(action.name.as_ref())),
        ("value", scope::optional(action.value.as_ref())),
        ("confirm", action.confirm.as_deref().map(confirmation)),
    ])
}

fn confirmation(confirmation: &SlackConfirmation) -> Yaml {
    CONFIRMATION.tree([
        ("text", Some(scope::text(&confirmation.text))),
        ("title", scope::optional(confirmation.title.as_ref())),
        ("ok_text", scope::optional(confirmation.ok_text.as_ref())),
        ("dismiss_text", scope::optional(confirmation.dismiss_text.as_ref())),
    ])
}
