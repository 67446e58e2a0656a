//! The syntax before Alertmanager 0.27. It is lenient: braces need not be in pairs, a value need not stand between quotes,
//! and a backslash before any letter but `n` stands for itself.

use super::{Error, Matcher, Operator};
use crate::label::Scheme;

/// How operators are written; what is the beginning of another one comes later.
const OPERATORS: [(&str, Operator); 4] = [
    ("=~", Operator::Regex),
    ("!~", Operator::NotRegex),
    ("!=", Operator::NotEqual),
    ("=", Operator::Equal),
];

/// The matchers between commas.
pub(super) fn matchers(text: &str) -> Result<Vec<Matcher>, Error> {
    let inside = text.strip_prefix('{').unwrap_or(text);
    let inside = inside.strip_suffix('}').unwrap_or(inside);
    let mut position = 1 + usize::from(text.starts_with('{'));
    let mut matchers = Vec::new();
    let mut rest = inside;
    while let Some(comma) = comma(rest) {
        let (piece, behind) = rest.split_at(comma);
        matchers.push(read(piece, position)?);
        position += piece.chars().count() + 1;
        rest = behind.strip_prefix(',').unwrap_or(behind);
    }
    let last = rest.trim();
    if !last.is_empty() {
        matchers.push(read(last, position)?);
    }
    Ok(matchers)
}

/// The matcher that `text` is.
pub(super) fn matcher(text: &str) -> Result<Matcher, Error> {
    read(text, 1)
}

/// Where the first comma is that does not stand between quotes.
fn comma(text: &str) -> Option<usize> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (index, character) in text.char_indices() {
        match character {
            ',' if !is_quoted => return Some(index),
            // A comma between quotes leaves the escape before it in force.
            ',' => {}
            '"' if is_escaped => is_escaped = false,
            '"' => is_quoted = !is_quoted,
            '\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    None
}

fn read(text: &str, position: usize) -> Result<Matcher, Error> {
    let is_space = |character: char| matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{c}');
    let text = text.trim_start_matches(is_space);
    let is_name = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | ':');
    let behind = text.trim_start_matches(is_name);
    let name = text.strip_suffix(behind).unwrap_or_default();
    let behind = behind.trim_start_matches(is_space);
    let operator = OPERATORS
        .iter()
        .find_map(|(text, operator)| Some((*operator, behind.strip_prefix(text)?)));
    match operator {
        Some((operator, value)) if Scheme::Legacy.allows_metric(name) => {
            let value = unescaped(value.trim_matches(is_space)).ok_or(Error::Quote { position })?;
            Matcher::new(name, operator, value)
        }
        _ => Err(Error::Format { position }),
    }
}

/// What a value stands for; none if a quote is missing or superfluous.
fn unescaped(value: &str) -> Option<String> {
    let inside = value.strip_prefix('"');
    let mut text = String::with_capacity(value.len());
    let mut characters = inside.unwrap_or(value).chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return (inside.is_some() && characters.as_str().is_empty()).then_some(text),
            '\\' => match characters.next() {
                Some('n') => text.push('\n'),
                Some(escaped @ ('"' | '\\')) => text.push(escaped),
                other => text.extend(['\\'].into_iter().chain(other)),
            },
            other => text.push(other),
        }
    }
    inside.is_none().then_some(text)
}
