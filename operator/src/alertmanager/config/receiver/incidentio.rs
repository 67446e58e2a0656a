//! `incidentio_configs`, which users write themselves: which keys they have, and what must hold for them. Pure.

use formats::yaml::Yaml;

use crate::alertmanager::config::demand;
use crate::alertmanager::config::gate::Gate;
use crate::alertmanager::config::http::{HTTP_CONFIG, is_authorized};
use crate::alertmanager::config::schema::{Key, Kind, Section, address, option, section, text, timeout};
use crate::check::invalid::{Field, Invalid};

pub(super) static INCIDENTIO: Section = Section::new(&[
    option("send_resolved"),
    section("http_config", &HTTP_CONFIG),
    address("url"),
    text("url_file"),
    text("alert_source_token"),
    text("alert_source_token_file"),
    Key::new("max_alerts", Kind::Integer).where_set(),
    timeout("timeout"),
])
.demanding(demand)
.loaded_if(|incidentio, _| demand::count(incidentio, "max_alerts"));

/// What is wrong with the section.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("one of alert_source_token, alert_source_token_file and http_config.authorization is needed")]
    Unauthorized,
    #[error("it excludes alert_source_token and alert_source_token_file")]
    Both,
}

fn demand(incidentio: &Yaml, gate: &Gate<'_>) -> Result<(), Invalid> {
    demand::any_of(incidentio, &["url", "url_file"])?;
    demand::not_both(incidentio, "url", "url_file")?;
    demand::not_both(incidentio, "alert_source_token", "alert_source_token_file")?;
    let token = demand::has_any(incidentio, &["alert_source_token", "alert_source_token_file"]);
    match (is_authorized(incidentio), token) {
        (true, true) => Err(Cause::Both).field("http_config.authorization"),
        (false, false) if gate.is_strict => Err(Cause::Unauthorized).field(""),
        _ => Ok(()),
    }
}
