//! `pushover_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::PushoverConfig;
use formats::yaml::Yaml;

use super::Service;
use crate::alertmanager::config::demand;
use crate::alertmanager::config::gate::Gate;
use crate::alertmanager::config::http::HTTP_CONFIG;
use crate::alertmanager::config::schema::{Key, Kind, Section, option, section, template_address, text, timeout};
use crate::alertmanager::config::scope::{self, Scope};
use crate::check::invalid::Invalid;

pub(super) static PUSHOVER: Section = Section::new(&[
    option("send_resolved"),
    section("http_config", &HTTP_CONFIG),
    text("user_key"),
    text("user_key_file").since(0, 26).excluded_by("user_key"),
    text("token"),
    text("token_file").since(0, 26).excluded_by("token"),
    text("title"),
    text("message"),
    template_address("url"),
    text("url_title"),
    Key::new("ttl", Kind::GoDuration).since(0, 27),
    text("device").since(0, 26),
    text("sound"),
    text("priority"),
    timeout("retry"),
    timeout("expire"),
    option("html"),
    option("monospace").since(0, 29),
])
.demanding(demand);

fn demand(pushover: &Yaml, _gate: &Gate<'_>) -> Result<(), Invalid> {
    demand::any_of(pushover, &["user_key", "user_key_file"])?;
    demand::any_of(pushover, &["token", "token_file"])?;
    demand::not_both(pushover, "html", "monospace")
}

impl Service for PushoverConfig {
    fn section(&self, scope: &Scope<'_>) -> Result<Yaml, Invalid> {
        Ok(PUSHOVER.tree([
            ("send_resolved", scope::value(self.send_resolved)),
            ("http_config", scope.http_config(self.http_config.as_deref())?),
            ("user_key", scope.secret(self.user_key.as_deref(), "userKey")?),
            ("user_key_file", scope::optional(self.user_key_file.as_ref())),
            ("token", scope.secret(self.token.as_deref(), "token")?),
            ("token_file", scope::optional(self.token_file.as_ref())),
            ("title", scope::optional(self.title.as_ref())),
            ("message", scope::optional(self.message.as_ref())),
            ("url", scope::optional(self.url.as_ref())),
            ("url_title", scope::optional(self.url_title.as_ref())),
            ("ttl", scope::go_duration(self.ttl.as_ref(), "ttl")?),
            ("device", scope::optional(self.device.as_ref())),
            ("sound", scope::optional(self.sound.as_ref())),
            ("priority", scope::optional(self.priority.as_ref())),
            ("retry", scope::go_duration(self.retry.as_ref(), "retry")?),
            ("expire", scope::go_duration(self.expire.as_ref(), "expire")?),
            ("html", scope::value(self.html)),
            ("monospace", scope::value(self.monospace)),
        ]))
    }
}
