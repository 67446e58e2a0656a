//! `webex_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::WebexConfig;
use formats::yaml::Yaml;

use crate::alertmanager::config::constraints::required;
use crate::alertmanager::config::context::Context;
use crate::alertmanager::config::fault::{Cause, Fault};
use crate::alertmanager::config::http::{HTTP_CONFIG, http_config, is_authorized};
use crate::alertmanager::config::schema::{Section, address, option, section, text};
use crate::alertmanager::config::scope::{self, optional, value};

pub(super) static WEBEX: Section<WebexConfig> = Section::<WebexConfig>::new(&[
    option("send_resolved").from("sendResolved", |webex, _| value(webex.send_resolved)),
    section("http_config", &HTTP_CONFIG).from("httpConfig", |webex, scope| {
        http_config(webex.http_config.as_deref(), scope)
    }),
    address("api_url").from("apiURL", |webex, _| optional(webex.api_url.as_ref())),
    text("message").from("message", |webex, _| optional(webex.message.as_ref())),
    text("room_id")
        .always()
        .from("roomID", |webex, _| Ok(Some(scope::text(&webex.room_id)))),
])
.fitting_if(|webex, _| required(webex, "room_id"))
.loaded_if(loads);

fn loads(webex: &Yaml, _: &Context<'_>) -> Result<(), Fault> {
    if is_authorized(webex) {
        Ok(())
    } else {
        Err(Fault::new("http_config.authorization", Cause::Required))
    }
}
