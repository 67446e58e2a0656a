//! TLS settings: whether they are consistent, and the files that they need in the pod. Pure.

use std::collections::BTreeMap;
use std::fmt;

use crds::{SecretOrConfigMap, TlsOptions};
use k8s_openapi::api::core::v1::SecretKeySelector;

use super::key_pair::{self, PemError};
use super::{Assets, Error, ReferenceKind};

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

/// Certificates and keys that the pod needs as files, by file name.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TlsFiles(BTreeMap<String, Box<str>>);

impl TlsFiles {
    /// The files of `options`, which stand in an object of `namespace`, after every check.
    pub fn of<'a>(namespace: &str, options: impl Into<TlsOptions<'a>>, assets: &Assets) -> Result<Self, TlsError> {
        let options = options.into();
        check_tls(&options)?;
        let mut files = Self::default();
        if let Some(ca) = files.insert("ca", namespace, options.ca, assets)? {
            key_pair::check_certificate(ca).map_err(|source| TlsError::Authority { source })?;
        }
        let cert = files.insert("cert", namespace, options.cert, assets)?;
        let key = (options.key_secret)
            .map(|selector| files.insert_key(namespace, selector, assets))
            .transpose()?;
        if let (Some(cert), Some(key)) = (cert, key) {
            key_pair::check_pair(cert, key).map_err(|source| TlsError::Pair { source })?;
        }
        Ok(files)
    }

    /// Adds the files of `other`.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The files, sorted by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, content)| (name.as_str(), &**content))
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
        let Some(name) = tls_selector_file_name(namespace, selector) else {
            return Ok(None);
        };
        let content =
            (assets.secret_or_config_map(namespace, selector)).map_err(|source| TlsError::Asset { field, source })?;
        self.0.insert(name, content.into());
        Ok(Some(content))
    }

    fn insert_key<'a>(
        &mut self,
        namespace: &str,
        selector: &SecretKeySelector,
        assets: &'a Assets,
    ) -> Result<&'a str, TlsError> {
        let content = (assets.secret(namespace, selector)).map_err(|source| TlsError::Asset {
            field: "keySecret",
            source,
        })?;
        self.0.insert(key_file_name(namespace, selector), content.into());
        Ok(content)
    }
}

impl fmt::Debug for TlsFiles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
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
