//! What a plain (unquoted) scalar means: text, or one of the other types of YAML 1.1 as go-yaml v2 knows them.
//!
//! The writer asks it whether a text needs quotes, the reader what value a scalar has. No files, no clock. The rules
//! are those of `resolve.go` of gopkg.in/yaml.v2, which Prometheus and Alertmanager read their files with.

use std::borrow::Cow;

/// The meaning of a plain scalar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Meaning {
    /// `~`, `null` or nothing.
    Null,
    /// `true`, `yes`, `on`, `y` or their opposites.
    Bool(bool),
    /// A whole number: decimal, or with `0x`, `0o`, `0`, `0b` in front.
    Int(i64),
    /// A whole number above `i64::MAX`.
    UInt(u64),
    /// A number with a point or an exponent, an infinity, not a number.
    Float(f64),
    /// A date, with or without a time. Read as text, but never written plain.
    Timestamp,
    /// Anything else.
    Text,
}

/// What may be said from the first byte alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hint {
    Text,
    Word,
    Point,
    Number,
}

const HINTS: [Hint; 256] = {
    let mut hints = [Hint::Text; 256];
    let mut digit = b'0';
    while digit <= b'9' {
        hints[digit as usize] = Hint::Number;
        digit += 1;
    }
    hints[b'+' as usize] = Hint::Number;
    hints[b'-' as usize] = Hint::Number;
    hints[b'.' as usize] = Hint::Point;
    let words = b"yYnNtTfFoO~";
    let mut index = 0;
    while index < words.len() {
        hints[words[index] as usize] = Hint::Word;
        index += 1;
    }
    hints
};

/// The meaning of the plain scalar `text`.
pub(super) fn meaning(text: &str) -> Meaning {
    if is_timestamp(text) {
        Meaning::Timestamp
    } else {
        meaning_without_dates(text)
    }
}

/// The meaning of the scalar `text` after a tag other than `!!timestamp`.
pub(super) fn meaning_without_dates(text: &str) -> Meaning {
    let Some(first) = text.bytes().next() else {
        return Meaning::Null;
    };
    match HINTS[usize::from(first)] {
        Hint::Text => Meaning::Text,
        Hint::Word => word(text),
        Hint::Point => special_float(text, false)
            .or_else(|| fraction(text))
            .map_or(Meaning::Text, Meaning::Float),
        Hint::Number => {
            let negative = first == b'-';
            let special = text
                .strip_prefix(['+', '-'])
                .and_then(|rest| special_float(rest, negative));
            // There is no signed not-a-number.
            special
                .filter(|value| value.is_infinite())
                .map_or_else(|| number(text), Meaning::Float)
        }
    }
}

/// Whether `text`, written plain, would be read back as this same text by every reader, old ones included.
pub(super) fn is_text(text: &str) -> bool {
    meaning(text) == Meaning::Text && !is_base60(text)
}

fn word(text: &str) -> Meaning {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Meaning::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Meaning::Bool(false),
        "~" | "null" | "Null" | "NULL" => Meaning::Null,
        _ => Meaning::Text,
    }
}

fn special_float(text: &str, negative: bool) -> Option<f64> {
    match text {
        ".inf" | ".Inf" | ".INF" if negative => Some(f64::NEG_INFINITY),
        ".inf" | ".Inf" | ".INF" => Some(f64::INFINITY),
        ".nan" | ".NaN" | ".NAN" => Some(f64::NAN),
        _ => None,
    }
}

/// A float that starts with its point. Underscores are fine between digits only.
fn fraction(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let between_digits =
        |at: usize| at > 0 && bytes[at - 1].is_ascii_digit() && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
    if bytes
        .iter()
        .enumerate()
        .any(|(at, byte)| *byte == b'_' && !between_digits(at))
    {
        return None;
    }
    decimal(&without_underscores(text))
}

fn without_underscores(text: &str) -> Cow<'_, str> {
    if text.contains('_') {
        Cow::Owned(text.replace('_', ""))
    } else {
        Cow::Borrowed(text)
    }
}

fn number(text: &str) -> Meaning {
    let plain = without_underscores(text);
    if let Some(whole) = whole(&plain) {
        return whole;
    }
    if let Some(float) = decimal(&plain) {
        return Meaning::Float(float);
    }
    // A sign after the prefix: `0b-101`.
    plain
        .strip_prefix("0b")
        .filter(|digits| digits.starts_with(['+', '-']))
        .and_then(|digits| i64::from_str_radix(digits, 2).ok())
        .map_or(Meaning::Text, Meaning::Int)
}

/// A whole number of Go's syntax (without underscores) that fits in 64 bits.
fn whole(text: &str) -> Option<Meaning> {
    let (negative, signed) = match text.as_bytes().first()? {
        b'-' => (true, true),
        b'+' => (false, true),
        _ => (false, false),
    };
    let digits = &text[usize::from(signed)..];
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', _, ..] => (16, &digits[2..]),
        [b'0', b'o' | b'O', _, ..] => (8, &digits[2..]),
        [b'0', b'b' | b'B', _, ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, radix).ok()?;
    if negative {
        return 0_i64.checked_sub_unsigned(magnitude).map(Meaning::Int);
    }
    match i64::try_from(magnitude) {
        Ok(value) => Some(Meaning::Int(value)),
        // Go reads a sign for signed numbers only.
        Err(_) => (!signed).then_some(Meaning::UInt(magnitude)),
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?` whose value is finite.
fn decimal(text: &str) -> Option<f64> {
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (rest, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    if let Some(exponent) = exponent {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if exponent.is_empty() || !digits(exponent) {
            return None;
        }
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`: read as a number by older readers.
fn is_base60(text: &str) -> bool {
    if !text.contains(':') {
        return false;
    }
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (rest, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let mut parts = rest.split(':');
    let first = parts.next().unwrap_or_default();
    let sixtieths = |part: &str| match part.as_bytes() {
        [ones] => ones.is_ascii_digit(),
        [tens, ones] => (b'0'..=b'5').contains(tens) && ones.is_ascii_digit(),
        _ => false,
    };
    first.starts_with(|first: char| first.is_ascii_digit()) && digits(first) && parts.all(sixtieths) && digits(fraction)
}

/// A date (`2006-1-2`), a date with a time after spaces, or one of RFC 3339, digits as few as possible.
fn is_timestamp(text: &str) -> bool {
    let (digits, bytes) = (text.bytes().take_while(u8::is_ascii_digit).count(), text.as_bytes());
    if digits != 4 || bytes.get(4) != Some(&b'-') {
        return false;
    }
    timestamp(text).is_some()
}

fn timestamp(text: &str) -> Option<()> {
    let year: u32 = text[..4].parse().ok()?;
    let (month, rest) = short_number(&text[5..], 1, 12)?;
    let (_, rest) = short_number(rest.strip_prefix('-')?, 1, days(year, month))?;
    if rest.is_empty() {
        return Some(());
    }
    if let Some(time) = rest.strip_prefix(['T', 't']) {
        let zone = time_of_day(time)?;
        if zone == "Z" {
            return Some(());
        }
        let (hours, minutes) = zone.strip_prefix(['+', '-'])?.split_once(':')?;
        let two_digits =
            |text: &str, most| text.len() == 2 && short_number(text, 0, most).is_some_and(|(_, rest)| rest.is_empty());
        return (two_digits(hours, 24) && two_digits(minutes, 60)).then_some(());
    }
    time_of_day(rest.strip_prefix(' ')?.trim_start_matches(' '))
        .filter(|rest| rest.is_empty())
        .map(|_| ())
}

/// Reads `hour:minute:second[.fraction]`; gives what is after.
fn time_of_day(text: &str) -> Option<&str> {
    let (_, rest) = short_number(text, 0, 23)?;
    let (_, rest) = short_number(rest.strip_prefix(':')?, 0, 59)?;
    let (_, rest) = short_number(rest.strip_prefix(':')?, 0, 59)?;
    let Some(fraction) = rest
        .strip_prefix(['.', ','])
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    else {
        return Some(rest);
    };
    Some(fraction.trim_start_matches(|c: char| c.is_ascii_digit()))
}

/// Reads one or two digits.
fn short_number(text: &str, least: u32, most: u32) -> Option<(u32, &str)> {
    let length = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let number = text[..length]
        .parse()
        .ok()
        .filter(|number| (least..=most).contains(number))?;
    Some((number, &text[length..]))
}

const fn days(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}
