//! Targets from Oracle Cloud Infrastructure.

use crate::{
    Duration, JsonSchema, ProxyConnectHeader, ProxyUrl, SafeTlsConfig,
    absent::{empty_is_none, is_empty},
};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// How Prometheus proves who it is.
    pub enum OciAuthenticationMethod {
        /// By the key of a user.
        ApiKey = "ApiKey",
        /// By the machine that it runs on.
        InstancePrincipal = "InstancePrincipal",
    }
}

/// Machines of Oracle Cloud Infrastructure. Needs Prometheus v3.14.0.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OciSdConfig {
    /// The region, such as `eu-frankfurt-1`.
    #[schemars(length(min = 1))]
    pub region: Box<str>,
    /// How Prometheus proves who it is: `ApiKey`, the default, which needs tenancy, user, fingerprint and keyFile, or
    /// `InstancePrincipal`, which excludes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication_method: Option<OciAuthenticationMethod>,
    /// Identifier of the tenancy.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub tenancy: Option<Box<str>>,
    /// Identifier of the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub user: Option<Box<str>>,
    /// Fingerprint of the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub fingerprint: Option<Box<str>>,
    /// Path of the private key in the Prometheus container, such as `/etc/prometheus/secrets/oci/key.pem` with the Secret
    /// `oci` among the `secrets` of the Prometheus object. Prometheus takes it from a file alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub key_file: Option<Box<str>>,
    /// Key of a Secret that holds the passphrase of the private key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_passphrase: Option<Box<SecretKeySelector>>,
    /// Identifiers of the compartments to look in. Default: all of the tenancy.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(inner(length(min = 1)), extend("x-kubernetes-list-type" = "set"))]
    pub compartments: Box<[Box<str>]>,
    /// Port to scrape, 80 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 65535))]
    pub port: Option<i32>,
    /// Time between two refreshes. Default: Prometheus' own.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub refresh_interval: Option<Duration>,
    /// TLS settings of requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<SafeTlsConfig>>,
    /// URL of a proxy for requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_url: Option<ProxyUrl>,
    /// Hosts, domains and networks, separated by commas, that are reached without the proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_proxy: Option<Box<str>>,
    /// Take the proxy from the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_from_environment: Option<bool>,
    /// Headers to send to the proxy with CONNECT.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub proxy_connect_header: ProxyConnectHeader,
    /// Follow redirects. On by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_redirects: Option<bool>,
    /// Use HTTP/2 where the server offers it. On by default.
    #[serde(rename = "enableHTTP2", skip_serializing_if = "Option::is_none")]
    pub enable_http2: Option<bool>,
}

proxy_config_of!(OciSdConfig);
http_client_of!(OciSdConfig:);
