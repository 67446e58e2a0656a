//! Texts in each of their styles: plain, single or double quotes, literal lines.

use std::fmt::Write as _;

use super::analysis::{Analysis, is_printable};
use super::{Place, STEP, WIDTH, Writer};
use crate::yaml::resolve;

/// Breaks that may occur in a text as they are.
const BREAKS: [char; 3] = ['\n', '\u{2028}', '\u{2029}'];

/// The plain key that merges mappings, so no label of this name may be plain. go-yaml v2 does not care as a writer.
const MERGE: &str = "<<";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Plain,
    Single,
    Double,
    Literal,
}

impl Writer<'_> {
    /// Writes `text` in the first style that carries it.
    pub(super) fn text(&mut self, text: &str, analysis: Analysis, place: Place) {
        let wanted = if analysis.has_line_feed() {
            Style::Literal
        } else if resolve::is_text(text) && !(place == Place::Key && text == MERGE) {
            Style::Plain
        } else {
            Style::Double
        };
        self.styled(text, analysis, place, wanted);
    }

    /// Writes base64 after its tag, in one line or in many.
    pub(super) fn binary(&mut self, text: &str, place: Place) {
        let wanted = if text.contains('\n') {
            Style::Literal
        } else {
            Style::Plain
        };
        self.styled(text, Analysis::of(text), place, wanted);
    }

    fn styled(&mut self, text: &str, analysis: Analysis, place: Place, wanted: Style) {
        let key = place == Place::Key;
        let style = match wanted {
            _ if key && analysis.has_breaks() => Style::Double,
            Style::Literal if self.flow == 0 && !key && analysis.literal() => Style::Literal,
            Style::Plain if self.plain_allowed(analysis) => Style::Plain,
            Style::Plain if analysis.single_quotes() => Style::Single,
            _ => Style::Double,
        };
        let outer = self.indent;
        self.indent = Some(outer.map_or(STEP, |indent| indent + STEP));
        match style {
            Style::Plain => {
                self.separate();
                self.words(text, analysis, key);
                self.end_token();
            }
            Style::Single => self.single(text, analysis, key),
            Style::Double => self.double(text, key),
            Style::Literal => self.literal(text),
        }
        self.indent = outer;
    }

    fn plain_allowed(&self, analysis: Analysis) -> bool {
        if self.flow > 0 {
            analysis.plain_in_flow()
        } else {
            analysis.plain_in_block()
        }
    }

    fn piece(&mut self, text: &str, analysis: Analysis) {
        self.out.push_str(text);
        self.column += if analysis.is_ascii() {
            text.len()
        } else {
            text.chars().count()
        };
    }

    /// Writes words, with a line break in place of a lone space after column 80.
    fn words(&mut self, text: &str, analysis: Analysis, key: bool) {
        if key || !analysis.has_space() || self.column + text.len() <= WIDTH {
            self.piece(text, analysis);
            return;
        }
        let mut words = text.split(' ').peekable();
        while let Some(word) = words.next() {
            self.piece(word, analysis);
            let Some(next) = words.peek() else { break };
            if self.column > WIDTH && !word.is_empty() && !next.is_empty() {
                self.line();
            } else {
                self.ascii(" ");
            }
        }
    }

    fn single(&mut self, text: &str, analysis: Analysis, key: bool) {
        self.separate();
        self.close("'");
        let quoted = if text.contains('\'') {
            &text.replace('\'', "''")
        } else {
            text
        };
        if analysis.has_breaks() {
            for line in quoted.split_inclusive(BREAKS) {
                if self.only_indented && !line.starts_with(BREAKS) {
                    self.pad(self.indent.unwrap_or(0));
                }
                self.words(line, analysis, key);
                if line.ends_with(BREAKS) {
                    self.column = 0;
                    self.only_indented = true;
                }
            }
        } else {
            self.words(quoted, analysis, key);
        }
        self.close("'");
    }

    fn double(&mut self, text: &str, key: bool) {
        // go-yaml takes every character for a byte order mark when the text starts with one.
        let escape_all = text.starts_with('\u{feff}');
        self.separate();
        self.ascii("\"");
        let mut after_space = false;
        for (index, character) in text.char_indices() {
            if escape_all
                || matches!(character, '"' | '\\' | '\n')
                || BREAKS.contains(&character)
                || !is_printable(character)
            {
                let start = self.out.len();
                self.escape(character);
                self.column += self.out.len() - start;
                after_space = false;
                continue;
            }
            let inside = index > 0 && index + 1 < text.len();
            if character == ' ' && !key && !after_space && self.column > WIDTH && inside {
                self.line();
                if text.as_bytes()[index + 1] == b' ' {
                    self.ascii("\\");
                }
            } else {
                self.out.push(character);
                self.column += 1;
            }
            after_space = character == ' ';
        }
        self.close("\"");
    }

    fn escape(&mut self, character: char) {
        let short = match character {
            '\0' => "\\0",
            '\x07' => "\\a",
            '\x08' => "\\b",
            '\t' => "\\t",
            '\n' => "\\n",
            '\x0b' => "\\v",
            '\x0c' => "\\f",
            '\r' => "\\r",
            '\x1b' => "\\e",
            '"' => "\\\"",
            '\\' => "\\\\",
            '\u{85}' => "\\N",
            '\u{a0}' => "\\_",
            '\u{2028}' => "\\L",
            '\u{2029}' => "\\P",
            _ => "",
        };
        // Writing to a string cannot fail.
        let _ = match u32::from(character) {
            _ if !short.is_empty() => self.out.write_str(short),
            code @ 0..=0xff => write!(self.out, "\\x{code:02X}"),
            code @ 0x100..=0xffff => write!(self.out, "\\u{code:04X}"),
            code => write!(self.out, "\\U{code:08X}"),
        };
    }

    fn literal(&mut self, text: &str) {
        self.separate();
        self.ascii("|");
        if text.starts_with(' ') || text.starts_with(BREAKS) {
            self.ascii("2");
        }
        match text.strip_suffix(BREAKS) {
            None => self.ascii("-"),
            Some(rest) if rest.is_empty() || rest.ends_with(BREAKS) => self.ascii("+"),
            Some(_) => {}
        }
        self.line_break();
        let indent = self.indent.unwrap_or(0);
        for line in text.split_inclusive(BREAKS) {
            if !line.starts_with(BREAKS) {
                self.pad(indent);
            }
            self.out.push_str(line);
            // Where in a last line without break the column is exactly does not matter.
            self.column = if line.ends_with(BREAKS) { 0 } else { indent + line.len() };
        }
        self.after_space = true;
        self.only_indented = text.ends_with(BREAKS);
    }
}

/// Base64, in lines of 70 characters if it does not fit in one.
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const LINE: usize = 70;
    let many = bytes.len().div_ceil(3) * 4 >= LINE;
    let mut text = String::new();
    let mut column = 0;
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = if place > group.len() {
                b'='
            } else {
                DIGITS[(bits >> (18 - 6 * place) & 63) as usize]
            };
            text.push(char::from(digit));
            column += 1;
            if many && column == LINE {
                text.push('\n');
                column = 0;
            }
        }
    }
    if many && column > 0 {
        text.push('\n');
    }
    text
}
