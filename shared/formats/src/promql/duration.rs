//! Calculated durations such as `2 * step()`. Their nodes are in a list of the expression, operands first.

use super::operator::BinaryOperator;
use super::value::Number;

/// Position of a node in its expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DurationId(pub(super) u32);

/// A part of a calculated duration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DurationNode {
    /// Seconds.
    Number(Number),
    /// The resolution of the query.
    Step,
    /// The range of the query.
    Range,
    /// The opposite.
    Minus(DurationId),
    /// Something between parentheses.
    Parentheses(DurationId),
    /// The larger of two.
    MaxOf(DurationId, DurationId),
    /// The smaller of two.
    MinOf(DurationId, DurationId),
    /// An arithmetic operator between two operands.
    Binary(BinaryOperator, DurationId, DurationId),
}
