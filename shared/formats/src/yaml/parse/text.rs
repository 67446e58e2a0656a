//! Bytes to text: the encodings and the characters that YAML allows.

use std::borrow::Cow;

use super::{Cause, MAX_BYTES, ParseError};

/// `content` as text, without its byte order mark.
pub(super) fn decoded(content: &[u8]) -> Result<Cow<'_, str>, ParseError> {
    if content.len() > MAX_BYTES {
        return Err(ParseError {
            line: 1,
            cause: Cause::TooLarge,
        });
    }
    text(content)
}

/// The same, of any length: whoever reads a stream of documents has a limit of its own.
pub fn text(content: &[u8]) -> Result<Cow<'_, str>, ParseError> {
    let text = match content {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest)?,
        _ => utf8(content)?,
    };
    match text.char_indices().find(|(_, character)| !is_allowed(*character)) {
        Some((at, character)) => Err(ParseError {
            line: text[..at].matches('\n').count() + 1,
            cause: Cause::ControlCharacter(u32::from(character)),
        }),
        None => Ok(text),
    }
}

fn utf8(content: &[u8]) -> Result<Cow<'_, str>, ParseError> {
    std::str::from_utf8(content)
        .map(Cow::Borrowed)
        .map_err(|error| ParseError {
            line: content[..error.valid_up_to()].split(|byte| *byte == b'\n').count(),
            cause: Cause::Encoding,
        })
}

fn utf16(content: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, ParseError> {
    let (pairs, rest) = content.as_chunks();
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<String, _>>()
        .ok()
        .filter(|_| rest.is_empty())
        .map(Cow::Owned)
        .ok_or(ParseError {
            line: 1,
            cause: Cause::Encoding,
        })
}

fn is_allowed(character: char) -> bool {
    matches!(
        character,
        '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}'
    )
}
