//! One look at a text: which characters in it forbid which style. Pure; the rules are go-yaml v2's.

/// What a text holds that matters for its style, as a set of flags.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Analysis(u16);

/// Characters that mean something in a block.
const BLOCK_INDICATOR: u16 = 1;
/// Characters that mean something between brackets.
const FLOW_INDICATOR: u16 = 1 << 1;
/// Line breaks: LF, CR, NEL, LS, PS.
const BREAK: u16 = 1 << 2;
/// Characters that need an escape.
const SPECIAL: u16 = 1 << 3;
/// A space or a break at either end.
const EDGE: u16 = 1 << 4;
/// A space at the end.
const TRAILING_SPACE: u16 = 1 << 5;
/// A space after a break.
const BREAK_SPACE: u16 = 1 << 6;
/// A break after a space.
const SPACE_BREAK: u16 = 1 << 7;
/// Line feed.
const LINE_FEED: u16 = 1 << 8;
/// Not a single character.
const EMPTY: u16 = 1 << 9;
/// A space anywhere.
const SPACE: u16 = 1 << 10;
/// A character of more than one byte.
const WIDE: u16 = 1 << 11;

/// Bytes that mean nothing wherever they stand, first place included.
const ORDINARY: [bool; 256] = {
    let mut ordinary = [false; 256];
    let mut byte = 0x21;
    while byte < 0x7f {
        ordinary[byte] = true;
        byte += 1;
    }
    let marked = b"#,[]{}&*!|>'\"%@`?:-.";
    let mut index = 0;
    while index < marked.len() {
        ordinary[marked[index] as usize] = false;
        index += 1;
    }
    ordinary
};

impl Analysis {
    /// Looks at `text`, each byte once.
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let Some(&first) = bytes.first() else {
            return Self(EMPTY);
        };
        let mut flags = first_byte(first, bytes.get(1));
        if text.starts_with("---") || text.starts_with("...") {
            flags |= BLOCK_INDICATOR | FLOW_INDICATOR;
        }
        let mut previous = Kind::Start;
        let mut index = 0;
        while let Some(&byte) = bytes.get(index) {
            if ORDINARY[usize::from(byte)] {
                previous = Kind::Other;
                index += 1;
                continue;
            }
            let (kind, width) = if byte < 0x80 {
                if index > 0 {
                    flags |= indicator(byte, previous, bytes.get(index + 1));
                }
                (ascii(byte), 1)
            } else {
                flags |= WIDE;
                wide(&text[index..])
            };
            flags |= follow(previous, kind);
            if byte == b'\n' {
                flags |= LINE_FEED;
            }
            previous = kind;
            index += width;
        }
        flags |= match previous {
            Kind::Space => EDGE | TRAILING_SPACE,
            Kind::Break | Kind::SpecialBreak => EDGE,
            _ => 0,
        };
        Self(flags)
    }

    fn has(self, flags: u16) -> bool {
        self.0 & flags != 0
    }

    /// Whether the text has more than one line.
    pub(super) fn has_breaks(self) -> bool {
        self.has(BREAK)
    }

    /// Whether the text has a line feed.
    pub(super) fn has_line_feed(self) -> bool {
        self.has(LINE_FEED)
    }

    /// Whether the text has a space, so that it may be folded.
    pub(super) fn has_space(self) -> bool {
        self.has(SPACE)
    }

    /// Whether each character is one byte.
    pub(super) fn is_ascii(self) -> bool {
        !self.has(WIDE)
    }

    /// Whether the text may occur as it is, in a block.
    pub(super) fn plain_in_block(self) -> bool {
        !self.has(BLOCK_INDICATOR | BREAK | SPECIAL | EDGE)
    }

    /// Whether the text may occur as it is, between brackets.
    pub(super) fn plain_in_flow(self) -> bool {
        !self.has(EMPTY | FLOW_INDICATOR | BREAK | SPECIAL | EDGE)
    }

    /// Whether single quotes will do.
    pub(super) fn single_quotes(self) -> bool {
        !self.has(BREAK_SPACE | SPACE_BREAK | SPECIAL)
    }

    /// Whether the text may be written line by line after `|`.
    pub(super) fn literal(self) -> bool {
        !self.has(EMPTY | TRAILING_SPACE | SPACE_BREAK | SPECIAL)
    }
}

/// What a character is to its neighbours.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing: in front of the first character.
    Start,
    Other,
    Space,
    /// Tab or NUL: blank for a `#` after it, and in need of an escape.
    SpecialBlank,
    Special,
    Break,
    /// A break in need of an escape.
    SpecialBreak,
}

fn first_byte(first: u8, second: Option<&u8>) -> u16 {
    let blank_behind = second.is_none_or(|next| matches!(next, b' ' | b'\t'));
    match first {
        b'#' | b',' | b'[' | b']' | b'{' | b'}' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@'
        | b'`' => BLOCK_INDICATOR | FLOW_INDICATOR,
        b'?' | b':' | b'-' if blank_behind => BLOCK_INDICATOR | FLOW_INDICATOR,
        b'?' | b':' => FLOW_INDICATOR,
        _ => 0,
    }
}

fn indicator(byte: u8, previous: Kind, next: Option<&u8>) -> u16 {
    match byte {
        b':' if next.is_none_or(|next| matches!(next, b' ' | b'\t')) => BLOCK_INDICATOR | FLOW_INDICATOR,
        b',' | b'?' | b'[' | b']' | b'{' | b'}' | b':' => FLOW_INDICATOR,
        b'#' if !matches!(previous, Kind::Other | Kind::Special) => BLOCK_INDICATOR | FLOW_INDICATOR,
        _ => 0,
    }
}

fn ascii(byte: u8) -> Kind {
    match byte {
        b' ' => Kind::Space,
        b'\n' => Kind::Break,
        b'\r' => Kind::SpecialBreak,
        b'\t' | 0 => Kind::SpecialBlank,
        0x21..0x7f => Kind::Other,
        _ => Kind::Special,
    }
}

fn wide(text: &str) -> (Kind, usize) {
    let character = text.chars().next().unwrap_or_default();
    let kind = match character {
        '\u{2028}' | '\u{2029}' => Kind::Break,
        '\u{85}' => Kind::SpecialBreak,
        _ if is_printable(character) => Kind::Other,
        _ => Kind::Special,
    };
    (kind, character.len_utf8())
}

/// Whether go-yaml writes the character as it is. Characters above U+FFFF are escaped.
pub(super) fn is_printable(character: char) -> bool {
    matches!(character, '\n' | ' '..='~' | '\u{a0}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

fn follow(previous: Kind, kind: Kind) -> u16 {
    let break_before = matches!(previous, Kind::Break | Kind::SpecialBreak);
    let mut flags = match kind {
        Kind::Space => SPACE | if break_before { BREAK_SPACE } else { 0 },
        Kind::Break | Kind::SpecialBreak => BREAK | if previous == Kind::Space { SPACE_BREAK } else { 0 },
        _ => 0,
    };
    if matches!(kind, Kind::SpecialBlank | Kind::Special | Kind::SpecialBreak) {
        flags |= SPECIAL;
    }
    if previous == Kind::Start && flags & (SPACE | BREAK) != 0 {
        flags |= EDGE;
    }
    flags
}
