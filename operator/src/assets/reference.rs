//! Which Secrets and `ConfigMap`s an object refers to. Pure: nothing is read here.
//!
//! [`Refers`] is implemented from the leaves (a selector of a key) up to whole objects, so that what is fetched follows
//! from the types. The fields stand in the order of the API.

use std::collections::BTreeSet;
use std::fmt;

use k8s_openapi::api::core::v1::{ConfigMapKeySelector, SecretKeySelector};

use crate::object::ObjectKey;

/// Kind of an object that can be referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReferenceKind {
    /// A Secret.
    Secret,
    /// A `ConfigMap`.
    ConfigMap,
}

/// One Secret or `ConfigMap`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// Which kind.
    pub kind: ReferenceKind,
    /// Which one.
    pub object: ObjectKey,
}

impl Reference {
    /// The Secret `object`.
    pub const fn secret(object: ObjectKey) -> Self {
        Self {
            kind: ReferenceKind::Secret,
            object,
        }
    }

    /// The `ConfigMap` `object`.
    pub const fn config_map(object: ObjectKey) -> Self {
        Self {
            kind: ReferenceKind::ConfigMap,
            object,
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            ReferenceKind::Secret => "secret",
            ReferenceKind::ConfigMap => "configmap",
        };
        write!(formatter, "{kind} {}", self.object)
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A set of references, each object once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References(BTreeSet<Reference>);

impl References {
    /// Adds what `object`, which stands in `namespace`, refers to.
    pub fn add(&mut self, namespace: &str, object: &(impl HasReferences + ?Sized)) {
        object.refer(namespace, self);
    }

    /// Adds one object. A selector without a name, which the API allows, refers to nothing.
    pub fn insert(&mut self, reference: Reference) {
        if !reference.object.name.is_empty() {
            self.0.insert(reference);
        }
    }

    /// The references, Secrets first, sorted by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Reference> {
        self.0.iter()
    }

    /// Whether the object is among them: a change of it concerns whoever has these references.
    pub fn contains(&self, reference: &Reference) -> bool {
        self.0.contains(reference)
    }
}

impl FromIterator<Reference> for References {
    fn from_iter<I: IntoIterator<Item = Reference>>(references: I) -> Self {
        let mut collected = Self::default();
        references.into_iter().for_each(|reference| collected.insert(reference));
        collected
    }
}

impl IntoIterator for References {
    type Item = Reference;
    type IntoIter = std::collections::btree_set::IntoIter<Reference>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// What refers to Secrets and `ConfigMap`s.
pub trait HasReferences {
    /// Adds the references of `self`, which stands in an object of `namespace`.
    fn refer(&self, namespace: &str, references: &mut References);
}

impl HasReferences for SecretKeySelector {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.insert(Reference::secret(ObjectKey::new(namespace, self.name.as_str())));
    }
}

impl HasReferences for ConfigMapKeySelector {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.insert(Reference::config_map(ObjectKey::new(namespace, self.name.as_str())));
    }
}

impl<T: HasReferences> HasReferences for Option<T> {
    fn refer(&self, namespace: &str, references: &mut References) {
        if let Some(inner) = self {
            inner.refer(namespace, references);
        }
    }
}

impl<T: HasReferences + ?Sized> HasReferences for Box<T> {
    fn refer(&self, namespace: &str, references: &mut References) {
        (**self).refer(namespace, references);
    }
}

impl<T: HasReferences + ?Sized> HasReferences for &T {
    fn refer(&self, namespace: &str, references: &mut References) {
        (**self).refer(namespace, references);
    }
}

impl<T: HasReferences> HasReferences for [T] {
    fn refer(&self, namespace: &str, references: &mut References) {
        for item in self {
            item.refer(namespace, references);
        }
    }
}

#[cfg(test)]
mod tests {
    use crds::ServiceMonitor;
    use serde_json::json;

    use super::*;

    #[test]
    fn every_credential_of_a_monitor_is_referred_to_once() {
        let monitor: ServiceMonitor = serde_json::from_value(json!({
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "ServiceMonitor",
            "metadata": {"name": "api", "namespace": "team"},
            "spec": {"selector": {}, "endpoints": [
                {
                    "basicAuth": {"username": {"name": "login", "key": "user"}, "password": {"name": "login", "key": "password"}},
                    "tlsConfig": {"ca": {"configMap": {"name": "roots", "key": "ca"}}, "keySecret": {"name": "pair", "key": "key"}},
                    "proxyConnectHeader": {"X-Token": [{"name": "proxy", "key": "token"}]},
                },
                {
                    "bearerTokenSecret": {"name": "", "key": ""},
                    "oauth2": {
                        "clientId": {"configMap": {"name": "client", "key": "id"}},
                        "clientSecret": {"name": "client", "key": "secret"},
                        "tokenUrl": "http://issuer",
                    },
                },
            ]},
        }))
        .expect("a ServiceMonitor");
        let mut references = References::default();
        references.add("team", &monitor);
        let texts: Vec<String> = references.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "secret team/client",
                "secret team/login",
                "secret team/pair",
                "secret team/proxy",
                "configmap team/client",
                "configmap team/roots",
            ]
        );
    }
}
