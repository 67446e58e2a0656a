//! Secrets and `ConfigMap`s that objects refer to: which ones ([`References`], before anything is read), what was read
//! ([`Assets`]), and the certificates and keys among them, which become files of the pod ([`TlsFiles`]).
//!
//! Only [`fetch`] touches the cluster. No `Debug` or error text ever holds a value of a Secret. What is wrong with one reference
//! is a value: it concerns those who need it, and nobody else.

mod collect;
mod contents;
pub mod fetch;
mod key_pair;
mod redaction;
mod reference;
mod tls;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::name::{InvalidKey, InvalidName, check_key};
use crate::object::ObjectKey;
use crate::watch::Edition;
use crds::SecretOrConfigMap;
use k8s_openapi::api::core::v1::{ConfigMap, ConfigMapKeySelector, Secret, SecretKeySelector};
use tokio::time::Instant;

pub use contents::Contents;
pub use key_pair::{PemError, check_pair};
pub use reference::{HasReferences, MOST_REFERENCES, Reference, ReferenceKind, References, Since};
pub use tls::{TlsError, TlsFiles, check_tls, key_file_name, tls_file_name, tls_selector_file_name, without_absent};

/// What was read of the Secrets and `ConfigMap`s that somebody refers to. A copy shares the contents.
#[derive(Clone)]
pub struct Assets {
    objects: BTreeMap<Reference, Found>,
    limit: usize,
    /// Whether nothing was read on purpose.
    unread: bool,
}

/// What is known of an object.
#[derive(Clone)]
enum Found {
    /// It was read.
    Content(Arc<Object>),
    /// It does not exist.
    Missing(Asked),
    /// It is not known, and each of its values has this text in its place.
    Placeholder(Arc<str>),
    /// The API server refuses to show it; why.
    Unreadable(Asked, Arc<str>),
}

/// When the API server was asked; `None`: it was not, since the watch sees everything.
type Asked = Option<Instant>;

/// An object as it was read.
struct Object {
    /// Its version then.
    edition: Edition,
    content: Content,
}

/// Values by key. `ConfigMap`s hold text only: `binaryData` cannot be referred to.
type Content = BTreeMap<Box<str>, Box<[u8]>>;

/// A value that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No object can have that name.
    #[error(transparent)]
    Name(#[from] InvalidName),
    /// No object can have that key.
    #[error(transparent)]
    Key(#[from] InvalidKey),
    /// The API server refuses to show the object.
    #[error("{reference} cannot be read: {reason}")]
    Unreadable {
        /// Which object.
        reference: Reference,
        /// Its answer.
        reason: Arc<str>,
    },
    /// The object that refers to others refers to too many.
    #[error(
        "refers to {number} Secrets and ConfigMaps, of which {limit} are allowed: divide the object, or raise --max-references-per-object"
    )]
    TooMany {
        /// How many they are.
        number: usize,
        /// How many they may be.
        limit: usize,
    },
    /// The object does not exist.
    #[error("{reference} not found")]
    ObjectMissing {
        /// Which object.
        reference: Reference,
    },
    /// The object exists and has no such key.
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
    #[error("neither a Secret nor a ConfigMap is named")]
    NothingSelected,
}

impl Error {
    /// Whether something is not there, rather than of no use.
    fn is_absence(&self) -> bool {
        matches!(self, Self::ObjectMissing { .. } | Self::KeyMissing { .. })
    }
}

impl Default for Assets {
    fn default() -> Self {
        Self::limited(MOST_REFERENCES)
    }
}

impl Assets {
    /// Nothing, for configuration objects that refer to no more than `limit` objects each.
    pub const fn limited(limit: usize) -> Self {
        Self {
            objects: BTreeMap::new(),
            limit,
            unread: false,
        }
    }

    /// Checks that a configuration object in `namespace` does not refer to too many others.
    ///
    /// # Errors
    /// When it does.
    pub fn admit(&self, namespace: &str, object: &impl HasReferences) -> Result<(), Error> {
        let mut references = References::default();
        references.add(namespace, object);
        let (number, limit) = (references.iter().len(), self.limit);
        if number > limit {
            return Err(Error::TooMany { number, limit });
        }
        Ok(())
    }

    /// For checks of what an object itself says: whatever it refers to is there, and holds nothing.
    pub fn unread() -> Self {
        Self {
            unread: true,
            ..Self::limited(MOST_REFERENCES)
        }
    }

    /// Whether nothing was read on purpose.
    pub const fn is_unread(&self) -> bool {
        self.unread
    }

    /// Whether placeholders are in the places of the values of this object.
    pub fn is_placeholder(&self, reference: &Reference) -> bool {
        matches!(self.objects.get(reference), Some(Found::Placeholder(_)))
    }

    /// Puts placeholders in the places of all values of objects that do not exist, for those who ask what would be rendered if
    /// they did. Gives these objects. The texts are such that they may also be the URL that some fields ask for.
    pub fn fill_in(&mut self) -> Vec<Reference> {
        let mut filled = Vec::new();
        for (reference, found) in &mut self.objects {
            if let Found::Missing(_) = found {
                let ObjectKey { namespace, name } = reference.object();
                let text = format!("http://placeholder.invalid/{namespace}/{name}");
                *found = Found::Placeholder(text.into());
                filled.push(reference.clone());
            }
        }
        filled
    }

    /// Remembers a Secret as it was read.
    pub fn insert_secret(&mut self, secret: Secret) {
        let Ok(reference) = Reference::secret(ObjectKey::of(&secret)) else {
            return;
        };
        let edition = Edition::of(&secret.metadata);
        let text = secret.string_data.unwrap_or_default();
        let content = (secret.data.unwrap_or_default().into_iter())
            .map(|(key, value)| (key.into(), value.0.into()))
            .chain((text.into_iter()).map(|(key, value)| (key.into(), value.into_bytes().into())))
            .collect();
        self.objects
            .insert(reference, Found::Content(Arc::new(Object { edition, content })));
    }

    /// Remembers a `ConfigMap` as it was read.
    pub fn insert_config_map(&mut self, config_map: ConfigMap) {
        let Ok(reference) = Reference::config_map(ObjectKey::of(&config_map)) else {
            return;
        };
        let edition = Edition::of(&config_map.metadata);
        let content = (config_map.data.unwrap_or_default().into_iter())
            .map(|(key, value)| (key.into(), value.into_bytes().into()))
            .collect();
        self.objects
            .insert(reference, Found::Content(Arc::new(Object { edition, content })));
    }

    /// Remembers that an object does not exist.
    pub fn insert_missing(&mut self, reference: Reference) {
        self.objects.insert(reference, Found::Missing(None));
    }

    /// The text that `selector` selects in a Secret of `namespace`.
    pub fn secret(&self, namespace: &str, selector: &SecretKeySelector) -> Result<&str, Error> {
        self.text(
            &Reference::secret(ObjectKey::new(namespace, selector.name.as_str()))?,
            &selector.key,
        )
    }

    /// The text that `selector` selects in a Secret of `namespace`; nothing where it is not there and need not be.
    pub fn optional_secret(&self, namespace: &str, selector: &SecretKeySelector) -> Result<Option<&str>, Error> {
        match self.secret(namespace, selector) {
            Err(error) if selector.optional == Some(true) && error.is_absence() => Ok(None),
            found => found.map(Some),
        }
    }

    /// Whether what `selector` selects in `namespace` is not there, and need not be.
    pub fn lacks(&self, namespace: &str, selector: &SecretOrConfigMap) -> bool {
        matches!(self.optional_secret_or_config_map(namespace, selector), Ok(None))
    }

    /// The text that `selector` selects in `namespace`; nothing where it is not there and need not be.
    pub fn optional_secret_or_config_map(
        &self,
        namespace: &str,
        selector: &SecretOrConfigMap,
    ) -> Result<Option<&str>, Error> {
        let optional = match (&selector.secret, &selector.config_map) {
            (Some(secret), _) => secret.optional,
            (None, Some(config_map)) => config_map.optional,
            (None, None) => None,
        };
        match self.secret_or_config_map(namespace, selector) {
            Err(error) if optional == Some(true) && error.is_absence() => Ok(None),
            found => found.map(Some),
        }
    }

    /// The text that `selector` selects in a `ConfigMap` of `namespace`.
    pub fn config_map(&self, namespace: &str, selector: &ConfigMapKeySelector) -> Result<&str, Error> {
        self.text(
            &Reference::config_map(ObjectKey::new(namespace, selector.name.as_str()))?,
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
        check_key(key)?;
        let object = match self.objects.get(reference) {
            Some(Found::Content(object)) => object,
            Some(Found::Placeholder(text)) => return Ok(text),
            Some(Found::Unreadable(_, reason)) => {
                return Err(Error::Unreadable {
                    reference: reference.clone(),
                    reason: Arc::clone(reason),
                });
            }
            Some(Found::Missing(_)) | None => {
                return Err(Error::ObjectMissing {
                    reference: reference.clone(),
                });
            }
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

    /// Takes over from `last` what was read of an object whose version is `seen` now. `false` where it must be read again.
    fn keep(&mut self, last: &Self, reference: &Reference, seen: Option<Edition>) -> bool {
        match last.objects.get(reference) {
            Some(Found::Content(object)) if Some(object.edition) == seen => {
                (self.objects).insert(reference.clone(), Found::Content(Arc::clone(object)));
                true
            }
            _ => false,
        }
    }

    /// The text of a stranger without what was read: values are replaced, and what it quotes of them.
    pub fn redacted(&self, text: &str) -> String {
        redaction::redacted(text, || {
            let contents = self.objects.values().filter_map(|found| match found {
                Found::Content(object) => Some(&object.content),
                Found::Missing(_) | Found::Unreadable(..) | Found::Placeholder(_) => None,
            });
            contents
                .flat_map(|content| content.values())
                .filter_map(|value| std::str::from_utf8(value).ok())
        })
    }

    /// The objects that have another content than in `last`, came or went.
    pub fn changed_since(&self, last: &Self) -> BTreeSet<Reference> {
        let is_same = |reference: &Reference| match (self.objects.get(reference), last.objects.get(reference)) {
            (Some(Found::Content(now)), Some(Found::Content(then))) => {
                Arc::ptr_eq(now, then) || now.content == then.content
            }
            (Some(Found::Missing(_)), Some(Found::Missing(_))) => true,
            (Some(Found::Unreadable(_, now)), Some(Found::Unreadable(_, then))) => now == then,
            _ => false,
        };
        let references = self.objects.keys().chain(last.objects.keys());
        references.filter(|reference| !is_same(reference)).cloned().collect()
    }
}

impl fmt::Debug for Assets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = |found: &Found| match found {
            Found::Content(object) => Some(object.content.keys().cloned().collect::<Vec<_>>()),
            Found::Missing(_) | Found::Placeholder(_) | Found::Unreadable(..) => None,
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

    fn reference(name: &str) -> Reference {
        Reference::secret(ObjectKey::new("team", name)).expect("a name")
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
        assets.insert_missing(reference("gone"));
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
            (
                "team",
                "?x=1",
                "user",
                "\"?x=1\" is not a valid name: it must consist of lower-case letters, digits, '-' and '.', start and end with a \
                 letter or digit, and have at most 253 characters",
            ),
            (
                "team",
                "login",
                "../user",
                "\"../user\" is not a valid key: it must consist of letters, digits, '-', '_' and '.', and have at most 253 \
                 characters",
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
        let seen = Edition::named;
        let mut login = Secret {
            metadata: metadata("team", "login"),
            ..Secret::default()
        };
        login.metadata.resource_version = Some("4".to_owned());
        let (mut last, reference) = (Assets::default(), reference("login"));
        last.insert_secret(login);
        let keeps = |seen: Option<Edition>| {
            let mut next = Assets::default();
            let kept = next.keep(&last, &reference, seen);
            assert_eq!(next.changed_since(&last).is_empty(), kept);
            kept
        };
        assert!(keeps(Some(seen("4"))));
        assert!(!keeps(Some(seen("5"))));
        // Not watched, or gone: no watch would report a change.
        assert!(!keeps(None));
        assert!(!Assets::default().keep(&Assets::default(), &reference, Some(seen("4"))));
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
        now.insert_missing(reference("login"));
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
