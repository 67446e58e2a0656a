//! The `global` section: which keys it has, what must hold for it, and how it comes out of
//! `spec.alertmanagerConfiguration.global`. Pure.

use crds::{AlertmanagerGlobalConfig, GlobalSmtpConfig, HttpUrl};
use formats::url::Url;
use formats::version::Version;
use formats::yaml::Yaml;

use super::demand;
use super::gate::Gate;
use super::http::{HTTP_CONFIG, TLS_CONFIG};
use super::schema::{Key, Kind, Section, has, option, section, text, text_of};
use super::scope::{self, Scope};
use crate::check::invalid::{Field, Invalid, Within};

const fn url(name: &'static str) -> Key {
    Key::new(name, Kind::Url)
}

/// `global`.
pub(super) static GLOBAL: Section = Section::new(&[
    Key::new("resolve_timeout", Kind::Duration).where_set(),
    section("http_config", &HTTP_CONFIG),
    text("smtp_from"),
    text("smtp_hello"),
    Key::new("smtp_smarthost", Kind::HostPort),
    text("smtp_auth_username"),
    text("smtp_auth_password"),
    text("smtp_auth_password_file")
        .since(0, 25)
        .excluded_by("smtp_auth_password"),
    text("smtp_auth_secret"),
    text("smtp_auth_secret_file")
        .since(0, 31)
        .excluded_by("smtp_auth_secret"),
    text("smtp_auth_identity"),
    option("smtp_require_tls"),
    section("smtp_tls_config", &TLS_CONFIG).since(0, 28),
    option("smtp_force_implicit_tls").since(0, 31),
    url("slack_api_url"),
    text("slack_api_url_file").since(0, 22).excluded_by("slack_api_url"),
    url("pagerduty_url"),
    url("opsgenie_api_url"),
    text("opsgenie_api_key"),
    text("opsgenie_api_key_file")
        .since(0, 24)
        .excluded_by("opsgenie_api_key"),
    url("wechat_api_url"),
    text("wechat_api_secret"),
    text("wechat_api_corp_id"),
    url("victorops_api_url"),
    text("victorops_api_key"),
    text("victorops_api_key_file")
        .since(0, 25)
        .excluded_by("victorops_api_key"),
    url("telegram_api_url").since(0, 24),
    text("telegram_bot_token").since(0, 31),
    text("telegram_bot_token_file")
        .since(0, 31)
        .excluded_by("telegram_bot_token"),
    url("webex_api_url").since(0, 25),
    url("jira_api_url").since(0, 28),
    url("rocketchat_api_url").since(0, 28),
    text("rocketchat_token").since(0, 28),
    text("rocketchat_token_file").since(0, 28),
    text("rocketchat_token_id").since(0, 28),
    text("rocketchat_token_id_file").since(0, 28),
    text("slack_app_token").since(0, 30),
    text("slack_app_token_file").since(0, 30).excluded_by("slack_app_token"),
    url("slack_app_url").since(0, 30),
    text("wechat_api_secret_file")
        .since(0, 31)
        .excluded_by("wechat_api_secret"),
    url("mattermost_webhook_url").since(0, 32),
    text("mattermost_webhook_url_file")
        .since(0, 32)
        .excluded_by("mattermost_webhook_url"),
])
.demanding(demand)
.loaded_if(|global, _| {
    demand::not_both(global, "rocketchat_token", "rocketchat_token_file")?;
    demand::not_both(global, "rocketchat_token_id", "rocketchat_token_id_file")
});

/// What is wrong with the section.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("it excludes slack_api_url and slack_api_url_file, unless slack_api_url is slack_app_url")]
    SlackApp,
}

/// Where Alertmanager posts with a token, unless it is told otherwise.
pub(super) const SLACK_APP_URL: &str = "https://slack.com/api/chat.postMessage";

fn demand(global: &Yaml, _gate: &Gate<'_>) -> Result<(), Invalid> {
    let app = ["slack_app_token", "slack_app_token_file"]
        .into_iter()
        .find(|key| has(global, key));
    let hook = has(global, "slack_api_url") || has(global, "slack_api_url_file");
    let app_url = Some(text_of(global, "slack_app_url")).filter(|url| !url.is_empty());
    let same = text_of(global, "slack_api_url") == app_url.unwrap_or(SLACK_APP_URL);
    match app {
        Some(key) if hook && !same => Err(Cause::SlackApp).field(key),
        _ => Ok(()),
    }
}

/// A part of the API that a version does not know.
#[derive(Debug, thiserror::Error)]
#[error("it needs Alertmanager {0}")]
struct Needs(Version);

impl Scope<'_> {
    /// The section of `spec.alertmanagerConfiguration.global`.
    ///
    /// # Errors
    /// When a Secret cannot be read, an address is none, or the version does not know a service.
    pub fn global(&self, from: &AlertmanagerGlobalConfig) -> Result<Yaml, Invalid> {
        self.check_versions(from)?;
        let smtp = self
            .smtp(from.smtp.as_deref().unwrap_or(&GlobalSmtpConfig::default()))
            .within("smtp")?;
        let own = [
            (
                "resolve_timeout",
                scope::duration(from.resolve_timeout.as_ref(), "resolveTimeout")?,
            ),
            ("http_config", self.http_config(from.http_config.as_deref())?),
            (
                "slack_api_url",
                self.secret_url(from.slack_api_url.as_deref(), "slackApiUrl")?,
            ),
            ("pagerduty_url", web(from.pagerduty_url.as_ref(), "pagerdutyUrl")?),
            (
                "opsgenie_api_url",
                self.secret_url(from.ops_genie_api_url.as_deref(), "opsGenieApiUrl")?,
            ),
            (
                "opsgenie_api_key",
                self.secret(from.ops_genie_api_key.as_deref(), "opsGenieApiKey")?,
            ),
        ];
        Ok(GLOBAL.tree(own.into_iter().chain(smtp).chain(self.services(from)?)))
    }

    fn services(&self, from: &AlertmanagerGlobalConfig) -> Result<Vec<(&'static str, Option<Yaml>)>, Invalid> {
        let mut values = Vec::new();
        if let Some(wechat) = &from.wechat {
            let secret = self.secret(wechat.api_secret.as_deref(), "wechat.apiSecret")?;
            values.push(("wechat_api_url", web(wechat.api_url.as_ref(), "wechat.apiURL")?));
            values.push(("wechat_api_secret", secret));
            values.push(("wechat_api_corp_id", scope::optional(wechat.api_corp_id.as_ref())));
        }
        if let Some(victorops) = &from.victorops {
            let key = self.secret(victorops.api_key.as_deref(), "victorops.apiKey")?;
            values.push((
                "victorops_api_url",
                web(victorops.api_url.as_ref(), "victorops.apiURL")?,
            ));
            values.push(("victorops_api_key", key));
        }
        if let Some(telegram) = &from.telegram {
            values.push(("telegram_api_url", web(telegram.api_url.as_ref(), "telegram.apiURL")?));
        }
        if let Some(webex) = &from.webex {
            values.push(("webex_api_url", web(webex.api_url.as_ref(), "webex.apiURL")?));
        }
        if let Some(jira) = &from.jira {
            values.push(("jira_api_url", web(jira.api_url.as_ref(), "jira.apiURL")?));
        }
        if let Some(rocket_chat) = &from.rocket_chat {
            let token = self.secret(rocket_chat.token.as_deref(), "rocketChat.token")?;
            let token_id = self.secret(rocket_chat.token_id.as_deref(), "rocketChat.tokenID")?;
            values.push((
                "rocketchat_api_url",
                web(rocket_chat.api_url.as_ref(), "rocketChat.apiURL")?,
            ));
            values.push(("rocketchat_token", token));
            values.push(("rocketchat_token_id", token_id));
        }
        if let Some(mattermost) = &from.mattermost {
            let url = self.secret_url(mattermost.webhook_url.as_deref(), "mattermost.webhookURL")?;
            values.push(("mattermost_webhook_url", url));
        }
        Ok(values)
    }

    fn smtp(&self, smtp: &GlobalSmtpConfig) -> Result<[(&'static str, Option<Yaml>); 10], Invalid> {
        let tls = self.tls(smtp.tls_config.as_deref(), "tlsConfig")?;
        let host = smtp.smart_host.as_deref();
        Ok([
            ("smtp_from", scope::optional(smtp.from.as_ref())),
            ("smtp_hello", scope::optional(smtp.hello.as_ref())),
            (
                "smtp_smarthost",
                host.map(|host| format!("{}:{}", host.host, host.port).into()),
            ),
            ("smtp_auth_username", scope::optional(smtp.auth_username.as_ref())),
            (
                "smtp_auth_password",
                self.secret(smtp.auth_password.as_deref(), "authPassword")?,
            ),
            (
                "smtp_auth_secret",
                self.secret(smtp.auth_secret.as_deref(), "authSecret")?,
            ),
            ("smtp_auth_identity", scope::optional(smtp.auth_identity.as_ref())),
            ("smtp_require_tls", scope::value(smtp.require_tls)),
            ("smtp_tls_config", tls.map(|tls| self.tls_config(&tls))),
            ("smtp_force_implicit_tls", scope::value(smtp.force_implicit_tls)),
        ])
    }

    /// What the user asks for in the API is refused where the version does not know it, while in a Secret it is left out.
    fn check_versions(&self, from: &AlertmanagerGlobalConfig) -> Result<(), Invalid> {
        let implicit_tls = from
            .smtp
            .as_deref()
            .is_some_and(|smtp| smtp.force_implicit_tls.is_some());
        for (field, is_set, since) in [
            ("jira", from.jira.is_some(), Version::new(0, 28, 0)),
            ("rocketChat", from.rocket_chat.is_some(), Version::new(0, 28, 0)),
            ("telegram", from.telegram.is_some(), Version::new(0, 24, 0)),
            ("webex", from.webex.is_some(), Version::new(0, 25, 0)),
            ("smtp.forceImplicitTLS", implicit_tls, Version::new(0, 31, 0)),
        ] {
            if is_set && self.version < since {
                return Err(Needs(since)).field(field);
            }
        }
        Ok(())
    }
}

/// An address of the API.
fn web(url: Option<&HttpUrl>, path: &str) -> Result<Option<Yaml>, Invalid> {
    let Some(url) = url else { return Ok(None) };
    Url::parse_web(&**url).field(path)?;
    Ok(scope::optional(Some(url)))
}
