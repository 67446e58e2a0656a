//! What a relabeling rule matches. Pure.

use formats::regular_expression::Expression;
use formats::yaml::Yaml;

/// What a rule matches. There is no way to make one from a text that is not checked.
pub(crate) enum Pattern {
    /// An expression.
    Expression(Expression),
    /// A number, which matches itself.
    Number(i32),
}

impl From<Expression> for Pattern {
    fn from(expression: Expression) -> Self {
        Self::Expression(expression)
    }
}

impl From<i32> for Pattern {
    fn from(number: i32) -> Self {
        Self::Number(number)
    }
}

/// The key of a rule with what it matches.
pub(crate) fn regex(pattern: impl Into<Pattern>) -> (&'static str, Yaml) {
    let value = match pattern.into() {
        Pattern::Expression(expression) => expression.into_string().into(),
        Pattern::Number(number) => number.into(),
    };
    ("regex", value)
}
