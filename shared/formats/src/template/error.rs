//! Why a text is not a template, and on which line.

use super::token::{Keyword, Place};

/// Most parentheses within each other; the limit of Go.
pub const MAX_DEPTH: usize = 10_000;
/// Most characters of the template that an error repeats.
const MAX_EXCERPT: usize = 40;

/// A text that is not a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {cause}")]
pub struct Error {
    /// Line of what is at fault, from 1 on.
    pub line: usize,
    /// What is wrong.
    pub cause: Cause,
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// The text ends in an action.
    #[error("action is not closed by }}}}")]
    UnclosedAction,
    /// The text ends in a comment.
    #[error("comment is not closed by */")]
    UnclosedComment,
    /// A comment is an action of its own.
    #[error("unexpected text between the end of a comment and }}}}")]
    CommentEnd,
    /// More opening than closing parentheses in an action.
    #[error("unclosed parenthesis")]
    UnclosedParenthesis,
    /// More closing than opening parentheses in an action.
    #[error("unexpected closing parenthesis")]
    UnopenedParenthesis,
    /// A string or character without its second quote.
    #[error("unterminated string: no closing {quote}")]
    UnclosedQuote {
        /// The quote.
        quote: char,
    },
    /// A character that does not belong into an action, or not after a name.
    #[error("unexpected character {character:?}")]
    Character {
        /// The character.
        character: char,
    },
    /// A number, string or character that cannot be read.
    #[error("invalid literal {text}")]
    Literal {
        /// How it begins.
        text: Box<str>,
    },
    /// A token that does not belong there.
    #[error("unexpected {token:?} in {place}")]
    Unexpected {
        /// How the token begins.
        token: Box<str>,
        /// Where it stands.
        place: Place,
    },
    /// No such function.
    #[error("function {name} is not defined")]
    Function {
        /// How its name begins.
        name: Box<str>,
    },
    /// No such variable, or not any more.
    #[error("variable {name} is not defined")]
    Variable {
        /// How its name begins.
        name: Box<str>,
    },
    /// Nothing to evaluate.
    #[error("missing value in {place}")]
    NoValue {
        /// Where it is missing.
        place: Place,
    },
    /// A comma between variables where only one may be declared, or a third variable of a `range`.
    #[error("too many variables declared in {place}")]
    Declarations {
        /// Where.
        place: Place,
    },
    /// A comma after the first variable of a `range`, and then something else.
    #[error("missing variable after the comma in {{{{range}}}}")]
    RangeVariable,
    /// A value that is not called is given the value in front of `|`.
    #[error("{text} after | is not a function")]
    NotCalled {
        /// How it begins.
        text: Box<str>,
    },
    /// A literal has no fields.
    #[error("{text} has no field {field}")]
    FieldOfLiteral {
        /// How the literal begins.
        text: Box<str>,
        /// How the name of the field begins.
        field: Box<str>,
    },
    /// Parentheses in parentheses, and so on.
    #[error("parentheses are nested more than {MAX_DEPTH} levels deep")]
    TooDeep,
    /// `break` or `continue` with nothing to leave.
    #[error("{{{{{keyword}}}}} outside of {{{{range}}}}")]
    OutsideRange {
        /// Which of the two.
        keyword: Keyword,
    },
    /// `end` or `else` of nothing.
    #[error("{{{{{keyword}}}}} without a matching block")]
    NoBlock {
        /// Which of the two.
        keyword: Keyword,
    },
    /// A second `else` of one block.
    #[error("unexpected second {{{{else}}}}")]
    SecondElse,
    /// The text ends in a block.
    #[error("{{{{{keyword}}}}} without {{{{end}}}}")]
    UnclosedBlock {
        /// What began it.
        keyword: Keyword,
    },
    /// Two templates of one name that both have content.
    #[error("template {name:?} is defined twice")]
    Redefined {
        /// How its name begins.
        name: Box<str>,
    },
}

impl Error {
    /// `cause` at byte `start` of `text`.
    pub(super) fn at(text: &str, start: usize, cause: Cause) -> Self {
        let before = text.as_bytes().iter().take(start);
        Self {
            line: 1 + before.filter(|byte| **byte == b'\n').count(),
            cause,
        }
    }
}

/// The beginning of `text`, for an error.
pub(super) fn excerpt(text: &str) -> Box<str> {
    match text
        .char_indices()
        .nth(MAX_EXCERPT)
        .and_then(|(end, _)| text.get(..end))
    {
        Some(beginning) => format!("{beginning}…").into(),
        None => text.into(),
    }
}
