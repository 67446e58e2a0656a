//! `pushover_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::PushoverConfig;
use formats::yaml::Yaml;

use crate::alertmanager::config::constraints::{not_with, one_of};
use crate::alertmanager::config::context::Context;
use crate::alertmanager::config::fault::Fault;
use crate::alertmanager::config::http::{HTTP_CONFIG, http_config};
use crate::alertmanager::config::schema::{Kind, Row, Section, option, section, template_address, text, timeout};
use crate::alertmanager::config::scope::{go_duration, optional, value};

pub(super) static PUSHOVER: Section<PushoverConfig> = Section::<PushoverConfig>::new(&[
    option("send_resolved").from("sendResolved", |pushover, _| value(pushover.send_resolved)),
    section("http_config", &HTTP_CONFIG).from("httpConfig", |pushover, scope| {
        http_config(pushover.http_config.as_deref(), scope)
    }),
    text("user_key").from("userKey", |pushover, scope| scope.secret(pushover.user_key.as_deref())),
    text("user_key_file")
        .since(0, 26)
        .excluded_by("user_key")
        .from("userKeyFile", |pushover, _| optional(pushover.user_key_file.as_ref())),
    text("token").from("token", |pushover, scope| scope.secret(pushover.token.as_deref())),
    text("token_file")
        .since(0, 26)
        .excluded_by("token")
        .from("tokenFile", |pushover, _| optional(pushover.token_file.as_ref())),
    text("title").from("title", |pushover, _| optional(pushover.title.as_ref())),
    text("message").from("message", |pushover, _| optional(pushover.message.as_ref())),
    template_address("url").from("url", |pushover, _| optional(pushover.url.as_ref())),
    text("url_title").from("urlTitle", |pushover, _| optional(pushover.url_title.as_ref())),
    Row::new("ttl", Kind::GoDuration)
        .since(0, 27)
        .from("ttl", |pushover, _| go_duration(pushover.ttl.as_ref())),
    text("device")
        .since(0, 26)
        .from("device", |pushover, _| optional(pushover.device.as_ref())),
    text("sound").from("sound", |pushover, _| optional(pushover.sound.as_ref())),
    text("priority").from("priority", |pushover, _| optional(pushover.priority.as_ref())),
    timeout("retry").from("retry", |pushover, _| go_duration(pushover.retry.as_ref())),
    timeout("expire").from("expire", |pushover, _| go_duration(pushover.expire.as_ref())),
    option("html").from("html", |pushover, _| value(pushover.html)),
    option("monospace")
        .since(0, 29)
        .from("monospace", |pushover, _| value(pushover.monospace)),
])
.fitting_if(fits);

fn fits(pushover: &Yaml, _: &Context<'_>) -> Result<(), Fault> {
    one_of(pushover, &["user_key", "user_key_file"])?;
    one_of(pushover, &["token", "token_file"])?;
    not_with(pushover, "html", &["monospace"])
}
