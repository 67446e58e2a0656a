//! The tokens of the syntax since Alertmanager 0.27.

use super::{Error, Expected, Operator};
use crate::quote;

/// Whether a character ends a text without quotes, and so needs quotes around it.
pub(super) fn is_reserved(character: char) -> bool {
    character.is_whitespace() || "{}!=~,\\\"'`".contains(character)
}

/// A token.
#[derive(Clone, Copy)]
pub(super) enum Token<'a> {
    OpenBrace,
    CloseBrace,
    Comma,
    Operator(Operator),
    /// With its quotes.
    Quoted(&'a str),
    Unquoted(&'a str),
    End,
}

/// Takes tokens off the beginning of a text.
pub(super) struct Lexer<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Lexer<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, rest: text }
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Result<Token<'a>, Error> {
        self.rest = self.rest.trim_start();
        let mut characters = self.rest.chars();
        let token = match characters.next() {
            None => Token::End,
            Some('{') => Token::OpenBrace,
            Some('}') => Token::CloseBrace,
            Some(',') => Token::Comma,
            Some(first @ ('=' | '!')) => match (first, characters.clone().next()) {
                ('!', Some('=')) => Token::Operator(Operator::NotEqual),
                ('!', Some('~')) => Token::Operator(Operator::NotRegex),
                ('=', Some('~')) => Token::Operator(Operator::Regex),
                ('=', _) => Token::Operator(Operator::Equal),
                _ => return Err(self.expected(Expected::Operator)),
            },
            Some('"') => Token::Quoted(self.quoted()?),
            Some(character) if is_reserved(character) => {
                let position = self.position();
                return Err(Error::Character { character, position });
            }
            Some(_) => {
                let end = self.rest.find(is_reserved).unwrap_or(self.rest.len());
                Token::Unquoted(self.rest.get(..end).unwrap_or_default())
            }
        };
        self.rest = self.rest.get(token.length()..).unwrap_or_default();
        Ok(token)
    }

    /// What the text that begins here is up to its second quote.
    fn quoted(&self) -> Result<&'a str, Error> {
        let mut is_escaped = false;
        for (index, byte) in self.rest.bytes().enumerate().skip(1) {
            match byte {
                b'"' if !is_escaped => return Ok(self.rest.get(..=index).unwrap_or_default()),
                _ => is_escaped = byte == b'\\' && !is_escaped,
            }
        }
        let position = self.position();
        Err(Error::Unclosed { position })
    }

    /// The content of a text; none if the token is something else.
    pub(super) fn content(&self, token: Token<'a>) -> Result<Option<String>, Error> {
        let quoted = match token {
            Token::Unquoted(text) => return Ok(Some(text.to_owned())),
            Token::Quoted(quoted) => quoted,
            _ => return Ok(None),
        };
        let bytes = quote::unquoted(quoted).ok().filter(|_| !quoted.contains('\n'));
        let content = bytes.and_then(|bytes| String::from_utf8(bytes.into_vec()).ok());
        let position = self.position_before(token);
        content.map(Some).ok_or(Error::Quoted { position })
    }

    /// That something else belongs where the next token begins.
    pub(super) fn expected(&self, expected: Expected) -> Error {
        let position = self.position();
        Error::Expected { expected, position }
    }

    /// That something else belongs where `token` is, which was taken last.
    pub(super) fn unexpected(&self, token: Token<'a>, expected: Expected) -> Error {
        let position = self.position_before(token);
        Error::Expected { expected, position }
    }

    fn position(&self) -> usize {
        self.position_at(self.rest.len())
    }

    fn position_before(&self, token: Token<'a>) -> usize {
        self.position_at(self.rest.len() + token.length())
    }

    /// Number of the character with which the last `bytes` bytes begin.
    fn position_at(&self, bytes: usize) -> usize {
        let before = self.text.get(..self.text.len().saturating_sub(bytes));
        1 + before.unwrap_or_default().chars().count()
    }
}

impl Token<'_> {
    const fn length(self) -> usize {
        match self {
            Self::End => 0,
            Self::OpenBrace | Self::CloseBrace | Self::Comma => 1,
            Self::Operator(operator) => operator.text().len(),
            Self::Quoted(text) | Self::Unquoted(text) => text.len(),
        }
    }
}
