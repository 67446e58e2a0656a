//! Texts between quotes: what they stand for, and how Go's `strconv.Quote` writes them. Pure.
//!
//! Escapes can name any byte, so what a text stands for need not be UTF-8.

use std::fmt;

use crate::escape::{self, LETTERS};

/// What a text between quotes stands for, or where in it the first bad escape is.
pub(crate) fn unquoted(quoted: &str) -> Result<Box<[u8]>, usize> {
    let (Some(quote), Some(inside)) = (quoted.chars().next(), quoted.get(1..quoted.len().saturating_sub(1))) else {
        return Err(0);
    };
    if quote == '`' || !inside.contains('\\') {
        return Ok(inside.as_bytes().into());
    }
    let mut text = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(position) = rest.find('\\') {
        let (plain, escape) = rest.split_at(position);
        text.extend_from_slice(plain.as_bytes());
        let (unit, behind) = escape::unit(escape, quote).ok_or(quoted.len() - 1 - escape.len())?;
        unit.push_to(&mut text);
        rest = behind;
    }
    text.extend_from_slice(rest.as_bytes());
    Ok(text.into())
}

/// Writes `text` between quotes.
pub(crate) fn write_quoted(text: &[u8], out: &mut impl fmt::Write) -> fmt::Result {
    out.write_char('"')?;
    for chunk in text.utf8_chunks() {
        write_escaped(chunk.valid(), out)?;
        for byte in chunk.invalid() {
            write!(out, "\\x{byte:02x}")?;
        }
    }
    out.write_char('"')
}

fn write_escaped(text: &str, out: &mut impl fmt::Write) -> fmt::Result {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
    let mut rest = text;
    while !rest.is_empty() {
        let (plain, special) = rest.split_at(rest.bytes().position(|byte| !is_plain(byte)).unwrap_or(rest.len()));
        out.write_str(plain)?;
        let mut characters = special.chars();
        if let Some(character) = characters.next() {
            write_character(character, out)?;
        }
        rest = characters.as_str();
    }
    Ok(())
}

fn write_character(character: char, out: &mut impl fmt::Write) -> fmt::Result {
    let letter = LETTERS.iter().find(|(_, byte)| char::from(*byte) == character);
    match (letter, u32::from(character)) {
        (Some((name, _)), _) => write!(out, "\\{name}"),
        (None, 0x22) => out.write_str("\\\""),
        (None, code @ (..0x20 | 0x7f)) => write!(out, "\\x{code:02x}"),
        _ if is_printable(character) => out.write_char(character),
        (None, code @ ..0x1_0000) => write!(out, "\\u{code:04x}"),
        (None, code) => write!(out, "\\U{code:08x}"),
    }
}

/// Letters, marks, numbers, punctuation and symbols, of the Unicode version of the standard library. Go's may be another
/// one; either form is read back as the same text.
fn is_printable(character: char) -> bool {
    // A mark is escaped unless it is after something.
    let mut buffer = String::from("-");
    buffer.push(character);
    buffer.escape_debug().nth(1) != Some('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &[u8]) -> String {
        let mut out = String::new();
        write_quoted(text, &mut out).unwrap();
        out
    }

    #[test]
    fn reads_escapes() {
        for (text, expected) in [
            (r#""plain""#, &b"plain"[..]),
            (r#""\a\t\\\"'""#, b"\x07\t\\\"'"),
            (r#"'\'"'"#, b"'\""),
            (r"`\n`", b"\\n"),
            (r#""\101\x42\xff\u00e9\U0001F600""#, b"AB\xff\xc3\xa9\xf0\x9f\x98\x80"),
        ] {
            assert_eq!(unquoted(text).as_deref(), Ok(expected), "{text}");
        }
        for (text, position) in [
            (r#""ab\c""#, 3),
            (r#""\'""#, 1),
            (r#""\400""#, 1),
            (r#""é\x4""#, 3),
            (r#""\ud800""#, 1),
            (r#""\U00110000""#, 1),
        ] {
            assert_eq!(unquoted(text), Err(position), "{text}");
        }
    }

    #[test]
    fn writes_what_cannot_be_seen_as_escapes() {
        assert_eq!(quoted("a\"b\\c\n\u{1}\u{7f}".as_bytes()), r#""a\"b\\c\n\x01\x7f""#);
        assert_eq!(quoted("é e\u{301} 日本 😀".as_bytes()), "\"é e\u{301} 日本 😀\"");
        assert_eq!(
            quoted("\u{a0}\u{200b}\u{feff}\u{e0001}".as_bytes()),
            r#""\u00a0\u200b\ufeff\U000e0001""#
        );
        assert_eq!(quoted(b"a\xff\xc3("), r#""a\xff\xc3(""#);
    }
}
