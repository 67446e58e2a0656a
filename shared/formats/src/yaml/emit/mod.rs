//! Writes a [`Yaml`] tree with the very bytes of go-yaml v2, which the original operator writes its files with.
//!
//! Same bytes mean that taking over a cluster changes no Secret. `analysis` looks at a text once and says how it may be
//! written, `scalar` writes it in each style, this file writes what holds the scalars. No files, no clock. The rules
//! (indicators, folding after column 80, block or one line) are those of `emitterc.go` of gopkg.in/yaml.v2.

mod analysis;
mod float;
mod scalar;

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use self::analysis::Analysis;
use super::Yaml;

/// A space after this column is where a long text continues on the next line.
const WIDTH: usize = 80;
/// Columns of one step of indentation.
const STEP: usize = 2;
/// A longer key is written as `? key`.
const SIMPLE_KEY_BYTES: usize = 128;

/// `node` as a document, ended by a line break.
pub fn to_string(node: &Yaml) -> String {
    let mut out = String::new();
    write(node, &mut out);
    out
}

/// Appends `node` as a document to `out`, ended by a line break.
///
/// The items of a list that is the value of a key of the document stand as in a document of their own. So a long list
/// may be written in parts.
pub fn write(node: &Yaml, out: &mut String) {
    let mut writer = Writer {
        out,
        column: 0,
        indent: None,
        flow: 0,
        after_space: true,
        only_indented: true,
    };
    writer.node(node, Place::Root);
    writer.line();
}

/// Where a node is in the one above.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Item,
    Key,
    /// Key after `? `: too long for one line, or not a scalar.
    LongKey,
    Value,
}

struct Writer<'a> {
    out: &'a mut String,
    /// Characters since the last line break.
    column: usize,
    /// Columns that a new line starts with; none above the root.
    indent: Option<usize>,
    /// How many `[` and `{` are open.
    flow: u32,
    /// Whether the next token needs no space in front of it.
    after_space: bool,
    /// Whether the line holds nothing but spaces, `-` and `?` so far.
    only_indented: bool,
}

impl Writer<'_> {
    fn node(&mut self, node: &Yaml, place: Place) {
        match node {
            Yaml::Null => self.word("null"),
            Yaml::Bool(true) => self.word("true"),
            Yaml::Bool(false) => self.word("false"),
            Yaml::Int(number) => self.number(number),
            Yaml::UInt(number) => self.number(number),
            Yaml::Float(number) => self.word(&float::text(*number)),
            Yaml::Str(text) => self.text(text, Analysis::of(text), place),
            Yaml::Plain(words) => self.word(words),
            Yaml::Bytes(bytes) => {
                let text = scalar::base64(bytes);
                self.tag("!!binary");
                self.binary(&text, place);
            }
            Yaml::Seq(items) if self.flow == 0 && !items.is_empty() => self.block_list(items, place),
            Yaml::Seq(items) | Yaml::Flow(items) => self.flow_list(items),
            Yaml::Map(pairs) if self.flow == 0 && !pairs.is_empty() => self.block_map(pairs),
            Yaml::Map(pairs) => self.flow_map(pairs),
        }
    }

    fn block_list(&mut self, items: &[Yaml], place: Place) {
        let outer = self.indent;
        // A list under a key starts in the column of the key.
        let under_key = matches!(place, Place::Key | Place::LongKey | Place::Value) && !self.only_indented;
        if !under_key {
            self.indent = Some(outer.map_or(0, |indent| indent + STEP));
        }
        for item in items {
            self.line();
            self.block_indicator("-");
            self.node(item, Place::Item);
        }
        self.indent = outer;
    }

    fn block_map(&mut self, pairs: &[(Yaml, Yaml)]) {
        let outer = self.indent;
        self.indent = Some(outer.map_or(0, |indent| indent + STEP));
        for (key, value) in pairs {
            self.line();
            if let Err(analysis) = self.simple_key(key) {
                self.block_indicator("?");
                self.long_key(key, analysis);
                self.line();
                self.block_indicator(":");
            } else {
                self.close(":");
            }
            self.node(value, Place::Value);
        }
        self.indent = outer;
    }

    fn flow_list(&mut self, items: &[Yaml]) {
        let outer = self.open("[");
        for (index, item) in items.iter().enumerate() {
            self.flow_separator(index);
            self.node(item, Place::Item);
        }
        self.flow_end("]", outer);
    }

    fn flow_map(&mut self, pairs: &[(Yaml, Yaml)]) {
        let outer = self.open("{");
        for (index, (key, value)) in pairs.iter().enumerate() {
            self.flow_separator(index);
            if let Err(analysis) = self.simple_key(key) {
                self.flow_indicator("?");
                self.long_key(key, analysis);
                if self.column > WIDTH {
                    self.line();
                }
                self.flow_indicator(":");
            } else {
                self.close(":");
            }
            self.node(value, Place::Value);
        }
        self.flow_end("}", outer);
    }

    /// Writes a key that fits on one line; gives back one that does not, with what was found out about its text.
    fn simple_key(&mut self, key: &Yaml) -> Result<(), Option<Analysis>> {
        match key {
            Yaml::Str(text) => {
                let analysis = Analysis::of(text);
                if analysis.has_breaks() || text.len() > SIMPLE_KEY_BYTES {
                    return Err(Some(analysis));
                }
                self.text(text, analysis, Place::Key);
            }
            Yaml::Plain(words) => self.word(words),
            Yaml::Bytes(bytes) => {
                let text = scalar::base64(bytes);
                if text.contains('\n') {
                    return Err(None);
                }
                self.node(key, Place::Key);
            }
            Yaml::Seq(items) | Yaml::Flow(items) if !items.is_empty() => return Err(None),
            Yaml::Map(pairs) if !pairs.is_empty() => return Err(None),
            _ => self.node(key, Place::Key),
        }
        Ok(())
    }

    fn long_key(&mut self, key: &Yaml, analysis: Option<Analysis>) {
        match (key, analysis) {
            (Yaml::Str(text), Some(analysis)) => self.text(text, analysis, Place::LongKey),
            _ => self.node(key, Place::LongKey),
        }
    }

    /// Starts a line at the indentation, unless the line holds nothing else so far.
    fn line(&mut self) {
        let indent = self.indent.unwrap_or(0);
        if !self.only_indented || self.column > indent || (self.column == indent && !self.after_space) {
            self.line_break();
        }
        self.pad(indent);
        self.after_space = true;
        self.only_indented = true;
    }

    fn line_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    fn pad(&mut self, indent: usize) {
        const SPACES: &str = "                                                                ";
        while self.column < indent {
            let spaces = (indent - self.column).min(SPACES.len());
            self.out.push_str(&SPACES[..spaces]);
            self.column += spaces;
        }
    }

    fn separate(&mut self) {
        if !self.after_space {
            self.out.push(' ');
            self.column += 1;
        }
    }

    fn ascii(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.len();
    }

    fn word(&mut self, text: &str) {
        self.separate();
        self.ascii(text);
        self.end_token();
    }

    fn number(&mut self, number: impl std::fmt::Display) {
        self.separate();
        let start = self.out.len();
        // Writing to a string cannot fail.
        let _ = write!(self.out, "{number}");
        self.column += self.out.len() - start;
        self.end_token();
    }

    fn end_token(&mut self) {
        self.after_space = false;
        self.only_indented = false;
    }

    /// `-`, `?` or `:` of a block: what follows it on the same line counts as indented.
    fn block_indicator(&mut self, indicator: &str) {
        self.separate();
        self.ascii(indicator);
        self.after_space = false;
    }

    fn flow_indicator(&mut self, indicator: &str) {
        self.word(indicator);
    }

    /// An indicator that is directly after what it ends.
    fn close(&mut self, indicator: &str) {
        self.ascii(indicator);
        self.end_token();
    }

    fn open(&mut self, bracket: &str) -> Option<usize> {
        self.word(bracket);
        self.after_space = true;
        self.flow += 1;
        let outer = self.indent;
        self.indent = Some(outer.map_or(STEP, |indent| indent + STEP));
        outer
    }

    fn flow_separator(&mut self, index: usize) {
        if index > 0 {
            self.close(",");
        }
        if self.column > WIDTH {
            self.line();
        }
    }

    fn flow_end(&mut self, bracket: &str, outer: Option<usize>) {
        self.flow -= 1;
        self.indent = outer;
        self.close(bracket);
    }

    fn tag(&mut self, tag: &str) {
        self.word(tag);
    }
}
