//! Percent-encoding: which bytes each part of an address escapes.

use super::Error;

/// A part of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Host,
    /// Behind the percent sign of an IPv6 address.
    Zone,
    User,
    Path,
    Fragment,
}

/// Whether `part` has `byte` in its escaped form alone.
fn is_escaped(byte: u8, part: Part) -> bool {
    if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
        return false;
    }
    match part {
        Part::Host | Part::Zone => !b"!$&'()*+,;=:[]<>\"".contains(&byte),
        Part::User => !b"$&+,;=".contains(&byte),
        Part::Path => !b"$&+,/:;=@".contains(&byte),
        Part::Fragment => !b"$&+,/:;=?@!()*".contains(&byte),
    }
}

/// The bytes that `text` stands for.
pub(super) fn unescape(text: &[u8], part: Part) -> Result<Vec<u8>, Error> {
    let is_host = matches!(part, Part::Host | Part::Zone);
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'%' {
            if is_host && byte.is_ascii() && is_escaped(*byte, part) {
                return Err(Error::HostCharacter((*byte).into()));
            }
            decoded.push(*byte);
            continue;
        }
        let invalid = || {
            let escape = [b"%", &after[..after.len().min(2)]].concat();
            Error::Escape(String::from_utf8_lossy(&escape).into_owned())
        };
        let digit = |position: usize| after.get(position).and_then(|digit| char::from(*digit).to_digit(16));
        let (Some(high), Some(low)) = (digit(0), digit(1)) else {
            return Err(invalid());
        };
        let value = u8::try_from(high * 16 + low).unwrap_or_default();
        // A host says other characters than those of ASCII in escapes, and no others; a zone whatever a host cannot say.
        let allowed = match part {
            Part::Host => high >= 8 || value == b'%',
            Part::Zone => value == b'%' || value == b' ' || !is_escaped(value, Part::Host),
            Part::User | Part::Path | Part::Fragment => true,
        };
        if !allowed {
            return Err(invalid());
        }
        decoded.push(value);
        rest = &after[2..];
    }
    Ok(decoded)
}

/// `text` with escapes for what `part` cannot hold.
pub(super) fn escape(text: &[u8], part: Part) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = Vec::with_capacity(text.len());
    for byte in text {
        if is_escaped(*byte, part) {
            encoded.extend([b'%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        } else {
            encoded.push(*byte);
        }
    }
    encoded
}

/// Whether `text` could be the encoded form of a part.
pub(super) fn is_encoded(text: &[u8], part: Part) -> bool {
    let free = |byte: &u8| b"!$&'()*+,;=:@[]%".contains(byte) || !is_escaped(*byte, part);
    text.iter().all(free)
}
