//! `pagerduty_configs`: which keys they have, what must hold for them, and how they come out of the API. Pure.

use crds::{PagerDutyConfig, PagerDutyImageConfig, PagerDutyLinkConfig};
use formats::version::Version;
use formats::yaml::Yaml;

use super::Service;
use crate::alertmanager::config::demand;
use crate::alertmanager::config::gate::Gate;
use crate::alertmanager::config::http::HTTP_CONFIG;
use crate::alertmanager::config::schema::{Key, Kind, Section, address, option, section, sections, text, timeout};
use crate::alertmanager::config::scope::{self, Scope};
use crate::check::invalid::{Field, Invalid};

pub(super) static PAGERDUTY: Section = Section::new(&[
    option("send_resolved"),
    section("http_config", &HTTP_CONFIG),
    text("service_key"),
    text("service_key_file").since(0, 25).excluded_by("service_key"),
    text("routing_key"),
    text("routing_key_file").since(0, 25).excluded_by("routing_key"),
    address("url"),
    text("client"),
    text("client_url"),
    text("description"),
    Key::new("details", Kind::AnyMap),
    sections("images", &IMAGE),
    sections("links", &LINK),
    text("severity"),
    text("class"),
    text("component"),
    text("group"),
    text("source").since(0, 25),
    timeout("timeout").since(0, 30),
])
.demanding(demand)
.loaded_if(|pagerduty, _| {
    demand::any_of(
        pagerduty,
        &["routing_key", "service_key", "routing_key_file", "service_key_file"],
    )
});

static IMAGE: Section = Section::new(&[text("src"), text("alt"), text("href")]);

static LINK: Section = Section::new(&[text("href"), text("text")]);

/// The first version whose details need not be texts.
const NESTED_DETAILS: Version = Version::new(0, 30, 0);

/// What is wrong with the section.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("what is no text needs Alertmanager {NESTED_DETAILS}")]
    Nested,
}

fn demand(pagerduty: &Yaml, gate: &Gate<'_>) -> Result<(), Invalid> {
    let details = pagerduty.value_of("details").and_then(Yaml::as_map).unwrap_or_default();
    let nested = details.iter().find(|(_, value)| value.as_str().is_none());
    match nested {
        Some((name, _)) if gate.version < NESTED_DETAILS => {
            Err(Cause::Nested).field(format!("details.{}", name.as_str().unwrap_or_default()))
        }
        _ => Ok(()),
    }
}

impl Service for PagerDutyConfig {
    fn section(&self, scope: &Scope<'_>) -> Result<Yaml, Invalid> {
        Ok(PAGERDUTY.tree([
            ("send_resolved", scope::value(self.send_resolved)),
            ("http_config", scope.http_config(self.http_config.as_deref())?),
            ("service_key", scope.secret(self.service_key.as_deref(), "serviceKey")?),
            ("routing_key", scope.secret(self.routing_key.as_deref(), "routingKey")?),
            ("url", scope::optional(self.url.as_ref())),
            ("client", scope::optional(self.client.as_ref())),
            ("client_url", scope::optional(self.client_url.as_ref())),
            ("description", scope::optional(self.description.as_ref())),
            ("details", Some(scope::key_values(&self.details))),
            (
                "images",
                Some(self.pager_duty_image_configs.iter().map(image).collect()),
            ),
            ("links", Some(self.pager_duty_link_configs.iter().map(link).collect())),
            ("severity", scope::optional(self.severity.as_ref())),
            ("class", scope::optional(self.class.as_ref())),
            ("component", scope::optional(self.component.as_ref())),
            ("group", scope::optional(self.group.as_ref())),
            ("source", scope::optional(self.source.as_ref())),
            ("timeout", scope::go_duration(self.timeout.as_ref(), "timeout")?),
        ]))
    }
}

fn image(image: &PagerDutyImageConfig) -> Yaml {
    IMAGE.tree([
        ("src", scope::optional(image.src.as_ref())),
        ("alt", scope::optional(image.alt.as_ref())),
        ("href", scope::optional(image.href.as_ref())),
    ])
}

fn link(link: &PagerDutyLinkConfig) -> Yaml {
    LINK.tree([
        ("href", scope::optional(link.href.as_ref())),
        ("text", scope::optional(link.alt.as_ref())),
    ])
}
