//! Label selectors, compiled once and matched often. Pure.
//!
//! Matching is the client library's; what it leaves out, the checks of Kubernetes (`LabelSelectorAsSelector`), is here.

mod objects;
mod text;

use formats::excerpt::Excerpt;
use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::core::SelectorExt;

pub(crate) use objects::{NamespaceLabels, ObjectSelector};
pub(crate) use text::{check_field_text, check_label_text};

/// A selector that Kubernetes would refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not one of the four operators.
    #[error("{operator:?} is not a valid label selector operator")]
    Operator {
        /// What is given.
        operator: Excerpt,
    },
    /// `In` and `NotIn` need values.
    #[error("key {key:?}: for 'In' and 'NotIn' operators, values set can't be empty")]
    NoValues {
        /// Key of the requirement.
        key: Excerpt,
    },
    /// `Exists` and `DoesNotExist` have none.
    #[error("key {key:?}: values set must be empty for 'Exists' and 'DoesNotExist'")]
    Values {
        /// Key of the requirement.
        key: Excerpt,
    },
    /// No label may have this key.
    #[error("{key:?} is not a valid label key")]
    Key {
        /// The key.
        key: Excerpt,
    },
    /// No label may have this value.
    #[error("key {key:?}: {value:?} is not a valid label value")]
    Value {
        /// The key.
        key: Excerpt,
        /// The value.
        value: Excerpt,
    },
}

/// A selector that is ready to match. The default one matches everything, as the empty `LabelSelector` does.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Selector(kube::core::Selector);

impl Selector {
    /// Compiles `selector`.
    pub fn parse(selector: &LabelSelector) -> Result<Self, Error> {
        check(selector)?;
        let compiled =
            kube::core::Selector::try_from(selector.clone()).map_err(|_| Error::Operator { operator: "".into() })?;
        Ok(Self(compiled))
    }

    /// Whether an object with `labels` is selected.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.0.matches(labels)
    }

    /// Whether every object is selected.
    pub fn selects_all(&self) -> bool {
        self.0.selects_all()
    }
}

/// The requirements of `selector` that `labels` do not meet, as kubectl writes them.
pub(crate) fn unmet(selector: &LabelSelector, labels: &BTreeMap<String, String>) -> Vec<String> {
    let equal = selector.match_labels.iter().flatten().map(|(key, value)| {
        let match_labels = Some(BTreeMap::from([(key.clone(), value.clone())]));
        let alone = LabelSelector {
            match_labels,
            match_expressions: None,
        };
        (alone, format!("{key}={value}"))
    });
    let others = selector.match_expressions.iter().flatten().map(|requirement| {
        let (key, values) = (
            &requirement.key,
            requirement.values.as_deref().unwrap_or_default().join(", "),
        );
        let text = match requirement.operator.as_str() {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "DoesNotExist" => format!("!{key}"),
            _ => key.clone(),
        };
        let match_expressions = Some(vec![requirement.clone()]);
        let alone = LabelSelector {
            match_labels: None,
            match_expressions,
        };
        (alone, text)
    });
    let is_unmet = |alone: &LabelSelector| !Selector::parse(alone).is_ok_and(|selector| selector.matches(labels));
    let unmet = equal.chain(others).filter(|(alone, _)| is_unmet(alone));
    unmet.map(|(_, text)| text).collect()
}

/// Checks `selector` without compiling it.
pub(crate) fn check(selector: &LabelSelector) -> Result<(), Error> {
    for (key, value) in selector.match_labels.iter().flatten() {
        check_key(key)?;
        check_value(key, value)?;
    }
    for requirement in selector.match_expressions.iter().flatten() {
        let (key, values) = (&requirement.key, requirement.values.as_deref().unwrap_or_default());
        match requirement.operator.as_str() {
            "In" | "NotIn" if values.is_empty() => {
                return Err(Error::NoValues {
                    key: key.as_str().into(),
                });
            }
            "Exists" | "DoesNotExist" if !values.is_empty() => {
                return Err(Error::Values {
                    key: key.as_str().into(),
                });
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            operator => {
                return Err(Error::Operator {
                    operator: operator.into(),
                });
            }
        }
        check_key(key)?;
        for value in values {
            check_value(key, value)?;
        }
    }
    Ok(())
}

/// `name` or `prefix/name`, the prefix a DNS name.
fn check_key(key: &str) -> Result<(), Error> {
    let (prefix, name) = key
        .split_once('/')
        .map_or((None, key), |(prefix, name)| (Some(prefix), name));
    let is_domain = |prefix: &str| {
        let is_label = |label: &str| {
            is_bounded(
                label,
                |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit(),
                |byte| byte == b'-',
            )
        };
        prefix.len() <= 253 && prefix.split('.').all(is_label)
    };
    if !name.is_empty() && is_name(name) && prefix.is_none_or(is_domain) {
        return Ok(());
    }
    Err(Error::Key { key: key.into() })
}

fn check_value(key: &str, value: &str) -> Result<(), Error> {
    if value.is_empty() || is_name(value) {
        return Ok(());
    }
    Err(Error::Value {
        key: key.into(),
        value: value.into(),
    })
}

fn is_name(text: &str) -> bool {
    text.len() <= 63
        && is_bounded(
            text,
            |byte| byte.is_ascii_alphanumeric(),
            |byte| matches!(byte, b'-' | b'_' | b'.'),
        )
}

/// Whether `text` consists of the `outer` characters, with `inner` ones allowed between them.
fn is_bounded(text: &str, outer: impl Fn(u8) -> bool, inner: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(|byte| outer(*byte))
        && bytes.last().is_some_and(|byte| outer(*byte))
        && bytes.iter().all(|byte| outer(*byte) || inner(*byte))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn selector(value: Value) -> LabelSelector {
        serde_json::from_value(value).expect("a label selector")
    }

    fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn every_operator_matches_as_in_kubernetes() {
        let web = labels(&[("tier", "web"), ("app.example.com/name", "shop")]);
        for (value, expected) in [
            (json!({}), true),
            (json!({"matchLabels": {"tier": "web"}}), true),
            (json!({"matchLabels": {"tier": "web", "zone": ""}}), false),
            (
                json!({"matchExpressions": [{"key": "tier", "operator": "In", "values": ["web", "db"]}]}),
                true,
            ),
            (
                json!({"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}),
                false,
            ),
            (
                json!({"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["web"]}]}),
                false,
            ),
            (
                json!({"matchExpressions": [{"key": "zone", "operator": "NotIn", "values": ["a"]}]}),
                true,
            ),
            (
                json!({"matchExpressions": [{"key": "app.example.com/name", "operator": "Exists"}]}),
                true,
            ),
            (
                json!({"matchExpressions": [{"key": "zone", "operator": "DoesNotExist"}]}),
                true,
            ),
            (
                json!({"matchLabels": {"tier": "web"}, "matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}),
                false,
            ),
        ] {
            let compiled = Selector::parse(&selector(value.clone())).expect("a valid selector");
            assert_eq!(compiled.matches(&web), expected, "{value}");
        }
    }

    #[test]
    fn each_requirement_that_is_not_met_is_named() {
        let all = selector(json!({
            "matchLabels": {"tier": "web", "zone": "a"},
            "matchExpressions": [
                {"key": "tier", "operator": "In", "values": ["db", "cache"]},
                {"key": "tier", "operator": "NotIn", "values": ["web"]},
                {"key": "zone", "operator": "Exists"},
                {"key": "tier", "operator": "DoesNotExist"},
                {"key": "zone", "operator": "DoesNotExist"},
            ],
        }));
        let expected = ["zone=a", "tier in (db, cache)", "tier notin (web)", "zone", "!tier"];
        assert_eq!(unmet(&all, &labels(&[("tier", "web")])), expected);
    }

    #[test]
    fn refuses_what_kubernetes_refuses() {
        for value in [
            json!({"matchExpressions": [{"key": "a", "operator": "in", "values": ["b"]}]}),
            json!({"matchExpressions": [{"key": "a", "operator": "In", "values": []}]}),
            json!({"matchExpressions": [{"key": "a", "operator": "NotIn"}]}),
            json!({"matchExpressions": [{"key": "a", "operator": "Exists", "values": ["b"]}]}),
            json!({"matchLabels": {"a b": "c"}}),
            json!({"matchLabels": {"": "c"}}),
            json!({"matchLabels": {"Example.com/a": "c"}}),
            json!({"matchLabels": {"a": "-c"}}),
            json!({"matchLabels": {"a": "c".repeat(64)}}),
        ] {
            assert!(Selector::parse(&selector(value.clone())).is_err(), "{value}");
        }
    }
}
