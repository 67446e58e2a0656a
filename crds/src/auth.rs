//! How a client proves who it is: basic authentication, an Authorization header, OAuth 2.0. Credentials are always
//! references to Secrets; only `Authorization` may also name a file of the container.

use crate::{
    HttpUrl, JsonSchema, ProxyConnectHeader, ProxyUrl, SafeTlsConfig, SecretOrConfigMap,
    absent::{empty_is_none, is_empty},
};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// User name and password of HTTP basic authentication.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BasicAuth {
    /// Key of a Secret that holds the user name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<Box<SecretKeySelector>>,
    /// Key of a Secret that holds the password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Box<SecretKeySelector>>,
}

/// Content of the Authorization header, from a Secret.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SafeAuthorization {
    /// Authentication type, case-insensitive. Default: `Bearer`. `Basic` is refused: use basicAuth.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub type_: Option<Box<str>>,
    /// Key of a Secret that holds the credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Box<SecretKeySelector>>,
}

/// Content of the Authorization header, from a Secret or from a file of the container.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Authorization {
    /// Authentication type, case-insensitive. Default: `Bearer`. `Basic` is refused: use basicAuth.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub type_: Option<Box<str>>,
    /// Key of a Secret that holds the credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Box<SecretKeySelector>>,
    /// Path in the container of a file with the credentials. Cannot be combined with credentials.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub credentials_file: Option<Box<str>>,
}

/// The Authorization header of either form; of the safe one the file is `None`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AuthorizationOptions<'a> {
    /// Kind of the credentials.
    pub type_: Option<&'a str>,
    /// Secret with the credentials.
    pub credentials: Option<&'a SecretKeySelector>,
    /// File with the credentials.
    pub credentials_file: Option<&'a str>,
}

impl<'a> From<&'a SafeAuthorization> for AuthorizationOptions<'a> {
    fn from(from: &'a SafeAuthorization) -> Self {
        Self {
            type_: from.type_.as_deref(),
            credentials: from.credentials.as_deref(),
            credentials_file: None,
        }
    }
}

impl<'a> From<&'a Authorization> for AuthorizationOptions<'a> {
    fn from(from: &'a Authorization) -> Self {
        Self {
            type_: from.type_.as_deref(),
            credentials: from.credentials.as_deref(),
            credentials_file: from.credentials_file.as_deref(),
        }
    }
}

/// OAuth 2.0 with client credentials: the client fetches its token from an endpoint.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OAuth2 {
    /// Key of a Secret or ConfigMap that holds the client's identifier.
    pub client_id: SecretOrConfigMap,
    /// Key of a Secret that holds the client's secret.
    pub client_secret: SecretKeySelector,
    /// URL of the token endpoint.
    pub token_url: HttpUrl,
    /// Scopes to ask for.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub scopes: Box<[Box<str>]>,
    /// Parameters to add to the token request.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub endpoint_params: BTreeMap<Box<str>, Box<str>>,
    /// TLS settings for the token request. Needs Prometheus v2.43.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<SafeTlsConfig>>,
    /// URL of a proxy for the token request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_url: Option<ProxyUrl>,
    /// Hosts, domains and networks, separated by commas, that are reached without the proxy.
    /// Needs Prometheus v2.43.0, Alertmanager v0.25.0 or Thanos v0.32.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_proxy: Option<Box<str>>,
    /// Take the proxy from the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`).
    /// Needs Prometheus v2.43.0, Alertmanager v0.25.0 or Thanos v0.32.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_from_environment: Option<bool>,
    /// Headers to send to the proxy with CONNECT. Needs Prometheus v2.43.0, Alertmanager v0.25.0 or Thanos v0.32.0.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub proxy_connect_header: ProxyConnectHeader,
}

proxy_config_of!(OAuth2);
