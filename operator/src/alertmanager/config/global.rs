//! The `global` section: which keys it has, what must hold for it, and how it comes out of
//! `spec.alertmanagerConfiguration.global`. Pure.

use crds::{AlertmanagerGlobalConfig, GlobalSmtpConfig, HttpUrl};
use formats::url::Url;
use formats::yaml::Yaml;

use super::constraints::not_with;
use super::context::Context;
use super::fault::{At, Fault};
use super::http::{Client, HTTP_CONFIG, TLS_CONFIG};
use super::receiver::SLACK_APP_URL;
use super::schema::{Kind, Row, Section, has, option, section, text, text_of};
use super::scope::{Taken, duration, optional, value};
use crate::check::invalid::Field;

const fn url(name: &'static str) -> Row<AlertmanagerGlobalConfig> {
    Row::new(name, Kind::Url)
}

/// `global`.
pub(super) static GLOBAL: Section<AlertmanagerGlobalConfig> = Section::<AlertmanagerGlobalConfig>::new(&[
    Row::new("resolve_timeout", Kind::Duration)
        .where_set()
        .from("resolveTimeout", |global, _| duration(global.resolve_timeout.as_ref())),
    section("http_config", &HTTP_CONFIG).from("httpConfig", |global, scope| {
        HTTP_CONFIG.of_option(global.http_config.as_deref().map(|client| client as &dyn Client), scope)
    }),
    text("smtp_from").from("smtp.from", |global, _| {
        optional(smtp(global).and_then(|smtp| smtp.from.as_ref()))
    }),
    text("smtp_hello").from("smtp.hello", |global, _| {
        optional(smtp(global).and_then(|smtp| smtp.hello.as_ref()))
    }),
    Row::new("smtp_smarthost", Kind::HostPort).from("smtp.smartHost", |global, _| {
        let host = smtp(global).and_then(|smtp| smtp.smart_host.as_deref());
        Ok(host.map(|host| format!("{}:{}", host.host, host.port).into()))
    }),
    text("smtp_auth_username").from("smtp.authUsername", |global, _| {
        optional(smtp(global).and_then(|smtp| smtp.auth_username.as_ref()))
    }),
    text("smtp_auth_password").from("smtp.authPassword", |global, scope| {
        scope.secret(smtp(global).and_then(|smtp| smtp.auth_password.as_deref()))
    }),
    text("smtp_auth_password_file")
        .since(0, 25)
        .excluded_by("smtp_auth_password"),
    text("smtp_auth_secret").from("smtp.authSecret", |global, scope| {
        scope.secret(smtp(global).and_then(|smtp| smtp.auth_secret.as_deref()))
    }),
    text("smtp_auth_secret_file")
        .since(0, 31)
        .excluded_by("smtp_auth_secret"),
    text("smtp_auth_identity").from("smtp.authIdentity", |global, _| {
        optional(smtp(global).and_then(|smtp| smtp.auth_identity.as_ref()))
    }),
    option("smtp_require_tls").from("smtp.requireTLS", |global, _| {
        value(smtp(global).and_then(|smtp| smtp.require_tls))
    }),
    section("smtp_tls_config", &TLS_CONFIG)
        .since(0, 28)
        .from("smtp.tlsConfig", |global, scope| {
            TLS_CONFIG.of_option(smtp(global).and_then(|smtp| smtp.tls_config.as_deref()), scope)
        }),
    option("smtp_force_implicit_tls")
        .since(0, 31)
        .refused_in_api()
        .from("smtp.forceImplicitTLS", |global, _| {
            value(smtp(global).and_then(|smtp| smtp.force_implicit_tls))
        }),
    url("slack_api_url").from("slackApiUrl", |global, scope| {
        scope.secret_url(global.slack_api_url.as_deref())
    }),
    text("slack_api_url_file").since(0, 22).excluded_by("slack_api_url"),
    url("pagerduty_url").from("pagerdutyUrl", |global, _| http(global.pagerduty_url.as_ref())),
    url("opsgenie_api_url").from("opsGenieApiUrl", |global, scope| {
        scope.secret_url(global.ops_genie_api_url.as_deref())
    }),
    text("opsgenie_api_key").from("opsGenieApiKey", |global, scope| {
        scope.secret(global.ops_genie_api_key.as_deref())
    }),
    text("opsgenie_api_key_file")
        .since(0, 24)
        .excluded_by("opsgenie_api_key"),
    url("wechat_api_url").from("wechat.apiURL", |global, _| {
        http(global.wechat.as_deref().and_then(|wechat| wechat.api_url.as_ref()))
    }),
    text("wechat_api_secret").from("wechat.apiSecret", |global, scope| {
        scope.secret(global.wechat.as_deref().and_then(|wechat| wechat.api_secret.as_deref()))
    }),
    text("wechat_api_corp_id").from("wechat.apiCorpID", |global, _| {
        optional(global.wechat.as_deref().and_then(|wechat| wechat.api_corp_id.as_ref()))
    }),
    url("victorops_api_url").from("victorops.apiURL", |global, _| {
        http(
            global
                .victorops
                .as_deref()
                .and_then(|victorops| victorops.api_url.as_ref()),
        )
    }),
    text("victorops_api_key").from("victorops.apiKey", |global, scope| {
        scope.secret(
            global
                .victorops
                .as_deref()
                .and_then(|victorops| victorops.api_key.as_deref()),
        )
    }),
    text("victorops_api_key_file")
        .since(0, 25)
        .excluded_by("victorops_api_key"),
    url("telegram_api_url")
        .since(0, 24)
        .refused_in_api()
        .from("telegram.apiURL", |global, _| {
            http(
                global
                    .telegram
                    .as_deref()
                    .and_then(|telegram| telegram.api_url.as_ref()),
            )
        }),
    text("telegram_bot_token").since(0, 31),
    text("telegram_bot_token_file")
        .since(0, 31)
        .excluded_by("telegram_bot_token"),
    url("webex_api_url")
        .since(0, 25)
        .refused_in_api()
        .from("webex.apiURL", |global, _| {
            http(global.webex.as_deref().and_then(|webex| webex.api_url.as_ref()))
        }),
    url("jira_api_url")
        .since(0, 28)
        .refused_in_api()
        .from("jira.apiURL", |global, _| {
            http(global.jira.as_deref().and_then(|jira| jira.api_url.as_ref()))
        }),
    url("rocketchat_api_url")
        .since(0, 28)
        .refused_in_api()
        .from("rocketChat.apiURL", |global, _| {
            http(global.rocket_chat.as_deref().and_then(|rocket| rocket.api_url.as_ref()))
        }),
    text("rocketchat_token")
        .since(0, 28)
        .refused_in_api()
        .from("rocketChat.token", |global, scope| {
            scope.secret(global.rocket_chat.as_deref().and_then(|rocket| rocket.token.as_deref()))
        }),
    text("rocketchat_token_file").since(0, 28),
    text("rocketchat_token_id")
        .since(0, 28)
        .refused_in_api()
        .from("rocketChat.tokenID", |global, scope| {
            scope.secret(
                global
                    .rocket_chat
                    .as_deref()
                    .and_then(|rocket| rocket.token_id.as_deref()),
            )
        }),
    text("rocketchat_token_id_file").since(0, 28),
    text("slack_app_token").since(0, 30),
    text("slack_app_token_file").since(0, 30).excluded_by("slack_app_token"),
    url("slack_app_url").since(0, 30),
    text("wechat_api_secret_file")
        .since(0, 31)
        .excluded_by("wechat_api_secret"),
    url("mattermost_webhook_url")
        .since(0, 32)
        .refused_in_api()
        .from("mattermost.webhookURL", |global, scope| {
            scope.secret_url(
                global
                    .mattermost
                    .as_deref()
                    .and_then(|mattermost| mattermost.webhook_url.as_deref()),
            )
        }),
    text("mattermost_webhook_url_file")
        .since(0, 32)
        .excluded_by("mattermost_webhook_url"),
])
.fitting_if(fits)
.loaded_if(|global, _| {
    not_with(global, "rocketchat_token", &["rocketchat_token_file"])?;
    not_with(global, "rocketchat_token_id", &["rocketchat_token_id_file"])
});

/// What is wrong with the section.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error(
        "must not be set together with slack_api_url or slack_api_url_file, unless slack_api_url equals slack_app_url"
    )]
    SlackApp,
}

fn fits(global: &Yaml, _: &Context<'_>) -> Result<(), Fault> {
    let app = ["slack_app_token", "slack_app_token_file"]
        .into_iter()
        .find(|key| has(global, key));
    let hook = has(global, "slack_api_url") || has(global, "slack_api_url_file");
    let app_url = Some(text_of(global, "slack_app_url")).filter(|url| !url.is_empty());
    let same = text_of(global, "slack_api_url") == app_url.unwrap_or(SLACK_APP_URL);
    match app {
        Some(key) if hook && !same => Err(Cause::SlackApp).at(key),
        _ => Ok(()),
    }
}

fn smtp(global: &AlertmanagerGlobalConfig) -> Option<&GlobalSmtpConfig> {
    global.smtp.as_deref()
}

/// An HTTP URL of the API.
fn http(url: Option<&HttpUrl>) -> Taken {
    if let Some(url) = url {
        Url::parse_web(&**url).field("")?;
    }
    optional(url)
}
