//! `pagerduty_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::{PagerDutyConfig, PagerDutyImageConfig, PagerDutyLinkConfig};
use formats::version::Version;
use formats::yaml::Yaml;

use crate::alertmanager::config::constraints::one_of;
use crate::alertmanager::config::context::Context;
use crate::alertmanager::config::fault::{At, Fault};
use crate::alertmanager::config::http::{HTTP_CONFIG, http_config};
use crate::alertmanager::config::schema::{Kind, Row, Section, address, option, section, sections, text, timeout};
use crate::alertmanager::config::scope::{go_duration, key_values, optional, template_url, value};

pub(super) static PAGERDUTY: Section<PagerDutyConfig> = Section::<PagerDutyConfig>::new(&[
    option("send_resolved").from("sendResolved", |pagerduty, _| value(pagerduty.send_resolved)),
    section("http_config", &HTTP_CONFIG).from("httpConfig", |pagerduty, scope| {
        http_config(pagerduty.http_config.as_deref(), scope)
    }),
    text("service_key").from("serviceKey", |pagerduty, scope| {
        scope.secret(pagerduty.service_key.as_deref())
    }),
    text("service_key_file").since(0, 25).excluded_by("service_key"),
    text("routing_key").from("routingKey", |pagerduty, scope| {
        scope.secret(pagerduty.routing_key.as_deref())
    }),
    text("routing_key_file").since(0, 25).excluded_by("routing_key"),
    address("url").from("url", |pagerduty, _| optional(pagerduty.url.as_ref())),
    text("client").from("client", |pagerduty, _| optional(pagerduty.client.as_ref())),
    text("client_url").from("clientURL", |pagerduty, _| template_url(pagerduty.client_url.as_ref())),
    text("description").from("description", |pagerduty, _| optional(pagerduty.description.as_ref())),
    Row::new("details", Kind::AnyMap).from("details", |pagerduty, _| key_values(&pagerduty.details)),
    sections("images", &IMAGE).from("pagerDutyImageConfigs", |pagerduty, scope| {
        IMAGE.of_each(&pagerduty.pager_duty_image_configs, scope)
    }),
    sections("links", &LINK).from("pagerDutyLinkConfigs", |pagerduty, scope| {
        LINK.of_each(&pagerduty.pager_duty_link_configs, scope)
    }),
    text("severity").from("severity", |pagerduty, _| optional(pagerduty.severity.as_ref())),
    text("class").from("class", |pagerduty, _| optional(pagerduty.class.as_ref())),
    text("component").from("component", |pagerduty, _| optional(pagerduty.component.as_ref())),
    text("group").from("group", |pagerduty, _| optional(pagerduty.group.as_ref())),
    text("source")
        .since(0, 25)
        .from("source", |pagerduty, _| optional(pagerduty.source.as_ref())),
    timeout("timeout")
        .since(0, 30)
        .from("timeout", |pagerduty, _| go_duration(pagerduty.timeout.as_ref())),
])
.fitting_if(fits)
.loaded_if(|pagerduty, _| {
    let keys = &["routing_key", "service_key", "routing_key_file", "service_key_file"];
    one_of(pagerduty, keys)
});

static IMAGE: Section<PagerDutyImageConfig> = Section::<PagerDutyImageConfig>::new(&[
    text("src").from("src", |image, _| optional(image.src.as_ref())),
    text("alt").from("alt", |image, _| optional(image.alt.as_ref())),
    text("href").from("href", |image, _| template_url(image.href.as_ref())),
]);

static LINK: Section<PagerDutyLinkConfig> = Section::<PagerDutyLinkConfig>::new(&[
    text("href").from("href", |link, _| template_url(link.href.as_ref())),
    text("text").from("alt", |link, _| optional(link.alt.as_ref())),
]);

/// The first version whose details need not be texts.
const NESTED_DETAILS: Version = Version::new(0, 30, 0);

/// What is wrong with the section.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("a value that is not a string requires Alertmanager {NESTED_DETAILS} or newer")]
    Nested,
}

fn fits(pagerduty: &Yaml, context: &Context<'_>) -> Result<(), Fault> {
    let details = pagerduty.value_of("details").and_then(Yaml::as_map).unwrap_or_default();
    let nested = details.iter().find(|(_, value)| value.as_str().is_none());
    match nested {
        Some((name, _)) if context.is_before(NESTED_DETAILS) => {
            Err(Cause::Nested).at(format!("details.{}", name.as_str().unwrap_or_default()))
        }
        _ => Ok(()),
    }
}
