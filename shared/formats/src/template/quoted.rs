//! Strings and characters in quotes, as `strconv.Unquote` of Go reads them. Pure.

use crate::escape::unit;

/// Length with both quotes of the literal that begins with the first quote in `text`; none if it does not end in the text
/// or, unless the quote is a backquote, on its line.
pub(super) fn length(text: &str) -> Option<usize> {
    let quote = text.chars().next()?;
    let mut is_escaped = false;
    for (index, character) in text.char_indices().skip(1) {
        match character {
            _ if character == quote && !is_escaped => return Some(index + quote.len_utf8()),
            _ if quote == '`' => {}
            '\n' => return None,
            _ => is_escaped = character == '\\' && !is_escaped,
        }
    }
    None
}

/// Whether `literal` in its quotes is one character.
pub(super) fn is_character(literal: &str) -> bool {
    let body = body(literal, '\'');
    body.is_some_and(|body| matches!(unit(body, '\''), Some((_, ""))))
}

/// What `literal` in its quotes stands for. Bytes, since escapes need not give UTF-8.
pub(super) fn content(literal: &str) -> Option<Vec<u8>> {
    if let Some(raw) = body(literal, '`') {
        return Some(raw.bytes().filter(|byte| *byte != b'\r').collect());
    }
    let mut rest = body(literal, '"')?;
    let mut content = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        let (unit, behind) = unit(rest, '"')?;
        unit.push_to(&mut content);
        rest = behind;
    }
    Some(content)
}

fn body(literal: &str, quote: char) -> Option<&str> {
    literal.strip_prefix(quote)?.strip_suffix(quote)
}
