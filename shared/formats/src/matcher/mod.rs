//! Matchers of Alertmanager: conditions on a label, as routes, inhibition rules and silences have them.
//!
//! Pure. Which texts are matchers, and how one is written, are those of Alertmanager v0.33 (`matcher/compat`,
//! `pkg/labels`). The work grows with the length of the text, and nothing calls itself.

mod classic;
mod error;
mod token;
mod utf8;

#[cfg(test)]
mod tests;

use std::fmt;

pub use error::{Error, Expected};

use crate::quote;
use crate::regular_expression;

/// How a label is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Regex,
    /// `!~`
    NotRegex,
}

impl Operator {
    /// How it is written.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Regex => "=~",
            Self::NotRegex => "!~",
        }
    }
}

/// A condition on a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher {
    /// Name of the label.
    pub name: String,
    /// How it is compared.
    pub operator: Operator,
    /// With what.
    pub value: String,
}

/// Which syntax is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// That of Alertmanager before 0.27: names are identifiers, values may occur without quotes.
    Classic,
    /// That of Alertmanager since 0.27 with the feature `utf8-strict-mode`: any name, between quotes where need be.
    Utf8,
    /// That of Alertmanager since 0.27: classic, or else UTF-8.
    Fallback,
}

/// The matchers that `text` is a list of, with or without braces around it.
pub fn matchers(text: &str, mode: Mode) -> Result<Vec<Matcher>, Error> {
    match mode {
        Mode::Classic => classic::matchers(text),
        Mode::Utf8 => utf8::matchers(text),
        Mode::Fallback => classic::matchers(text).or_else(|error| utf8::matchers(text).map_err(|_| error)),
    }
}

/// The one matcher that `text` is.
pub fn matcher(text: &str, mode: Mode) -> Result<Matcher, Error> {
    if mode != Mode::Classic && (text.starts_with('{') || text.ends_with('}')) {
        return Err(Error::Brace);
    }
    match mode {
        Mode::Classic => classic::matcher(text),
        Mode::Utf8 => utf8::matcher(text),
        Mode::Fallback => classic::matcher(text).or_else(|error| utf8::matcher(text).map_err(|_| error)),
    }
}

impl Matcher {
    /// The condition, if its expression compiles.
    pub fn new(name: impl Into<String>, operator: Operator, value: impl Into<String>) -> Result<Self, Error> {
        let (name, value) = (name.into(), value.into());
        if matches!(operator, Operator::Regex | Operator::NotRegex) {
            regular_expression::check(&value)?;
        }
        Ok(Self { name, operator, value })
    }
}

/// The normal form, which UTF-8 mode reads back unless the name is empty.
impl fmt::Display for Matcher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.contains(token::is_reserved) {
            quote::write_quoted(self.name.as_bytes(), formatter)?;
        } else {
            formatter.write_str(&self.name)?;
        }
        formatter.write_str(self.operator.text())?;
        formatter.write_str("\"")?;
        for piece in self.value.split_inclusive(['\\', '"', '\n']) {
            let escaped = [("\\", "\\\\"), ("\"", "\\\""), ("\n", "\\n")]
                .into_iter()
                .find_map(|(special, escape)| Some((piece.strip_suffix(special)?, escape)));
            let (plain, escape) = escaped.unwrap_or((piece, ""));
            formatter.write_str(plain)?;
            formatter.write_str(escape)?;
        }
        formatter.write_str("\"")
    }
}
