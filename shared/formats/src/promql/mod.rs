//! `PromQL`: reads an expression into a tree, prints it in its normal form, and binds its selectors to a label.
//!
//! Pure; nothing is evaluated. Which texts are expressions, their types and their normal form are those of Prometheus
//! v3.13 to v3.16 (`promql/parser`), to the letter; what differs is an [`Edition`]. Nothing here calls itself without a limit, so no text exhausts the stack.

mod ast;
mod duration;
mod edition;
mod enforce;
mod error;
mod function;
mod lexer;
mod name;
mod number;
mod operator;
mod parser;
mod printer;
mod token;
mod value;

#[cfg(test)]
mod tests;

pub use ast::{
    Aggregation, At, Binary, Call, Cardinality, Expr, Length, MatchOperator, Matcher, Matching, Node, NodeId, Number,
    Selector, Subquery, Text, ValueType, Window,
};
pub use duration::{DurationId, DurationNode};
pub use edition::Edition;
pub use enforce::enforce;
pub use error::{Error, Expected, Fault};
pub use function::{Arity, Function};
pub use operator::{Aggregator, BinaryOperator};

/// Most parentheses, calls and aggregations that may be open at once.
pub const MAX_DEPTH: usize = 4_000;
/// Most parentheses, signs and powers that may be open at once in the calculation of a duration.
pub const MAX_DURATION_DEPTH: usize = 100;

/// Which language is read: the edition, and parts that Prometheus knows behind feature flags, which are off by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "flags of Prometheus, each on its own")]
pub struct Options {
    /// What the language is without any flag.
    pub edition: Edition,
    /// Functions and aggregators under trial: `promql-experimental-functions`.
    pub experimental_functions: bool,
    /// Calculated durations such as `[2 * step()]`: `promql-duration-expr`, up to 3.13.
    pub duration_expressions: bool,
    /// `anchored` and `smoothed`: `promql-extended-range-selectors`, up to 3.15.
    pub extended_range_selectors: bool,
    /// `fill`, `fill_left` and `fill_right`: `promql-binop-fill-modifiers`.
    pub fill_modifiers: bool,
    /// Names with letters of any script and dots, without quotes: `promql-unquoted-utf8-names`, from 3.16.
    pub unquoted_utf8_names: bool,
}

/// The expression that `text` is.
pub fn parse(text: &str, options: Options) -> Result<Expr, Error> {
    parser::parse(text, options)
}
