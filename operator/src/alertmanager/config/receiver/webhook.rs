//! `webhook_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::WebhookConfig;
use formats::yaml::Yaml;

use super::Service;
use crate::alertmanager::config::demand;
use crate::alertmanager::config::http::HTTP_CONFIG;
use crate::alertmanager::config::schema::{Key, Kind, Section, option, section, template_address, text, timeout};
use crate::alertmanager::config::scope::{self, Scope};
use crate::check::invalid::{Field, Invalid};

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
        let secret = scope.secret_template_url(self.url_secret.as_deref(), "urlSecret")?;
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

#[cfg(test)]
mod tests {
    use formats::version::Version;
    use k8s_openapi::api::core::v1::Secret;
    use serde_json::json;

    use super::*;
    use crate::assets::Assets;

    #[test]
    fn a_secret_may_hold_a_template() {
        let secret: Secret = serde_json::from_value(json!({
            "metadata": { "namespace": "web", "name": "hooks" },
            "stringData": { "template": "{{ .CommonLabels.hook }}\n", "neither": "{{" },
        }))
        .expect("a Secret");
        let mut assets = Assets::default();
        assets.insert_secret(secret);
        let scope = Scope::new("web", &assets, Version::new(0, 33, 0));
        let url = |key: &str| {
            let webhook = json!({ "urlSecret": { "name": "hooks", "key": key } });
            let webhook: WebhookConfig = serde_json::from_value(webhook).expect("a webhook");
            let section = webhook.section(&scope).map_err(|invalid| invalid.to_string())?;
            Ok(section.value_of("url").cloned())
        };
        assert_eq!(url("template"), Ok(Some("{{ .CommonLabels.hook }}".into())));
        let hidden = "urlSecret: the value is not a URL of the web".to_owned();
        assert_eq!(url("neither"), Err(hidden));
    }
}
