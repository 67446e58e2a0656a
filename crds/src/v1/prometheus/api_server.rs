//! How Prometheus reaches the Kubernetes API, what scrape objects may read in its container, and its Go runtime. Types
//! only.

use crate::{Authorization, BasicAuth, JsonSchema, ProxyConnectHeader, ProxyUrl, TlsConfig, absent::empty_is_none};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Address and credentials of the Kubernetes API.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiServerConfig {
    /// The Authorization header of requests. Excludes `basicAuth`, `bearerToken` and `bearerTokenFile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Box<Authorization>>,
    /// User name and password. Excludes `authorization`, `bearerToken` and `bearerTokenFile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic_auth: Option<Box<BasicAuth>>,
    /// Deprecated, use `authorization`: a bearer token, readable by everyone who can read the object.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub bearer_token: Option<Box<str>>,
    /// Deprecated, use `authorization`: path of a file in the container that holds the bearer token.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub bearer_token_file: Option<Box<str>>,
    /// Host name or IP address, with an optional port.
    pub host: Box<str>,
    /// URL of a proxy for requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_url: Option<ProxyUrl>,
    /// Hosts, domains and networks, separated by commas, that are reached without the proxy. Needs Prometheus v2.43.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_proxy: Option<Box<str>>,
    /// Take the proxy from the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`). Needs Prometheus v2.43.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_from_environment: Option<bool>,
    /// Headers to send to the proxy with CONNECT. Needs Prometheus v2.43.0.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub proxy_connect_header: ProxyConnectHeader,
    /// TLS settings of requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<TlsConfig>>,
}

proxy_config_of!(ApiServerConfig);

/// What scrape objects may read in the Prometheus container.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct ArbitraryFsAccessThroughSms {
    /// Whether scrape objects that name files (a bearer token, certificates) are rejected. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deny: Option<bool>,
}

/// Settings of the Go runtime.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct RuntimeConfig {
    /// Growth of the heap in percent that starts a garbage collection (GOGC); lower values take more CPU. -1 switches
    /// it off.
    #[serde(rename = "goGC", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -1))]
    pub go_gc: Option<i32>,
}

words! {
    /// How a new configuration is made effective.
    pub enum ReloadStrategy {
        /// By a request to the HTTP endpoint for reloading.
        Http = "HTTP",
        /// By the signal SIGHUP.
        ProcessSignal = "ProcessSignal",
    }
}
