//! `webex_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::WebexConfig;
use formats::yaml::Yaml;

use super::Service;
use crate::alertmanager::config::demand;
use crate::alertmanager::config::http::{HTTP_CONFIG, is_authorized};
use crate::alertmanager::config::load::Whole;
use crate::alertmanager::config::schema::{Section, address, option, section, text};
use crate::alertmanager::config::scope::{self, Scope};
use crate::check::invalid::{Field, Invalid};

pub(super) static WEBEX: Section = Section::new(&[
    option("send_resolved"),
    section("http_config", &HTTP_CONFIG),
    address("api_url"),
    text("message"),
    text("room_id").always(),
])
.demanding(|webex, _| demand::key(webex, "room_id"))
.loaded_if(load);

/// What is wrong with the section.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("it is needed")]
    Unauthorized,
}

fn load(webex: &Yaml, _whole: &Whole<'_>) -> Result<(), Invalid> {
    if is_authorized(webex) {
        Ok(())
    } else {
        Err(Cause::Unauthorized).field("http_config.authorization")
    }
}

impl Service for WebexConfig {
    fn section(&self, scope: &Scope<'_>) -> Result<Yaml, Invalid> {
        Ok(WEBEX.tree([
            ("send_resolved", scope::value(self.send_resolved)),
            ("http_config", scope.http_config(self.http_config.as_deref())?),
            ("api_url", scope::optional(self.api_url.as_ref())),
            ("message", scope::optional(self.message.as_ref())),
            ("room_id", Some(scope::text(&self.room_id))),
        ]))
    }
}
