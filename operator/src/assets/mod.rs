//! Secrets and `ConfigMap`s that objects refer to: which ones ([`References`], before anything is read), what was read
//! ([`Assets`]), and the certificates and keys among them, which become files of the pod ([`TlsFiles`]).
//!
//! Only [`fetch`] touches the cluster. No `Debug` or error text ever holds a value of a Secret.

mod collect;
pub mod fetch;
mod key_pair;
mod reference;
mod tls;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::object::ObjectKey;
use crds::SecretOrConfigMap;
use k8s_openapi::api::core::v1::{ConfigMap, ConfigMapKeySelector, Secret, SecretKeySelector};
use kube::api::ObjectMeta;

pub use key_pair::{PemError, check_pair};
pub use reference::{HasReferences, Reference, ReferenceKind, References};
pub use tls::{TlsError, TlsFiles, check_tls, key_file_name, tls_file_name, tls_selector_file_name};

/// What was read of the Secrets and `ConfigMap`s that somebody refers to. A copy shares the contents.
#[derive(Clone, Default)]
pub struct Assets {
    objects: BTreeMap<Reference, Option<Arc<Object>>>,
    /// Whether nothing was read on purpose.
    unread: bool,
}

/// An object as it was read.
struct Object {
    /// Its resource version then.
    version: Option<String>,
    content: Content,
}

/// Values by key. `ConfigMap`s hold text only: `binaryData` cannot be referred to.
type Content = BTreeMap<Box<str>, Box<[u8]>>;

/// A value that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The object does not exist.
    #[error("{reference} not found")]
    ObjectMissing {
        /// Which object.
        reference: Reference,
    },
    /// The object exists and has no such key. Whether the selector says `optional` does not matter, as in the original.
    #[error("key {key:?} in {reference} not found")]
    KeyMissing {
        /// Which object.
        reference: Reference,
        /// Which key.
        key: Box<str>,
    },
    /// The value has bytes that no generated file can hold.
    #[error("key {key:?} in {reference} is not UTF-8 text")]
    NotText {
        /// Which object.
        reference: Reference,
        /// Which key.
        key: Box<str>,
    },
    /// The selector names neither a Secret nor a `ConfigMap`.
    #[error("neither a secret nor a configmap is given")]
    NothingSelected,
}

impl Assets {
    /// For checks of what an object itself says: whatever it refers to is there, and holds nothing.
    pub fn unread() -> Self {
        Self {
            unread: true,
            ..Self::default()
        }
    }

    /// Whether nothing was read on purpose.
    pub const fn is_unread(&self) -> bool {
        self.unread
    }

    /// Remembers a Secret as it was read.
    pub fn insert_secret(&mut self, secret: Secret) {
        let reference = Reference::secret(ObjectKey::of(&secret));
        let version = secret.metadata.resource_version;
        let text = secret.string_data.unwrap_or_default();
        let content = (secret.data.unwrap_or_default().into_iter())
            .map(|(key, value)| (key.into(), value.0.into()))
            .chain((text.into_iter()).map(|(key, value)| (key.into(), value.into_bytes().into())))
            .collect();
        self.objects
            .insert(reference, Some(Arc::new(Object { version, content })));
    }

    /// Remembers a `ConfigMap` as it was read.
    pub fn insert_config_map(&mut self, config_map: ConfigMap) {
        let reference = Reference::config_map(ObjectKey::of(&config_map));
        let version = config_map.metadata.resource_version;
        let content = (config_map.data.unwrap_or_default().into_iter())
            .map(|(key, value)| (key.into(), value.into_bytes().into()))
            .collect();
        self.objects
            .insert(reference, Some(Arc::new(Object { version, content })));
    }

    /// Remembers that an object does not exist.
    pub fn insert_missing(&mut self, reference: Reference) {
        self.objects.insert(reference, None);
    }

    /// The text that `selector` selects in a Secret of `namespace`.
    pub fn secret(&self, namespace: &str, selector: &SecretKeySelector) -> Result<&str, Error> {
        self.text(
            &Reference::secret(ObjectKey::new(namespace, selector.name.as_str())),
            &selector.key,
        )
    }

    /// The text that `selector` selects in a `ConfigMap` of `namespace`.
    pub fn config_map(&self, namespace: &str, selector: &ConfigMapKeySelector) -> Result<&str, Error> {
        self.text(
            &Reference::config_map(ObjectKey::new(namespace, selector.name.as_str())),
            &selector.key,
        )
    }

    /// The text that `selector` selects in `namespace`: a Secret's where both are given.
    pub fn secret_or_config_map(&self, namespace: &str, selector: &SecretOrConfigMap) -> Result<&str, Error> {
        match (&selector.secret, &selector.config_map) {
            (Some(secret), _) => self.secret(namespace, secret),
            (None, Some(config_map)) => self.config_map(namespace, config_map),
            (None, None) => Err(Error::NothingSelected),
        }
    }

    /// The text of a key.
    pub(crate) fn text(&self, reference: &Reference, key: &str) -> Result<&str, Error> {
        if self.unread {
            return Ok("");
        }
        let Some(Some(object)) = self.objects.get(reference) else {
            return Err(Error::ObjectMissing {
                reference: reference.clone(),
            });
        };
        let value = object.content.get(key).ok_or_else(|| Error::KeyMissing {
            reference: reference.clone(),
            key: key.into(),
        })?;
        std::str::from_utf8(value).map_err(|_| Error::NotText {
            reference: reference.clone(),
            key: key.into(),
        })
    }

    /// Takes over from `last` what was read of an object whose metadata are `seen` now. `false` where it must be read anew.
    fn keep(&mut self, last: &Self, reference: &Reference, seen: Option<&ObjectMeta>) -> bool {
        let Some(version) = seen.and_then(|seen| seen.resource_version.as_deref()) else {
            return false;
        };
        match last.objects.get(reference) {
            Some(Some(object)) if object.version.as_deref() == Some(version) => {
                self.objects.insert(reference.clone(), Some(Arc::clone(object)));
                true
            }
            _ => false,
        }
    }

    /// The objects that have another content than in `last`, came or went.
    pub fn changed_since(&self, last: &Self) -> BTreeSet<Reference> {
        let is_same = |reference: &Reference| match (self.objects.get(reference), last.objects.get(reference)) {
            (Some(Some(now)), Some(Some(then))) => Arc::ptr_eq(now, then) || now.content == then.content,
            (Some(None), Some(None)) => true,
            _ => false,
        };
        let references = self.objects.keys().chain(last.objects.keys());
        references.filter(|reference| !is_same(reference)).cloned().collect()
    }
}

impl fmt::Debug for Assets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = |object: &Option<Arc<Object>>| {
            object
                .as_ref()
                .map(|object| object.content.keys().cloned().collect::<Vec<_>>())
        };
        formatter
            .debug_map()
            .entries(self.objects.iter().map(|(reference, object)| (reference, keys(object))))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::ByteString;
    use kube::api::ObjectMeta;

    use super::*;

    fn metadata(namespace: &str, name: &str) -> ObjectMeta {
        ObjectMeta {
            namespace: Some(namespace.to_owned()),
            name: Some(name.to_owned()),
            ..ObjectMeta::default()
        }
    }

    fn assets() -> Assets {
        let mut assets = Assets::default();
        assets.insert_secret(Secret {
            metadata: metadata("team", "login"),
            data: Some(BTreeMap::from([
                ("password".to_owned(), ByteString(b"hunter2".to_vec())),
                ("binary".to_owned(), ByteString(vec![0xff])),
            ])),
            ..Secret::default()
        });
        assets.insert_config_map(ConfigMap {
            metadata: metadata("team", "login"),
            data: Some(BTreeMap::from([("ca".to_owned(), "public".to_owned())])),
            ..ConfigMap::default()
        });
        assets.insert_missing(Reference::secret(ObjectKey::new("team", "gone")));
        assets
    }

    fn select(name: &str, key: &str) -> SecretKeySelector {
        SecretKeySelector {
            name: name.to_owned(),
            key: key.to_owned(),
            optional: Some(true),
        }
    }

    #[test]
    fn finds_values_and_says_what_is_missing() {
        let assets = assets();
        assert_eq!(assets.secret("team", &select("login", "password")), Ok("hunter2"));
        for (namespace, name, key, message) in [
            ("team", "gone", "password", "secret team/gone not found"),
            ("other", "login", "password", "secret other/login not found"),
            ("team", "login", "user", "key \"user\" in secret team/login not found"),
            (
                "team",
                "login",
                "binary",
                "key \"binary\" in secret team/login is not UTF-8 text",
            ),
        ] {
            let error = assets.secret(namespace, &select(name, key)).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }

    #[test]
    fn secrets_and_config_maps_of_one_name_are_two_objects() {
        let selector = SecretOrConfigMap {
            secret: None,
            config_map: Some(Box::new(ConfigMapKeySelector {
                name: "login".to_owned(),
                key: "ca".to_owned(),
                optional: None,
            })),
        };
        let assets = assets();
        assert_eq!(assets.secret_or_config_map("team", &selector), Ok("public"));
        assert_eq!(
            assets.secret("team", &select("login", "ca")).unwrap_err().to_string(),
            "key \"ca\" in secret team/login not found"
        );
        let nothing = SecretOrConfigMap::default();
        assert_eq!(
            assets.secret_or_config_map("team", &nothing),
            Err(Error::NothingSelected)
        );
    }

    #[test]
    fn what_was_read_is_kept_while_its_version_stays() {
        let seen = |version: &str| ObjectMeta {
            resource_version: Some(version.to_owned()),
            ..ObjectMeta::default()
        };
        let mut login = Secret {
            metadata: metadata("team", "login"),
            ..Secret::default()
        };
        login.metadata.resource_version = Some("4".to_owned());
        let (mut last, reference) = (Assets::default(), Reference::secret(ObjectKey::new("team", "login")));
        last.insert_secret(login);
        let keeps = |seen: Option<&ObjectMeta>| {
            let mut next = Assets::default();
            let kept = next.keep(&last, &reference, seen);
            assert_eq!(next.changed_since(&last).is_empty(), kept);
            kept
        };
        assert!(keeps(Some(&seen("4"))));
        assert!(!keeps(Some(&seen("5"))));
        // Not watched, or gone: nobody would tell of a change.
        assert!(!keeps(None));
        assert!(!Assets::default().keep(&Assets::default(), &reference, Some(&seen("4"))));
    }

    #[test]
    fn an_object_has_changed_when_its_content_has() {
        let last = assets();
        let mut now = assets();
        assert!(now.changed_since(&last).is_empty());
        now.insert_config_map(ConfigMap {
            metadata: metadata("team", "login"),
            ..ConfigMap::default()
        });
        now.insert_missing(Reference::secret(ObjectKey::new("team", "login")));
        let changed: Vec<String> = now.changed_since(&last).iter().map(ToString::to_string).collect();
        assert_eq!(changed, ["secret team/login", "configmap team/login"]);
        assert_eq!(last.changed_since(&Assets::default()).len(), 3);
    }

    #[test]
    fn debug_shows_keys_and_no_values() {
        let text = format!("{:?}", assets());
        assert!(text.contains("password"), "{text}");
        assert!(!text.contains("hunter2") && !text.contains("104, 117"), "{text}");
    }
}
