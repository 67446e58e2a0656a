//! The variables that a configuration may refer to: the process' own, as they were at the start, and the ordinal of
//! the pod. A snapshot, because the environment of a process does not change from outside.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

/// The variable that holds the pod's ordinal.
const ORDINAL: &str = "STATEFULSET_ORDINAL_NUMBER";

/// Names and values; values are bytes, as the system has them.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<Vec<u8>, Vec<u8>>);

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
        Self(variables)
    }

    /// The value of a variable, if it is set.
    pub fn value(&self, name: &[u8]) -> Option<&[u8]> {
        self.0.get(name).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordinal(variables: &[(&str, &str)], from: &str) -> Option<String> {
        let variables = variables.iter().map(|(name, value)| (name.into(), value.into()));
        let environment = Environment::new(variables, from);
        environment
            .value(ORDINAL.as_bytes())
            .map(|value| String::from_utf8_lossy(value).into_owned())
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
