//! Extra command line arguments that users give to a container. Types only.

use crate::{JsonSchema, absent::empty_is_none};
use serde::{Deserialize, Serialize};

/// One command line argument.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Argument {
    /// Name without the leading dashes, e.g. `scrape.discovery-reload-interval`.
    #[schemars(length(min = 1))]
    pub name: Box<str>,
    /// Value, e.g. `30s`. Absent for an argument that is a name alone.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub value: Option<Box<str>>,
}
