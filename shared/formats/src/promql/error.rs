//! Why a text is not an expression, and where. In our own words; the verdict is that of Prometheus.

use super::value::ValueType;
use super::{MAX_DEPTH, MAX_DURATION_DEPTH};
use crate::{duration, regular_expression};

/// A text that is not an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {fault}")]
pub struct Error {
    /// Line, from 1.
    pub line: usize,
    /// Character of the line, from 1.
    pub column: usize,
    /// Byte of the text, from 0.
    pub offset: usize,
    /// What is wrong there.
    pub fault: Box<Fault>,
}

impl Error {
    /// `fault` at the byte `offset` of `text`.
    pub(super) fn new(text: &str, offset: usize, fault: Fault) -> Self {
        let offset = text.floor_char_boundary(offset);
        let before = text.get(..offset).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: line.chars().count() + 1,
            offset,
            fault: Box::new(fault),
        }
    }
}

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Positions are numbers of 32 bits.
    #[error("the expression is larger than 4 GiB")]
    TooLarge,
    /// More than [`MAX_DEPTH`].
    #[error("more than {MAX_DEPTH} parentheses are open")]
    TooDeep,
    /// More than [`MAX_DURATION_DEPTH`].
    #[error("the calculation of the duration is nested deeper than {MAX_DURATION_DEPTH} levels")]
    DurationTooDeep,
    /// Blanks and comments only.
    #[error("the expression is empty")]
    Empty,
    /// A character that is nowhere in the language, or not here.
    #[error("unexpected character {0:?}; quote a name that contains it: {{\"name\"}}")]
    Character(char),
    /// A string without its closing quote; only back quotes span lines.
    #[error("the string has no closing quote")]
    UnterminatedString,
    /// Go cannot tell it from bytes that are not UTF-8.
    #[error("a string cannot hold the replacement character U+FFFD")]
    ReplacementCharacter,
    /// A backslash and something that has no meaning with it.
    #[error("unknown escape sequence in the string; write a literal backslash as \\\\")]
    Escape,
    /// Something else belongs here.
    #[error("unexpected {found}, expected {expected}")]
    Unexpected {
        /// The text that is there.
        found: Box<str>,
        /// What is expected there.
        expected: Expected,
    },
    /// Neither a number nor a duration.
    #[error("{text:?} is neither a number nor a duration such as 5m")]
    Number {
        /// The text.
        text: Box<str>,
    },
    /// More than a floating-point number can hold.
    #[error("the number is too large")]
    NumberTooLarge,
    /// A duration with unknown units or in a wrong order.
    #[error(transparent)]
    Duration(duration::ParseError),
    /// More than about 292 years.
    #[error("the duration is longer than 292 years")]
    DurationTooLong,
    /// A range or a resolution must be longer than nothing.
    #[error("the duration must be longer than 0")]
    DurationNotPositive,
    /// Division by zero in a duration.
    #[error("division by 0 in a duration")]
    ZeroDivisor,
    /// The colon of a subquery before any number.
    #[error("a subquery needs a range before the colon: [5m:1m]")]
    EarlyColon,
    /// Time of `@` that is not a time.
    #[error("the timestamp after @ is out of range")]
    Time,
    /// Part of the language that is switched off.
    #[error("{what} requires --enable-feature={feature}")]
    Disabled {
        /// Which part.
        what: Box<str>,
        /// Which flag brings it.
        feature: &'static str,
    },
    /// No such function.
    #[error("unknown function {name:?}; function names are lower-case")]
    UnknownFunction {
        /// Its name.
        name: Box<str>,
    },
    /// Too many or too few arguments.
    #[error("wrong number of arguments in call to {name}: {found}, expected {arguments}")]
    ArgumentCount {
        /// The function or aggregator.
        name: &'static str,
        /// How many it takes.
        arguments: Box<str>,
        /// How many there are.
        found: usize,
    },
    /// An operand or argument of another type than is needed.
    #[error("{place} must be {}, not {}", expected.described(), found.described())]
    Type {
        /// Which argument or operand.
        place: Box<str>,
        /// The type that is needed.
        expected: ValueType,
        /// The type that it has.
        found: ValueType,
    },
    /// An operand that can be neither added nor compared.
    #[error("{place} must be an instant vector or a scalar, not {}", found.described())]
    Operand {
        /// Which operand.
        place: &'static str,
        /// The type that it has.
        found: ValueType,
    },
    /// The second argument of `info` is not the labels of a selector.
    #[error("the second argument of info must be label matchers in braces, without a metric name")]
    InfoSelector,
    /// `bool` without a comparison.
    #[error("bool can only be used with comparison operators")]
    Bool,
    /// A comparison of two scalars can only return a boolean.
    #[error("a comparison between scalars must use the bool modifier, as in 1 == bool 1")]
    ScalarComparison,
    /// A set operator beside a scalar.
    #[error("{operator} is only defined between two instant vectors")]
    ScalarSet {
        /// The operator.
        operator: &'static str,
    },
    /// `group_left` or `group_right` with a set operator.
    #[error("no grouping is allowed for {operator}")]
    GroupedSet {
        /// The operator.
        operator: &'static str,
    },
    /// `on` or `ignoring` beside a scalar.
    #[error("vector matching is only allowed between two instant vectors")]
    ScalarMatching,
    /// `fill` where nothing is matched one to one.
    #[error("fill modifiers are only allowed between two instant vectors and not with set operators")]
    Fill,
    /// A label that series are matched on cannot be copied as well.
    #[error("label {label:?} must not occur both in on() and in the group clause")]
    LabelTwice {
        /// The label.
        label: Box<str>,
    },
    /// No label can have this name.
    #[error("a label name must be non-empty, valid UTF-8")]
    LabelName,
    /// A regular expression that does not compile.
    #[error("the regular expression does not compile: {0}")]
    RegularExpression(regular_expression::Error),
    /// A regular expression that is not UTF-8.
    #[error("the regular expression is not UTF-8")]
    RegularExpressionEncoding,
    /// Two names of one metric.
    #[error("the metric name is given twice")]
    NameTwice,
    /// All series of the server.
    #[error("the selector would match every series: at least one matcher must not match the empty string")]
    SelectsAll,
    /// `[5m]` after something else than a selector.
    #[error("a range is only allowed after a selector; use a subquery after other expressions: [5m:]")]
    Range,
    /// `offset` or `@` before a range.
    #[error("{modifier} must follow the range")]
    BeforeRange {
        /// Which modifier.
        modifier: &'static str,
    },
    /// A modifier of selectors after something else.
    #[error("{modifier} must directly follow a selector or a subquery, not a parenthesis")]
    Modifier {
        /// Which modifier.
        modifier: &'static str,
    },
    /// A modifier that occurs twice.
    #[error("{modifier} is given twice")]
    ModifierTwice {
        /// Which modifier.
        modifier: &'static str,
    },
    /// `anchored` and `smoothed` together, or after a subquery.
    #[error("{modifier} must follow a selector, and anchored and smoothed exclude each other")]
    Window {
        /// Which modifier.
        modifier: &'static str,
    },
}

/// What is expected in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Expected {
    /// An operand.
    #[error("a selector, a number, a function or another operand")]
    Operand,
    /// What follows an operand.
    #[error("an operator or the end")]
    Operator,
    /// What follows an operand between parentheses.
    #[error("an operator or a closing parenthesis")]
    OperatorOrParenthesis,
    /// What ends a list.
    #[error("a closing parenthesis")]
    ClosingParenthesis,
    /// What follows an argument.
    #[error("an operator, a comma or a closing parenthesis")]
    NextArgument,
    /// What starts a list.
    #[error("an opening parenthesis")]
    OpeningParenthesis,
    /// A label of a list.
    #[error("the name of a label")]
    Label,
    /// What follows a label of a list.
    #[error("a comma or a closing parenthesis")]
    NextLabel,
    /// A matcher, or the end of a selector.
    #[error("the name of a label or a closing brace")]
    Matcher,
    /// What follows a label between braces.
    #[error("one of = != =~ !~")]
    MatchOperator,
    /// What follows the operator of a matcher.
    #[error("a string")]
    Value,
    /// What follows a matcher.
    #[error("a comma or a closing brace")]
    NextMatcher,
    /// A duration, calculated or not.
    #[error("a duration")]
    Duration,
    /// What follows a range.
    #[error("a colon or a closing bracket")]
    Range,
    /// What follows the resolution of a subquery.
    #[error("a closing bracket")]
    ClosingBracket,
    /// What follows the first of two durations.
    #[error("a comma")]
    Comma,
    /// What follows `@`.
    #[error("a time, start() or end()")]
    Time,
    /// What `fill` fills in.
    #[error("a number")]
    Number,
}
