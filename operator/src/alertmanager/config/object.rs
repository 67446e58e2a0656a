//! What an `AlertmanagerConfig` adds to the configuration: a route, receivers, inhibition rules and time intervals, all
//! with names of their own and, as the Alertmanager asks for it, confined to the alerts of its namespace. Pure; the
//! behaviour is that of the original.

use crds::v1alpha1::{AlertmanagerConfig, Matcher};
use crds::{AlertmanagerConfigMatcherStrategyType as Strategy, NamedTimeIntervals, TimeInterval};
use formats::matcher;
use formats::matcher::Operator;
use formats::version::Version;
use formats::yaml::{Yaml, natural_map};

use super::gate::Gate;
use super::interval::{INTERVAL, NAMED_INTERVALS, TIMES};
use super::range;
use super::receiver::{RECEIVER, receiver};
use super::route::{INHIBIT_RULE, ROUTE};
use super::schema::{Key, Section};
use super::scope::{self, Scope};
use crate::alertmanager::validate::Condition;
use crate::check::invalid::{Field, Invalid, Within};
use crate::object::ObjectKey;

/// Matchers are written as such from this version on, and as mappings before.
const MATCHERS: Version = Version::new(0, 22, 0);

/// The label that confines an object to its namespace.
const NAMESPACE: &str = "namespace";

/// What an object adds.
#[derive(Debug, Default, PartialEq)]
pub struct Part {
    /// Its route, a child of the root.
    pub route: Option<Yaml>,
    /// Its receivers.
    pub receivers: Vec<Yaml>,
    /// Its inhibition rules.
    pub inhibit_rules: Vec<Yaml>,
    /// Its time intervals.
    pub intervals: Vec<Yaml>,
}

/// Names and matchers of the parts of one object.
struct Author<'a> {
    scope: &'a Scope<'a>,
    /// `namespace/name`, in front of every name.
    prefix: String,
}

/// Whether the alerts of an object in `namespace` are those of its namespace only, for an Alertmanager in `own`.
pub fn is_confined(strategy: Option<Strategy>, namespace: &str, own: &str) -> bool {
    match strategy {
        None | Some(Strategy::OnNamespace) => true,
        Some(Strategy::OnNamespaceExceptForAlertmanagerNamespace) => namespace != own,
        Some(Strategy::None) => false,
    }
}

/// What `object` adds to a configuration. `confined`: to the alerts of its namespace.
///
/// # Errors
/// When a value cannot be had or cannot be right.
pub fn part(object: &AlertmanagerConfig, confined: bool, scope: &Scope<'_>) -> Result<Part, Invalid> {
    let mut part = Author::of(object, scope).part(object)?;
    if let Some(route) = &mut part.route {
        if confined {
            confine(route, &ROUTE, "match", "matchers", scope);
        }
        set(route, &ROUTE, "continue", true.into());
    }
    for rule in part.inhibit_rules.iter_mut().filter(|_| confined) {
        for side in ["target", "source"] {
            let (match_, match_re) = (format!("{side}_match"), format!("{side}_match_re"));
            for key in [&match_, &match_re] {
                without(rule, key, NAMESPACE);
            }
            confine(rule, &INHIBIT_RULE, &match_, &format!("{side}_matchers"), scope);
        }
    }
    Ok(part)
}

/// What `object` is as the root of a configuration: nothing is confined.
///
/// # Errors
/// As [`part`].
pub fn root(object: &AlertmanagerConfig, scope: &Scope<'_>) -> Result<Part, Invalid> {
    Author::of(object, scope).part(object)
}

impl Part {
    /// The part as a version can read it.
    ///
    /// # Errors
    /// What the version neither knows nor can be left without.
    pub fn fitted(self, gate: &Gate<'_>) -> Result<Self, Invalid> {
        let list = |section: &'static Section, items: Vec<Yaml>, name: &str| {
            let fit = |(index, item)| gate.fitted(section, item, &format!("{name}[{index}]"));
            items
                .into_iter()
                .enumerate()
                .map(fit)
                .collect::<Result<Vec<Yaml>, Invalid>>()
        };
        Ok(Self {
            route: self
                .route
                .map(|route| gate.fitted(&ROUTE, route, "route"))
                .transpose()?,
            receivers: list(&RECEIVER, self.receivers, "receivers")?,
            inhibit_rules: list(&INHIBIT_RULE, self.inhibit_rules, "inhibitRules")?,
            intervals: list(&NAMED_INTERVALS, self.intervals, "muteTimeIntervals")?,
        })
    }
}

impl<'a> Author<'a> {
    fn of(object: &AlertmanagerConfig, scope: &'a Scope<'a>) -> Self {
        Self {
            scope,
            prefix: ObjectKey::of(object).to_string(),
        }
    }

    fn part(&self, object: &AlertmanagerConfig) -> Result<Part, Invalid> {
        let spec = &object.spec;
        let inhibit_rules = spec.inhibit_rules.iter().map(|rule| self.inhibit_rule(rule)).collect();
        let Some(route) = &spec.route else {
            // Without a route nobody could ask for the rest.
            return Ok(Part {
                inhibit_rules,
                ..Part::default()
            });
        };
        let receiver = |(index, from): (usize, &crds::Receiver)| {
            receiver(from, &self.name(&from.name), self.scope).within(format!("receivers[{index}]"))
        };
        let interval = |(index, from): (usize, &NamedTimeIntervals)| {
            self.intervals(from).within(format!("muteTimeIntervals[{index}]"))
        };
        Ok(Part {
            route: Some(self.route(route, "route")?),
            receivers: spec
                .receivers
                .iter()
                .enumerate()
                .map(receiver)
                .collect::<Result<_, _>>()?,
            inhibit_rules,
            intervals: spec
                .mute_time_intervals
                .iter()
                .enumerate()
                .map(interval)
                .collect::<Result<_, _>>()?,
        })
    }

    /// A name that no other object gives.
    fn name(&self, name: &str) -> String {
        format!("{}/{name}", self.prefix)
    }

    fn names(&self, names: &[Box<str>]) -> Yaml {
        names.iter().map(|name| self.name(name)).collect()
    }

    fn route(&self, route: &crds::Route<Matcher>, path: &str) -> Result<Yaml, Invalid> {
        let children = route.child_routes(path).field(path)?;
        let child =
            |(index, child): (usize, &crds::Route<Matcher>)| self.route(child, &format!("{path}.routes[{index}]"));
        let children: Result<Yaml, Invalid> = children.iter().enumerate().map(child).collect();
        let conditions = Conditions::of(&route.matchers, self.scope.version);
        Ok(ROUTE.tree([
            ("receiver", route.receiver.as_deref().map(|name| self.name(name).into())),
            ("group_by", Some(scope::texts(&route.group_by))),
            ("match", Some(conditions.equal)),
            ("match_re", Some(conditions.regex)),
            ("matchers", Some(conditions.matchers)),
            ("continue", scope::value(route.continue_)),
            ("routes", Some(children?)),
            ("group_wait", scope::optional(route.group_wait.as_ref())),
            ("group_interval", scope::optional(route.group_interval.as_ref())),
            ("repeat_interval", scope::optional(route.repeat_interval.as_ref())),
            ("mute_time_intervals", Some(self.names(&route.mute_time_intervals))),
            ("active_time_intervals", Some(self.names(&route.active_time_intervals))),
        ]))
    }

    fn inhibit_rule(&self, rule: &crds::InhibitRule<Matcher>) -> Yaml {
        let target = Conditions::of(&rule.target_match, self.scope.version);
        let source = Conditions::of(&rule.source_match, self.scope.version);
        INHIBIT_RULE.tree([
            ("target_match", Some(target.equal)),
            ("target_match_re", Some(target.regex)),
            ("target_matchers", Some(target.matchers)),
            ("source_match", Some(source.equal)),
            ("source_match_re", Some(source.regex)),
            ("source_matchers", Some(source.matchers)),
            ("equal", Some(scope::texts(&rule.equal))),
        ])
    }

    fn intervals(&self, named: &NamedTimeIntervals) -> Result<Yaml, Invalid> {
        let interval = |(index, from)| interval(from).within(format!("timeIntervals[{index}]"));
        let intervals: Result<Yaml, Invalid> = named.time_intervals.iter().enumerate().map(interval).collect();
        Ok(NAMED_INTERVALS.tree([
            ("name", Some(self.name(&named.name).into())),
            ("time_intervals", Some(intervals?)),
        ]))
    }
}

fn interval(interval: &TimeInterval) -> Result<Yaml, Invalid> {
    let ranges = |kind, field, texts: Vec<&str>| range::list(kind, texts).map(Some).field(field);
    let days: Vec<String> = interval.days_of_month.iter().copied().map(range::days).collect();
    let times = interval.times.iter().map(|time| {
        TIMES.tree([
            ("start_time", scope::optional(time.start_time.as_ref())),
            ("end_time", scope::optional(time.end_time.as_ref())),
        ])
    });
    Ok(INTERVAL.tree([
        ("times", Some(times.collect())),
        (
            "weekdays",
            ranges(
                range::Kind::Weekdays,
                "weekdays",
                interval.weekdays.iter().map(|range| &**range).collect(),
            )?,
        ),
        (
            "days_of_month",
            ranges(
                range::Kind::DaysOfMonth,
                "daysOfMonth",
                days.iter().map(String::as_str).collect(),
            )?,
        ),
        (
            "months",
            ranges(
                range::Kind::Months,
                "months",
                interval.months.iter().map(|range| &**range).collect(),
            )?,
        ),
        (
            "years",
            ranges(
                range::Kind::Years,
                "years",
                interval.years.iter().map(|range| &**range).collect(),
            )?,
        ),
    ]))
}

/// Matchers as a version writes them: as such, or those of the older kind as mappings.
struct Conditions {
    equal: Yaml,
    regex: Yaml,
    matchers: Yaml,
}

impl Conditions {
    fn of(matchers: &[Matcher], version: Version) -> Self {
        let as_mapping = |matcher: &&Matcher| matcher.match_type.is_none() && version < MATCHERS;
        let mapping = |regex: bool| {
            let pairs = (matchers.iter().filter(as_mapping))
                .filter(|matcher| matcher.regex.unwrap_or(false) == regex)
                .map(|matcher| {
                    (
                        scope::text(&matcher.name),
                        scope::text(matcher.value.as_deref().unwrap_or_default()),
                    )
                });
            last_counts(pairs.collect())
        };
        Self {
            equal: mapping(false),
            regex: mapping(true),
            matchers: (matchers.iter().filter(|matcher| !as_mapping(matcher)))
                .map(text)
                .collect(),
        }
    }
}

/// A sorted mapping in which of equal keys the last one counts.
fn last_counts(pairs: Vec<(Yaml, Yaml)>) -> Yaml {
    let mut unique: Vec<(Yaml, Yaml)> = Vec::with_capacity(pairs.len());
    for (name, value) in pairs {
        match unique.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => unique.push((name, value)),
        }
    }
    natural_map(unique)
}

fn text(matcher: &Matcher) -> String {
    condition(matcher.name(), matcher.operator(), matcher.value())
}

/// A matcher in its normal form.
fn condition(name: &str, operator: Operator, value: &str) -> String {
    let matcher = matcher::Matcher {
        name: name.to_owned(),
        operator,
        value: value.to_owned(),
    };
    matcher.to_string()
}

/// Adds the condition that an alert is of the namespace of the object, unless it stands there.
fn confine(section: &mut Yaml, table: &Section, mapping: &str, matchers: &str, scope: &Scope<'_>) {
    let namespace = scope::text(scope.namespace);
    if scope.version < MATCHERS {
        let mut pairs = section
            .value_of(mapping)
            .and_then(Yaml::as_map)
            .unwrap_or_default()
            .to_vec();
        pairs.retain(|(name, _)| name.as_str() != Some(NAMESPACE));
        pairs.push((NAMESPACE.into(), namespace));
        set(section, table, mapping, natural_map(pairs));
        return;
    }
    let condition = Yaml::from(condition(NAMESPACE, Operator::Equal, scope.namespace));
    let mut conditions = section
        .value_of(matchers)
        .and_then(Yaml::as_seq)
        .unwrap_or_default()
        .to_vec();
    if !conditions.contains(&condition) {
        conditions.push(condition);
    }
    set(section, table, matchers, Yaml::Seq(conditions));
}

/// Puts a value into a section, at the place of its key.
fn set(section: &mut Yaml, table: &Section, name: &str, value: Yaml) {
    let Yaml::Map(pairs) = section else { return };
    let place = |name: &str| table.keys.iter().position(|key: &Key| key.name == name);
    let at = pairs.partition_point(|(known, _)| known.as_str().and_then(place) < place(name));
    match pairs.get_mut(at) {
        Some((known, old)) if known.as_str() == Some(name) => *old = value,
        _ => pairs.insert(at, (name.to_owned().into(), value)),
    }
}

/// Takes a name out of the mapping at `key`, and the mapping with it where nothing else is in it.
fn without(section: &mut Yaml, key: &str, name: &str) {
    let Yaml::Map(pairs) = section else { return };
    for (known, value) in &mut *pairs {
        if let (true, Yaml::Map(inner)) = (known.as_str() == Some(key), value) {
            inner.retain(|(inner, _)| inner.as_str() != Some(name));
        }
    }
    pairs.retain(|(known, value)| known.as_str() != Some(key) || !super::schema::is_empty(value));
}
