//! TLS settings of clients: the form that refers to Secrets and ConfigMaps only, and the one that also allows files of
//! the container. `TlsOptions` is the common view of both.

use crate::{JsonSchema, absent::empty_is_none};
use k8s_openapi::api::core::v1::{ConfigMapKeySelector, SecretKeySelector};
use serde::{Deserialize, Serialize};

words! {
    /// A version of the TLS protocol.
    pub enum TlsVersion {
        /// TLS 1.0.
        Tls10 = "TLS10",
        /// TLS 1.1.
        Tls11 = "TLS11",
        /// TLS 1.2.
        Tls12 = "TLS12",
        /// TLS 1.3.
        Tls13 = "TLS13",
    }
}

/// A key of a Secret or of a ConfigMap; at most one of them.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretOrConfigMap {
    /// Key of a Secret that holds the data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<Box<SecretKeySelector>>,
    /// Key of a ConfigMap that holds the data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_map: Option<Box<ConfigMapKeySelector>>,
}

impl SecretOrConfigMap {
    /// Whether it refers to nothing.
    pub fn is_empty(&self) -> bool {
        self.secret.is_none() && self.config_map.is_none()
    }
}

/// TLS settings whose certificates and keys come from Secrets and ConfigMaps of the object's own namespace.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SafeTlsConfig {
    /// CA certificates that verify the server's certificate.
    #[serde(default, skip_serializing_if = "SecretOrConfigMap::is_empty")]
    pub ca: SecretOrConfigMap,
    /// Certificate that the client presents.
    #[serde(default, skip_serializing_if = "SecretOrConfigMap::is_empty")]
    pub cert: SecretOrConfigMap,
    /// Private key that belongs to the client's certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_secret: Option<Box<SecretKeySelector>>,
    /// Name to verify in the server's certificate, if it differs from the host of the URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_name: Option<Box<str>>,
    /// Do not verify the server's certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insecure_skip_verify: Option<bool>,
    /// Minimum TLS version. Needs Prometheus v2.35.0 or Thanos v0.28.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_version: Option<TlsVersion>,
    /// Maximum TLS version. Needs Prometheus v2.41.0 or Thanos v0.31.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_version: Option<TlsVersion>,
}

/// TLS settings whose certificates and keys come from Secrets, ConfigMaps or files of the container.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TlsConfig {
    /// CA certificates that verify the server's certificate.
    #[serde(default, skip_serializing_if = "SecretOrConfigMap::is_empty")]
    pub ca: SecretOrConfigMap,
    /// Path in the container of a file with the CA certificates.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub ca_file: Option<Box<str>>,
    /// Certificate that the client presents.
    #[serde(default, skip_serializing_if = "SecretOrConfigMap::is_empty")]
    pub cert: SecretOrConfigMap,
    /// Path in the container of a file with the client's certificate.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub cert_file: Option<Box<str>>,
    /// Private key that belongs to the client's certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_secret: Option<Box<SecretKeySelector>>,
    /// Path in the container of a file with the client's private key.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub key_file: Option<Box<str>>,
    /// Name to verify in the server's certificate, if it differs from the host of the URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_name: Option<Box<str>>,
    /// Do not verify the server's certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insecure_skip_verify: Option<bool>,
    /// Minimum TLS version. Needs Prometheus v2.35.0 or Thanos v0.28.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_version: Option<TlsVersion>,
    /// Maximum TLS version. Needs Prometheus v2.41.0 or Thanos v0.31.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_version: Option<TlsVersion>,
}

/// The TLS settings of either form; of the safe one the files are `None`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TlsOptions<'a> {
    /// Authorities.
    pub ca: &'a SecretOrConfigMap,
    /// File with the authorities.
    pub ca_file: Option<&'a str>,
    /// Client certificate.
    pub cert: &'a SecretOrConfigMap,
    /// File with the client certificate.
    pub cert_file: Option<&'a str>,
    /// Client key.
    pub key_secret: Option<&'a SecretKeySelector>,
    /// File with the client key.
    pub key_file: Option<&'a str>,
    /// Expected name of the server.
    pub server_name: Option<&'a str>,
    /// Whether any certificate is accepted.
    pub insecure_skip_verify: Option<bool>,
    /// Oldest version.
    pub min_version: Option<TlsVersion>,
    /// Newest version.
    pub max_version: Option<TlsVersion>,
}

impl<'a> From<&'a SafeTlsConfig> for TlsOptions<'a> {
    fn from(from: &'a SafeTlsConfig) -> Self {
        Self {
            ca: &from.ca,
            ca_file: None,
            cert: &from.cert,
            cert_file: None,
            key_secret: from.key_secret.as_deref(),
            key_file: None,
            server_name: from.server_name.as_deref(),
            insecure_skip_verify: from.insecure_skip_verify,
            min_version: from.min_version,
            max_version: from.max_version,
        }
    }
}

impl<'a> From<&'a TlsConfig> for TlsOptions<'a> {
    fn from(from: &'a TlsConfig) -> Self {
        Self {
            ca: &from.ca,
            ca_file: from.ca_file.as_deref(),
            cert: &from.cert,
            cert_file: from.cert_file.as_deref(),
            key_secret: from.key_secret.as_deref(),
            key_file: from.key_file.as_deref(),
            server_name: from.server_name.as_deref(),
            insecure_skip_verify: from.insecure_skip_verify,
            min_version: from.min_version,
            max_version: from.max_version,
        }
    }
}
