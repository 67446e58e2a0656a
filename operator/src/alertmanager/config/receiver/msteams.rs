//! `msteams_configs` and `msteamsv2_configs`: which keys they have, what must hold for them, and how they come out of the
//! API. Pure.

use crds::{MsTeamsConfig, MsTeamsV2Config};
use formats::yaml::Yaml;

use super::Service;
use crate::alertmanager::config::demand;
use crate::alertmanager::config::gate::Gate;
use crate::alertmanager::config::http::HTTP_CONFIG;
use crate::alertmanager::config::schema::{Section, address, option, section, text};
use crate::alertmanager::config::scope::{self, Scope};
use crate::check::invalid::Invalid;

pub(super) static MSTEAMS: Section = Section::new(&[
    option("send_resolved"),
    address("webhook_url"),
    text("title"),
    text("summary").since(0, 27),
    text("text"),
    section("http_config", &HTTP_CONFIG),
    text("webhook_url_file").since(0, 27).excluded_by("webhook_url"),
])
.demanding(demand);

pub(super) static MSTEAMS_V2: Section = Section::new(&[
    option("send_resolved"),
    address("webhook_url"),
    text("webhook_url_file"),
    text("title"),
    text("text"),
    section("http_config", &HTTP_CONFIG),
])
.demanding(demand);

fn demand(msteams: &Yaml, _gate: &Gate<'_>) -> Result<(), Invalid> {
    demand::any_of(msteams, &["webhook_url", "webhook_url_file"])?;
    demand::not_both(msteams, "webhook_url", "webhook_url_file")
}

impl Service for MsTeamsConfig {
    fn section(&self, scope: &Scope<'_>) -> Result<Yaml, Invalid> {
        Ok(MSTEAMS.tree([
            ("send_resolved", scope::value(self.send_resolved)),
            ("webhook_url", scope.secret_url(Some(&self.webhook_url), "webhookUrl")?),
            ("title", scope::optional(self.title.as_ref())),
            ("summary", scope::optional(self.summary.as_ref())),
            ("text", scope::optional(self.text.as_ref())),
            ("http_config", scope.http_config(self.http_config.as_deref())?),
        ]))
    }
}

impl Service for MsTeamsV2Config {
    fn section(&self, scope: &Scope<'_>) -> Result<Yaml, Invalid> {
        Ok(MSTEAMS_V2.tree([
            ("send_resolved", scope::value(self.send_resolved)),
            (
                "webhook_url",
                scope.secret_url(self.webhook_url.as_deref(), "webhookURL")?,
            ),
            ("title", scope::optional(self.title.as_ref())),
            ("text", scope::optional(self.text.as_ref())),
            ("http_config", scope.http_config(self.http_config.as_deref())?),
        ]))
    }
}
