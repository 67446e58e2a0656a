//! Numbers: how far one reaches in a text, and its value.
//!
//! A number is an integer of Go (also hexadecimal, octal with a zero in front, and with underscores), else a decimal
//! fraction; `inf` and `nan` are numbers too.

use std::borrow::Cow;

use super::error::Fault;

/// Where the number ends that `text` starts with. Nothing where it is none, and then it may be a duration.
pub(super) fn end(text: &[u8]) -> Option<usize> {
    let mut scanner = Scanner { text, position: 0 };
    let is_digit = if scanner.accept(|byte| byte == b'0') && scanner.accept(|byte| matches!(byte, b'x' | b'X')) {
        scanner.accept(|byte| byte == b'_');
        is_hexadecimal
    } else {
        is_decimal
    };
    scanner.rest(is_digit)?;
    let ends = scanner.position > 0 && scanner.peek().is_none_or(|next| !is_word(next));
    ends.then_some(scanner.position)
}

fn is_decimal(byte: u8) -> bool {
    byte.is_ascii_digit()
}

fn is_hexadecimal(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

/// Whether `byte` may occur in a word.
pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

struct Scanner<'a> {
    text: &'a [u8],
    position: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.position).copied()
    }

    fn accept(&mut self, takes: fn(u8) -> bool) -> bool {
        let accepts = self.peek().is_some_and(takes);
        self.position += usize::from(accepts);
        accepts
    }

    /// What follows the prefix. An `e` starts an exponent even between hexadecimal digits, unless it is the first of them or
    /// is after another one: a quirk that decides which texts are numbers.
    fn rest(&mut self, is_digit: fn(u8) -> bool) -> Option<()> {
        let (mut has_dot, mut has_exponent) = (false, false);
        self.accept(|byte| byte == b'.');
        self.accept(is_digit);
        loop {
            match self.peek() {
                Some(b'.') => {
                    self.position += 1;
                    if has_dot || is_digit(b'f') || matches!(self.peek(), Some(b'_' | b'.')) {
                        return None;
                    }
                    has_dot = true;
                }
                Some(b'e' | b'E') => {
                    self.position += 1;
                    if has_exponent {
                        return None;
                    }
                    has_exponent = true;
                    self.accept(|byte| matches!(byte, b'+' | b'-'));
                    self.goes_on()?;
                }
                Some(b'_') => {
                    self.position += 1;
                    self.goes_on()?;
                }
                Some(byte) if is_digit(byte) => while self.accept(is_digit) {},
                _ => return Some(()),
            }
        }
    }

    /// Something must follow, and neither a dot nor an exponent nor an underscore.
    fn goes_on(&self) -> Option<()> {
        let next = self.peek()?;
        (!matches!(next, b'.' | b'_' | b'e' | b'E')).then_some(())
    }
}

/// The value of a number as it is written.
#[expect(clippy::cast_precision_loss, reason = "all numbers are floating-point")]
pub(super) fn value(text: &str) -> Result<f64, Fault> {
    let invalid = || Fault::Number { text: text.into() };
    let plain = without_underscores(text).ok_or_else(invalid)?;
    if let Some(integer) = integer(&plain) {
        return Ok(integer as f64);
    }
    let value: f64 = plain.parse().map_err(|_| invalid())?;
    if value.is_infinite() && !text.eq_ignore_ascii_case("inf") {
        return Err(Fault::NumberTooLarge);
    }
    Ok(value)
}

/// The text without its underscores; nothing if one does not separate digits.
fn without_underscores(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('_') {
        return Some(text.into());
    }
    let (prefix, digits) = split_prefix(text);
    let is_digit = if prefix.is_empty() { is_decimal } else { is_hexadecimal };
    let mut previous = if prefix.is_empty() { b' ' } else { b'0' };
    for byte in digits.bytes().chain([b' ']) {
        if (byte == b'_' && !is_digit(previous)) || (previous == b'_' && !is_digit(byte)) {
            return None;
        }
        previous = byte;
    }
    Some(text.replace('_', "").into())
}

fn split_prefix(text: &str) -> (&str, &str) {
    if text.starts_with("0x") || text.starts_with("0X") {
        text.split_at(2)
    } else {
        ("", text)
    }
}

fn integer(text: &str) -> Option<i64> {
    let (prefix, digits) = split_prefix(text);
    let radix = match prefix {
        "" if digits.len() > 1 && digits.starts_with('0') => 8,
        "" => 10,
        _ => 16,
    };
    i64::from_str_radix(digits, radix).ok()
}

/// `number` as a whole one, as Go converts it on most machines: what does not fit becomes the least number.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
pub(super) fn truncated(number: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&number) {
        number as i64
    } else {
        i64::MIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_reaches_as_far_as_it_can() {
        for (text, length) in [
            ("1", Some(1)),
            (".5)", Some(2)),
            ("5.+", Some(2)),
            ("1e-3 ", Some(4)),
            ("0x1f,", Some(4)),
            ("0xe1", Some(4)),
            ("0x1e ", Some(4)),
            ("0x1e+5", Some(6)),
            ("0x1e", None),
            ("0x1.5", None),
            ("1_000", Some(5)),
            ("1__0", None),
            ("1..2", None),
            ("1ee2", None),
            ("5m", None),
            ("1a", None),
        ] {
            assert_eq!(end(text.as_bytes()), length, "{text}");
        }
    }

    #[test]
    fn reads_integers_of_all_kinds_and_fractions() {
        for (text, expected) in [
            ("0", 0.0),
            ("017", 15.0),
            ("0_17", 15.0),
            ("089", 89.0),
            ("0x_Ff", 255.0),
            ("1_000.5", 1000.5),
            ("5.", 5.0),
            ("1.e2", 100.0),
            ("9223372036854775808", 9_223_372_036_854_775_808.0),
            ("iNf", f64::INFINITY),
        ] {
            assert_eq!(value(text).ok(), Some(expected), "{text}");
        }
        assert!(value("nAn").is_ok_and(f64::is_nan));
        for text in ["0x", "0x1e+5", "1e999", "1_", "1e_5", "0xffffffffffffffff"] {
            assert!(value(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_becomes_the_least_number() {
        assert_eq!(truncated(-1.9), -1);
        assert_eq!(truncated(9.3e18), i64::MIN);
        assert_eq!(truncated(f64::NAN), i64::MIN);
    }
}
