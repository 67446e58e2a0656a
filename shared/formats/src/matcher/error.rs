//! Why a text is not a matcher, or not a list of them.

use std::fmt;

use crate::regular_expression;

/// A text that is not what it should be. Positions count characters from 1 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Something else than the name of a label and an operator.
    #[error("expected a matcher such as name=\"value\" at character {position}")]
    Format {
        /// Where the matcher begins.
        position: usize,
    },
    /// A value with a double quote in it that is not escaped, or with one only.
    #[error("unescaped double quote in the value of the matcher at character {position}")]
    Quote {
        /// Where the matcher begins.
        position: usize,
    },
    /// Something else than what belongs there.
    #[error("{expected} expected at character {position}")]
    Expected {
        /// What belongs there.
        expected: Expected,
        /// Where.
        position: usize,
    },
    /// A character that has no meaning on its own.
    #[error("unexpected {character:?} at character {position}")]
    Character {
        /// The character.
        character: char,
        /// Where it is.
        position: usize,
    },
    /// A text without its second quote.
    #[error("unterminated double quote at character {position}")]
    Unclosed {
        /// Where it begins.
        position: usize,
    },
    /// A text between quotes with a bad escape or with a newline, or one that stands for no UTF-8.
    #[error("invalid quoted string at character {position}")]
    Quoted {
        /// Where it begins.
        position: usize,
    },
    /// Braces belong around a list.
    #[error("unexpected brace around a single matcher")]
    Brace,
    /// Several matchers, or none.
    #[error("expected one matcher, found {count}")]
    Count {
        /// How many.
        count: usize,
    },
    /// The value is no regular expression.
    #[error("regular expression: {0}")]
    Expression(#[from] regular_expression::Error),
}

/// What belongs somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// `{`
    OpenBrace,
    /// `}`
    CloseBrace,
    /// Name of a label.
    Name,
    /// `=`, `!=`, `=~` or `!~`
    Operator,
    /// Value of a label.
    Value,
    /// What may follow a matcher.
    CommaOrBrace,
    /// What may follow a comma.
    MatcherOrBrace,
    /// Nothing.
    End,
}

impl fmt::Display for Expected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::OpenBrace => "an opening brace at the beginning and then a closing one",
            Self::CloseBrace => "a closing brace",
            Self::Name => "the name of a label",
            Self::Operator => "one of = != =~ !~",
            Self::Value => "the value of a label",
            Self::CommaOrBrace => "a comma or a closing brace",
            Self::MatcherOrBrace => "a matcher or a closing brace",
            Self::End => "the end",
        })
    }
}
