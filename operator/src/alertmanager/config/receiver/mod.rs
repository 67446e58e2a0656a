//! The receivers: one file per service that is notified, with the keys of its section, what must hold for it, and how it
//! comes out of the API. Pure.

mod slack;
mod webhook;

use crds::Receiver;
use shared::yaml::Yaml;

use super::schema::{Section, sections, text};
use super::scope::{self, Scope};
use crate::invalid::{Invalid, Within};

/// One of the `receivers`. The order of the services is that of the original.
pub static RECEIVER: Section = Section::new(&[
    text("name").always(),
    sections("slack_configs", &slack::SLACK),
    sections("webhook_configs", &webhook::WEBHOOK),
]);

/// A service of the API, as a section of a receiver.
trait Service {
    /// Its section.
    fn section(&self, scope: &Scope<'_>) -> Result<Yaml, Invalid>;
}

/// A receiver of the API, called `name` in the configuration.
///
/// # Errors
/// When one of its services has a value that cannot be had or cannot be right.
pub fn receiver(from: &Receiver, name: &str, scope: &Scope<'_>) -> Result<Yaml, Invalid> {
    Ok(RECEIVER.tree([
        ("name", Some(scope::text(name))),
        ("slack_configs", services(&from.slack_configs, "slackConfigs", scope)?),
        (
            "webhook_configs",
            services(&from.webhook_configs, "webhookConfigs", scope)?,
        ),
    ]))
}

fn services<S: Service>(services: &[S], field: &str, scope: &Scope<'_>) -> Result<Option<Yaml>, Invalid> {
    let section = |(index, service): (usize, &S)| service.section(scope).within(format!("{field}[{index}]"));
    let sections: Result<Yaml, Invalid> = services.iter().enumerate().map(section).collect();
    sections.map(Some)
}
