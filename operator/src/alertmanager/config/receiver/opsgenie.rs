//! `opsgenie_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::{OpsGenieConfig, OpsGenieResponder};
use formats::template::{self, Functions};
use formats::version::Version;
use formats::yaml::Yaml;

use super::Service;
use crate::alertmanager::config::demand;
use crate::alertmanager::config::gate::Gate;
use crate::alertmanager::config::http::HTTP_CONFIG;
use crate::alertmanager::config::load::Whole;
use crate::alertmanager::config::schema::{Key, Kind, Section, address, option, section, sections, text, text_of};
use crate::alertmanager::config::scope::{self, Scope};
use crate::check::invalid::{Field, Invalid};

pub(super) static OPSGENIE: Section = Section::new(&[
    option("send_resolved"),
    section("http_config", &HTTP_CONFIG),
    text("api_key"),
    text("api_key_file").since(0, 24).excluded_by("api_key"),
    address("api_url"),
    text("message"),
    text("description"),
    text("source"),
    Key::new("details", Kind::TextMap),
    sections("responders", &RESPONDER),
    text("tags"),
    text("note"),
    text("priority"),
    option("update_alerts").since(0, 24),
    text("entity").since(0, 24),
    text("actions").since(0, 24),
])
.loaded_if(|opsgenie, whole| {
    demand::any_of_or_global(
        opsgenie,
        &["api_key", "api_key_file"],
        whole.global,
        &["opsgenie_api_key", "opsgenie_api_key_file"],
    )
});

static RESPONDER: Section = Section::new(&[text("id"), text("name"), text("username"), text("type")])
    .demanding(demand_of_responder)
    .loaded_if(load_responder);

/// Kinds of responders.
const TYPES: [&str; 5] = ["team", TEAMS, "user", "escalation", "schedule"];

/// A kind that is younger than the others.
const TEAMS: &str = "teams";

/// The first version that knows it.
const TEAMS_SINCE: Version = Version::new(0, 24, 0);

/// What is wrong with a responder.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("{TEAMS:?} needs Alertmanager {TEAMS_SINCE}")]
    Teams,
    #[error("it must be a template or one of {}", TYPES.join(", "))]
    Type,
    #[error("this is not a template: {0}")]
    Template(#[from] template::Error),
}

fn demand_of_responder(responder: &Yaml, gate: &Gate<'_>) -> Result<(), Invalid> {
    if gate.version < TEAMS_SINCE && text_of(responder, "type") == TEAMS {
        return Err(Cause::Teams).field("type");
    }
    Ok(())
}

fn load_responder(responder: &Yaml, _whole: &Whole<'_>) -> Result<(), Invalid> {
    demand::any_of(responder, &["id", "username", "name"])?;
    let kind = text_of(responder, "type");
    if kind.contains("{{") {
        return template::check(kind, &Functions::BUILTIN)
            .map_err(Cause::from)
            .field("type");
    }
    if TYPES.iter().any(|known| known.eq_ignore_ascii_case(kind)) {
        Ok(())
    } else {
        Err(Cause::Type).field("type")
    }
}

impl Service for OpsGenieConfig {
    fn section(&self, scope: &Scope<'_>) -> Result<Yaml, Invalid> {
        Ok(OPSGENIE.tree([
            ("send_resolved", scope::value(self.send_resolved)),
            ("http_config", scope.http_config(self.http_config.as_deref())?),
            ("api_key", scope.secret(self.api_key.as_deref(), "apiKey")?),
            ("api_url", scope::optional(self.api_url.as_ref())),
            ("message", scope::optional(self.message.as_ref())),
            ("description", scope::optional(self.description.as_ref())),
            ("source", scope::optional(self.source.as_ref())),
            ("details", Some(scope::key_values(&self.details))),
            ("responders", Some(self.responders.iter().map(responder).collect())),
            ("tags", scope::optional(self.tags.as_ref())),
            ("note", scope::optional(self.note.as_ref())),
            ("priority", scope::optional(self.priority.as_ref())),
            ("update_alerts", scope::value(self.update_alerts)),
            ("entity", scope::optional(self.entity.as_ref())),
            ("actions", scope::optional(self.actions.as_ref())),
        ]))
    }
}

fn responder(responder: &OpsGenieResponder) -> Yaml {
    RESPONDER.tree([
        ("id", scope::optional(responder.id.as_ref())),
        ("name", scope::optional(responder.name.as_ref())),
        ("username", scope::optional(responder.username.as_ref())),
        ("type", Some(responder.type_.as_str().into())),
    ])
}
