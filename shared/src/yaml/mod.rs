//! The ordered YAML document that generated configuration is made of.
//!
//! `value` holds the tree, `emit` writes it as go-yaml v2 does (so that a takeover changes no byte), and `parse` reads
//! what users wrote.

mod value;

pub use value::{Yaml, map};
