//! Text and actions of a template, and the tokens of an action.
//!
//! White space that markers trim is left as it is: it changes what a template writes, not whether it is one.

use super::error::{Cause, Error, excerpt};
use super::letter::is_name;
use super::literal;
use super::quoted;
use super::token::{Keyword, Kind, Token};

/// What a trimming marker is beside.
const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

/// A piece of a template.
pub(super) enum Segment<'a> {
    /// Written as it is.
    Text(&'a str),
    /// Between `{{` and `}}`.
    Action,
}

/// A template that is being read.
pub(super) struct Lexer<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Lexer<'a> {
    /// At the start of `text`.
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, rest: text }
    }

    /// The next piece; none at the end. If it is an action, `tokens` are its tokens, the last of them its end.
    pub(super) fn segment(&mut self, tokens: &mut Vec<Token<'a>>) -> Result<Option<Segment<'a>>, Error> {
        while !self.rest.is_empty() {
            let Some(text) = self.rest.find("{{").map(|length| self.take(length)) else {
                let length = self.rest.len();
                return Ok(Some(Segment::Text(self.take(length))));
            };
            if !text.is_empty() {
                return Ok(Some(Segment::Text(text)));
            }
            self.take("{{".len());
            if let Some(marked) = self.rest.strip_prefix('-')
                && marked.starts_with(SPACES)
            {
                self.take("- ".len());
            }
            if !self.rest.starts_with("/*") {
                self.action(tokens)?;
                return Ok(Some(Segment::Action));
            }
            self.comment()?;
        }
        Ok(None)
    }

    fn comment(&mut self) -> Result<(), Error> {
        let start = self.position();
        self.take("/*".len());
        let Some(length) = self.rest.find("*/") else {
            return Err(self.error(start, Cause::UnclosedComment));
        };
        self.take(length + "*/".len());
        let Some(length) = closing(self.rest) else {
            return Err(self.error(self.position(), Cause::CommentEnd));
        };
        self.take(length);
        Ok(())
    }

    fn action(&mut self, tokens: &mut Vec<Token<'a>>) -> Result<(), Error> {
        tokens.clear();
        let opened = self.position();
        let mut parentheses = Vec::new();
        loop {
            let start = self.position();
            if let Some(length) = closing(self.rest) {
                if let Some(opened) = parentheses.pop() {
                    return Err(self.error(opened, Cause::UnclosedParenthesis));
                }
                let text = self.take(length);
                tokens.push(Token {
                    kind: Kind::Close,
                    text,
                    start,
                });
                return Ok(());
            }
            let Some(first) = self.rest.chars().next() else {
                return Err(self.error(opened, Cause::UnclosedAction));
            };
            let (kind, length) = self.token(first).map_err(|cause| self.error(start, cause))?;
            let text = self.take(length);
            match kind {
                Kind::LeftParenthesis => parentheses.push(start),
                Kind::RightParenthesis if parentheses.pop().is_none() => {
                    return Err(self.error(start, Cause::UnopenedParenthesis));
                }
                _ => {}
            }
            tokens.push(Token { kind, text, start });
        }
    }

    /// Kind and length of the token that begins with `first`.
    fn token(&self, first: char) -> Result<(Kind, usize), Cause> {
        let rest = self.rest;
        let literal = |kind, length: Option<usize>| match length {
            Some(length) => Ok((kind, length)),
            None => Err(Cause::Literal {
                text: excerpt(rest.split([' ', '\n', '}']).next().unwrap_or_default()),
            }),
        };
        match first {
            ' ' | '\t' | '\r' | '\n' => Ok((Kind::Space, spaces(rest))),
            '=' => Ok((Kind::Assign, 1)),
            ':' if rest.starts_with(":=") => Ok((Kind::Declare, 2)),
            ':' => Err(Cause::Character { character: ':' }),
            '|' => Ok((Kind::Pipe, 1)),
            ',' => Ok((Kind::Comma, 1)),
            '(' => Ok((Kind::LeftParenthesis, 1)),
            ')' => Ok((Kind::RightParenthesis, 1)),
            '"' | '`' | '\'' => {
                let length = quoted::length(rest).ok_or(Cause::UnclosedQuote { quote: first })?;
                let text = rest.get(..length).unwrap_or_default();
                let (kind, is_valid) = match first {
                    '\'' => (Kind::Number, quoted::is_character(text)),
                    _ => (Kind::String, quoted::content(text).is_some()),
                };
                literal(kind, is_valid.then_some(length))
            }
            '+' | '-' | '0'..='9' => literal(Kind::Number, literal::number(rest)),
            '.' if rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => {
                literal(Kind::Number, literal::number(rest))
            }
            '.' | '$' => {
                let length = name(rest, 1)?;
                let kind = match first {
                    '$' => Kind::Variable,
                    _ if length == 1 => Kind::Dot,
                    _ => Kind::Field,
                };
                Ok((kind, length))
            }
            _ if is_name(first) => {
                let length = name(rest, 0)?;
                Ok((word(rest.get(..length).unwrap_or_default()), length))
            }
            ' '..='~' => Ok((Kind::Other, 1)),
            character => Err(Cause::Character { character }),
        }
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    const fn position(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    fn error(&self, start: usize, cause: Cause) -> Error {
        Error::at(self.text, start, cause)
    }
}

/// Length of the end of an action, if `text` begins with it.
fn closing(text: &str) -> Option<usize> {
    let unmarked = text
        .strip_prefix(SPACES)
        .and_then(|text| text.strip_prefix('-'))
        .unwrap_or(text);
    unmarked
        .starts_with("}}")
        .then(|| text.len() - unmarked.len() + "}}".len())
}

/// Length of the space at the start of `text`, without the one that belongs to a marker in front of `}}`.
fn spaces(text: &str) -> usize {
    let behind = text.trim_start_matches(SPACES);
    let length = text.len() - behind.len();
    if behind.starts_with("-}}") { length - 1 } else { length }
}

/// Length of the name at the start of `text`, which begins with a sign of `sign` bytes.
fn name(text: &str, sign: usize) -> Result<usize, Cause> {
    let behind = text.get(sign..).unwrap_or_default().trim_start_matches(is_name);
    let may_follow = |character| SPACES.contains(&character) || ".,|:()".contains(character);
    match behind.chars().next() {
        Some(character) if !may_follow(character) && !behind.starts_with("}}") => Err(Cause::Character { character }),
        _ => Ok(text.len() - behind.len()),
    }
}

fn word(text: &str) -> Kind {
    match text {
        "true" | "false" => Kind::Boolean,
        "nil" => Kind::Nil,
        _ => Keyword::spelled(text).map_or(Kind::Function, Kind::Keyword),
    }
}
