//! `opsgenie_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::{OpsGenieConfig, OpsGenieResponder};
use formats::template::{self, Functions};
use formats::version::Version;
use formats::yaml::Yaml;

use crate::alertmanager::config::constraints::{one_of, one_of_or_global};
use crate::alertmanager::config::context::Context;
use crate::alertmanager::config::fault::{At, Fault};
use crate::alertmanager::config::http::{HTTP_CONFIG, http_config};
use crate::alertmanager::config::schema::{Kind, Row, Section, address, option, section, sections, text, text_of};
use crate::alertmanager::config::scope::{key_values, optional, value};

pub(super) static OPSGENIE: Section<OpsGenieConfig> = Section::<OpsGenieConfig>::new(&[
    option("send_resolved").from("sendResolved", |opsgenie, _| value(opsgenie.send_resolved)),
    section("http_config", &HTTP_CONFIG).from("httpConfig", |opsgenie, scope| {
        http_config(opsgenie.http_config.as_deref(), scope)
    }),
    text("api_key").from("apiKey", |opsgenie, scope| scope.secret(opsgenie.api_key.as_deref())),
    text("api_key_file").since(0, 24).excluded_by("api_key"),
    address("api_url").from("apiURL", |opsgenie, _| optional(opsgenie.api_url.as_ref())),
    text("message").from("message", |opsgenie, _| optional(opsgenie.message.as_ref())),
    text("description").from("description", |opsgenie, _| optional(opsgenie.description.as_ref())),
    text("source").from("source", |opsgenie, _| optional(opsgenie.source.as_ref())),
    Row::new("details", Kind::TextMap).from("details", |opsgenie, _| key_values(&opsgenie.details)),
    sections("responders", &RESPONDER).from("responders", |opsgenie, scope| {
        RESPONDER.of_each(&opsgenie.responders, scope)
    }),
    text("tags").from("tags", |opsgenie, _| optional(opsgenie.tags.as_ref())),
    text("note").from("note", |opsgenie, _| optional(opsgenie.note.as_ref())),
    text("priority").from("priority", |opsgenie, _| optional(opsgenie.priority.as_ref())),
    option("update_alerts")
        .since(0, 24)
        .from("updateAlerts", |opsgenie, _| value(opsgenie.update_alerts)),
    text("entity")
        .since(0, 24)
        .from("entity", |opsgenie, _| optional(opsgenie.entity.as_ref())),
    text("actions")
        .since(0, 24)
        .from("actions", |opsgenie, _| optional(opsgenie.actions.as_ref())),
])
.loaded_if(|opsgenie, context| {
    let global = &["opsgenie_api_key", "opsgenie_api_key_file"];
    one_of_or_global(opsgenie, &["api_key", "api_key_file"], global, context)
});

static RESPONDER: Section<OpsGenieResponder> = Section::<OpsGenieResponder>::new(&[
    text("id").from("id", |responder, _| optional(responder.id.as_ref())),
    text("name").from("name", |responder, _| optional(responder.name.as_ref())),
    text("username").from("username", |responder, _| optional(responder.username.as_ref())),
    text("type").from("type", |responder, _| Ok(Some(responder.type_.as_str().into()))),
])
.fitting_if(responder_fits)
.loaded_if(responder_loads);

/// Kinds of responders.
const TYPES: [&str; 5] = ["team", TEAMS, "user", "escalation", "schedule"];

/// A kind that is younger than the others.
const TEAMS: &str = "teams";

/// The first version that knows it.
const TEAMS_SINCE: Version = Version::new(0, 24, 0);

/// What is wrong with a responder.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("{TEAMS:?} requires Alertmanager {TEAMS_SINCE} or newer")]
    Teams,
    #[error("must be a template or one of {}", TYPES.join(", "))]
    Type,
    #[error("not a template: {0}")]
    Template(#[from] template::Error),
}

fn responder_fits(responder: &Yaml, context: &Context<'_>) -> Result<(), Fault> {
    if context.is_before(TEAMS_SINCE) && text_of(responder, "type") == TEAMS {
        return Err(Cause::Teams).at("type");
    }
    Ok(())
}

fn responder_loads(responder: &Yaml, _: &Context<'_>) -> Result<(), Fault> {
    one_of(responder, &["id", "username", "name"])?;
    let kind = text_of(responder, "type");
    if kind.contains("{{") {
        return template::check(kind, &Functions::BUILTIN)
            .map_err(Cause::from)
            .at("type");
    }
    if TYPES.iter().any(|known| known.eq_ignore_ascii_case(kind)) {
        Ok(())
    } else {
        Err(Cause::Type).at("type")
    }
}
