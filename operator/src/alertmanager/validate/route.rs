//! Routes and inhibition rules: that what they name is there, and that Alertmanager reads their conditions. Pure.

use std::collections::BTreeSet;

use crds::{InhibitRule, InvalidChildRoute, Route};
use formats::duration::{self, PrometheusDuration};
use formats::version::Version;
use serde_json::Value;

use super::condition::{self, Condition};
use crate::check::invalid::{Field, Invalid, Within};

/// Most levels of JSON in the child routes, of which each level of routes takes two. What is read from the API server has
/// 128 at most.
const MAX_DEPTH: usize = 200;

/// The label that stands for all labels.
const ALL_LABELS: &str = "...";

/// A route that cannot be served.
#[derive(Debug, thiserror::Error)]
enum RouteError {
    #[error("the first route needs a receiver")]
    NoReceiver,
    #[error("there is no receiver {name:?}")]
    Receiver { name: Box<str> },
    #[error("there is no time interval {name:?}")]
    Interval { name: Box<str> },
    #[error("{label:?} stands there twice")]
    LabelTwice { label: Box<str> },
    #[error("\"{ALL_LABELS}\" must stand alone")]
    AllLabels,
    #[error(transparent)]
    Duration(#[from] duration::ParseError),
    #[error("this must be more than 0")]
    NoDuration,
    #[error("{}", .0.source)]
    Child(#[source] InvalidChildRoute),
}

/// Child routes that nest too deeply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("routes nest more than {} levels deep", MAX_DEPTH / 2)]
pub struct TooDeep;

/// Checks that the JSON of child routes can be walked down.
pub fn check_depth(routes: &[Value]) -> Result<(), TooDeep> {
    let mut open: Vec<(&Value, usize)> = routes.iter().map(|route| (route, 1)).collect();
    while let Some((value, depth)) = open.pop() {
        if depth > MAX_DEPTH {
            return Err(TooDeep);
        }
        match value {
            Value::Array(items) => open.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(fields) => open.extend(fields.values().map(|value| (value, depth + 1))),
            _ => {}
        }
    }
    Ok(())
}

/// What routes may refer to.
pub(super) struct Names<'a> {
    pub(super) receivers: BTreeSet<&'a str>,
    pub(super) intervals: BTreeSet<&'a str>,
}

impl Names<'_> {
    /// Checks the first route and all below it, which need not have a receiver of their own.
    pub(super) fn check<C: Condition>(&self, root: &Route<C>, version: Option<Version>) -> Result<(), Invalid> {
        if root.receiver.is_none() {
            return Err(RouteError::NoReceiver).field("route.receiver");
        }
        check_depth(&root.routes).field("route.routes")?;
        self.check_one(root, version).within("route")?;
        // The routes that are still to be looked at: the next one last.
        let mut open = below(root, "route")?;
        while let Some((route, path)) = open.pop() {
            self.check_one(&route, version).within(&path)?;
            open.extend(below(&route, &path)?);
        }
        Ok(())
    }

    fn check_one<C: Condition>(&self, route: &Route<C>, version: Option<Version>) -> Result<(), Invalid> {
        if let Some(name) = route
            .receiver
            .as_ref()
            .filter(|name| !self.receivers.contains(&***name))
        {
            return Err(RouteError::Receiver { name: name.clone() }).field("receiver");
        }
        check_labels(&route.group_by, version)?;
        for (field, intervals) in [
            ("muteTimeIntervals", &route.mute_time_intervals),
            ("activeTimeIntervals", &route.active_time_intervals),
        ] {
            if let Some(name) = intervals.iter().find(|name| !self.intervals.contains(&***name)) {
                return Err(RouteError::Interval { name: name.clone() }).field(field);
            }
        }
        // The schema checks these of the first route only.
        check_duration(route.group_wait.as_deref(), true).field("groupWait")?;
        check_duration(route.group_interval.as_deref(), false).field("groupInterval")?;
        check_duration(route.repeat_interval.as_deref(), false).field("repeatInterval")?;
        check_conditions(&route.matchers, "matchers", version)
    }
}

/// The routes below `route`, the first one last, with their places.
fn below<C: Condition>(route: &Route<C>, path: &str) -> Result<Vec<(Route<C>, String)>, Invalid> {
    let children = route.child_routes(path).map_err(|error| {
        let path = error.path.clone();
        Invalid::new(path, RouteError::Child(error))
    })?;
    let placed = |(index, child)| (child, format!("{path}.routes[{index}]"));
    Ok(children.into_iter().enumerate().map(placed).rev().collect())
}

fn check_labels(labels: &[Box<str>], version: Option<Version>) -> Result<(), Invalid> {
    let mut known = BTreeSet::new();
    for label in labels {
        if !known.insert(label) {
            return Err(RouteError::LabelTwice { label: label.clone() }).field("groupBy");
        }
        if &**label != ALL_LABELS {
            condition::check_label(label, version).field("groupBy")?;
        } else if labels.len() > 1 {
            return Err(RouteError::AllLabels).field("groupBy");
        }
    }
    Ok(())
}

fn check_duration(text: Option<&str>, may_be_zero: bool) -> Result<(), RouteError> {
    let Some(text) = text else { return Ok(()) };
    let duration = PrometheusDuration::parse(text)?;
    if !may_be_zero && duration.nanoseconds() == 0 {
        return Err(RouteError::NoDuration);
    }
    Ok(())
}

fn check_conditions(conditions: &[impl Condition], field: &str, version: Option<Version>) -> Result<(), Invalid> {
    for (index, condition) in conditions.iter().enumerate() {
        condition::check(condition, version).field(format!("{field}[{index}]"))?;
    }
    Ok(())
}

/// Checks an inhibition rule.
pub(super) fn check_inhibition(rule: &InhibitRule<impl Condition>, version: Option<Version>) -> Result<(), Invalid> {
    check_conditions(&rule.target_match, "targetMatch", version)?;
    check_conditions(&rule.source_match, "sourceMatch", version)?;
    rule.equal
        .iter()
        .try_for_each(|label| condition::check_label(label, version))
        .field("equal")
}
