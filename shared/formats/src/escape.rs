//! Escapes in texts between quotes, as `strconv` of Go reads them: `PromQL` and templates share them. Pure.

/// Escapes of one letter, and the byte that each stands for.
pub(crate) const LETTERS: [(char, u8); 8] = [
    ('a', 0x07),
    ('b', 0x08),
    ('f', 0x0c),
    ('n', b'\n'),
    ('r', b'\r'),
    ('t', b'\t'),
    ('v', 0x0b),
    ('\\', b'\\'),
];

/// What an escape stands for.
pub(crate) enum Unit {
    /// A byte, which need not be UTF-8 with its neighbours.
    Byte(u8),
    /// A character.
    Character(char),
}

impl Unit {
    /// Adds it to `text`.
    pub(crate) fn push_to(self, text: &mut Vec<u8>) {
        match self {
            Self::Byte(byte) => text.push(byte),
            Self::Character(character) => text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// The first character or escape of `text` within `quote`, and what follows it; none if it is no escape.
pub(crate) fn unit(text: &str, quote: char) -> Option<(Unit, &str)> {
    let mut characters = text.chars();
    let first = characters.next()?;
    if first != '\\' {
        return Some((Unit::Character(first), characters.as_str()));
    }
    let escape = characters.next()?;
    let rest = characters.as_str();
    if escape == quote {
        return Some((Unit::Character(quote), rest));
    }
    if let Some((_, byte)) = LETTERS.iter().find(|(letter, _)| *letter == escape) {
        return Some((Unit::Byte(*byte), rest));
    }
    match escape {
        'x' => number(rest, 2, 16).and_then(single),
        'u' => number(rest, 4, 16).and_then(unicode),
        'U' => number(rest, 8, 16).and_then(unicode),
        '0'..='7' => number(text.get(1..)?, 3, 8).and_then(single),
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
