//! The tree of routes, and which of them an alert takes. Pure; the behaviour is that of Alertmanager's dispatcher.

use std::collections::BTreeMap;

use formats::matcher::{Matcher, Mode, Operator, matchers};
use regex::Regex;
use serde::Serialize;
use serde_json::Value;

/// Labels of an alert.
pub(super) type Labels = BTreeMap<String, String>;

/// A route on the way to a receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Step {
    /// Its number among those beside it, after that of the route above: `0.2`.
    pub(super) place: String,
    /// What it asks of an alert.
    pub(super) conditions: Vec<String>,
    /// The one of them that the operator has added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) injected: Option<String>,
    /// The object that it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) object: Option<String>,
}

/// The end of a way through the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Matched {
    pub(super) receiver: String,
    pub(super) group_by: Vec<String>,
    pub(super) steps: Vec<Step>,
    pub(super) muting: Vec<String>,
    pub(super) active: Vec<String>,
}

/// A route with those below it.
pub(super) struct Tree {
    conditions: Vec<Condition>,
    receiver: Option<String>,
    group_by: Option<Vec<String>>,
    goes_on: bool,
    muting: Vec<String>,
    active: Vec<String>,
    below: Vec<Tree>,
}

struct Condition {
    label: String,
    operator: Operator,
    value: String,
    /// Of the operators that ask for an expression.
    expression: Option<Regex>,
}

impl Condition {
    fn new(label: &str, operator: Operator, value: &str) -> Result<Self, String> {
        let expression = matches!(operator, Operator::Regex | Operator::NotRegex).then(|| {
            Regex::new(&format!("^(?s:{value})$"))
                .map_err(|_| format!("the expression {value:?} cannot be evaluated here"))
        });
        Ok(Self {
            label: label.to_owned(),
            operator,
            value: value.to_owned(),
            expression: expression.transpose()?,
        })
    }

    fn holds(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.label).map_or("", String::as_str);
        let matches = || {
            self.expression
                .as_ref()
                .is_some_and(|expression| expression.is_match(value))
        };
        match self.operator {
            Operator::Equal => value == self.value,
            Operator::NotEqual => value != self.value,
            Operator::Regex => matches(),
            Operator::NotRegex => !matches(),
        }
    }

    fn shown(&self) -> String {
        format!("{}{}{:?}", self.label, self.operator.text(), self.value)
    }
}

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

impl Tree {
    /// The routes of a configuration.
    pub(super) fn new(route: &Value) -> Result<Self, String> {
        let mut conditions = Vec::new();
        for (field, operator) in [("match", Operator::Equal), ("match_re", Operator::Regex)] {
            for (label, value) in route[field].as_object().into_iter().flatten() {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                conditions.push(Condition::new(label, operator, &text)?);
            }
        }
        for text in texts(&route["matchers"]) {
            for Matcher { name, operator, value } in
                matchers(&text, Mode::Fallback).map_err(|error| error.to_string())?
            {
                conditions.push(Condition::new(&name, operator, &value)?);
            }
        }
        let below = route["routes"].as_array().into_iter().flatten();
        Ok(Self {
            conditions,
            receiver: route["receiver"].as_str().map(str::to_owned),
            group_by: route["group_by"].is_array().then(|| texts(&route["group_by"])),
            goes_on: route["continue"] == true,
            muting: texts(&route["mute_time_intervals"]),
            active: texts(&route["active_time_intervals"]),
            below: below.map(Self::new).collect::<Result<_, _>>()?,
        })
    }

    /// Every way that an alert takes.
    pub(super) fn matched(&self, labels: &Labels) -> Vec<Matched> {
        let above = Matched {
            receiver: String::new(),
            group_by: Vec::new(),
            steps: Vec::new(),
            muting: Vec::new(),
            active: Vec::new(),
        };
        self.follow(labels, &above, "0")
    }

    fn follow(&self, labels: &Labels, above: &Matched, place: &str) -> Vec<Matched> {
        if !self.conditions.iter().all(|condition| condition.holds(labels)) {
            return Vec::new();
        }
        let mut own = above.clone();
        own.steps.push(Step {
            place: place.to_owned(),
            conditions: self.conditions.iter().map(Condition::shown).collect(),
            injected: None,
            object: None,
        });
        if let Some(receiver) = &self.receiver {
            own.receiver.clone_from(receiver);
        }
        if let Some(group_by) = &self.group_by {
            own.group_by.clone_from(group_by);
        }
        // These two are the route's alone.
        own.muting.clone_from(&self.muting);
        own.active.clone_from(&self.active);
        let mut all = Vec::new();
        for (number, below) in self.below.iter().enumerate() {
            let matched = below.follow(labels, &own, &format!("{place}.{number}"));
            let ends = !matched.is_empty() && !below.goes_on;
            all.extend(matched);
            if ends {
                break;
            }
        }
        if all.is_empty() { vec![own] } else { all }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn receivers(labels: &[(&str, &str)]) -> Vec<String> {
        let tree = Tree::new(&json!({
            "receiver": "root", "group_by": ["a"],
            "routes": [
                {"match": {"team": "x"}, "continue": true, "routes": [{"receiver": "x-deep", "matchers": ["severity=~\"crit.*\""]}]},
                {"receiver": "all", "matchers": ["team=~\"x|y\"", "quiet!=\"yes\""]},
                {"receiver": "never", "match_re": {"team": "x"}},
            ],
        }))
        .unwrap();
        let labels = labels
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let way = |matched: Matched| format!("{} {}", matched.receiver, matched.steps.last().unwrap().place);
        tree.matched(&labels).into_iter().map(way).collect()
    }

    #[test]
    fn an_alert_takes_the_first_route_and_those_after_one_that_goes_on() {
        assert_eq!(
            receivers(&[("team", "x"), ("severity", "critical")]),
            ["x-deep 0.0.0", "all 0.1"]
        );
        assert_eq!(receivers(&[("team", "x")]), ["root 0.0", "all 0.1"]);
        assert_eq!(receivers(&[("team", "y")]), ["all 0.1"]);
        assert_eq!(receivers(&[("team", "x"), ("quiet", "yes")]), ["root 0.0", "never 0.2"]);
        assert_eq!(receivers(&[("team", "xx")]), ["root 0"]);
    }
}
