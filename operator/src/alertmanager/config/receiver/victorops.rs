//! `victorops_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::VictorOpsConfig;
use formats::yaml::Yaml;

use crate::alertmanager::config::constraints::{one_of_or_global, required};
use crate::alertmanager::config::context::Context;
use crate::alertmanager::config::fault::{At, Fault};
use crate::alertmanager::config::http::{HTTP_CONFIG, http_config};
use crate::alertmanager::config::schema::{Kind, Row, Section, address, option, section, text};
use crate::alertmanager::config::scope::{self, key_values, optional, value};

pub(super) static VICTOROPS: Section<VictorOpsConfig> = Section::<VictorOpsConfig>::new(&[
    option("send_resolved").from("sendResolved", |victorops, _| value(victorops.send_resolved)),
    section("http_config", &HTTP_CONFIG).from("httpConfig", |victorops, scope| {
        http_config(victorops.http_config.as_deref(), scope)
    }),
    text("api_key").from("apiKey", |victorops, scope| scope.secret(victorops.api_key.as_deref())),
    text("api_key_file").since(0, 25).excluded_by("api_key"),
    address("api_url").from("apiUrl", |victorops, _| optional(victorops.api_url.as_ref())),
    text("routing_key").from("routingKey", |victorops, _| {
        Ok(Some(scope::text(&victorops.routing_key)))
    }),
    text("message_type").from("messageType", |victorops, _| optional(victorops.message_type.as_ref())),
    text("state_message").from("stateMessage", |victorops, _| {
        optional(victorops.state_message.as_ref())
    }),
    text("entity_display_name").from("entityDisplayName", |victorops, _| {
        optional(victorops.entity_display_name.as_ref())
    }),
    text("monitoring_tool").from("monitoringTool", |victorops, _| {
        optional(victorops.monitoring_tool.as_ref())
    }),
    Row::new("custom_fields", Kind::TextMap).from("customFields", |victorops, _| key_values(&victorops.custom_fields)),
])
.loaded_if(loads);

/// Fields that Alertmanager itself sets.
const OWN_FIELDS: [&str; 7] = [
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
    #[error("Alertmanager sets this field itself")]
    OwnField,
}

fn loads(victorops: &Yaml, context: &Context<'_>) -> Result<(), Fault> {
    required(victorops, "routing_key")?;
    let global = &["victorops_api_key", "victorops_api_key_file"];
    one_of_or_global(victorops, &["api_key", "api_key_file"], global, context)?;
    let fields = victorops.value_of("custom_fields");
    let own = OWN_FIELDS
        .iter()
        .find(|field| fields.is_some_and(|fields| fields.value_of(field).is_some()));
    match own {
        Some(field) => Err(Cause::OwnField).at(format!("custom_fields.{field}")),
        None => Ok(()),
    }
}
