//! `wechat_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::WeChatConfig;
use formats::yaml::Yaml;

use super::Service;
use crate::alertmanager::config::demand;
use crate::alertmanager::config::http::HTTP_CONFIG;
use crate::alertmanager::config::load::Whole;
use crate::alertmanager::config::schema::{Section, address, option, section, text};
use crate::alertmanager::config::scope::{self, Scope};
use crate::check::invalid::Invalid;

pub(super) static WECHAT: Section = Section::new(&[
    option("send_resolved"),
    text("api_secret"),
    address("api_url"),
    text("corp_id"),
    text("agent_id"),
    text("to_user"),
    text("to_party"),
    text("to_tag"),
    text("message"),
    text("message_type"),
    section("http_config", &HTTP_CONFIG),
    text("api_secret_file").since(0, 31).excluded_by("api_secret"),
])
.loaded_if(load);

fn load(wechat: &Yaml, whole: &Whole<'_>) -> Result<(), Invalid> {
    demand::word(wechat, "message_type", &["", "text", "markdown"])?;
    demand::any_of_or_global(
        wechat,
        &["api_secret", "api_secret_file"],
        whole.global,
        &["wechat_api_secret", "wechat_api_secret_file"],
    )?;
    demand::any_of_or_global(wechat, &["corp_id"], whole.global, &["wechat_api_corp_id"])
}

impl Service for WeChatConfig {
    fn section(&self, scope: &Scope<'_>) -> Result<Yaml, Invalid> {
        Ok(WECHAT.tree([
            ("send_resolved", scope::value(self.send_resolved)),
            ("api_secret", scope.secret(self.api_secret.as_deref(), "apiSecret")?),
            ("api_url", scope::optional(self.api_url.as_ref())),
            ("corp_id", scope::optional(self.corp_id.as_ref())),
            ("agent_id", scope::optional(self.agent_id.as_ref())),
            ("to_user", scope::optional(self.to_user.as_ref())),
            ("to_party", scope::optional(self.to_party.as_ref())),
            ("to_tag", scope::optional(self.to_tag.as_ref())),
            ("message", scope::optional(self.message.as_ref())),
            ("message_type", scope::optional(self.message_type.as_ref())),
            ("http_config", scope.http_config(self.http_config.as_deref())?),
        ]))
    }
}
