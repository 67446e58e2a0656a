//! What counts as absent when objects are read and written: `null` lists, empty text, items from the future.
//! The original is written in Go, where a nil list is marshalled as `null` and an empty string cannot be told from none.

use crate::Word;
use serde::{Deserialize, Deserializer, de::IgnoredAny};
use std::ops::Deref;

/// For `skip_serializing_if` on lists.
pub(crate) fn is_empty<T>(list: &[T]) -> bool {
    list.is_empty()
}

/// Reads a required list or struct that may be written as `null`.
pub(crate) fn null_is_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads a text in which `""` means that nothing was given.
pub(crate) fn empty_is_none<'de, D: Deserializer<'de>, T: Deserialize<'de> + Deref<Target = str>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.filter(|text| !text.is_empty()))
}

/// Reads the items that this version understands and leaves out the others. For status lists: what another version of
/// the operator wrote there must not make the whole object unreadable.
pub(crate) fn known_items<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Box<[T]>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Item<T> {
        Known(T),
        Other(IgnoredAny),
    }
    let items = Option::<Vec<Item<T>>>::deserialize(deserializer)?.unwrap_or_default();
    let known = items.into_iter().filter_map(|item| match item {
        Item::Known(known) => Some(known),
        Item::Other(_) => None,
    });
    Ok(known.collect())
}

/// Reads a word of a closed list in which `""` means that nothing was given.
pub(crate) fn empty_word_is_none<'de, D: Deserializer<'de>, T: Deserialize<'de> + Word + PartialEq>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.filter(|word| T::from_word("") != Some(*word)))
}
