//! What is kept of Secrets and `ConfigMap`s, of which a cluster may have many thousands that concern nobody here: that they
//! exist, in which version, and which of our objects owns them. Plain values.

use std::fmt;
use std::marker::PhantomData;

use k8s_openapi::api::apps::v1::{DaemonSet, StatefulSet};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::api::{ObjectMeta, PartialObjectMeta};
use twox_hash::XxHash64;

/// How the API version of the owners of our objects begins.
const OWNER_GROUP: &str = "monitoring.coreos.com/";

/// A version of an object: equal where nothing changed. API servers number them; a text that is no number counts as its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edition(u64);

impl Edition {
    /// That of an object with these metadata.
    pub fn of(metadata: &ObjectMeta) -> Self {
        Self::named(metadata.resource_version.as_deref().unwrap_or_default())
    }

    /// The one with this name.
    pub fn named(name: &str) -> Self {
        Self(name.parse().unwrap_or_else(|_| XxHash64::oneshot(0, name.as_bytes())))
    }
}

/// An object of kind `K` as a watch saw it.
pub struct Seen<K> {
    edition: Edition,
    is_leaving: bool,
    owner: Option<Box<OwnerReference>>,
    kind: PhantomData<fn() -> K>,
}

impl<K> Seen<K> {
    /// Its version.
    pub const fn edition(&self) -> Edition {
        self.edition
    }
}

impl<K> From<PartialObjectMeta<K>> for Seen<K> {
    /// Of our own objects the owner stays, so that an edit of them is noticed, also one that takes their labels away.
    fn from(object: PartialObjectMeta<K>) -> Self {
        let owner = controller(&object.metadata).filter(|owner| owner.api_version.starts_with(OWNER_GROUP));
        Self {
            edition: Edition::of(&object.metadata),
            is_leaving: object.metadata.deletion_timestamp.is_some(),
            owner: owner.cloned().map(Box::new),
            kind: PhantomData,
        }
    }
}

impl<K> fmt::Debug for Seen<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Seen")
            .field("edition", &self.edition)
            .finish_non_exhaustive()
    }
}

/// What may belong to one of our objects.
pub(crate) trait Owned {
    /// Who controls it.
    fn controller(&self) -> Option<&OwnerReference>;

    /// Whether it is being deleted.
    fn is_leaving(&self) -> bool;
}

impl<K> Owned for Seen<K> {
    fn controller(&self) -> Option<&OwnerReference> {
        self.owner.as_deref()
    }

    fn is_leaving(&self) -> bool {
        self.is_leaving
    }
}

impl Owned for StatefulSet {
    fn controller(&self) -> Option<&OwnerReference> {
        controller(&self.metadata)
    }

    fn is_leaving(&self) -> bool {
        self.metadata.deletion_timestamp.is_some()
    }
}

impl Owned for DaemonSet {
    fn controller(&self) -> Option<&OwnerReference> {
        controller(&self.metadata)
    }

    fn is_leaving(&self) -> bool {
        self.metadata.deletion_timestamp.is_some()
    }
}

/// The owner that controls an object.
pub(crate) fn controller(metadata: &ObjectMeta) -> Option<&OwnerReference> {
    let mut owners = metadata.owner_references.iter().flatten();
    owners.find(|owner| owner.controller == Some(true))
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::Secret;
    use serde_json::json;

    use super::*;

    fn seen(owner: &str) -> Seen<Secret> {
        let owner = json!({"apiVersion": owner, "kind": "Prometheus", "name": "x", "uid": "u", "controller": true});
        let metadata = json!({"metadata": {"name": "a", "resourceVersion": "7", "ownerReferences": [owner]}});
        serde_json::from_value::<PartialObjectMeta<Secret>>(metadata)
            .expect("metadata")
            .into()
    }

    #[test]
    fn owners_of_ours_are_kept_and_others_are_not() {
        assert_eq!(
            seen("monitoring.coreos.com/v1")
                .controller()
                .map(|owner| owner.uid.as_str()),
            Some("u")
        );
        assert_eq!(seen("apps/v1").controller(), None);
    }

    #[test]
    fn an_edition_is_told_from_others() {
        assert_eq!(seen("v1").edition(), Edition::named("7"));
        let names = ["", "7", "8", "70", "a", "b"].map(Edition::named);
        for (index, edition) in names.iter().enumerate() {
            assert!(!names[..index].contains(edition), "{index}");
        }
    }

    /// Twenty thousand of them should fit into a few megabytes.
    #[test]
    fn it_is_small() {
        assert!(size_of::<Seen<Secret>>() <= 24);
    }
}
