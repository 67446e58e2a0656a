//! How objects of the cluster and their controllers are named, and what it means that an object is rejected. Plain values.

mod by_key;
mod kind;
mod manifest;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use kube::ResourceExt;
use prometheus_client::encoding::EncodeLabelSet;

pub use by_key::ByKey;
pub use kind::{ConfigKind, ConfigObject};
pub use manifest::yaml;

/// Namespace and name of an object. Sorted as the generated configuration is: by the text `namespace/name`. A copy shares
/// both, since a key of a store is also one of each cache and index.
#[derive(Debug, Clone, Eq, Hash)]
#[expect(
    clippy::derived_hash_with_manual_eq,
    reason = "equal texts have equal hashes, whether they are shared or not"
)]
pub struct ObjectKey {
    /// Namespace; empty for an object that has none.
    pub namespace: Arc<str>,
    /// Name within the namespace.
    pub name: Arc<str>,
}

impl ObjectKey {
    /// The key of `namespace/name`.
    pub fn new(namespace: impl Into<Arc<str>>, name: impl Into<Arc<str>>) -> Self {
        Self {
            namespace: namespace.into(),
            name: name.into(),
        }
    }

    /// The key of `object`.
    pub fn of(object: &impl ResourceExt) -> Self {
        Self::new(
            object.meta().namespace.as_deref().unwrap_or_default(),
            object.meta().name.as_deref().unwrap_or_default(),
        )
    }
}

impl ObjectKey {
    fn bytes(&self) -> impl Iterator<Item = u8> {
        let (namespace, name) = (self.namespace.bytes(), self.name.bytes());
        namespace.chain(std::iter::once(b'/')).chain(name)
    }
}

impl PartialEq for ObjectKey {
    fn eq(&self, other: &Self) -> bool {
        // Keys of one store and of what is kept of it share their texts, which need not be looked at.
        let same = |one: &Arc<str>, other: &Arc<str>| Arc::ptr_eq(one, other) || one == other;
        same(&self.name, &other.name) && same(&self.namespace, &other.namespace)
    }
}

impl PartialOrd for ObjectKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ObjectKey {
    fn cmp(&self, other: &Self) -> Ordering {
        // Most keys that are compared are of one store, and their texts are shared.
        if Arc::ptr_eq(&self.namespace, &other.namespace) {
            return if Arc::ptr_eq(&self.name, &other.name) {
                Ordering::Equal
            } else {
                self.name.cmp(&other.name)
            };
        }
        let (own, others) = (self.namespace.as_bytes(), other.namespace.as_bytes());
        let shared = own.len().min(others.len());
        // The slash after a namespace counts where one of the two begins with the other.
        let rest = || match own.len().cmp(&others.len()) {
            Ordering::Equal => self.name.cmp(&other.name),
            Ordering::Less => b'/'.cmp(&others[shared]),
            Ordering::Greater => own[shared].cmp(&b'/'),
        };
        let order = own[..shared].cmp(&others[..shared]).then_with(rest);
        if order.is_eq() && own.len() != others.len() {
            // No namespace has a slash in it; but a reference may name anything.
            return self.bytes().cmp(other.bytes());
        }
        order
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.namespace, self.name)
    }
}

/// Which controller a sample is of: `prometheus`, `alertmanager`, `thanos`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, EncodeLabelSet)]
pub struct ControllerLabel {
    /// Value of the label.
    pub controller: &'static str,
}

/// Whether a version of an object is older than another one. Versions are numbers that grow, as Kubernetes promises since 1.35
/// and etcd has always had it; of versions that are not, none is known to be older.
pub fn is_older_version(version: &str, other: &str) -> bool {
    let number = |text: &str| text.parse::<u64>().ok();
    number(version).zip(number(other)).is_some_and(|(one, two)| one < two)
}

/// A configuration object that is left out, and why. It never stops the others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rejection {
    /// Kind of the object.
    pub kind: ConfigKind,
    /// Which one.
    pub object: ObjectKey,
    /// Its identity, without which `kubectl describe` does not show the event.
    pub uid: Option<String>,
    /// Field and cause, for the user. Holds no secret.
    pub message: String,
}

/// Configuration objects that are left out for the sake of the others, and why.
pub type LeftOut = BTreeMap<(ConfigKind, ObjectKey), String>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(is_older_version("9", "10"));
        assert!(!is_older_version("10", "9") && !is_older_version("10", "10"));
        assert!(!is_older_version("", "10") && !is_older_version("a", "b"));
    }

    #[test]
    fn keys_sort_as_their_texts() {
        let keys = [
            ("a-b", "x"),
            ("a", "z"),
            ("a", "b"),
            ("a0", "a"),
            ("b", "a"),
            ("", "x"),
            ("a/b", "a"),
        ];
        let keys = keys.map(|(namespace, name)| ObjectKey::new(namespace, name));
        for one in &keys {
            for other in &keys {
                let texts = (one.to_string(), other.to_string());
                assert_eq!(one.cmp(other), texts.0.cmp(&texts.1), "{texts:?}");
            }
        }
    }
}
