//! `victorops_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::VictorOpsConfig;
use formats::yaml::Yaml;

use super::Service;
use crate::alertmanager::config::demand;
use crate::alertmanager::config::http::HTTP_CONFIG;
use crate::alertmanager::config::load::Whole;
use crate::alertmanager::config::schema::{Key, Kind, Section, address, option, section, text};
use crate::alertmanager::config::scope::{self, Scope};
use crate::check::invalid::{Field, Invalid};

pub(super) static VICTOROPS: Section = Section::new(&[
    option("send_resolved"),
    section("http_config", &HTTP_CONFIG),
    text("api_key"),
    text("api_key_file").since(0, 25).excluded_by("api_key"),
    address("api_url"),
    text("routing_key"),
    text("message_type"),
    text("state_message"),
    text("entity_display_name"),
    text("monitoring_tool"),
    Key::new("custom_fields", Kind::TextMap),
])
.loaded_if(load);

/// Fields that Alertmanager itself sets.
pub(in crate::alertmanager) const OWN_FIELDS: [&str; 7] = [
    "routing_key",
    "message_type",
    "state_message",
    "entity_display_name",
    "monitoring_tool",
    "entity_id",
    "entity_state",
];

/// What is wrong with the section.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("Alertmanager itself sets it")]
    OwnField,
}

fn load(victorops: &Yaml, whole: &Whole<'_>) -> Result<(), Invalid> {
    demand::key(victorops, "routing_key")?;
    demand::any_of_or_global(
        victorops,
        &["api_key", "api_key_file"],
        whole.global,
        &["victorops_api_key", "victorops_api_key_file"],
    )?;
    let fields = victorops.value_of("custom_fields");
    let own = OWN_FIELDS
        .iter()
        .find(|field| fields.is_some_and(|fields| fields.value_of(field).is_some()));
    match own {
        Some(field) => Err(Cause::OwnField).field(format!("custom_fields.{field}")),
        None => Ok(()),
    }
}

impl Service for VictorOpsConfig {
    fn section(&self, scope: &Scope<'_>) -> Result<Yaml, Invalid> {
        Ok(VICTOROPS.tree([
            ("send_resolved", scope::value(self.send_resolved)),
            ("http_config", scope.http_config(self.http_config.as_deref())?),
            ("api_key", scope.secret(self.api_key.as_deref(), "apiKey")?),
            ("api_url", scope::optional(self.api_url.as_ref())),
            ("routing_key", Some(scope::text(&self.routing_key))),
            ("message_type", scope::optional(self.message_type.as_ref())),
            ("state_message", scope::optional(self.state_message.as_ref())),
            (
                "entity_display_name",
                scope::optional(self.entity_display_name.as_ref()),
            ),
            ("monitoring_tool", scope::optional(self.monitoring_tool.as_ref())),
            ("custom_fields", Some(scope::key_values(&self.custom_fields))),
        ]))
    }
}
