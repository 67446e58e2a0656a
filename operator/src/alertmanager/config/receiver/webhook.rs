//! `webhook_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::WebhookConfig;
use shared::yaml::Yaml;

use super::Service;
use crate::alertmanager::config::demand;
use crate::alertmanager::config::http::HTTP_CONFIG;
use crate::alertmanager::config::schema::{Key, Kind, Section, option, section, template_address, text, timeout};
use crate::alertmanager::config::scope::{self, Scope};
use crate::invalid::{Field, Invalid};

pub(super) static WEBHOOK: Section = Section::new(&[
    option("send_resolved"),
    template_address("url"),
    text("url_file").since(0, 26).excluded_by("url"),
    section("http_config", &HTTP_CONFIG),
    Key::new("max_alerts", Kind::Integer),
    timeout("timeout").since(0, 28),
    Key::new("payload", Kind::Any).since(0, 32),
])
.loaded_if(|webhook, _| {
    demand::any_of(webhook, &["url", "url_file"])?;
    let url = webhook.value_of("url").unwrap_or(&Yaml::Null);
    demand::template_address(url).field("url")?;
    demand::count(webhook, "max_alerts")
});

impl Service for WebhookConfig {
    fn section(&self, scope: &Scope<'_>) -> Result<Yaml, Invalid> {
        let secret = scope.secret_url(self.url_secret.as_deref(), "urlSecret")?;
        Ok(WEBHOOK.tree([
            ("send_resolved", scope::value(self.send_resolved)),
            ("url", secret.or_else(|| scope::optional(self.url.as_ref()))),
            ("http_config", scope.http_config(self.http_config.as_deref())?),
            ("max_alerts", scope::value(self.max_alerts)),
            ("timeout", scope::go_duration(self.timeout.as_ref(), "timeout")?),
            ("payload", scope::optional(self.payload.as_ref())),
        ]))
    }
}
