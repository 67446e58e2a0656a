//! The variables that a configuration may refer to: the process' own, as they were at the start, and the ordinal of
//! the pod. A snapshot, because the environment of a process does not change from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

/// The variable that holds the pod's ordinal.
const ORDINAL: &str = "STATEFULSET_ORDINAL_NUMBER";

/// Names and values; values are bytes, as the system has them.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<Vec<u8>, Vec<u8>>,
    /// The only ones that may be referred to; `None`: all.
    only: Option<BTreeSet<Vec<u8>>>,
}

/// What becomes of a reference.
#[derive(Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// It is replaced.
    Set(&'a [u8]),
    /// It stays, since there is no such variable.
    Unset,
    /// It stays, since it is no reference here.
    Foreign,
}

impl Environment {
    /// The process' variables. Where `ordinal_from` is not empty, `STATEFULSET_ORDINAL_NUMBER` is set to the digits at
    /// the end of that variable's value, which may be none.
    pub fn of_process(ordinal_from: &str) -> Self {
        Self::new(std::env::vars_os(), ordinal_from)
    }

    /// The same for `variables` instead of the process' own.
    pub fn new(variables: impl IntoIterator<Item = (OsString, OsString)>, ordinal_from: &str) -> Self {
        let pairs = variables
            .into_iter()
            .map(|(name, value)| (name.into_vec(), value.into_vec()));
        let mut variables: BTreeMap<_, _> = pairs.collect();
        if !ordinal_from.is_empty() {
            let value = variables.get(ordinal_from.as_bytes()).map_or(&[][..], Vec::as_slice);
            let digits = value.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
            let ordinal = value[value.len() - digits..].to_vec();
            variables.insert(ORDINAL.into(), ordinal);
        }
        Self { variables, only: None }
    }

    /// The same, in which only these may be referred to; all, where none is named.
    #[must_use]
    pub fn only(self, names: &[String]) -> Self {
        let names = names.iter().map(|name| name.clone().into_bytes());
        let only: BTreeSet<_> = names.collect();
        Self {
            only: (!only.is_empty()).then_some(only),
            ..self
        }
    }

    /// Nothing may be referred to.
    pub fn nothing() -> Self {
        Self {
            variables: BTreeMap::new(),
            only: Some(BTreeSet::new()),
        }
    }

    /// What becomes of a reference to a variable.
    pub fn value(&self, name: &[u8]) -> Value<'_> {
        if self.only.as_ref().is_some_and(|only| !only.contains(name)) {
            return Value::Foreign;
        }
        self.variables.get(name).map_or(Value::Unset, |value| Value::Set(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordinal(variables: &[(&str, &str)], from: &str) -> Option<String> {
        let variables = variables.iter().map(|(name, value)| (name.into(), value.into()));
        let environment = Environment::new(variables, from);
        match environment.value(ORDINAL.as_bytes()) {
            Value::Set(value) => Some(String::from_utf8_lossy(value).into_owned()),
            _ => None,
        }
    }

    #[test]
    fn variables_that_are_not_named_are_no_references() {
        let variables = [("A", "1"), ("B", "2")].map(|(name, value)| (name.into(), value.into()));
        let all = Environment::new(variables, "");
        assert_eq!(all.clone().only(&[]).value(b"A"), Value::Set(b"1"));
        let only = all.only(&["A".to_owned(), "C".to_owned()]);
        let values = [b"A", b"B", b"C"].map(|name| only.value(name));
        assert_eq!(values, [Value::Set(b"1"), Value::Foreign, Value::Unset]);
        assert_eq!(Environment::nothing().value(b"A"), Value::Foreign);
    }

    #[test]
    fn the_ordinal_is_the_trailing_digits() {
        assert_eq!(
            ordinal(&[("POD_NAME", "prometheus-k8s-12")], "POD_NAME").as_deref(),
            Some("12")
        );
        assert_eq!(
            ordinal(&[("POD_NAME", "prometheus-k8s")], "POD_NAME").as_deref(),
            Some("")
        );
        assert_eq!(ordinal(&[], "POD_NAME").as_deref(), Some(""));
        assert_eq!(
            ordinal(&[("OTHER", "7"), ("POD_NAME", "a-1")], "OTHER").as_deref(),
            Some("7")
        );
        assert_eq!(ordinal(&[("POD_NAME", "a-1")], ""), None);
    }
}
