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

pub(super) use slack::APP_URL as SLACK_APP_URL;

use crds::Receiver;
use formats::yaml::Yaml;

use self::{
    discord::DISCORD,
    email::EMAIL,
    incidentio::INCIDENTIO,
    jira::JIRA,
    mattermost::MATTERMOST,
    msteams::{MSTEAMS, MSTEAMS_V2},
    opsgenie::OPSGENIE,
    pagerduty::PAGERDUTY,
    pushover::PUSHOVER,
    rocketchat::ROCKETCHAT,
    slack::SLACK,
    sns::SNS,
    telegram::TELEGRAM,
    victorops::VICTOROPS,
    webex::WEBEX,
    webhook::WEBHOOK,
    wechat::WECHAT,
};
use super::constraints::required;
use super::context::Context;
use super::fault::{At, Fault};
use super::schema::{Kind, Row, Section, sections, text, text_of};

/// One of the `receivers`. The order of the services is that of the original.
pub(super) static RECEIVER: Section<Receiver> = Section::<Receiver>::new(&[
    text("name")
        .always()
        .from("name", |from, scope| Ok(Some(scope.name(&from.name).into()))),
    sections("opsgenie_configs", &OPSGENIE).from("opsgenieConfigs", |from, scope| {
        OPSGENIE.of_each(&from.opsgenie_configs, scope)
    }),
    sections("pagerduty_configs", &PAGERDUTY).from("pagerdutyConfigs", |from, scope| {
        PAGERDUTY.of_each(&from.pagerduty_configs, scope)
    }),
    sections("slack_configs", &SLACK).from("slackConfigs", |from, scope| SLACK.of_each(&from.slack_configs, scope)),
    sections("webhook_configs", &WEBHOOK).from("webhookConfigs", |from, scope| {
        WEBHOOK.of_each(&from.webhook_configs, scope)
    }),
    sections("wechat_configs", &WECHAT).from("wechatConfigs", |from, scope| {
        WECHAT.of_each(&from.wechat_configs, scope)
    }),
    sections("email_configs", &EMAIL).from("emailConfigs", |from, scope| EMAIL.of_each(&from.email_configs, scope)),
    sections("pushover_configs", &PUSHOVER).from("pushoverConfigs", |from, scope| {
        PUSHOVER.of_each(&from.pushover_configs, scope)
    }),
    sections("victorops_configs", &VICTOROPS).from("victoropsConfigs", |from, scope| {
        VICTOROPS.of_each(&from.victorops_configs, scope)
    }),
    sections("sns_configs", &SNS)
        .refused_before(0, 23)
        .from("snsConfigs", |from, scope| SNS.of_each(&from.sns_configs, scope)),
    sections("telegram_configs", &TELEGRAM)
        .refused_before(0, 24)
        .from("telegramConfigs", |from, scope| {
            TELEGRAM.of_each(&from.telegram_configs, scope)
        }),
    sections("discord_configs", &DISCORD)
        .refused_before(0, 25)
        .from("discordConfigs", |from, scope| {
            DISCORD.of_each(&from.discord_configs, scope)
        }),
    sections("webex_configs", &WEBEX)
        .refused_before(0, 25)
        .from("webexConfigs", |from, scope| WEBEX.of_each(&from.webex_configs, scope)),
    sections("msteams_configs", &MSTEAMS)
        .refused_before(0, 26)
        .from("msteamsConfigs", |from, scope| {
            MSTEAMS.of_each(&from.msteams_configs, scope)
        }),
    sections("msteamsv2_configs", &MSTEAMS_V2)
        .refused_before(0, 28)
        .from("msteamsv2Configs", |from, scope| {
            MSTEAMS_V2.of_each(&from.msteamsv2_configs, scope)
        }),
    sections("jira_configs", &JIRA).refused_before(0, 28),
    sections("rocketchat_configs", &ROCKETCHAT)
        .refused_before(0, 28)
        .from("rocketchatConfigs", |from, scope| {
            ROCKETCHAT.of_each(&from.rocketchat_configs, scope)
        }),
    sections("mattermost_configs", &MATTERMOST).refused_before(0, 30),
    sections("incidentio_configs", &INCIDENTIO).refused_before(0, 29),
    Row::new("labels", Kind::TextMap).since(0, 33),
])
.loaded_if(loads);

/// What is wrong with a receiver.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("must be the name of the receiver")]
    Name,
}

fn loads(receiver: &Yaml, _: &Context<'_>) -> Result<(), Fault> {
    required(receiver, "name")?;
    match receiver.value_of("labels").and_then(|labels| labels.value_of("name")) {
        Some(name) if name.as_str() != Some(text_of(receiver, "name")) => Err(Cause::Name).at("labels.name"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
