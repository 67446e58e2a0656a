//! The receivers: one file per service that is notified, with the keys of its section, what must hold for it, and how it
//! comes out of the API. Pure.

mod discord;
mod email;
mod incidentio;
mod jira;
mod mattermost;
mod msteams;
mod opsgenie;
mod pagerduty;
mod pushover;
mod rocketchat;
mod slack;
mod sns;
mod telegram;
mod victorops;
mod webex;
mod webhook;
mod wechat;

pub(in crate::alertmanager) use victorops::OWN_FIELDS;

use crds::Receiver;
use formats::yaml::Yaml;

use super::demand;
use super::load::Whole;
use super::schema::{Key, Kind, Section, sections, text, text_of};
use super::scope::{self, Scope};
use crate::check::invalid::{Field, Invalid, Within};

/// One of the `receivers`. The order of the services is that of the original.
pub(super) static RECEIVER: Section = Section::new(&[
    text("name").always(),
    sections("opsgenie_configs", &opsgenie::OPSGENIE),
    sections("pagerduty_configs", &pagerduty::PAGERDUTY),
    sections("slack_configs", &slack::SLACK),
    sections("webhook_configs", &webhook::WEBHOOK),
    sections("wechat_configs", &wechat::WECHAT),
    sections("email_configs", &email::EMAIL),
    sections("pushover_configs", &pushover::PUSHOVER),
    sections("victorops_configs", &victorops::VICTOROPS),
    sections("sns_configs", &sns::SNS),
    sections("telegram_configs", &telegram::TELEGRAM).refused_before(0, 24),
    sections("discord_configs", &discord::DISCORD).refused_before(0, 25),
    sections("webex_configs", &webex::WEBEX).refused_before(0, 25),
    sections("msteams_configs", &msteams::MSTEAMS).refused_before(0, 26),
    sections("msteamsv2_configs", &msteams::MSTEAMS_V2).refused_before(0, 28),
    sections("jira_configs", &jira::JIRA).refused_before(0, 28),
    sections("rocketchat_configs", &rocketchat::ROCKETCHAT).refused_before(0, 28),
    sections("mattermost_configs", &mattermost::MATTERMOST).refused_before(0, 30),
    sections("incidentio_configs", &incidentio::INCIDENTIO).refused_before(0, 29),
    Key::new("labels", Kind::TextMap).since(0, 33),
])
.loaded_if(load);

/// What is wrong with a receiver.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("it must be the name of the receiver")]
    Name,
}

fn load(receiver: &Yaml, _whole: &Whole<'_>) -> Result<(), Invalid> {
    demand::key(receiver, "name")?;
    match receiver.value_of("labels").and_then(|labels| labels.value_of("name")) {
        Some(name) if name.as_str() != Some(text_of(receiver, "name")) => Err(Cause::Name).field("labels.name"),
        _ => Ok(()),
    }
}

/// A service of the API, as a section of a receiver.
trait Service {
    /// Its section.
    fn section(&self, scope: &Scope<'_>) -> Result<Yaml, Invalid>;
}

/// A receiver of the API, called `name` in the configuration.
///
/// # Errors
/// When one of its services has a value that cannot be had or cannot be right.
pub fn receiver(from: &Receiver, name: &str, scope: &Scope<'_>) -> Result<Yaml, Invalid> {
    Ok(RECEIVER.tree([
        ("name", Some(scope::text(name))),
        (
            "opsgenie_configs",
            services(&from.opsgenie_configs, "opsgenieConfigs", scope)?,
        ),
        (
            "pagerduty_configs",
            services(&from.pagerduty_configs, "pagerdutyConfigs", scope)?,
        ),
        ("slack_configs", services(&from.slack_configs, "slackConfigs", scope)?),
        (
            "webhook_configs",
            services(&from.webhook_configs, "webhookConfigs", scope)?,
        ),
        (
            "wechat_configs",
            services(&from.wechat_configs, "wechatConfigs", scope)?,
        ),
        ("email_configs", services(&from.email_configs, "emailConfigs", scope)?),
        (
            "pushover_configs",
            services(&from.pushover_configs, "pushoverConfigs", scope)?,
        ),
        (
            "victorops_configs",
            services(&from.victorops_configs, "victoropsConfigs", scope)?,
        ),
        ("sns_configs", services(&from.sns_configs, "snsConfigs", scope)?),
        (
            "telegram_configs",
            services(&from.telegram_configs, "telegramConfigs", scope)?,
        ),
        (
            "discord_configs",
            services(&from.discord_configs, "discordConfigs", scope)?,
        ),
        ("webex_configs", services(&from.webex_configs, "webexConfigs", scope)?),
        (
            "msteams_configs",
            services(&from.msteams_configs, "msteamsConfigs", scope)?,
        ),
        (
            "msteamsv2_configs",
            services(&from.msteamsv2_configs, "msteamsv2Configs", scope)?,
        ),
        (
            "rocketchat_configs",
            services(&from.rocketchat_configs, "rocketchatConfigs", scope)?,
        ),
    ]))
}

fn services<S: Service>(services: &[S], field: &str, scope: &Scope<'_>) -> Result<Option<Yaml>, Invalid> {
    let section = |(index, service): (usize, &S)| service.section(scope).within(format!("{field}[{index}]"));
    let sections: Result<Yaml, Invalid> = services.iter().enumerate().map(section).collect();
    sections.map(Some)
}

#[cfg(test)]
mod tests;
