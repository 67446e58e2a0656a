//! Names and keys that come from fields of objects, checked: what is not a valid name never becomes part of a URL. Pure.
//! Behaviour: the rules of the API server, [RFC 1123] subdomains for names, those of `ConfigMap` keys for keys.
//!
//! [RFC 1123]: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names

use std::fmt;

/// Most characters of a name or a key.
const LONGEST: usize = 253;
/// How many characters of a wrong one are shown.
const SHOWN: usize = 63;

/// A name that may be a segment of a URL of the API server: an RFC 1123 subdomain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PathSegment<'a>(&'a str);

impl<'a> PathSegment<'a> {
    /// `text`, if it is a valid name.
    ///
    /// # Errors
    /// When no object can have that name.
    pub(crate) fn new(text: &'a str) -> Result<Self, InvalidName> {
        if is_subdomain(text) {
            Ok(Self(text))
        } else {
            Err(InvalidName(Shown::of(text)))
        }
    }

    /// The name.
    pub(crate) const fn as_str(self) -> &'a str {
        self.0
    }
}

/// A name that no object can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0} is not a valid name: it must consist of lower-case letters, digits, '-' and '.', start and end with a letter or digit, and have at most 253 characters"
)]
pub struct InvalidName(Shown);

/// A key that no Secret or `ConfigMap` can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0} is not a valid key: it must consist of letters, digits, '-', '_' and '.', and have at most 253 characters"
)]
pub struct InvalidKey(Shown);

/// The beginning of a text of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown(Box<str>);

impl Shown {
    fn of(text: &str) -> Self {
        match text.char_indices().nth(SHOWN) {
            None => Self(format!("{text:?}").into()),
            Some((end, _)) => Self(format!("{:?}...", &text[..end]).into()),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn is_subdomain(text: &str) -> bool {
    let is_alphanumeric = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        bytes.first().is_some_and(is_alphanumeric)
            && bytes.last().is_some_and(is_alphanumeric)
            && bytes.iter().all(|byte| is_alphanumeric(byte) || *byte == b'-')
    };
    text.len() <= LONGEST && text.split('.').all(is_label)
}

/// Checks that a Secret or `ConfigMap` can have the key.
///
/// # Errors
/// When it cannot.
pub(crate) fn check_key(key: &str) -> Result<(), InvalidKey> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_valid =
        !key.is_empty() && key.len() <= LONGEST && key.bytes().all(is_allowed) && key != "." && !key.starts_with("..");
    if is_valid {
        Ok(())
    } else {
        Err(InvalidKey(Shown::of(key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_the_api_server_takes() {
        for name in ["a", "web-1", "a.b-c.d", "0", &"x".repeat(253)] {
            assert_eq!(PathSegment::new(name).map(PathSegment::as_str), Ok(name));
        }
        let long = "x".repeat(254);
        for name in [
            "",
            ".",
            "..",
            "a.",
            ".a",
            "a..b",
            "-a",
            "a-",
            "A",
            "a_b",
            "a b",
            "a\n",
            "a?x=1",
            "?",
            "a#x",
            "100%",
            "a%2e",
            "a/b",
            "../../secrets/b",
            "{{ .Values.name }}",
            "ä",
            "a\0",
            &long,
        ] {
            assert!(PathSegment::new(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn keys_are_those_that_the_api_server_takes() {
        for key in ["a", "tls.crt", "A_b-C.9", ".dockerconfigjson", "-", &"k".repeat(253)] {
            assert_eq!(check_key(key), Ok(()));
        }
        for key in ["", ".", "..", "..data", "a/b", "a b", "ä", "a\n", &"k".repeat(254)] {
            assert!(check_key(key).is_err(), "{key:?}");
        }
    }

    #[test]
    fn little_of_a_wrong_name_is_shown() {
        let error = PathSegment::new(&"?".repeat(70_000)).expect_err("no name").to_string();
        assert!(error.starts_with("\"??") && error.contains("?\"... is not"), "{error}");
        assert!(error.len() < 300, "{error}");
    }
}
