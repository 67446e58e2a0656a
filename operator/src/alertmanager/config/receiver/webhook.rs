//! `webhook_configs`.

use crds::WebhookConfig;
use shared::yaml::Yaml;

use super::Service;
use crate::alertmanager::config::demand;
use crate::alertmanager::config::gate::Gate;
use crate::alertmanager::config::http::HTTP_CONFIG;
use crate::alertmanager::config::schema::{Key, Kind, Section, option, section, text};
use crate::alertmanager::config::scope::{self, Scope};
use crate::invalid::Invalid;

pub(super) static WEBHOOK: Section = Section::new(&[
    option("send_resolved"),
    text("url"),
    text("url_file").since(0, 26).yields_to("url"),
    section("http_config", &HTTP_CONFIG),
    Key::new("max_alerts", Kind::Integer),
    Key::new("timeout", Kind::Duration).where_set().since(0, 28),
    Key::new("payload", Kind::Any).since(0, 32),
])
.demanding(demand);

fn demand(webhook: &Yaml, _gate: &Gate<'_>) -> Result<(), Invalid> {
    demand::template_url(webhook, "url")
}

impl Service for WebhookConfig {
    fn section(&self, scope: &Scope<'_>) -> Result<Yaml, Invalid> {
        let secret = scope.secret_url(self.url_secret.as_deref(), "urlSecret")?;
        Ok(WEBHOOK.tree([
            ("send_resolved", scope::value(self.send_resolved)),
            ("url", secret.or_else(|| scope::optional(self.url.as_ref()))),
            ("http_config", scope.http_config(self.http_config.as_deref())?),
            ("max_alerts", scope::value(self.max_alerts)),
            ("timeout", scope::duration(self.timeout.as_ref(), "timeout")?),
            ("payload", scope::optional(self.payload.as_ref())),
        ]))
    }
}
