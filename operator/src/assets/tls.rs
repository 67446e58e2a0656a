//! TLS settings: whether they are consistent, and the files that they need in the pod. Pure.

use std::collections::BTreeMap;

use crds::{SecretOrConfigMap, TlsOptions};
use k8s_openapi::api::core::v1::SecretKeySelector;

use super::key_pair::{self, PemError};
use super::{Assets, Error, Reference, ReferenceKind};
use crate::object::ObjectKey;

/// TLS settings that cannot work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// A certificate or key is given as a file and as a reference.
    #[error("cannot specify both '{file}' and '{reference}'")]
    Twice {
        /// Field of the file.
        file: &'static str,
        /// Field of the reference.
        reference: &'static str,
    },
    /// A reference names two objects.
    #[error("{field}: cannot specify both Secret and ConfigMap")]
    SecretAndConfigMap {
        /// Field of the reference.
        field: &'static str,
    },
    /// Half of a pair.
    #[error("client cert specified without client key")]
    CertWithoutKey,
    /// The other half.
    #[error("client key specified without client cert")]
    KeyWithoutCert,
    /// No version is left.
    #[error("maxVersion must be more than or equal to minVersion")]
    VersionOrder,
    /// A value cannot be had.
    #[error("{field}: {source}")]
    Asset {
        /// Field of the reference.
        field: &'static str,
        /// Why.
        source: Error,
    },
    /// The certificate of the authority is none.
    #[error("ca: {source}")]
    Authority {
        /// Why.
        source: PemError,
    },
    /// Certificate and key do not make a pair.
    #[error("cert, keySecret: {source}")]
    Pair {
        /// Why.
        source: PemError,
    },
}

/// Name of the file that holds a key of an object: `0_namespace_name_key` for a Secret, `1_…` for a `ConfigMap`.
pub fn tls_file_name(kind: ReferenceKind, namespace: &str, name: &str, key: &str) -> String {
    let kind = match kind {
        ReferenceKind::Secret => 0,
        ReferenceKind::ConfigMap => 1,
    };
    format!("{kind}_{namespace}_{name}_{key}")
}

/// Name of the file for a key of a Secret.
pub fn key_file_name(namespace: &str, selector: &SecretKeySelector) -> String {
    tls_file_name(ReferenceKind::Secret, namespace, &selector.name, &selector.key)
}

/// Name of the file for a key of a Secret or `ConfigMap`; `None` where neither is given.
pub fn tls_selector_file_name(namespace: &str, selector: &SecretOrConfigMap) -> Option<String> {
    match (&selector.secret, &selector.config_map) {
        (Some(secret), _) => Some(key_file_name(namespace, secret)),
        (None, Some(config_map)) => Some(tls_file_name(
            ReferenceKind::ConfigMap,
            namespace,
            &config_map.name,
            &config_map.key,
        )),
        (None, None) => None,
    }
}

/// Certificates and keys that the pod needs as files: by file name, where their content is. They hold no content, so that
/// they can be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsFiles(BTreeMap<String, Source>);

/// A key of a Secret or `ConfigMap`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Source {
    reference: Reference,
    key: Box<str>,
}

impl Source {
    fn new(kind: ReferenceKind, namespace: &str, name: &str, key: &str) -> Result<Self, Error> {
        Ok(Self {
            reference: Reference::new(kind, ObjectKey::new(namespace, name))?,
            key: key.into(),
        })
    }

    fn file_name(&self) -> String {
        let object = self.reference.object();
        tls_file_name(self.reference.kind(), &object.namespace, &object.name, &self.key)
    }
}

impl TlsFiles {
    /// The files of `options`, which are in an object of `namespace`, after every check.
    pub fn of<'a>(namespace: &str, options: impl Into<TlsOptions<'a>>, assets: &Assets) -> Result<Self, TlsError> {
        let options = options.into();
        check_tls(&options)?;
        let options = without_absent(options, namespace, assets);
        let mut files = Self::default();
        if assets.is_unread() {
            return Ok(files);
        }
        if let Some(ca) = files.insert("ca", namespace, options.ca, assets)? {
            key_pair::check_certificate(ca).map_err(|source| TlsError::Authority { source })?;
        }
        let cert = files.insert("cert", namespace, options.cert, assets)?;
        let key = (options.key_secret)
            .map(|selector| files.insert_key(namespace, selector, assets))
            .transpose()?
            .flatten();
        if let (Some(cert), Some(key)) = (cert, key) {
            key_pair::check_pair(cert, key).map_err(|source| TlsError::Pair { source })?;
        }
        Ok(files)
    }

    /// Adds the files of `other`.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The files with their content, sorted by name. What `assets` lacks is left out.
    pub fn contents<'a>(&'a self, assets: &'a Assets) -> impl Iterator<Item = (&'a str, &'a str)> {
        (self.0.iter())
            .filter_map(|(name, source)| Some((name.as_str(), assets.text(&source.reference, &source.key).ok()?)))
    }

    /// Whether no file is needed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn insert<'a>(
        &mut self,
        field: &'static str,
        namespace: &str,
        selector: &SecretOrConfigMap,
        assets: &'a Assets,
    ) -> Result<Option<&'a str>, TlsError> {
        let source = match (&selector.secret, &selector.config_map) {
            (Some(secret), _) => Source::new(ReferenceKind::Secret, namespace, &secret.name, &secret.key),
            (None, Some(config_map)) => {
                Source::new(ReferenceKind::ConfigMap, namespace, &config_map.name, &config_map.key)
            }
            (None, None) => return Ok(None),
        };
        self.insert_source(field, source, assets)
    }

    fn insert_key<'a>(
        &mut self,
        namespace: &str,
        selector: &SecretKeySelector,
        assets: &'a Assets,
    ) -> Result<Option<&'a str>, TlsError> {
        let source = Source::new(ReferenceKind::Secret, namespace, &selector.name, &selector.key);
        self.insert_source("keySecret", source, assets)
    }

    /// Adds a file, and gives its content where that is known.
    fn insert_source<'a>(
        &mut self,
        field: &'static str,
        source: Result<Source, Error>,
        assets: &'a Assets,
    ) -> Result<Option<&'a str>, TlsError> {
        let failed = |source| TlsError::Asset { field, source };
        let source = source.map_err(failed)?;
        let content = assets.text(&source.reference, &source.key).map_err(failed)?;
        let is_known = !assets.is_placeholder(&source.reference);
        self.0.insert(source.file_name(), source);
        Ok(is_known.then_some(content))
    }
}

/// Nothing.
const NOTHING: &SecretOrConfigMap = &SecretOrConfigMap {
    secret: None,
    config_map: None,
};

/// The same without what is optional and not there. A certificate is of no use without its key, and the key neither.
pub fn without_absent<'a>(options: TlsOptions<'a>, namespace: &str, assets: &Assets) -> TlsOptions<'a> {
    let lacks_key = |key| matches!(assets.optional_secret(namespace, key), Ok(None));
    let lacks_pair = assets.lacks(namespace, options.cert) || options.key_secret.is_some_and(lacks_key);
    TlsOptions {
        ca: if assets.lacks(namespace, options.ca) {
            NOTHING
        } else {
            options.ca
        },
        cert: if lacks_pair { NOTHING } else { options.cert },
        cert_file: options.cert_file.filter(|_| !lacks_pair),
        key_secret: options.key_secret.filter(|_| !lacks_pair),
        key_file: options.key_file.filter(|_| !lacks_pair),
        ..options
    }
}

/// The checks that need no content.
pub fn check_tls(options: &TlsOptions<'_>) -> Result<(), TlsError> {
    for (field, reference, file_field, file) in [
        ("ca", options.ca, "caFile", options.ca_file),
        ("cert", options.cert, "certFile", options.cert_file),
    ] {
        if file.is_some() && !reference.is_empty() {
            return Err(TlsError::Twice {
                file: file_field,
                reference: field,
            });
        }
        if reference.secret.is_some() && reference.config_map.is_some() {
            return Err(TlsError::SecretAndConfigMap { field });
        }
    }
    if options.key_file.is_some() && options.key_secret.is_some() {
        return Err(TlsError::Twice {
            file: "keyFile",
            reference: "keySecret",
        });
    }
    let has_cert = options.cert_file.is_some() || !options.cert.is_empty();
    let has_key = options.key_file.is_some() || options.key_secret.is_some();
    match (has_cert, has_key) {
        (true, false) => return Err(TlsError::CertWithoutKey),
        (false, true) => return Err(TlsError::KeyWithoutCert),
        (true, true) | (false, false) => {}
    }
    match (options.min_version, options.max_version) {
        (Some(oldest), Some(newest)) if newest < oldest => Err(TlsError::VersionOrder),
        _ => Ok(()),
    }
}
