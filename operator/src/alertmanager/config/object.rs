//! What an `AlertmanagerConfig` adds to the configuration: a route, receivers, inhibition rules and time intervals, all
//! with names of their own and, as the Alertmanager asks for it, confined to the alerts of its namespace. Pure; the
//! behaviour is that of the original.
//!
//! An object is generated ([`Part::of`]), fitted to the version ([`Part::fitted`]) and checked ([`Part::check`]), once each;
//! what is wrong is reported in the words of the API.

use crds::AlertmanagerConfigMatcherStrategyType as Strategy;
use crds::v1alpha1::AlertmanagerConfig;
use formats::yaml::{Yaml, natural_map};

use super::condition::{equality, has_matchers};
use super::context::Context;
use super::fit::{Dropped, Fitting, Reason};
use super::interval::NAMED_INTERVALS;
use super::load;
use super::part::{IntervalsField, Part};
use super::receiver::RECEIVER;
use super::route::{self, INHIBIT_RULE, ROUTE};
use super::schema::{Table, text_of};
use super::scope::{self, ObjectScope};
use crate::check::invalid::{Field, Invalid, SPEC, Within};

/// The label that confines an object to its namespace.
const NAMESPACE: &str = "namespace";

/// Fields of the specification.
const ROUTE_FIELD: &str = "route";
const RECEIVERS: &str = "receivers";
const INHIBIT_RULES: &str = "inhibitRules";

/// What is wrong with an object as a whole.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("the root route requires a receiver")]
    NoReceiver,
    #[error("the name {0:?} is used twice")]
    Duplicate(Box<str>),
    #[error(
        "a file of the Alertmanager container; alertmanagerConfigFileSystemMode of the Alertmanager must be Allow for it"
    )]
    File,
}

/// Whether the alerts of an object in `namespace` are those of its namespace only, for an Alertmanager in `own`.
pub fn is_confined(strategy: Option<Strategy>, namespace: &str, own: &str) -> bool {
    match strategy {
        None | Some(Strategy::OnNamespace) => true,
        Some(Strategy::OnNamespaceExceptForAlertmanagerNamespace) => namespace != own,
        Some(Strategy::None) => false,
    }
}

/// What `object` adds to the configuration that `context` is of, and what the version does not know of it. `confined`: to
/// the alerts of its namespace.
///
/// # Errors
/// When a value cannot be had or cannot be right, or when Alertmanager would not load it.
pub fn addition(
    object: &AlertmanagerConfig,
    confined: bool,
    scope: &ObjectScope<'_>,
    context: &Context<'_>,
) -> Result<(Part, Vec<Dropped>), Invalid> {
    let part = Part::of(object, scope).map(Part::continued);
    let part = part.map(|part| if confined { part.confined(scope) } else { part });
    checked(part, scope, context)
}

/// Whether `object` could be a part of a configuration of which nothing is known.
///
/// # Errors
/// When no Alertmanager would load it.
pub fn check(
    object: &AlertmanagerConfig,
    scope: &ObjectScope<'_>,
    intervals_field: IntervalsField,
) -> Result<(), Invalid> {
    let part = Part::of_version(object, scope, intervals_field);
    checked(part, scope, &Context::unknown()).map(drop)
}

/// Checks that `object` refers to no file of the container, whose content whoever may create such objects could send to a
/// server of his.
///
/// # Errors
/// When it does.
pub fn check_files(object: &AlertmanagerConfig) -> Result<(), Invalid> {
    for (index, receiver) in object.spec.receivers.iter().enumerate() {
        let of_pushover = receiver
            .pushover_configs
            .iter()
            .enumerate()
            .flat_map(|(place, pushover)| {
                let files = [
                    ("userKeyFile", pushover.user_key_file.is_some()),
                    ("tokenFile", pushover.token_file.is_some()),
                ];
                files.map(|(field, is_set)| (format!("pushoverConfigs[{place}].{field}"), is_set))
            });
        let of_telegram = receiver.telegram_configs.iter().enumerate().map(|(place, telegram)| {
            let path = format!("telegramConfigs[{place}].botTokenFile");
            (path, telegram.bot_token_file.is_some())
        });
        if let Some((path, _)) = of_pushover.chain(of_telegram).find(|(_, is_set)| *is_set) {
            return Err(Cause::File).field(format!("spec.{RECEIVERS}[{index}].{path}"));
        }
    }
    Ok(())
}

fn checked(
    part: Result<Part, Invalid>,
    scope: &ObjectScope<'_>,
    context: &Context<'_>,
) -> Result<(Part, Vec<Dropped>), Invalid> {
    let context = Context {
        prefix: Some(scope.prefix()),
        ..context.clone()
    };
    let checked = part.and_then(|part| {
        let mut fitting = Fitting::new(&context);
        let part = part.fitted(&mut fitting)?;
        part.check(&context)?;
        let mut dropped = fitting.into_dropped();
        dropped.extend(part.unreachable());
        Ok((part.needed(), dropped))
    });
    checked.within(SPEC)
}

impl Part {
    /// What comes out of `object`.
    ///
    /// # Errors
    /// When a value cannot be had or cannot be right.
    pub fn of(object: &AlertmanagerConfig, scope: &ObjectScope<'_>) -> Result<Self, Invalid> {
        Self::of_version(object, scope, IntervalsField::default())
    }

    /// The same for an object that was written in the version that has `intervals_field`.
    fn of_version(
        object: &AlertmanagerConfig,
        scope: &ObjectScope<'_>,
        intervals_field: IntervalsField,
    ) -> Result<Self, Invalid> {
        let spec = &object.spec;
        let list = |sections: Option<Yaml>| match sections {
            Some(Yaml::Seq(sections)) => sections,
            _ => Vec::new(),
        };
        let route = spec.route.as_deref();
        if let Some(route) = route {
            route::check_depth(route).within(ROUTE_FIELD)?;
            route
                .receiver
                .as_ref()
                .ok_or(Cause::NoReceiver)
                .field("route.receiver")?;
        }
        Ok(Self {
            receivers: list(RECEIVER.of_each(&spec.receivers, scope).within(RECEIVERS)?),
            intervals: list(
                NAMED_INTERVALS
                    .of_each(&spec.mute_time_intervals, scope)
                    .within(intervals_field.name())?,
            ),
            route: ROUTE.of_option(route, scope).within(ROUTE_FIELD)?,
            inhibit_rules: list(INHIBIT_RULE.of_each(&spec.inhibit_rules, scope).within(INHIBIT_RULES)?),
            intervals_field,
        })
    }

    /// The part as a version can read it.
    ///
    /// # Errors
    /// What the version neither knows nor can be left without.
    pub fn fitted(self, fitting: &mut Fitting<'_>) -> Result<Self, Invalid> {
        let mut list = |table: &'static dyn Table, items: Vec<Yaml>, field: &str| {
            let fit = |(index, item)| fitting.fitted(table, item, &format!("{field}[{index}]"));
            items.into_iter().enumerate().map(fit).collect::<Result<_, Invalid>>()
        };
        Ok(Self {
            receivers: list(&RECEIVER, self.receivers, RECEIVERS)?,
            inhibit_rules: list(&INHIBIT_RULE, self.inhibit_rules, INHIBIT_RULES)?,
            intervals: list(&NAMED_INTERVALS, self.intervals, self.intervals_field.name())?,
            route: (self.route)
                .map(|route| fitting.fitted(&ROUTE, route, ROUTE_FIELD))
                .transpose()?,
            intervals_field: self.intervals_field,
        })
    }

    /// Checks that Alertmanager would load the file that `context` is of with the part.
    ///
    /// # Errors
    /// What it would refuse it for.
    pub fn check(&self, context: &Context<'_>) -> Result<(), Invalid> {
        let mut context = context.clone();
        let intervals = self.intervals_field.name();
        for (place, receiver) in self.receivers.iter().enumerate() {
            let name = text_of(receiver, "name");
            if !context.receivers.insert(name) {
                let cause = Cause::Duplicate(context.own_name(name).into());
                return Err(cause).field(format!("{RECEIVERS}[{place}].name"));
            }
        }
        for (place, interval) in self.intervals.iter().enumerate() {
            let name = text_of(interval, "name");
            if !context.intervals.insert(name) {
                let cause = Cause::Duplicate(context.own_name(name).into());
                return Err(cause).field(format!("{intervals}[{place}].name"));
            }
        }
        load::check_list(&RECEIVER, &self.receivers, RECEIVERS, &context)?;
        load::check_list(&NAMED_INTERVALS, &self.intervals, intervals, &context)?;
        if let Some(route) = &self.route {
            load::check(&ROUTE, route, ROUTE_FIELD, &context)?;
        }
        load::check_list(&INHIBIT_RULE, &self.inhibit_rules, INHIBIT_RULES, &context)
    }

    /// What nobody could ask for.
    fn unreachable(&self) -> Vec<Dropped> {
        let is_left_out = |items: &[Yaml]| self.route.is_none() && !items.is_empty();
        let lists = [
            (is_left_out(&self.receivers), RECEIVERS),
            (is_left_out(&self.intervals), self.intervals_field.name()),
        ];
        let dropped = |(_, field): (bool, &str)| Dropped {
            path: field.to_owned(),
            reason: Reason::Unreachable,
        };
        lists
            .into_iter()
            .filter(|(is_left_out, _)| *is_left_out)
            .map(dropped)
            .collect()
    }

    /// The part without what nobody could ask for: without a route there is no use for receivers and intervals.
    fn needed(self) -> Self {
        if self.route.is_some() {
            return self;
        }
        Self {
            inhibit_rules: self.inhibit_rules,
            ..Self::default()
        }
    }

    /// The part as a child of the root, for the alerts of the namespace of the object alone.
    fn confined(mut self, scope: &ObjectScope<'_>) -> Self {
        if let Some(route) = &mut self.route {
            confine(route, &ROUTE, "match", "matchers", scope);
        }
        for rule in &mut self.inhibit_rules {
            for (matches, matches_re, matchers) in [
                ("target_match", "target_match_re", "target_matchers"),
                ("source_match", "source_match_re", "source_matchers"),
            ] {
                without(rule, matches, NAMESPACE);
                without(rule, matches_re, NAMESPACE);
                confine(rule, &INHIBIT_RULE, matches, matchers, scope);
            }
        }
        self
    }

    /// The part as a child of the root, after which the routes that follow see the alerts, too.
    fn continued(mut self) -> Self {
        if let Some(route) = &mut self.route {
            set(route, &ROUTE, "continue", true.into());
        }
        self
    }
}

/// Adds the condition that an alert is of the namespace of the object, unless it is there.
fn confine(section: &mut Yaml, table: &dyn Table, mapping: &str, matchers: &str, scope: &ObjectScope<'_>) {
    if !has_matchers(scope) {
        let pairs = section.value_of(mapping).and_then(Yaml::as_map).unwrap_or_default();
        let mut pairs = pairs.to_vec();
        pairs.retain(|(name, _)| name.as_str() != Some(NAMESPACE));
        pairs.push((NAMESPACE.into(), scope::text(scope.namespace)));
        set(section, table, mapping, natural_map(pairs));
        return;
    }
    let condition = equality(NAMESPACE, scope.namespace);
    let conditions = section.value_of(matchers).and_then(Yaml::as_seq).unwrap_or_default();
    let mut conditions = conditions.to_vec();
    if !conditions.contains(&condition) {
        conditions.push(condition);
    }
    set(section, table, matchers, Yaml::Seq(conditions));
}

/// Puts a value into a section, at the place of its key.
fn set(section: &mut Yaml, table: &dyn Table, name: &str, value: Yaml) {
    let Yaml::Map(pairs) = section else { return };
    let place = |name: &str| table.place(name);
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

#[cfg(test)]
mod tests;
