//! What counts as absent when objects are read and written: `null` lists, empty text, items from the future.
//! The original is written in Go, where a nil list is marshalled as `null` and an empty string cannot be told from none.

use crate::words::{self, Word};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, IntoDeserializer},
};
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

/// Reads a string in which `""` means that nothing was given.
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

/// Reads a word of a closed list, or `""`, which means that nothing was given.
pub(crate) fn empty_word_is_none<'de, D: Deserializer<'de>, W: Word>(deserializer: D) -> Result<Option<W>, D::Error> {
    let word: Option<Box<str>> = empty_is_none(deserializer)?;
    word.map(|word| words::deserialize((*word).into_deserializer()))
        .transpose()
}

#[cfg(test)]
mod tests {
    use crate::{ConfigResourceStatus, ServiceMonitorSpec};
    use serde_json::{from_value, json};

    #[test]
    fn null_lists_and_empty_texts_are_absent() {
        let spec: ServiceMonitorSpec =
            from_value(json!({ "selector": {}, "endpoints": null, "jobLabel": "" })).unwrap();
        assert!(spec.endpoints.is_empty());
        assert_eq!(spec.job_label, None);
    }

    #[test]
    fn a_required_list_must_be_there() {
        let error = from_value::<ServiceMonitorSpec>(json!({ "selector": {} }))
            .unwrap_err()
            .to_string();
        assert_eq!(error, "missing field `endpoints`");
    }

    #[test]
    fn status_items_of_another_version_are_left_out() {
        let binding = |resource: &str| {
            json!({
                "group": "monitoring.coreos.com",
                "resource": resource,
                "name": "main",
                "namespace": "monitoring",
                "conditions": [
                    { "type": "Accepted", "status": "True", "lastTransitionTime": "2025-01-01T00:00:00Z" },
                    { "type": "Applauded", "status": "True", "lastTransitionTime": "2025-01-01T00:00:00Z" },
                ],
            })
        };
        let status: ConfigResourceStatus =
            from_value(json!({ "bindings": [binding("prometheuses"), binding("mimirs")] })).unwrap();
        assert_eq!(status.bindings.len(), 1);
        assert_eq!(status.bindings[0].conditions.len(), 1);
    }
}
