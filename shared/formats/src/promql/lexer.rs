//! Splits the text of an expression into tokens, one at a time.
//!
//! What a character means depends on the place: between braces there are no keywords, between brackets no names. Blanks
//! and comments are skipped.

use super::Options;
use super::edition::Edition;
use super::error::{Error, Fault};
use super::name::Names;
use super::number;
use super::operator::BinaryOperator;
use super::token::{Kind, Token};

/// Where the next token begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Outside of braces and brackets.
    Expression,
    /// Between braces.
    Braces,
    /// Between brackets, before the first number.
    Range,
    /// Between brackets, after a number.
    RangeBehindNumber,
}

/// A text and how much of it is read.
pub(super) struct Lexer<'a> {
    text: &'a str,
    position: usize,
    place: Place,
    /// Whether the colon of these brackets is read.
    has_colon: bool,
    /// Whether any duration between brackets is read, these or earlier ones: before it Prometheus takes no colon. Until
    /// 3.15 only a number counts; from 3.16 on a word does, and earlier brackets do not.
    has_duration: bool,
    edition: Edition,
    names: Names,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str, options: Options) -> Self {
        Self {
            text,
            position: 0,
            place: Place::Expression,
            has_colon: false,
            has_duration: false,
            edition: options.edition,
            names: Names::of(options),
        }
    }

    /// The text of a token.
    pub(super) fn slice(&self, token: Token) -> &'a str {
        self.text
            .get(token.start as usize..token.end as usize)
            .unwrap_or_default()
    }

    /// An error at a byte of the text.
    pub(super) fn error(&self, offset: usize, fault: Fault) -> Error {
        Error::new(self.text, offset, fault)
    }

    /// The next token. At the end of the text, again and again [`Kind::EndOfText`].
    pub(super) fn next(&mut self) -> Result<Token, Error> {
        self.skip_blanks();
        let start = self.position;
        let kind = match self.peek() {
            None => Kind::EndOfText,
            Some(byte) => self.token(byte)?,
        };
        Ok(Token {
            kind,
            start: narrow(start),
            end: narrow(self.position),
        })
    }

    fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.position..).unwrap_or_default()
    }

    fn rest_of_text(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or_default()
    }

    /// Takes the first bytes that `takes` holds for.
    fn take_while(&mut self, takes: impl Fn(u8) -> bool) {
        let rest = self.rest();
        self.position += rest.iter().position(|byte| !takes(*byte)).unwrap_or(rest.len());
    }

    fn skip_blanks(&mut self) {
        loop {
            self.take_while(is_blank);
            if self.peek() != Some(b'#') || self.place == Place::Range {
                return;
            }
            self.take_while(|byte| !matches!(byte, b'\n' | b'\r'));
        }
    }

    fn token(&mut self, first: u8) -> Result<Kind, Error> {
        match (first, self.place) {
            (b'"' | b'\'' | b'`', Place::Expression | Place::Braces | Place::RangeBehindNumber) => self.string(first),
            (0x80.., Place::Expression) if self.names.starts(self.rest_of_text()) => Ok(self.word()),
            (_, Place::Braces) => self.between_braces(first),
            (b'0'..=b'9', _) => self.number(),
            (b'.', _) if matches!(self.rest(), [_, b'0'..=b'9', ..]) => self.number(),
            (b'a'..=b'z' | b'A'..=b'Z' | b'_' | b':', Place::Expression) => Ok(self.word()),
            (b'a'..=b'z' | b'A'..=b'Z' | b'_', _) => self.word_of_duration(),
            (b':', _) => self.colon(),
            _ => self.symbol(first),
        }
    }

    fn symbol(&mut self, first: u8) -> Result<Kind, Error> {
        use BinaryOperator as Operator;
        let next = self.rest().get(1).copied();
        let (length, kind) = match (first, next) {
            (b'(', _) => (1, Kind::LeftParenthesis),
            (b')', _) => (1, Kind::RightParenthesis),
            (b',', _) => (1, Kind::Comma),
            (b'+', _) => (1, Kind::Operator(Operator::Add)),
            (b'-', _) => (1, Kind::Operator(Operator::Subtract)),
            (b'*', _) => (1, Kind::Operator(Operator::Multiply)),
            (b'/', _) => (1, Kind::Operator(Operator::Divide)),
            (b'%', _) => (1, Kind::Operator(Operator::Modulo)),
            (b'^', _) => (1, Kind::Operator(Operator::Power)),
            (b']', _) => (1, Kind::RightBracket),
            // Before the number of a range nothing else has a meaning.
            _ if self.place == Place::Range => return Err(self.bad_character()),
            (b'=', Some(b'=')) => (2, Kind::Operator(Operator::Equal)),
            (b'=', next) if next != Some(b'~') => (1, Kind::Equal),
            (b'!', Some(b'=')) => (2, Kind::Operator(Operator::NotEqual)),
            (b'<', Some(b'=')) => (2, Kind::Operator(Operator::LessOrEqual)),
            (b'<', Some(b'/')) => (2, Kind::Operator(Operator::TrimUpper)),
            (b'<', _) => (1, Kind::Operator(Operator::Less)),
            (b'>', Some(b'=')) => (2, Kind::Operator(Operator::GreaterOrEqual)),
            (b'>', Some(b'/')) => (2, Kind::Operator(Operator::TrimLower)),
            (b'>', _) => (1, Kind::Operator(Operator::Greater)),
            (b'@', _) => (1, Kind::At),
            (b'{', _) => (1, Kind::LeftBrace),
            (b'[', _) => (1, Kind::LeftBracket),
            _ => return Err(self.bad_character()),
        };
        self.position += length;
        match kind {
            Kind::LeftBrace => self.place = Place::Braces,
            Kind::LeftBracket => {
                (self.place, self.has_colon) = (Place::Range, false);
                self.has_duration &= self.edition < Edition::V3_16;
            }
            Kind::RightBracket => self.place = Place::Expression,
            _ => {}
        }
        Ok(kind)
    }

    fn between_braces(&mut self, first: u8) -> Result<Kind, Error> {
        if matches!(first, b'a'..=b'z' | b'A'..=b'Z' | b'_') || self.names.starts(self.rest_of_text()) {
            self.position += self.names.length(self.rest_of_text(), |_| false);
            return Ok(Kind::Identifier);
        }
        let (length, kind) = match (first, self.rest().get(1)) {
            (b',', _) => (1, Kind::Comma),
            (b'=', Some(b'~')) => (2, Kind::EqualRegex),
            (b'=', _) => (1, Kind::Equal),
            (b'!', Some(b'~')) => (2, Kind::NotEqualRegex),
            (b'!', Some(b'=')) => (2, Kind::Operator(BinaryOperator::NotEqual)),
            (b'}', _) => (1, Kind::RightBrace),
            _ => return Err(self.bad_character()),
        };
        self.position += length;
        if kind == Kind::RightBrace {
            self.place = Place::Expression;
        }
        Ok(kind)
    }

    fn bad_character(&self) -> Error {
        let character = self.rest_of_text().chars().next();
        self.error(self.position, Fault::Character(character.unwrap_or_default()))
    }

    /// A name or a keyword.
    fn word(&mut self) -> Kind {
        let start = self.position;
        self.position += self.names.length(self.rest_of_text(), |byte| byte == b':');
        let word = self.text.as_bytes().get(start..self.position).unwrap_or_default();
        match Kind::keyword(word) {
            // Only so can series of these names go on being selected.
            Some(Kind::Fill | Kind::FillLeft | Kind::FillRight) if !self.is_before_parenthesis() => Kind::Identifier,
            Some(keyword) => keyword,
            None if word.contains(&b':') => Kind::MetricIdentifier,
            None => Kind::Identifier,
        }
    }

    fn is_before_parenthesis(&self) -> bool {
        self.rest().iter().find(|byte| !is_blank(**byte)) == Some(&b'(')
    }

    /// One of the words that stand between brackets.
    fn word_of_duration(&mut self) -> Result<Kind, Error> {
        let start = self.position;
        self.take_while(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        let word = self.text.as_bytes().get(start..self.position).unwrap_or_default();
        if let Some(kind @ (Kind::Step | Kind::Range | Kind::MaxOf | Kind::MinOf)) = Kind::keyword(word) {
            self.has_duration |= self.edition >= Edition::V3_16;
            return Ok(kind);
        }
        self.position = start;
        Err(self.bad_character())
    }

    fn colon(&mut self) -> Result<Kind, Error> {
        if !self.has_duration {
            return Err(self.error(self.position, Fault::EarlyColon));
        }
        if self.has_colon {
            return Err(self.bad_character());
        }
        self.has_colon = true;
        self.position += 1;
        Ok(Kind::Colon)
    }

    fn number(&mut self) -> Result<Kind, Error> {
        if self.place == Place::Range {
            self.place = Place::RangeBehindNumber;
            self.has_duration = true;
        }
        if let Some(length) = number::end(self.rest()) {
            self.position += length;
            return Ok(Kind::Number);
        }
        let start = self.position;
        self.take_while(number::is_word);
        let word = self.text.get(start..self.position).unwrap_or_default();
        if word.starts_with(|first: char| first.is_ascii_digit()) && word.ends_with(['s', 'm', 'h', 'd', 'w', 'y']) {
            return Ok(Kind::Duration);
        }
        Err(self.error(start, Fault::Number { text: word.into() }))
    }

    fn string(&mut self, quote: u8) -> Result<Kind, Error> {
        let start = self.position;
        self.position += 1;
        loop {
            self.take_while(|byte| byte != quote && !matches!(byte, b'\\' | b'\n' | 0xef));
            match self.rest() {
                [b'\\', ..] if quote != b'`' => self.position += 2,
                [0xef, 0xbf, 0xbd, ..] => return Err(self.error(self.position, Fault::ReplacementCharacter)),
                [b'\n', ..] if quote != b'`' => return Err(self.error(start, Fault::UnterminatedString)),
                [] => return Err(self.error(start, Fault::UnterminatedString)),
                [byte, ..] => {
                    self.position += 1;
                    if *byte == quote {
                        return Ok(Kind::String);
                    }
                }
            }
        }
    }
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Texts are shorter than 4 GiB.
fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
