//! The ordered YAML document that generated configuration is made of.
//!
//! `value` holds the tree, `emit` writes it as go-yaml v2 does (so that a takeover changes no byte), and `parse` reads
//! what users wrote.

mod emit;
mod order;
mod parse;
mod resolve;
mod value;

pub use emit::{to_string, write};
pub use order::{by_natural_order, natural_map};
pub use parse::{
    Cause, Located, MAX_BYTES, ParseError, Place, Step, parse, parse_literal, parse_mappings, parse_strict,
    parse_verbatim, text,
};
pub use value::{Yaml, map};
