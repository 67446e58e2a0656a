//! `key=value,key=value`.

use std::collections::BTreeMap;
use std::str::FromStr;

/// Labels or annotations given as one flag.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map(pub BTreeMap<String, String>);

/// A part that is not `key=value`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not key=value")]
pub struct NotAPair(String);

impl FromStr for Map {
    type Err = NotAPair;

    fn from_str(text: &str) -> Result<Self, NotAPair> {
        let pairs = text.split(',').filter(|pair| !pair.is_empty()).map(|pair| {
            let (key, value) = pair.split_once('=').ok_or_else(|| NotAPair(pair.to_owned()))?;
            Ok((key.to_owned(), value.to_owned()))
        });
        pairs.collect::<Result<_, _>>().map(Self)
    }
}
