//! The validation rules of the definitions (`x-kubernetes-validations`): the part of the Common Expression Language that they use.
//! A library for all of it would bring a generated parser and its runtime, and lack `quantity`, which is Kubernetes' own. Pure.
//!
//! What is not known here is no rule, so that nothing is refused that an API server would take; a test sees to it that every rule
//! of the definitions is known.

mod parse;
mod tokens;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use serde_json::Value;

use crate::prometheus::config::number;
use parse::{Expression, Operator};

/// A rule that can be evaluated.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule(Expression);

/// The values of names.
type Names<'a> = BTreeMap<&'a str, &'a Value>;

impl Rule {
    /// The rule of a text; `None` where it has what is not known.
    pub(super) fn parse(text: &str) -> Option<Self> {
        parse::expression(text).map(Self)
    }

    /// Whether `object` obeys it; `None` where that cannot be said.
    pub(super) fn holds(&self, object: &Value) -> Option<bool> {
        value(&self.0, &Names::from([("self", object)]))?.as_bool()
    }
}

/// What an expression means; `None` where it is an error, as a field that is not there.
fn value(expression: &Expression, names: &Names<'_>) -> Option<Value> {
    let of = |expression: &Expression| value(expression, names);
    let truth = |expression: &Expression| of(expression).and_then(|value| value.as_bool());
    match expression {
        Expression::Literal(value) => Some(value.clone()),
        Expression::Name(name) => names.get(name.as_str()).map(|value| (*value).clone()),
        Expression::Field(object, name) => field(&of(object)?, name),
        Expression::Has(object, name) => Some(field(&of(object)?, name).is_some().into()),
        Expression::Not(inner) => Some((!truth(inner)?).into()),
        // Either side decides, whatever becomes of the other one.
        Expression::And(one, two) => decided(truth(one), truth(two), false),
        Expression::Or(one, two) => decided(truth(one), truth(two), true),
        Expression::Choice(condition, yes, no) => of(if truth(condition)? { yes } else { no }),
        Expression::Compare(operator, one, two) => compare(*operator, &of(one)?, &of(two)?).map(Value::from),
        Expression::List(items) => items.iter().map(of).collect::<Option<Vec<_>>>().map(Value::from),
        Expression::Filter(list, name, wanted) => {
            let mut kept = of(list)?.as_array()?.clone();
            let mut is_error = false;
            kept.retain(|item| {
                let mut names = names.clone();
                names.insert(name, item);
                let found = value(wanted, &names).and_then(|value| value.as_bool());
                is_error |= found.is_none();
                found == Some(true)
            });
            (!is_error).then(|| kept.into())
        }
        Expression::Call(name, arguments) => {
            let arguments: Vec<Value> = arguments.iter().map(of).collect::<Option<_>>()?;
            call(name, &arguments)
        }
    }
}

/// A field that is set.
fn field(object: &Value, name: &str) -> Option<Value> {
    object.get(name).filter(|field| !field.is_null()).cloned()
}

fn decided(one: Option<bool>, two: Option<bool>, decisive: bool) -> Option<Value> {
    if one == Some(decisive) || two == Some(decisive) {
        return Some(decisive.into());
    }
    one.and(two).map(Value::from)
}

fn compare(operator: Operator, one: &Value, two: &Value) -> Option<bool> {
    match operator {
        Operator::Equal => Some(one == two),
        Operator::Unequal => Some(one != two),
        Operator::Less => order(one, two).map(Ordering::is_lt),
        Operator::LessOrEqual => order(one, two).map(Ordering::is_le),
        Operator::Greater => order(one, two).map(Ordering::is_gt),
        Operator::GreaterOrEqual => order(one, two).map(Ordering::is_ge),
    }
}

fn order(one: &Value, two: &Value) -> Option<Ordering> {
    match (one, two) {
        (Value::String(one), Value::String(two)) => Some(one.cmp(two)),
        (one, two) => one.as_f64()?.partial_cmp(&two.as_f64()?),
    }
}

/// A function, or a method with its object as the first argument.
fn call(name: &str, arguments: &[Value]) -> Option<Value> {
    match (name, arguments) {
        ("size", [Value::Array(items)]) => Some(items.len().into()),
        ("size", [Value::Object(fields)]) => Some(fields.len().into()),
        ("size", [Value::String(text)]) => Some(text.chars().count().into()),
        ("string", [Value::String(text)]) => Some(text.as_str().into()),
        ("string", [value @ (Value::Number(_) | Value::Bool(_))]) => Some(value.to_string().into()),
        ("quantity", [Value::String(text)]) => number(&Quantity(text.clone())).map(Value::from),
        ("isLessThan", [one, two]) => order(one, two).map(|order| order.is_lt().into()),
        ("isGreaterThan", [one, two]) => order(one, two).map(|order| order.is_gt().into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(rule: &str, object: &Value) -> Option<bool> {
        Rule::parse(rule)?.holds(object)
    }

    /// Every rule of the definitions, by its text.
    fn rules(schema: &Value, found: &mut Vec<String>) {
        if let Some(rules) = schema["x-kubernetes-validations"].as_array() {
            found.extend(rules.iter().map(|rule| rule["rule"].as_str().unwrap().to_owned()));
        }
        match schema {
            Value::Object(fields) => fields.values().for_each(|field| rules(field, found)),
            Value::Array(items) => items.iter().for_each(|item| rules(item, found)),
            _ => {}
        }
    }

    #[test]
    fn every_rule_of_the_definitions_is_known() {
        let mut found = Vec::new();
        for definition in crds::custom_resource_definitions() {
            rules(&definition, &mut found);
        }
        assert!(found.len() > 20, "{found:?}");
        for rule in found {
            assert!(Rule::parse(&rule).is_some(), "{rule}");
        }
    }

    #[test]
    fn rules_hold_or_do_not() {
        let one_of = "[has(self.a), has(self.b)].filter(x, x).size() <= 1";
        let percentage = "!quantity(string(self)).isLessThan(quantity('0')) && !quantity(string(self)).isGreaterThan(quantity('100'))";
        let shards = "!has(self.t) || (has(self.shards) ? self.shards : 1) >= self.t.values.size()";
        for (rule, object, expected) in [
            ("!has(self.a) || has(self.b)", json!({"a": 1}), Some(false)),
            ("!has(self.a) || has(self.b)", json!({"a": null}), Some(true)),
            (
                "!(has(self.mode) && self.mode == 'X' && has(self.n) && self.n > 1)",
                json!({"mode": "X", "n": 2}),
                Some(false),
            ),
            (
                "!(has(self.mode) && self.mode == 'X' && has(self.n) && self.n > 1)",
                json!({"mode": "X", "n": 1}),
                Some(true),
            ),
            (one_of, json!({"a": 1, "b": 2}), Some(false)),
            (one_of, json!({"b": 2}), Some(true)),
            (percentage, json!(100), Some(true)),
            (percentage, json!("100.5"), Some(false)),
            (percentage, json!("-1"), Some(false)),
            (percentage, json!("50500m"), Some(true)),
            (shards, json!({"t": {"values": ["a", "b"]}}), Some(false)),
            (shards, json!({"t": {"values": ["a", "b"]}, "shards": 2}), Some(true)),
            ("self.type != 'A'", json!({}), None),
            ("oldSelf == self", json!({}), None),
        ] {
            assert_eq!(holds(rule, &object), expected, "{rule} {object}");
        }
    }

    #[test]
    fn what_is_no_rule_is_none() {
        for text in [
            "",
            "self.",
            "has(self)",
            "(self",
            "self ==",
            "'open",
            "a b",
            "self.a[0]",
            "self.matches('a')",
        ] {
            assert_eq!(Rule::parse(text), None, "{text}");
        }
        assert_eq!(Rule::parse(&"(".repeat(100_000)), None);
    }
}
