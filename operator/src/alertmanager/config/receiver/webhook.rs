//! `webhook_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::WebhookConfig;
use formats::yaml::Yaml;

use crate::alertmanager::config::address::template_or_url;
use crate::alertmanager::config::constraints::{count, one_of};
use crate::alertmanager::config::context::Context;
use crate::alertmanager::config::fault::{At, Fault};
use crate::alertmanager::config::http::{HTTP_CONFIG, http_config};
use crate::alertmanager::config::schema::{
    Kind, Row, Section, has, option, section, template_address, text, text_of, timeout,
};
use crate::alertmanager::config::scope::{go_duration, optional, value};

pub(super) static WEBHOOK: Section<WebhookConfig> = Section::<WebhookConfig>::new(&[
    option("send_resolved").from("sendResolved", |webhook, _| value(webhook.send_resolved)),
    template_address("url")
        .rather_from("urlSecret", |webhook: &WebhookConfig, scope| {
            scope.secret_template_url(webhook.url_secret.as_deref())
        })
        .from("url", |webhook, _| optional(webhook.url.as_ref())),
    text("url_file").since(0, 26).excluded_by("url"),
    section("http_config", &HTTP_CONFIG).from("httpConfig", |webhook, scope| {
        http_config(webhook.http_config.as_deref(), scope)
    }),
    Row::new("max_alerts", Kind::Integer).from("maxAlerts", |webhook, _| value(webhook.max_alerts)),
    timeout("timeout")
        .since(0, 28)
        .from("timeout", |webhook, _| go_duration(webhook.timeout.as_ref())),
    Row::new("payload", Kind::Any)
        .since(0, 32)
        .refused_in_api()
        .from("payload", |webhook, _| optional(webhook.payload.as_ref())),
])
.loaded_if(loads);

fn loads(webhook: &Yaml, _: &Context<'_>) -> Result<(), Fault> {
    one_of(webhook, &["url", "url_file"])?;
    if has(webhook, "url") {
        let checked = template_or_url(text_of(webhook, "url"));
        checked.map_err(|error| error.hidden()).at("url")?;
    }
    count(webhook, "max_alerts")
}

#[cfg(test)]
mod tests {
    use formats::version::Version;
    use k8s_openapi::api::core::v1::Secret;
    use serde_json::json;

    use super::*;
    use crate::alertmanager::config::scope::ObjectScope;
    use crate::assets::Assets;
    use crate::object::ObjectKey;

    #[test]
    fn a_secret_may_hold_a_template() {
        let secret: Secret = serde_json::from_value(json!({
            "metadata": { "namespace": "web", "name": "hooks" },
            "stringData": { "template": "{{ .CommonLabels.hook }}\n", "neither": "{{" },
        }))
        .expect("a Secret");
        let mut assets = Assets::default();
        assets.insert_secret(secret);
        let owner = ObjectKey::new("web", "own");
        let scope = ObjectScope::new(&owner, &assets, Version::new(0, 33, 0));
        let url = |key: &str| {
            let webhook = json!({ "urlSecret": { "name": "hooks", "key": key } });
            let webhook: WebhookConfig = serde_json::from_value(webhook).expect("a webhook");
            let section = WEBHOOK.of(&webhook, &scope).map_err(|invalid| invalid.to_string())?;
            Ok(section.value_of("url").cloned())
        };
        assert_eq!(url("template"), Ok(Some("{{ .CommonLabels.hook }}".into())));
        let hidden = "urlSecret: the value is not a template".to_owned();
        assert_eq!(url("neither"), Err(hidden));
    }
}
