//! Whether Prometheus loads the groups of one file: names, durations, which fields go together, expressions, and templates
//! of alerts (`rulefmt`). Pure.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

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
    let mut names = BTreeSet::new();
    for (index, group) in groups.iter().enumerate() {
        if group.name.is_empty() {
            return Err(RuleError::NoGroupName { index });
        }
        if !names.insert(&group.name) {
            return Err(RuleError::RepeatedGroup {
                group: (&group.name).into(),
            });
        }
        check_group(group, scheme).map_err(|fault| RuleError::Group {
            group: (&group.name).into(),
            fault,
        })?;
        for (index, rule) in group.rules.iter().enumerate() {
            check_rule(rule, scheme, options).map_err(|fault| RuleError::of_rule(&group.name, index, rule, fault))?;
        }
    }
    Ok(())
}

fn check_group(group: &RuleGroup, scheme: Scheme) -> Result<(), Fault> {
    duration("interval", group.interval.as_deref().filter(|text| !text.is_empty()))?;
    // Unlike the other two, this one must not be empty where it is given.
    duration("query_offset", group.query_offset.as_deref())?;
    check_labels(&group.labels, scheme)
}

fn check_rule(rule: &Rule, scheme: Scheme, options: Options) -> Result<(), Fault> {
    let waits = duration("for", rule.for_.as_deref().filter(|text| !text.is_empty()))?;
    let keeps = duration("keep_firing_for", rule.keep_firing_for.as_deref())?;
    match (&rule.record, &rule.alert) {
        (Some(_), Some(_)) => return Err(Fault::RecordAndAlert),
        (None, None) => return Err(Fault::NeitherRecordNorAlert),
        (Some(_), None) | (None, Some(_)) => {}
    }
    if matches!(&rule.expr, IntOrString::String(expression) if expression.is_empty()) {
        return Err(Fault::NoExpression);
    }
    promql::parse(&text_of(&rule.expr), options).map_err(|source| Fault::Expression { source })?;
    if let Some(name) = &rule.record {
        let alert_fields = [
            ("annotations", !rule.annotations.is_empty()),
            ("for", waits),
            ("keep_firing_for", keeps),
        ];
        if let Some((field, _)) = alert_fields.into_iter().find(|(_, is_set)| *is_set) {
            return Err(Fault::AlertField { field });
        }
        if name.contains(['{', '}']) {
            return Err(Fault::Braces { name: name.into() });
        }
        if !scheme.allows_metric(name) {
            return Err(Fault::RecordName { name: name.into() });
        }
    }
    check_labels(&rule.labels, scheme)?;
    match rule.annotations.keys().find(|name| !scheme.allows_label(name)) {
        Some(name) => Err(Fault::AnnotationName { name: name.into() }),
        None => check_templates(rule),
    }
}

/// Labels and annotations of an alert are templates; labels of a recorded series are texts.
fn check_templates(rule: &Rule) -> Result<(), Fault> {
    let Some(alert) = rule.alert.as_deref().filter(|name| !name.is_empty()) else {
        return Ok(());
    };
    // A template can define others, but not one of the name that Prometheus gives to itself.
    let own_name = format!("__alert_{alert}");
    for (field, texts) in [("label", &rule.labels), ("annotation", &rule.annotations)] {
        for (name, text) in texts {
            template::check_named(&own_name, text, &Functions::PROMETHEUS).map_err(|error| Fault::Template {
                field,
                name: name.into(),
                source: error.into(),
            })?;
        }
    }
    Ok(())
}

/// Reads a duration that is set and says whether it is longer than nothing.
fn duration(field: &'static str, text: Option<&str>) -> Result<bool, Fault> {
    let Some(text) = text else { return Ok(false) };
    let zero = PrometheusDuration::parse("0");
    let read = PrometheusDuration::parse(text).map_err(|source| Fault::Duration { field, source })?;
    Ok(Ok(read) != zero)
}

fn check_labels(labels: &BTreeMap<Box<str>, Box<str>>, scheme: Scheme) -> Result<(), Fault> {
    match labels
        .keys()
        .find(|name| !scheme.allows_label(name) || ***name == *"__name__")
    {
        Some(name) => Err(Fault::LabelName { name: name.into() }),
        None => Ok(()),
    }
}
