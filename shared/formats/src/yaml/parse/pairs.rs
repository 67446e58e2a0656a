//! The pairs of a mapping while it is read, and which keys are the same.

use std::collections::BTreeMap;

use super::Cause;
use crate::yaml::{Yaml, to_string};

/// What becomes of a key that occurs twice in a mapping, and of `<<`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// The last value counts; `<<` merges.
    LastCounts,
    /// It is an error; `<<` merges.
    Once,
    /// Both are kept; `<<` is dropped. Any node may be a key.
    All,
}

/// Pairs in the order in which their keys came first.
pub(super) struct Pairs {
    pub(super) list: Vec<(Yaml, Yaml)>,
    keys: Keys,
    /// Where in the list a key is, by its type and bytes: a mapping may have a hundred thousand.
    places: BTreeMap<(u8, Vec<u8>), usize>,
}

impl Pairs {
    pub(super) fn new(keys: Keys) -> Self {
        Self {
            list: Vec::new(),
            keys,
            places: BTreeMap::new(),
        }
    }

    pub(super) fn insert(&mut self, key: Yaml, value: Yaml) -> Result<(), Cause> {
        if self.keys != Keys::All {
            let identity = identity(&key).ok_or(Cause::Key)?;
            if let Some(place) = self.places.get(&identity) {
                if self.keys == Keys::Once {
                    return Err(Cause::Duplicate(to_string(&key).trim_end().into()));
                }
                self.list[*place].1 = value;
                return Ok(());
            }
            self.places.insert(identity, self.list.len());
        }
        self.list.push((key, value));
        Ok(())
    }
}

/// Type and bytes of a scalar. `1` and `"1"` are different keys.
fn identity(key: &Yaml) -> Option<(u8, Vec<u8>)> {
    Some(match key {
        Yaml::Null => (0, Vec::new()),
        Yaml::Bool(value) => (1, vec![u8::from(*value)]),
        Yaml::Int(value) => (2, value.to_be_bytes().to_vec()),
        Yaml::UInt(value) => (3, value.to_be_bytes().to_vec()),
        // Adding zero makes one of the two zeros.
        Yaml::Float(value) => (4, (value + 0.0).to_be_bytes().to_vec()),
        Yaml::Str(text) => (5, text.as_bytes().to_vec()),
        Yaml::Bytes(bytes) => (5, bytes.to_vec()),
        Yaml::Plain(words) => (6, words.as_bytes().to_vec()),
        Yaml::Seq(_) | Yaml::Flow(_) | Yaml::Map(_) => return None,
    })
}
