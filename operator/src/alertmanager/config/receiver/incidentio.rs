//! `incidentio_configs`, which users write themselves: which keys they have, and what must hold for them. Pure.

use formats::yaml::Yaml;

use crate::alertmanager::config::constraints::{count, has_any, not_with, one_of};
use crate::alertmanager::config::context::Context;
use crate::alertmanager::config::fault::{At, Fault};
use crate::alertmanager::config::http::{HTTP_CONFIG, is_authorized};
use crate::alertmanager::config::schema::{Kind, Row, Section, address, option, section, text, timeout};

pub(super) static INCIDENTIO: Section = Section::<()>::new(&[
    option("send_resolved"),
    section("http_config", &HTTP_CONFIG),
    address("url"),
    text("url_file"),
    text("alert_source_token"),
    text("alert_source_token_file"),
    Row::new("max_alerts", Kind::Integer).where_set(),
    timeout("timeout"),
    Row::new("metadata", Kind::TextMap).since(0, 35),
])
.fitting_if(fits)
.loaded_if(|incidentio, _| count(incidentio, "max_alerts"));

/// What is wrong with the section.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("one of alert_source_token, alert_source_token_file and http_config.authorization is required")]
    Unauthorized,
    #[error("must not be set together with alert_source_token or alert_source_token_file")]
    Both,
}

fn fits(incidentio: &Yaml, context: &Context<'_>) -> Result<(), Fault> {
    one_of(incidentio, &["url", "url_file"])?;
    not_with(incidentio, "url", &["url_file"])?;
    not_with(incidentio, "alert_source_token", &["alert_source_token_file"])?;
    let token = has_any(incidentio, &["alert_source_token", "alert_source_token_file"]);
    match (is_authorized(incidentio), token) {
        (true, true) => Err(Cause::Both).at("http_config.authorization"),
        (false, false) if context.is_strict => Err(Cause::Unauthorized).at(""),
        _ => Ok(()),
    }
}
