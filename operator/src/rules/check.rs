//! Whether Prometheus loads the groups of one file: names, durations, which fields go together, expressions, and templates
//! of alerts (`rulefmt`). Pure.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crds::{Rule, RuleGroup};
use formats::duration::{ParseError, PrometheusDuration};
use formats::excerpt::Excerpt;
use formats::label::Scheme;
use formats::promql::{self, Options};
use formats::template::{self, Functions};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// A group or rule that Prometheus would refuse, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// A group without a name.
    #[error("groups[{index}]: name must not be empty")]
    NoGroupName {
        /// Position of the group.
        index: usize,
    },
    /// Two groups of one name.
    #[error("group {group:?} is repeated in the same file")]
    RepeatedGroup {
        /// Name of the group.
        group: Excerpt,
    },
    /// Something of the group itself.
    #[error("group {group:?}: {fault}")]
    Group {
        /// Name of the group.
        group: Excerpt,
        /// What is wrong.
        fault: Fault,
    },
    /// Something of one rule.
    #[error("group {group:?}, rule {rule}, {name:?}: {fault}")]
    Rule {
        /// Name of the group.
        group: Excerpt,
        /// Position of the rule, from 1 on.
        rule: usize,
        /// Name of the alert or of the recorded series.
        name: Excerpt,
        /// What is wrong.
        fault: Fault,
    },
}

impl RuleError {
    /// The fault of the rule at the position `index` of a group.
    pub(super) fn of_rule(group: &str, index: usize, rule: &Rule, fault: Fault) -> Self {
        Self::Rule {
            group: group.into(),
            rule: index + 1,
            name: rule
                .alert
                .as_deref()
                .or(rule.record.as_deref())
                .unwrap_or_default()
                .into(),
            fault,
        }
    }
}

/// The text of an expression, which may be written as a number.
pub(super) fn text_of(expression: &IntOrString) -> Cow<'_, str> {
    match expression {
        IntOrString::Int(number) => number.to_string().into(),
        IntOrString::String(text) => text.into(),
    }
}

/// What is wrong with a group or a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Recording and alerting at once.
    #[error("only one of 'record' and 'alert' must be set")]
    RecordAndAlert,
    /// Neither.
    #[error("one of 'record' or 'alert' must be set")]
    NeitherRecordNorAlert,
    /// Nothing to evaluate.
    #[error("field 'expr' must be set in rule")]
    NoExpression,
    /// Not `PromQL`.
    #[error("expr: {source}")]
    Expression {
        /// Where and why.
        source: promql::Error,
    },
    /// A field of alerts.
    #[error("invalid field '{field}' in recording rule")]
    AlertField {
        /// Which field.
        field: &'static str,
    },
    /// Labels belong into the expression.
    #[error("braces present in the recording rule name; should it be in expr?: {name}")]
    Braces {
        /// The name.
        name: Excerpt,
    },
    /// No series may have this name.
    #[error("invalid recording rule name: {name}")]
    RecordName {
        /// The name.
        name: Excerpt,
    },
    /// No label may have this name, or not in a rule.
    #[error("invalid label name: {name}")]
    LabelName {
        /// The name.
        name: Excerpt,
    },
    /// No annotation may have this name.
    #[error("invalid annotation name: {name}")]
    AnnotationName {
        /// The name.
        name: Excerpt,
    },
    /// A label or annotation of an alert that is not a template.
    #[error("{field} {name:?}: template: {source}")]
    Template {
        /// Which of the two.
        field: &'static str,
        /// Its name.
        name: Excerpt,
        /// Why.
        source: Box<template::Error>,
    },
    /// A template that reads series of any namespace.
    #[error("{field} {name:?}: templates must not call query, since the rules are bound to their namespace")]
    UnboundQuery {
        /// Which of the two.
        field: &'static str,
        /// Its name.
        name: Box<str>,
    },
    /// A function that reads series of any namespace.
    #[error("expr: info needs a second argument, a selector by labels, since the rules are bound to their namespace")]
    UnboundInfo,
    /// Not a duration.
    #[error("{field}: {source}")]
    Duration {
        /// Which field.
        field: &'static str,
        /// Why.
        source: ParseError,
    },
}

/// Checks the groups of one file. Gives the first error.
pub(super) fn check(groups: &[RuleGroup], scheme: Scheme, options: Options) -> Result<(), RuleError> {
    match errors(groups, scheme, options).next() {
        Some((_, error)) => Err(error),
        None => Ok(()),
    }
}

/// Where in an object an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    group: usize,
    rule: Option<usize>,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "spec.groups[{}]", self.group)?;
        match self.rule {
            Some(rule) => write!(formatter, ".rules[{rule}]"),
            None => Ok(()),
        }
    }
}

/// All errors of the groups of one file, in the order in which [`check`] meets them.
pub(super) fn errors(
    groups: &[RuleGroup],
    scheme: Scheme,
    options: Options,
) -> impl Iterator<Item = (Place, RuleError)> {
    let mut names = BTreeSet::new();
    groups.iter().enumerate().flat_map(move |(number, group)| {
        let at = move |rule: Option<usize>| Place { group: number, rule };
        let unnamed = named(number, group, &mut names).err().into_iter();
        let own = group_faults(group, scheme).into_iter().map(|fault| RuleError::Group {
            group: (&group.name).into(),
            fault,
        });
        let of_rules = group.rules.iter().enumerate().flat_map(move |(index, rule)| {
            let faults = rule_faults(rule, scheme, options).into_iter();
            faults.map(move |fault| (at(Some(index)), RuleError::of_rule(&group.name, index, rule, fault)))
        });
        unnamed.chain(own).map(move |error| (at(None), error)).chain(of_rules)
    })
}

/// Whether a group has a name, and one of its own.
fn named<'a>(index: usize, group: &'a RuleGroup, names: &mut BTreeSet<&'a str>) -> Result<(), RuleError> {
    if group.name.is_empty() {
        return Err(RuleError::NoGroupName { index });
    }
    if !names.insert(&group.name) {
        return Err(RuleError::RepeatedGroup {
            group: (&group.name).into(),
        });
    }
    Ok(())
}

fn group_faults(group: &RuleGroup, scheme: Scheme) -> Vec<Fault> {
    let mut faults = Vec::new();
    let interval = group.interval.as_deref().filter(|text| !text.is_empty());
    faults.extend(duration("interval", interval).err());
    // Unlike the other two, this one must not be empty where it is given.
    faults.extend(duration("query_offset", group.query_offset.as_deref()).err());
    faults.extend(label_faults(&group.labels, scheme));
    faults
}

fn rule_faults(rule: &Rule, scheme: Scheme, options: Options) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut is_positive = |field, text: Option<&str>| {
        duration(field, text).unwrap_or_else(|fault| {
            faults.push(fault);
            false
        })
    };
    let waits = is_positive("for", rule.for_.as_deref().filter(|text| !text.is_empty()));
    let keeps = is_positive("keep_firing_for", rule.keep_firing_for.as_deref());
    match (&rule.record, &rule.alert) {
        (Some(_), Some(_)) => faults.push(Fault::RecordAndAlert),
        (None, None) => faults.push(Fault::NeitherRecordNorAlert),
        (Some(_), None) | (None, Some(_)) => {}
    }
    if matches!(&rule.expr, IntOrString::String(expression) if expression.is_empty()) {
        faults.push(Fault::NoExpression);
    } else if let Err(source) = promql::parse(&text_of(&rule.expr), options) {
        faults.push(Fault::Expression { source });
    }
    if let Some(name) = &rule.record {
        let alert_fields = [
            ("annotations", !rule.annotations.is_empty()),
            ("for", waits),
            ("keep_firing_for", keeps),
        ];
        let set = alert_fields.into_iter().filter(|(_, is_set)| *is_set);
        faults.extend(set.map(|(field, _)| Fault::AlertField { field }));
        if name.contains(['{', '}']) {
            faults.push(Fault::Braces { name: name.into() });
        } else if !scheme.allows_metric(name) {
            faults.push(Fault::RecordName { name: name.into() });
        }
    }
    faults.extend(label_faults(&rule.labels, scheme));
    let annotations = rule.annotations.keys().filter(|name| !scheme.allows_label(name));
    faults.extend(annotations.map(|name| Fault::AnnotationName { name: name.into() }));
    template_faults(rule, &mut faults);
    faults
}

/// Labels and annotations of an alert are templates; labels of a recorded series are texts.
fn template_faults(rule: &Rule, faults: &mut Vec<Fault>) {
    let Some(alert) = rule.alert.as_deref().filter(|name| !name.is_empty()) else {
        return;
    };
    // A template can define others, but not one of the name that Prometheus gives to itself.
    let own_name = format!("__alert_{alert}");
    for (field, texts) in [("label", &rule.labels), ("annotation", &rule.annotations)] {
        for (name, text) in texts {
            if let Err(error) = template::check_named(&own_name, text, &Functions::PROMETHEUS) {
                faults.push(Fault::Template {
                    field,
                    name: name.into(),
                    source: error.into(),
                });
            }
        }
    }
}

/// Reads a duration that is set and says whether it is longer than nothing.
fn duration(field: &'static str, text: Option<&str>) -> Result<bool, Fault> {
    let Some(text) = text else { return Ok(false) };
    let zero = PrometheusDuration::parse("0");
    let read = PrometheusDuration::parse(text).map_err(|source| Fault::Duration { field, source })?;
    Ok(Ok(read) != zero)
}

fn label_faults(labels: &BTreeMap<Box<str>, Box<str>>, scheme: Scheme) -> impl Iterator<Item = Fault> {
    let refused = (labels.keys()).filter(move |name| !scheme.allows_label(name) || ***name == *"__name__");
    refused.map(|name| Fault::LabelName { name: name.into() })
}
