//! Strings and characters in quotes, as `strconv.Unquote` of Go reads them. Pure.

/// What an escape stands for.
enum Unit {
    Byte(u8),
    Character(char),
}

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
        match unit {
            Unit::Byte(byte) => content.push(byte),
            Unit::Character(character) => {
                content.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        rest = behind;
    }
    Some(content)
}

fn body(literal: &str, quote: char) -> Option<&str> {
    literal.strip_prefix(quote)?.strip_suffix(quote)
}

/// The first character or escape of `text` within `quote`, and what follows it.
fn unit(text: &str, quote: char) -> Option<(Unit, &str)> {
    let mut characters = text.chars();
    let first = characters.next()?;
    if first != '\\' {
        return Some((Unit::Character(first), characters.as_str()));
    }
    let escape = characters.next()?;
    let rest = characters.as_str();
    let byte = |byte| Some((Unit::Byte(byte), rest));
    match escape {
        'a' => byte(0x07),
        'b' => byte(0x08),
        't' => byte(b'\t'),
        'n' => byte(b'\n'),
        'v' => byte(0x0b),
        'f' => byte(0x0c),
        'r' => byte(b'\r'),
        '\\' => byte(b'\\'),
        'x' => number(rest, 2, 16).and_then(single),
        'u' => number(rest, 4, 16).and_then(unicode),
        'U' => number(rest, 8, 16).and_then(unicode),
        '0'..='7' => number(text.get(1..)?, 3, 8).and_then(single),
        _ if escape == quote => Some((Unit::Character(quote), rest)),
        _ => None,
    }
}

/// The number of `digits` digits in `base` at the start of `text`, and what follows it.
fn number(text: &str, digits: usize, base: u32) -> Option<(u32, &str)> {
    let (number, rest) = text.split_at_checked(digits)?;
    let add = |value: u32, digit: char| value.checked_mul(base)?.checked_add(digit.to_digit(base)?);
    Some((number.chars().try_fold(0, add)?, rest))
}

fn single((value, rest): (u32, &str)) -> Option<(Unit, &str)> {
    Some((Unit::Byte(u8::try_from(value).ok()?), rest))
}

fn unicode((value, rest): (u32, &str)) -> Option<(Unit, &str)> {
    Some((Unit::Character(char::from_u32(value)?), rest))
}
