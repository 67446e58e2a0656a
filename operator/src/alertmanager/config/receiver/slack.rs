//! `slack_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::{SlackAction, SlackConfig, SlackConfirmation, SlackField};
use formats::version::Version;
use formats::yaml::Yaml;

use crate::alertmanager::config::address::http_url;
use crate::alertmanager::config::constraints::{has_any, one_of, required};
use crate::alertmanager::config::context::Context;
use crate::alertmanager::config::fault::{At, Cause as Shared, Fault};
use crate::alertmanager::config::http::{HTTP_CONFIG, http_config, is_authorized};
use crate::alertmanager::config::schema::{
    Section, address, flag, has, option, section, sections, template_address, text, text_of, texts, timeout,
};
use crate::alertmanager::config::scope::{self, UNREAD, go_duration, optional, value};

pub(super) static SLACK: Section<SlackConfig> = Section::<SlackConfig>::new(&[
    option("send_resolved").from("sendResolved", |slack, _| value(slack.send_resolved)),
    section("http_config", &HTTP_CONFIG).from("httpConfig", |slack, scope| {
        http_config(slack.http_config.as_deref(), scope)
    }),
    text("api_url").from("apiURL", |slack, scope| scope.secret_url(slack.api_url.as_deref())),
    text("api_url_file").since(0, 22).excluded_by("api_url"),
    text("app_token").since(0, 30),
    text("app_token_file").since(0, 30).excluded_by("app_token"),
    address("app_url").since(0, 30),
    text("channel").from("channel", |slack, _| optional(slack.channel.as_ref())),
    text("username").from("username", |slack, _| optional(slack.username.as_ref())),
    text("color").from("color", |slack, _| optional(slack.color.as_ref())),
    text("title").from("title", |slack, _| optional(slack.title.as_ref())),
    template_address("title_link").from("titleLink", |slack, _| optional(slack.title_link.as_ref())),
    text("pretext").from("pretext", |slack, _| optional(slack.pretext.as_ref())),
    text("text").from("text", |slack, _| optional(slack.text.as_ref())),
    sections("fields", &FIELD).from("fields", |slack, scope| FIELD.of_each(&slack.fields, scope)),
    flag("short_fields").from("shortFields", |slack, _| value(slack.short_fields)),
    text("footer").from("footer", |slack, _| optional(slack.footer.as_ref())),
    text("fallback").from("fallback", |slack, _| optional(slack.fallback.as_ref())),
    text("callback_id").from("callbackId", |slack, _| optional(slack.callback_id.as_ref())),
    text("icon_emoji").from("iconEmoji", |slack, _| optional(slack.icon_emoji.as_ref())),
    template_address("icon_url").from("iconURL", |slack, _| optional(slack.icon_url.as_ref())),
    template_address("image_url").from("imageURL", |slack, _| optional(slack.image_url.as_ref())),
    template_address("thumb_url").from("thumbURL", |slack, _| optional(slack.thumb_url.as_ref())),
    flag("link_names").from("linkNames", |slack, _| value(slack.link_names)),
    texts("mrkdwn_in").from("mrkdwnIn", |slack, _| scope::texts(&slack.mrkdwn_in)),
    sections("actions", &ACTION).from("actions", |slack, scope| ACTION.of_each(&slack.actions, scope)),
    timeout("timeout")
        .since(0, 30)
        .from("timeout", |slack, _| go_duration(slack.timeout.as_ref())),
    text("message_text")
        .since(0, 31)
        .refused_in_api()
        .from("messageText", |slack, _| optional(slack.message_text.as_ref())),
    option("update_message")
        .since(0, 32)
        .refused_in_api()
        .from("updateMessage", |slack, _| value(slack.update_message)),
    option("post_updates_to_thread").since(0, 35),
])
.fitting_if(fits)
.loaded_if(loads);

static FIELD: Section<SlackField> = Section::<SlackField>::new(&[
    text("title").from("title", |field, _| Ok(Some(scope::text(&field.title)))),
    text("value").from("value", |field, _| Ok(Some(scope::text(&field.value)))),
    option("short").from("short", |field, _| value(field.short)),
])
.loaded_if(|field, _| {
    required(field, "title")?;
    required(field, "value")
});

static ACTION: Section<SlackAction> = Section::<SlackAction>::new(&[
    text("type").from("type", |action, _| Ok(Some(scope::text(&action.type_)))),
    text("text").from("text", |action, _| Ok(Some(scope::text(&action.text)))),
    text("url").from("url", |action, _| optional(action.url.as_ref())),
    text("style").from("style", |action, _| optional(action.style.as_ref())),
    text("name").from("name", |action, _| optional(action.name.as_ref())),
    text("value").from("value", |action, _| optional(action.value.as_ref())),
    section("confirm", &CONFIRMATION).from("confirm", |action, scope| {
        CONFIRMATION.of_option(action.confirm.as_deref(), scope)
    }),
])
.loaded_if(|action, _| {
    required(action, "type")?;
    required(action, "text")?;
    one_of(action, &["url", "name"])
});

static CONFIRMATION: Section<SlackConfirmation> = Section::<SlackConfirmation>::new(&[
    text("text").from("text", |confirmation, _| Ok(Some(scope::text(&confirmation.text)))),
    text("title").from("title", |confirmation, _| optional(confirmation.title.as_ref())),
    text("ok_text").from("okText", |confirmation, _| optional(confirmation.ok_text.as_ref())),
    text("dismiss_text").from("dismissText", |confirmation, _| {
        optional(confirmation.dismiss_text.as_ref())
    }),
])
.loaded_if(|confirmation, _| required(confirmation, "text"));

/// Where Alertmanager posts with a token by default.
pub(in crate::alertmanager::config) const APP_URL: &str = "https://slack.com/api/chat.postMessage";

/// Keys of the two ways to Slack: a webhook, or an app with a token.
const HOOK: &[&str] = &["api_url", "api_url_file"];
const TOKEN: &[&str] = &["app_token", "app_token_file"];
const EITHER: &[&str] = &["api_url", "api_url_file", "app_token", "app_token_file"];
const GLOBAL_HOOK: &[&str] = &["slack_api_url", "slack_api_url_file"];
const GLOBAL_TOKEN: &[&str] = &["slack_app_token", "slack_app_token_file"];
const GLOBAL_EITHER: &[&str] = &[
    "slack_api_url",
    "slack_api_url_file",
    "slack_app_token",
    "slack_app_token_file",
];

/// What is wrong with the section.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("updating messages requires a bot token and the URL {APP_URL}")]
    Update,
    #[error("threads require a bot token and the URL {APP_URL}")]
    Thread,
    #[error("a webhook and an app are mutually exclusive: set either {} or {}", HOOK.join(", "), TOKEN.join(", "))]
    HookAndApp,
    #[error("must not be set together with an app token, which is the authorization")]
    Authorization,
    /// The URL is a secret, so it is not shown.
    #[error("the value is not an HTTP URL")]
    Url,
}

/// What only the token of a bot can do.
const BOT: [(&str, Cause); 2] = [
    ("update_message", Cause::Update),
    ("post_updates_to_thread", Cause::Thread),
];

/// From this version on the URL of a bot may be the global one; before, Alertmanager ends where there is no other.
const GLOBAL_BOT: Version = Version::new(0, 35, 0);

fn fits(slack: &Yaml, _: &Context<'_>) -> Result<(), Fault> {
    for (key, cause) in BOT {
        if has(slack, key) && !matches!(text_of(slack, "api_url"), "" | APP_URL | UNREAD) {
            return Err(cause).at(key);
        }
    }
    if has_any(slack, HOOK) && has_any(slack, TOKEN) {
        return Err(Cause::HookAndApp).at("");
    }
    Ok(())
}

/// Checks that the URL which Alertmanager ends up with is the one for bots.
fn bot_loads(slack: &Yaml, token: bool, context: &Context<'_>) -> Result<(), Fault> {
    let global = context.global.unwrap_or(&Yaml::Null);
    let is_for_bots = if has(slack, "api_url") {
        // It has been looked at.
        true
    } else if context.is_before(GLOBAL_BOT) || has(slack, "api_url_file") {
        false
    } else if token {
        let urls = [text_of(slack, "app_url"), text_of(global, "slack_app_url"), APP_URL];
        urls.into_iter().find(|url| !url.is_empty()) == Some(APP_URL)
    } else {
        context.global.is_none() || text_of(global, "slack_api_url") == APP_URL
    };
    match BOT.into_iter().find(|(key, _)| has(slack, key)) {
        Some((key, cause)) if !is_for_bots => Err(cause).at(key),
        _ => Ok(()),
    }
}

fn loads(slack: &Yaml, context: &Context<'_>) -> Result<(), Fault> {
    if has(slack, "api_url") && http_url(text_of(slack, "api_url")).is_err() {
        return Err(Cause::Url).at("api_url");
    }
    let (hook, token) = (has_any(slack, HOOK), has_any(slack, TOKEN));
    let Some(global) = context.global else {
        return bot_loads(slack, token, context);
    };
    // The global token is for those that have nothing of their own to show.
    let borrows = !token && !is_authorized(slack) && !has(slack, "api_url");
    let token = token || borrows && has_any(global, GLOBAL_TOKEN);
    if !token && !hook && !has_any(global, GLOBAL_HOOK) {
        return Err(Fault::new("", Shared::OneOfOrGlobal(EITHER, GLOBAL_EITHER)));
    }
    let client = if slack.value_of("http_config").is_some() {
        slack
    } else {
        global
    };
    if token && is_authorized(client) {
        return Err(Cause::Authorization).at("http_config.authorization");
    }
    bot_loads(slack, token, context)
}
