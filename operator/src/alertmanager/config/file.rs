//! The whole file: its sections, and what must hold for them together. Pure.

use std::collections::BTreeSet;

use formats::yaml::Yaml;

use super::context::Context;
use super::event_recorder::EVENT_RECORDER;
use super::fault::{At, Cause as Shared, Fault};
use super::global::GLOBAL;
use super::interval::NAMED_INTERVALS;
use super::part::Part;
use super::receiver::RECEIVER;
use super::route::{self, INHIBIT_RULE, ROUTE};
use super::schema::{Section, section, sections, text_of, texts};
use super::tracing::TRACING;

/// What a file is made of where an object of the API is its root.
#[derive(Debug)]
pub struct Contents {
    /// The `global` section.
    pub global: Option<Yaml>,
    /// What comes out of the object.
    pub part: Part,
    /// Paths of templates.
    pub templates: Vec<String>,
}

/// The whole file.
pub static FILE: Section<Contents> = Section::<Contents>::new(&[
    section("global", &GLOBAL).from("global", |contents, _| Ok(contents.global.clone())),
    section("route", &ROUTE).from("route", |contents, _| Ok(contents.part.route.clone())),
    sections("inhibit_rules", &INHIBIT_RULE).from("inhibitRules", |contents, _| {
        Ok(Some(Yaml::Seq(contents.part.inhibit_rules.clone())))
    }),
    sections("receivers", &RECEIVER).from("receivers", |contents, _| {
        Ok(Some(Yaml::Seq(contents.part.receivers.clone())))
    }),
    sections("mute_time_intervals", &NAMED_INTERVALS)
        .since(0, 22)
        .from("muteTimeIntervals", |contents, _| {
            Ok(Some(Yaml::Seq(contents.part.intervals.clone())))
        }),
    sections("time_intervals", &NAMED_INTERVALS).since(0, 24),
    texts("templates").always().from("templates", |contents, _| {
        Ok(Some(contents.templates.iter().cloned().collect()))
    }),
    section("tracing", &TRACING).since(0, 30),
    section("event_recorder", &EVENT_RECORDER).since(0, 33),
])
.loaded_if(loads);

/// What is wrong with a file as a whole.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("{0:?} is defined twice")]
    Duplicate(Box<str>),
}

fn loads(file: &Yaml, context: &Context<'_>) -> Result<(), Fault> {
    unique(file, &["receivers"], context).at("receivers")?;
    unique(file, &["mute_time_intervals", "time_intervals"], context).at("time_intervals")?;
    let Some(route) = file.value_of("route") else {
        return Err(Fault::new("route", Shared::Required));
    };
    route::root_loads(route).map_err(|fault| Fault {
        key: format!("route.{}", fault.key),
        ..fault
    })
}

fn unique(file: &Yaml, keys: &[&str], context: &Context<'_>) -> Result<(), Cause> {
    let mut known = BTreeSet::new();
    let sections = keys.iter().filter_map(|key| file.value_of(key)?.as_seq()).flatten();
    for name in sections.map(|section| text_of(section, "name")) {
        if !known.insert(name) {
            return Err(Cause::Duplicate(context.own_name(name).into()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
