//! A Kubernetes quantity (`10m`, `50Mi`), kept as it was written.

use std::str::FromStr;

/// A quantity; empty or zero means that none is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity(String);

/// A text that is no quantity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a quantity such as 10m or 50Mi")]
pub struct NotAQuantity(String);

/// Suffixes of quantities: <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>.
const SUFFIXES: &[&str] = &[
    "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei",
];

impl Quantity {
    /// The quantity as it was written; `None` where none is to be set.
    pub fn set(self) -> Option<String> {
        (!self.0.is_empty() && self.0 != "0").then_some(self.0)
    }
}

impl FromStr for Quantity {
    type Err = NotAQuantity;

    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        let unsigned = text.trim_start_matches(['+', '-']);
        let digits = unsigned
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(unsigned.len());
        let (number, suffix) = unsigned.split_at(digits);
        let exponent = suffix
            .strip_prefix(['e', 'E'])
            .is_some_and(|power| power.parse::<i32>().is_ok());
        let valid = number.parse::<f64>().is_ok() && (SUFFIXES.contains(&suffix) || exponent);
        if text.is_empty() || valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAQuantity(text.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_quantities() {
        for (text, set) in [
            ("10m", Some("10m")),
            ("0", None),
            ("", None),
            ("1.5Gi", Some("1.5Gi")),
            ("1e3", Some("1e3")),
        ] {
            assert_eq!(text.parse::<Quantity>().unwrap().set().as_deref(), set, "{text}");
        }
        for text in ["ten", "10mm", "m", "1.2.3"] {
            assert!(text.parse::<Quantity>().is_err(), "{text}");
        }
    }
}
