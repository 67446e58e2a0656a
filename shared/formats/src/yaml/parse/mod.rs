//! Reads the YAML that users wrote into a [`Yaml`] tree, as go-yaml v2 reads it for Prometheus and the original.
//!
//! `granit-parser` (the parser below serde-saphyr) splits the text into events; `document` makes nodes of the first
//! document, and `decode` gives them their meaning: YAML 1.1 scalars, aliases, merge keys, keys that occur twice. What a
//! text may cost is bounded: its size, its depth, and what its aliases expand to. No files, no clock.

mod decode;
mod document;
mod located;
mod pairs;
mod text;

#[cfg(test)]
mod tests;

use self::decode::Decoder;
use self::pairs::Keys;
use super::Yaml;

pub use located::{Located, Place, Step};
pub use text::text;

/// Most bytes that a text may have. A Secret holds a quarter of it.
pub const MAX_BYTES: usize = 4 << 20;
/// How deep lists and mappings may be nested in the text, and again with what aliases stand for put in place.
const MAX_DEPTH: usize = 500;

/// Why a text was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {cause}")]
pub struct ParseError {
    /// Line of the text, from 1.
    pub line: usize,
    /// What is wrong there.
    pub cause: Cause,
}

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// More than [`MAX_BYTES`].
    #[error("the document is larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// Neither UTF-8 nor, after a byte order mark, UTF-16.
    #[error("the document is not valid UTF-8")]
    Encoding,
    /// A character that YAML does not allow unescaped.
    #[error("control characters are not allowed: U+{0:04X}")]
    ControlCharacter(u32),
    /// Not the syntax of YAML.
    #[error("{0}")]
    Syntax(Box<str>),
    /// `%YAML` with another version than 1.1, by whose rules scalars are read.
    #[error("found incompatible YAML document")]
    Version,
    /// More levels than are read.
    #[error("nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// An alias inside the very node that it stands for.
    #[error("the value of an anchor contains itself")]
    Cycle,
    /// Aliases that make a small text a huge tree.
    #[error("document contains excessive aliasing")]
    TooManyAliases,
    /// A tag that the value does not fit: `!!int x`.
    #[error("cannot decode {text:?} as a {tag}")]
    Tag {
        /// The scalar.
        text: Box<str>,
        /// The tag in its short form.
        tag: Box<str>,
    },
    /// `!!binary` in front of something else than base64.
    #[error("!!binary value contains invalid base64 data")]
    Base64,
    /// A list or a mapping as a key.
    #[error("a list or a mapping cannot be a key")]
    Key,
    /// A key that occurs twice.
    #[error("key {0} already set in map")]
    Duplicate(Box<str>),
    /// `<<` in front of something else than mappings.
    #[error("map merge requires map or sequence of maps as the value")]
    Merge,
    /// Something else where a list of mappings belongs.
    #[error("expected a list of mappings")]
    NotMappings,
}

/// The first document of `content`; of a key that occurs twice the last value counts, and `<<` merges. Without any
/// document: [`Yaml::Null`].
pub fn parse(content: impl AsRef<[u8]>) -> Result<Yaml, ParseError> {
    read(content.as_ref(), Keys::LastCounts)
}

/// As [`parse`], but a key that occurs twice is an error.
pub fn parse_strict(content: impl AsRef<[u8]>) -> Result<Yaml, ParseError> {
    read(content.as_ref(), Keys::Once)
}

/// As [`parse_strict`], but every scalar that is not null is the text that was written: `0123`, and not 83.
pub fn parse_literal(content: impl AsRef<[u8]>) -> Result<Yaml, ParseError> {
    let text = text::decoded(content.as_ref())?;
    let document = document::first(&text)?;
    Decoder::new(&document, Keys::Once).literal().root()
}

/// As [`parse`], but keys that occur twice are kept both and `<<` is dropped: what the original does where it copies
/// users' YAML into its own.
pub fn parse_verbatim(content: impl AsRef<[u8]>) -> Result<Yaml, ParseError> {
    read(content.as_ref(), Keys::All)
}

/// The mappings of a list: additional scrape configurations and their like. Each is as of [`parse_verbatim`], but keeps the
/// words of its author: `1.10` stays so. An empty item is an empty mapping, an empty text an empty list.
pub fn parse_mappings(content: impl AsRef<[u8]>) -> Result<Vec<Yaml>, ParseError> {
    let text = text::decoded(content.as_ref())?;
    let document = document::first(&text)?;
    Decoder::new(&document, Keys::All).in_words().mappings()
}

fn read(content: &[u8], keys: Keys) -> Result<Yaml, ParseError> {
    let text = text::decoded(content)?;
    let document = document::first(&text)?;
    Decoder::new(&document, keys).root()
}
