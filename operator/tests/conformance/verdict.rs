//! What comes of a case, and the three ways to compare.

use serde_json::Value;

use crate::diff;

/// Nothing, or why the case fails.
pub(crate) type Verdict = Result<(), Failure>;

/// Why a case fails, for people.
pub(crate) struct Failure(pub(crate) String);

impl From<&str> for Failure {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self(text)
    }
}

macro_rules! failure_from {
    ($($error:ty),* $(,)?) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self(error.to_string())
            }
        })*
    };
}

failure_from!(
    serde_json::Error,
    formats::yaml::ParseError,
    std::io::Error,
    std::str::Utf8Error,
    std::string::FromUtf8Error
);

/// The same text, byte for byte.
pub(crate) fn bytes(ours: &[u8], theirs: &[u8]) -> Verdict {
    if ours == theirs {
        return Ok(());
    }
    let (ours, theirs) = (String::from_utf8_lossy(ours), String::from_utf8_lossy(theirs));
    Err(Failure(diff::lines(&ours, &theirs)))
}

/// The same tree; the order of keys does not matter.
pub(crate) fn content(ours: &Value, theirs: &Value) -> Verdict {
    let differences = diff::paths(ours, theirs);
    if differences.is_empty() {
        Ok(())
    } else {
        Err(Failure(differences.join("\n")))
    }
}

/// Accepted by both or rejected by both.
pub(crate) fn decision<T, E: std::fmt::Display>(ours: &Result<T, E>, theirs: Result<(), &str>) -> Verdict {
    match (ours, theirs) {
        (Ok(_), Ok(())) | (Err(_), Err(_)) => Ok(()),
        (Ok(_), Err(error)) => Err(Failure(format!("ours accepts; theirs: {}", error.trim_end()))),
        (Err(error), Ok(())) => Err(Failure(format!("theirs accepts; ours: {error}"))),
    }
}
