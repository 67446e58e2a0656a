//! The tree of routes and the inhibition rules: which keys they have, what Alertmanager demands of them, and how they come
//! out of the API. Pure.

use formats::excerpt::Excerpt;
use std::collections::BTreeSet;

use crds::v1alpha1::Matcher;
use crds::{InhibitRule, Route};
use formats::duration::PrometheusDuration;
use formats::label::Scheme;
use formats::matcher;
use formats::regular_expression;
use formats::yaml::Yaml;
use serde_json::Value;

use super::condition::{equalities, expressions, matchers};
use super::constraints::required;
use super::context::Context;
use super::fault::{At, Fault};
use super::schema::{Kind, Row, Section, flag, has, sections, text, text_of, texts};
use super::scope::{self, ObjectScope, Taken, optional, value};
use crate::check::invalid::{Field, Invalid};

/// `route`, and each of the `routes` in it.
pub static ROUTE: Section<Route<Matcher>> = Section::<Route<Matcher>>::new(&[
    text("receiver").from("receiver", |route, scope| {
        Ok(route.receiver.as_deref().map(|name| scope.name(name).into()))
    }),
    texts("group_by").from("groupBy", |route, _| labels(&route.group_by)),
    Row::new("match", Kind::TextMap).from("matchers", |route, scope| equalities(&route.matchers, scope)),
    Row::new("match_re", Kind::ExpressionMap).from("matchers", |route, scope| expressions(&route.matchers, scope)),
    texts("matchers")
        .refused_before(0, 22)
        .from("matchers", |route, scope| matchers(&route.matchers, scope)),
    flag("continue").from("continue", |route, _| value(route.continue_)),
    sections("routes", &ROUTE).from("routes", children),
    text("group_wait").from("groupWait", |route, _| optional(route.group_wait.as_ref())),
    text("group_interval").from("groupInterval", |route, _| optional(route.group_interval.as_ref())),
    text("repeat_interval").from("repeatInterval", |route, _| optional(route.repeat_interval.as_ref())),
    texts("mute_time_intervals")
        .since(0, 22)
        .from("muteTimeIntervals", |route, scope| {
            Ok(Some(names(&route.mute_time_intervals, scope)))
        }),
    texts("active_time_intervals")
        .since(0, 24)
        .from("activeTimeIntervals", |route, scope| {
            Ok(Some(names(&route.active_time_intervals, scope)))
        }),
    Row::new("labels", Kind::TextMap).since(0, 34),
])
.loaded_if(route_loads);

/// One of the `inhibit_rules`.
pub(super) static INHIBIT_RULE: Section<InhibitRule<Matcher>> = Section::<InhibitRule<Matcher>>::new(&[
    Row::new("target_match", Kind::TextMap).from("targetMatch", |rule, scope| equalities(&rule.target_match, scope)),
    Row::new("target_match_re", Kind::ExpressionMap)
        .from("targetMatch", |rule, scope| expressions(&rule.target_match, scope)),
    texts("target_matchers")
        .refused_before(0, 22)
        .from("targetMatch", |rule, scope| matchers(&rule.target_match, scope)),
    Row::new("source_match", Kind::TextMap).from("sourceMatch", |rule, scope| equalities(&rule.source_match, scope)),
    Row::new("source_match_re", Kind::ExpressionMap)
        .from("sourceMatch", |rule, scope| expressions(&rule.source_match, scope)),
    texts("source_matchers")
        .refused_before(0, 22)
        .from("sourceMatch", |rule, scope| matchers(&rule.source_match, scope)),
    texts("equal").from("equal", |rule, _| scope::texts(&rule.equal)),
    text("name").since(0, 30),
])
.loaded_if(inhibit_rule_loads);

/// Most levels of JSON in the child routes of the API, of which each level of routes takes two.
const MAX_DEPTH: usize = 200;

/// All labels, in `group_by`.
const ALL_LABELS: &str = "...";

/// What is wrong with a route or a rule.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("receiver {0:?} is not defined")]
    Receiver(Excerpt),
    #[error("time interval {0:?} is not defined")]
    Interval(Excerpt),
    #[error("{0:?} is not a valid label name")]
    Label(Excerpt),
    #[error("{0:?} is listed twice")]
    Duplicate(Excerpt),
    #[error("{ALL_LABELS:?} must be the only label")]
    All,
    #[error("must be greater than 0")]
    Zero,
    #[error(transparent)]
    Duration(#[from] formats::duration::ParseError),
    #[error(transparent)]
    Matcher(#[from] matcher::Error),
    #[error(transparent)]
    Regex(#[from] regular_expression::Error),
    #[error("must not be set in the root route, which matches every alert")]
    Root,
    #[error("routes are nested more than {} levels deep", MAX_DEPTH / 2)]
    Depth,
}

/// What the first route demands besides what every route does.
pub(super) fn root_loads(route: &Yaml) -> Result<(), Fault> {
    required(route, "receiver")?;
    for key in [
        "match",
        "match_re",
        "matchers",
        "mute_time_intervals",
        "active_time_intervals",
    ] {
        if has(route, key) {
            return Err(Cause::Root).at(key);
        }
    }
    Ok(())
}

fn route_loads(route: &Yaml, context: &Context<'_>) -> Result<(), Fault> {
    let receiver = text_of(route, "receiver");
    if !receiver.is_empty() && !context.receivers.contains(receiver) {
        return Err(Cause::Receiver(context.own_name(receiver).into())).at("receiver");
    }
    group_by(route, context).at("group_by")?;
    let labels = route.value_of("labels").and_then(Yaml::as_map).unwrap_or_default();
    let mut names = labels.iter().filter_map(|(name, _)| name.as_str());
    names.try_for_each(|name| label(name, context.labels())).at("labels")?;
    mapping(route, "match", "match_re")?;
    conditions(route, "matchers", context)?;
    for key in ["mute_time_intervals", "active_time_intervals"] {
        if let Some(name) = items(route, key).find(|name| !context.intervals.contains(name)) {
            return Err(Cause::Interval(context.own_name(name).into())).at(key);
        }
    }
    for (key, may_be_zero) in [
        ("group_wait", true),
        ("group_interval", false),
        ("repeat_interval", false),
    ] {
        duration(text_of(route, key), may_be_zero).at(key)?;
    }
    Ok(())
}

fn inhibit_rule_loads(rule: &Yaml, context: &Context<'_>) -> Result<(), Fault> {
    mapping(rule, "source_match", "source_match_re")?;
    mapping(rule, "target_match", "target_match_re")?;
    conditions(rule, "source_matchers", context)?;
    conditions(rule, "target_matchers", context)?;
    items(rule, "equal")
        .try_for_each(|name| label(name, context.labels()))
        .at("equal")
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

fn group_by(route: &Yaml, context: &Context<'_>) -> Result<(), Cause> {
    let mut known = BTreeSet::new();
    for name in items(route, "group_by").filter(|name| *name != ALL_LABELS) {
        label(name, context.labels())?;
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
fn mapping(section: &Yaml, equal: &'static str, regex: &'static str) -> Result<(), Fault> {
    for (key, is_regex) in [(equal, false), (regex, true)] {
        for (name, value) in section.value_of(key).and_then(Yaml::as_map).unwrap_or_default() {
            label(name.as_str().unwrap_or_default(), Scheme::Legacy).at(key)?;
            if is_regex {
                regular_expression::check(value.as_str().unwrap_or_default()).at(key)?;
            }
        }
    }
    Ok(())
}

fn conditions(section: &Yaml, key: &'static str, context: &Context<'_>) -> Result<(), Fault> {
    for (index, text) in items(section, key).enumerate() {
        matcher::matchers(text, context.matchers).at(format!("{key}[{index}]"))?;
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

/// Labels to group by. Alertmanager would take `...` twice, the API does not.
fn labels(labels: &[Box<str>]) -> Taken {
    let mut known = BTreeSet::new();
    if let Some(twice) = labels.iter().find(|label| !known.insert(&***label)) {
        return Err(Cause::Duplicate(twice.into())).field("");
    }
    scope::texts(labels)
}

fn names(names: &[Box<str>], scope: &ObjectScope<'_>) -> Yaml {
    names.iter().map(|name| scope.name(name)).collect()
}

/// The routes below a route of the API, in which they are free-form.
fn children(route: &Route<Matcher>, scope: &ObjectScope<'_>) -> Taken {
    let children = route.child_routes("").map_err(|error| {
        let place = error.path.trim_start_matches(".routes").to_owned();
        Invalid::new(place, error.source)
    })?;
    ROUTE.of_each(&children, scope)
}

/// Checks that the child routes of a route of the API can be walked down.
///
/// # Errors
/// When they are nested too deeply.
pub(super) fn check_depth(route: &Route<Matcher>) -> Result<(), Invalid> {
    let mut open: Vec<(&Value, usize)> = route.routes.iter().map(|route| (route, 1)).collect();
    while let Some((value, depth)) = open.pop() {
        if depth > MAX_DEPTH {
            return Err(Cause::Depth).field("routes");
        }
        match value {
            Value::Array(items) => open.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(fields) => open.extend(fields.values().map(|value| (value, depth + 1))),
            _ => {}
        }
    }
    Ok(())
}
