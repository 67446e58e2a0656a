//! An expression that is known to compile.

use std::borrow::Cow;
use std::fmt;

use super::{Error, check};
use crate::label;

/// An expression that Prometheus compiles for relabeling. It is made from a checked text, from a text that is to be matched
/// as it is, or from a literal of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression(Cow<'static, str>);

impl Expression {
    /// The expression `text`.
    ///
    /// # Errors
    /// When it does not compile.
    pub fn new(text: &str) -> Result<Self, Error> {
        check(text)?;
        Ok(Self(Cow::Owned(text.to_owned())))
    }

    /// The expression that matches `text` and nothing else.
    pub fn quoted(text: &str) -> Self {
        Self(Cow::Owned(label::quoted(text)))
    }

    /// The expression `text`, or where that does not compile, the one that matches the text itself.
    pub fn or_quoted(text: &str) -> Self {
        Self::new(text).unwrap_or_else(|_| Self::quoted(text))
    }

    /// An expression of the program itself.
    pub const fn constant(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text.
    pub fn into_string(self) -> String {
        self.0.into_owned()
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
