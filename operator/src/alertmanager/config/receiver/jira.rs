//! `jira_configs`, which users write themselves: which keys they have, and what must hold for them. Pure.

use formats::version::Version;
use formats::yaml::Yaml;

use crate::alertmanager::config::constraints::{one_of_or_global, required, word};
use crate::alertmanager::config::context::Context;
use crate::alertmanager::config::fault::{At, Fault};
use crate::alertmanager::config::http::HTTP_CONFIG;
use crate::alertmanager::config::schema::{Kind, Row, Section, address, option, section, text, texts};

pub(super) static JIRA: Section = Section::<()>::new(&[
    section("http_config", &HTTP_CONFIG),
    option("send_resolved"),
    address("api_url"),
    text("project"),
    Row::new("summary", Kind::TextOr(&FIELD)),
    Row::new("description", Kind::TextOr(&FIELD)),
    texts("labels"),
    text("priority"),
    text("issue_type"),
    text("reopen_transition"),
    text("resolve_transition"),
    text("wont_fix_resolution"),
    Row::new("reopen_duration", Kind::Duration),
    Row::new("fields", Kind::AnyMap),
    text("api_type").since(0, 29),
])
.fitting_if(fits)
.loaded_if(|jira, context| one_of_or_global(jira, &["api_url"], &["jira_api_url"], context));

/// A field of an issue and how it is updated.
static FIELD: Section = Section::<()>::new(&[text("template"), option("enable_update")]);

/// The first version that has these sections.
const FIELD_SINCE: Version = Version::new(0, 30, 0);

/// What is wrong with the section.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("a value that is not a string requires Alertmanager {FIELD_SINCE} or newer")]
    Field,
}

fn fits(jira: &Yaml, context: &Context<'_>) -> Result<(), Fault> {
    for key in ["summary", "description"] {
        if context.is_before(FIELD_SINCE) && jira.value_of(key).is_some_and(|field| field.as_map().is_some()) {
            return Err(Cause::Field).at(key);
        }
    }
    required(jira, "project")?;
    required(jira, "issue_type")?;
    word(jira, "api_type", &["", "auto", "cloud", "datacenter"])
}
