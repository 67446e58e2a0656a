//! `jira_configs`, which users write themselves: which keys they have, and what must hold for them. Pure.

use formats::version::Version;
use formats::yaml::Yaml;

use crate::alertmanager::config::demand;
use crate::alertmanager::config::gate::Gate;
use crate::alertmanager::config::http::HTTP_CONFIG;
use crate::alertmanager::config::schema::{Key, Kind, Section, address, option, section, text, texts};
use crate::check::invalid::{Field, Invalid};

pub(super) static JIRA: Section = Section::new(&[
    section("http_config", &HTTP_CONFIG),
    option("send_resolved"),
    address("api_url"),
    text("project"),
    Key::new("summary", Kind::TextOr(&FIELD)),
    Key::new("description", Kind::TextOr(&FIELD)),
    texts("labels"),
    text("priority"),
    text("issue_type"),
    text("reopen_transition"),
    text("resolve_transition"),
    text("wont_fix_resolution"),
    Key::new("reopen_duration", Kind::Duration),
    Key::new("fields", Kind::AnyMap),
    text("api_type").since(0, 29),
])
.demanding(demand)
.loaded_if(|jira, whole| demand::any_of_or_global(jira, &["api_url"], whole.global, &["jira_api_url"]));

/// A field of an issue and how it is updated.
static FIELD: Section = Section::new(&[text("template"), option("enable_update")]);

/// The first version that has these sections.
const FIELD_SINCE: Version = Version::new(0, 30, 0);

/// What is wrong with the section.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("what is no text needs Alertmanager {FIELD_SINCE}")]
    Field,
}

fn demand(jira: &Yaml, gate: &Gate<'_>) -> Result<(), Invalid> {
    for key in ["summary", "description"] {
        if gate.version < FIELD_SINCE && jira.value_of(key).is_some_and(|field| field.as_map().is_some()) {
            return Err(Cause::Field).field(key);
        }
    }
    demand::key(jira, "project")?;
    demand::key(jira, "issue_type")?;
    demand::word(jira, "api_type", &["", "auto", "cloud", "datacenter"])
}
