//! The tree of routes and the inhibition rules: which keys they have, and what Alertmanager demands of them. Pure; how they
//! come out of an `AlertmanagerConfig` is in [`super::object`].

use std::collections::BTreeSet;

use formats::duration::PrometheusDuration;
use formats::label::Scheme;
use formats::matcher;
use formats::regular_expression;
use formats::yaml::Yaml;

use super::load::Whole;
use super::schema::{Key, Kind, Section, flag, sections, text, text_of, texts};
use crate::check::invalid::{Field, Invalid};

/// `route`, and each of the `routes` in it.
pub static ROUTE: Section = Section::new(&[
    text("receiver"),
    texts("group_by"),
    Key::new("match", Kind::TextMap),
    Key::new("match_re", Kind::TextMap),
    texts("matchers").refused_before(0, 22),
    flag("continue"),
    sections("routes", &ROUTE),
    text("group_wait"),
    text("group_interval"),
    text("repeat_interval"),
    texts("mute_time_intervals").since(0, 22),
    texts("active_time_intervals").since(0, 24),
])
.loaded_if(load_route);

/// One of the `inhibit_rules`.
pub(super) static INHIBIT_RULE: Section = Section::new(&[
    Key::new("target_match", Kind::TextMap),
    Key::new("target_match_re", Kind::TextMap),
    texts("target_matchers").refused_before(0, 22),
    Key::new("source_match", Kind::TextMap),
    Key::new("source_match_re", Kind::TextMap),
    texts("source_matchers").refused_before(0, 22),
    texts("equal"),
    text("name").since(0, 30),
])
.loaded_if(load_inhibit_rule);

/// All labels, in `group_by`.
const ALL_LABELS: &str = "...";

/// What is wrong with a route or a rule.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("there is no receiver {0:?}")]
    Receiver(Box<str>),
    #[error("there is no time interval {0:?}")]
    Interval(Box<str>),
    #[error("{0:?} is not the name of a label")]
    Label(Box<str>),
    #[error("{0:?} stands twice")]
    Duplicate(Box<str>),
    #[error("{ALL_LABELS:?} must stand alone")]
    All,
    #[error("it must be more than 0")]
    Zero,
    #[error(transparent)]
    Duration(#[from] formats::duration::ParseError),
    #[error(transparent)]
    Matcher(#[from] matcher::Error),
    #[error(transparent)]
    Regex(#[from] regular_expression::Error),
    #[error("the first route takes every alert, so it has none")]
    Root,
    #[error("it is needed")]
    Missing,
}

/// What the first route demands besides what every route does.
pub(super) fn load_root(route: &Yaml) -> Result<(), Invalid> {
    if text_of(route, "receiver").is_empty() {
        return Err(Cause::Missing).field("receiver");
    }
    for key in [
        "match",
        "match_re",
        "matchers",
        "mute_time_intervals",
        "active_time_intervals",
    ] {
        if super::schema::has(route, key) {
            return Err(Cause::Root).field(key);
        }
    }
    Ok(())
}

fn load_route(route: &Yaml, whole: &Whole<'_>) -> Result<(), Invalid> {
    let receiver = text_of(route, "receiver");
    if !receiver.is_empty() && !whole.receivers.contains(receiver) {
        return Err(Cause::Receiver(receiver.into())).field("receiver");
    }
    group_by(route, whole).field("group_by")?;
    mapping(route, "match", "match_re")?;
    conditions(route, "matchers", whole)?;
    for key in ["mute_time_intervals", "active_time_intervals"] {
        if let Some(name) = items(route, key).find(|name| !whole.intervals.contains(name)) {
            return Err(Cause::Interval(name.into())).field(key);
        }
    }
    for (key, may_be_zero) in [
        ("group_wait", true),
        ("group_interval", false),
        ("repeat_interval", false),
    ] {
        duration(text_of(route, key), may_be_zero).field(key)?;
    }
    Ok(())
}

fn load_inhibit_rule(rule: &Yaml, whole: &Whole<'_>) -> Result<(), Invalid> {
    mapping(rule, "source_match", "source_match_re")?;
    mapping(rule, "target_match", "target_match_re")?;
    conditions(rule, "source_matchers", whole)?;
    conditions(rule, "target_matchers", whole)?;
    items(rule, "equal")
        .try_for_each(|name| label(name, whole.labels))
        .field("equal")
}

fn items<'a>(section: &'a Yaml, key: &str) -> impl Iterator<Item = &'a str> {
    let items = section.value_of(key).and_then(Yaml::as_seq).unwrap_or_default();
    items.iter().filter_map(Yaml::as_str)
}

fn label(name: &str, scheme: Scheme) -> Result<(), Cause> {
    if scheme.allows_label(name) {
        Ok(())
    } else {
        Err(Cause::Label(name.into()))
    }
}

fn group_by(route: &Yaml, whole: &Whole<'_>) -> Result<(), Cause> {
    let mut known = BTreeSet::new();
    for name in items(route, "group_by").filter(|name| *name != ALL_LABELS) {
        label(name, whole.labels)?;
        if !known.insert(name) {
            return Err(Cause::Duplicate(name.into()));
        }
    }
    if !known.is_empty() && items(route, "group_by").any(|name| name == ALL_LABELS) {
        return Err(Cause::All);
    }
    Ok(())
}

/// Conditions of the older kind, whose names never hold but letters, digits and `_`.
fn mapping(section: &Yaml, equal: &'static str, regex: &'static str) -> Result<(), Invalid> {
    for (key, is_regex) in [(equal, false), (regex, true)] {
        for (name, value) in section.value_of(key).and_then(Yaml::as_map).unwrap_or_default() {
            label(name.as_str().unwrap_or_default(), Scheme::Legacy).field(key)?;
            if is_regex {
                regular_expression::check(value.as_str().unwrap_or_default()).field(key)?;
            }
        }
    }
    Ok(())
}

fn conditions(section: &Yaml, key: &'static str, whole: &Whole<'_>) -> Result<(), Invalid> {
    for (index, text) in items(section, key).enumerate() {
        matcher::matchers(text, whole.matchers).field(format!("{key}[{index}]"))?;
    }
    Ok(())
}

fn duration(text: &str, may_be_zero: bool) -> Result<(), Cause> {
    if text.is_empty() {
        return Ok(());
    }
    let is_zero = PrometheusDuration::parse(text)? == PrometheusDuration::from_nanoseconds(0);
    if is_zero && !may_be_zero {
        Err(Cause::Zero)
    } else {
        Ok(())
    }
}
