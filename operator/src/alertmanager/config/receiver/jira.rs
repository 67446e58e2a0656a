//! `jira_configs`, which users write themselves: which keys they have, and what must hold for them. Pure.

use shared::yaml::Yaml;

use crate::alertmanager::config::demand;
use crate::alertmanager::config::gate::Gate;
use crate::alertmanager::config::http::HTTP_CONFIG;
use crate::alertmanager::config::schema::{Key, Kind, Section, address, option, section, text, texts};
use crate::invalid::Invalid;

pub(super) static JIRA: Section = Section::new(&[
    section("http_config", &HTTP_CONFIG),
    option("send_resolved"),
    address("api_url"),
    text("project"),
    text("summary"),
    text("description"),
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

fn demand(jira: &Yaml, _gate: &Gate<'_>) -> Result<(), Invalid> {
    demand::key(jira, "project")?;
    demand::key(jira, "issue_type")?;
    demand::word(jira, "api_type", &["", "auto", "cloud", "datacenter"])
}
