//! `slack_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::{SlackAction, SlackConfig, SlackConfirmation, SlackField};
use formats::yaml::Yaml;

use super::Service;
use crate::alertmanager::config::demand;
use crate::alertmanager::config::gate::Gate;
use crate::alertmanager::config::global::SLACK_APP_URL;
use crate::alertmanager::config::http::{HTTP_CONFIG, is_authorized};
use crate::alertmanager::config::load::Whole;
use crate::alertmanager::config::schema::{
    Section, address, flag, has, option, section, sections, template_address, text, text_of, texts, timeout,
};
use crate::alertmanager::config::scope::{self, Scope};
use crate::check::invalid::{Field, Invalid};

pub(super) static SLACK: Section = Section::new(&[
    option("send_resolved"),
    section("http_config", &HTTP_CONFIG),
    text("api_url"),
    text("api_url_file").since(0, 22).excluded_by("api_url"),
    text("app_token").since(0, 30),
    text("app_token_file").since(0, 30).excluded_by("app_token"),
    address("app_url").since(0, 30),
    text("channel"),
    text("username"),
    text("color"),
    text("title"),
    template_address("title_link"),
    text("pretext"),
    text("text"),
    sections("fields", &FIELD),
    flag("short_fields"),
    text("footer"),
    text("fallback"),
    text("callback_id"),
    text("icon_emoji"),
    template_address("icon_url"),
    template_address("image_url"),
    template_address("thumb_url"),
    flag("link_names"),
    texts("mrkdwn_in"),
    sections("actions", &ACTION),
    timeout("timeout").since(0, 30),
    text("message_text").since(0, 31),
    option("update_message").since(0, 32),
])
.demanding(demand)
.loaded_if(load);

static FIELD: Section = Section::new(&[text("title"), text("value"), option("short")]).loaded_if(|field, _| {
    demand::key(field, "title")?;
    demand::key(field, "value")
});

static ACTION: Section = Section::new(&[
    text("type"),
    text("text"),
    text("url"),
    text("style"),
    text("name"),
    text("value"),
    section("confirm", &CONFIRMATION),
])
.loaded_if(|action, _| {
    demand::key(action, "type")?;
    demand::key(action, "text")?;
    demand::any_of(action, &["url", "name"])
});

static CONFIRMATION: Section = Section::new(&[text("text"), text("title"), text("ok_text"), text("dismiss_text")])
    .loaded_if(|confirmation, _| demand::key(confirmation, "text"));

/// Keys of the two ways to Slack: a webhook, or an app with a token.
const HOOK: [&str; 2] = ["api_url", "api_url_file"];
const TOKEN: [&str; 2] = ["app_token", "app_token_file"];
const GLOBAL_HOOK: [&str; 2] = ["slack_api_url", "slack_api_url_file"];
const GLOBAL_TOKEN: [&str; 2] = ["slack_app_token", "slack_app_token_file"];

/// What is wrong with the section.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("messages can only be updated with a token of a bot: api_url must be {SLACK_APP_URL}")]
    Update,
    #[error("a webhook and an app exclude each other: only one of {} and {} may be set", HOOK.join(", "), TOKEN.join(", "))]
    HookAndApp,
    #[error("one of {} and {} is needed, here or in the global section", HOOK.join(", "), TOKEN.join(", "))]
    NoWay,
    #[error("the token of an app is the authorization")]
    Authorization,
}

fn demand(slack: &Yaml, _gate: &Gate<'_>) -> Result<(), Invalid> {
    if has(slack, "update_message") && !matches!(text_of(slack, "api_url"), "" | SLACK_APP_URL) {
        return Err(Cause::Update).field("update_message");
    }
    if demand::has_any(slack, &HOOK) && demand::has_any(slack, &TOKEN) {
        return Err(Cause::HookAndApp).field("");
    }
    Ok(())
}

fn load(slack: &Yaml, whole: &Whole<'_>) -> Result<(), Invalid> {
    demand::address(slack.value_of("api_url").unwrap_or(&Yaml::Null)).field("api_url")?;
    let (hook, token) = (demand::has_any(slack, &HOOK), demand::has_any(slack, &TOKEN));
    if has(slack, "update_message") && !has(slack, "api_url") {
        // Alertmanager would end, looking for the address.
        return Err(Cause::Update).field("update_message");
    }
    // The global token is for those that have nothing of their own to show.
    let borrows = !token && !is_authorized(slack) && !has(slack, "api_url");
    let token = token || borrows && demand::has_any(whole.global, &GLOBAL_TOKEN);
    if !token && !hook && !demand::has_any(whole.global, &GLOBAL_HOOK) {
        return Err(Cause::NoWay).field("");
    }
    let client = if slack.value_of("http_config").is_some() {
        slack
    } else {
        whole.global
    };
    if token && is_authorized(client) {
        return Err(Cause::Authorization).field("http_config.authorization");
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
            ("mrkdwn_in", Some(scope::texts(&self.mrkdwn_in))),
            ("actions", Some(self.actions.iter().map(action).collect())),
            ("timeout", scope::go_duration(self.timeout.as_ref(), "timeout")?),
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
