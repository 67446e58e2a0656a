//! What an action is made of, and the words of the language. Data alone; which texts are tokens is decided in the lexer.

use std::fmt;

/// A piece of an action.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// As written.
    pub(super) text: &'a str,
    /// Where it stands, in bytes from the start of the template.
    pub(super) start: usize,
}

/// Kind of a token. Literals are valid: the lexer reads them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Spaces and ends of lines. They count: `.a .b` is not `.a.b`.
    Space,
    /// `}}`, alone or with a marker that trims.
    Close,
    /// `=`
    Assign,
    /// `:=`
    Declare,
    /// `|`
    Pipe,
    /// `,`
    Comma,
    /// `(`
    LeftParenthesis,
    /// `)`
    RightParenthesis,
    /// `.` alone.
    Dot,
    /// `.name`
    Field,
    /// `$` or `$name`
    Variable,
    /// Name of a function.
    Function,
    /// `true` or `false`
    Boolean,
    /// `nil`
    Nil,
    /// A number or a character.
    Number,
    /// A string, with its quotes.
    String,
    /// A word of the language.
    Keyword(Keyword),
    /// Any other printable character of ASCII, for which there is no use.
    Other,
}

/// The words of the language that are no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the word")]
pub enum Keyword {
    Block,
    Break,
    Continue,
    Define,
    Else,
    End,
    If,
    Range,
    Template,
    With,
}

/// Words and how they are spelled.
const KEYWORDS: [(&str, Keyword); 10] = [
    ("block", Keyword::Block),
    ("break", Keyword::Break),
    ("continue", Keyword::Continue),
    ("define", Keyword::Define),
    ("else", Keyword::Else),
    ("end", Keyword::End),
    ("if", Keyword::If),
    ("range", Keyword::Range),
    ("template", Keyword::Template),
    ("with", Keyword::With),
];

impl Keyword {
    /// The word spelled `text`, if it is one.
    pub(super) fn spelled(text: &str) -> Option<Self> {
        let (_, keyword) = KEYWORDS.iter().find(|(spelling, _)| *spelling == text)?;
        Some(*keyword)
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spelling = KEYWORDS.iter().find(|(_, keyword)| keyword == self);
        formatter.write_str(spelling.map_or("", |(spelling, _)| spelling))
    }
}

/// Where a token or a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// An action without a word of the language.
    Action,
    /// Parentheses in an action.
    Parentheses,
    /// An action that begins with a word of the language.
    Clause(Keyword),
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Action => formatter.write_str("action"),
            Self::Parentheses => formatter.write_str("parentheses"),
            Self::Clause(keyword) => write!(formatter, "{{{{{keyword}}}}}"),
        }
    }
}
