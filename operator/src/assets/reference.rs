//! Which Secrets and `ConfigMap`s an object refers to. Pure: nothing is read here.
//!
//! [`HasReferences`] is implemented from the leaves (a selector of a key) up to whole objects, so that what is fetched follows
//! from the types. The fields are in the order of the API.

use std::collections::BTreeMap;
use std::fmt;

use k8s_openapi::api::core::v1::{ConfigMapKeySelector, SecretKeySelector};

use crate::name::{InvalidName, PathSegment};
use crate::object::ObjectKey;

/// Kind of an object that can be referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReferenceKind {
    /// A Secret.
    Secret,
    /// A `ConfigMap`.
    ConfigMap,
}

/// One Secret or `ConfigMap`, by a name that it can have.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    kind: ReferenceKind,
    object: ObjectKey,
}

impl Reference {
    /// The object of that kind and key.
    ///
    /// # Errors
    /// When no object can have that name.
    pub fn new(kind: ReferenceKind, object: ObjectKey) -> Result<Self, InvalidName> {
        PathSegment::new(&object.namespace)?;
        PathSegment::new(&object.name)?;
        Ok(Self { kind, object })
    }

    /// The Secret `object`.
    ///
    /// # Errors
    /// When no Secret can have that name.
    pub fn secret(object: ObjectKey) -> Result<Self, InvalidName> {
        Self::new(ReferenceKind::Secret, object)
    }

    /// The `ConfigMap` `object`.
    ///
    /// # Errors
    /// When no `ConfigMap` can have that name.
    pub fn config_map(object: ObjectKey) -> Result<Self, InvalidName> {
        Self::new(ReferenceKind::ConfigMap, object)
    }

    /// Which kind.
    pub const fn kind(&self) -> ReferenceKind {
        self.kind
    }

    /// Which one.
    pub const fn object(&self) -> &ObjectKey {
        &self.object
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

/// Since when an object is referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Since {
    /// Everybody who refers to it did so at the last reconciliation.
    Before,
    /// Somebody who refers to it is new or has changed.
    Now,
}

/// Most Secrets and `ConfigMap`s that one configuration object may refer to, unless `--max-references-per-object` says otherwise.
pub const MOST_REFERENCES: usize = 500;

/// A set of references, each object once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct References {
    since: BTreeMap<Reference, Since>,
    limit: usize,
}

impl Default for References {
    fn default() -> Self {
        Self::limited(MOST_REFERENCES)
    }
}

impl References {
    /// An empty set, to which no configuration object adds more than `limit`.
    pub const fn limited(limit: usize) -> Self {
        Self {
            since: BTreeMap::new(),
            limit,
        }
    }

    /// How many references a configuration object may add.
    pub const fn limit(&self) -> usize {
        self.limit
    }

    /// Adds what `object`, which is in `namespace`, refers to.
    pub fn add(&mut self, namespace: &str, object: &(impl HasReferences + ?Sized)) {
        object.refer(namespace, self);
    }

    /// Adds one object.
    pub fn insert(&mut self, reference: Reference) {
        self.since.insert(reference, Since::Now);
    }

    /// Adds one object to which somebody refers since then.
    pub fn note(&mut self, reference: &Reference, since: Since) {
        match self.since.get_mut(reference) {
            Some(known) => *known = since.max(*known),
            None => drop(self.since.insert(reference.clone(), since)),
        }
    }

    /// Adds what a selector in an object of `namespace` names. A name that no object can have refers to nothing: whoever needs
    /// the value learns that from [`Assets`](super::Assets).
    fn select(&mut self, kind: ReferenceKind, namespace: &str, name: &str) {
        if let Ok(reference) = Reference::new(kind, ObjectKey::new(namespace, name)) {
            self.insert(reference);
        }
    }

    /// The references, Secrets first, sorted by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Reference> {
        self.since.keys()
    }

    /// Whether the object is among them: a change of it concerns whoever has these references.
    pub fn contains(&self, reference: &Reference) -> bool {
        self.since.contains_key(reference)
    }
}

impl IntoIterator for References {
    type Item = (Reference, Since);
    type IntoIter = std::collections::btree_map::IntoIter<Reference, Since>;

    fn into_iter(self) -> Self::IntoIter {
        self.since.into_iter()
    }
}

/// What refers to Secrets and `ConfigMap`s.
pub trait HasReferences {
    /// Adds the references of `self`, which is in an object of `namespace`.
    fn refer(&self, namespace: &str, references: &mut References);
}

impl HasReferences for SecretKeySelector {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.select(ReferenceKind::Secret, namespace, &self.name);
    }
}

impl HasReferences for ConfigMapKeySelector {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.select(ReferenceKind::ConfigMap, namespace, &self.name);
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
                    "authorization": {"credentials": {"name": "../b?x", "key": "k"}},
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
