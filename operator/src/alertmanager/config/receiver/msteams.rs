//! `msteams_configs` and `msteamsv2_configs`: which keys they have, what must hold for them, and how they come out of the
//! API. Pure.

use crds::{MsTeamsConfig, MsTeamsV2Config};
use formats::yaml::Yaml;

use crate::alertmanager::config::constraints::{not_with, one_of};
use crate::alertmanager::config::context::Context;
use crate::alertmanager::config::fault::Fault;
use crate::alertmanager::config::http::{HTTP_CONFIG, http_config};
use crate::alertmanager::config::schema::{Section, address, option, section, text};
use crate::alertmanager::config::scope::{optional, value};

pub(super) static MSTEAMS: Section<MsTeamsConfig> = Section::<MsTeamsConfig>::new(&[
    option("send_resolved").from("sendResolved", |teams, _| value(teams.send_resolved)),
    address("webhook_url").from("webhookUrl", |teams, scope| scope.secret_url(Some(&teams.webhook_url))),
    text("title").from("title", |teams, _| optional(teams.title.as_ref())),
    text("summary")
        .since(0, 27)
        .from("summary", |teams, _| optional(teams.summary.as_ref())),
    text("text").from("text", |teams, _| optional(teams.text.as_ref())),
    section("http_config", &HTTP_CONFIG).from("httpConfig", |teams, scope| {
        http_config(teams.http_config.as_deref(), scope)
    }),
    text("webhook_url_file").since(0, 27).excluded_by("webhook_url"),
])
.fitting_if(fits);

pub(super) static MSTEAMS_V2: Section<MsTeamsV2Config> = Section::<MsTeamsV2Config>::new(&[
    option("send_resolved").from("sendResolved", |teams, _| value(teams.send_resolved)),
    address("webhook_url").from("webhookURL", |teams, scope| {
        scope.secret_url(teams.webhook_url.as_deref())
    }),
    text("webhook_url_file"),
    text("title").from("title", |teams, _| optional(teams.title.as_ref())),
    text("text").from("text", |teams, _| optional(teams.text.as_ref())),
    section("http_config", &HTTP_CONFIG).from("httpConfig", |teams, scope| {
        http_config(teams.http_config.as_deref(), scope)
    }),
])
.fitting_if(fits);

fn fits(teams: &Yaml, _: &Context<'_>) -> Result<(), Fault> {
    one_of(teams, &["webhook_url", "webhook_url_file"])?;
    not_with(teams, "webhook_url", &["webhook_url_file"])
}
