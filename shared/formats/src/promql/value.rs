//! What values there are: their types, and numbers as an expression writes them.

use std::fmt;

/// Type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// A number.
    Scalar,
    /// A text.
    String,
    /// Series with one sample each.
    Vector,
    /// Series with many samples each.
    Matrix,
}

impl ValueType {
    /// The type in the words of Prometheus' documentation.
    pub(super) const fn described(self) -> &'static str {
        match self {
            Self::Scalar => "a scalar",
            Self::String => "a string",
            Self::Vector => "an instant vector",
            Self::Matrix => "a range vector",
        }
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Scalar => "scalar",
            Self::String => "string",
            Self::Vector => "vector",
            Self::Matrix => "matrix",
        })
    }
}

/// A number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// Its value.
    pub value: f64,
    /// Whether it is written as a duration.
    pub is_duration: bool,
}
