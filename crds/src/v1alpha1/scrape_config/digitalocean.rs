//! Targets from DigitalOcean.

use crate::{
    Duration, JsonSchema, OAuth2, ProxyConnectHeader, ProxyUrl, SafeAuthorization, SafeTlsConfig, absent::empty_is_none,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Droplets of DigitalOcean, by their public IPv4 address. Needs Prometheus v2.20.0.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DigitalOceanSdConfig {
    /// Port to scrape, 80 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 65535))]
    pub port: Option<i32>,
    /// Time between two refreshes. Default: Prometheus' own.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub refresh_interval: Option<Duration>,
    /// Authorization header. Cannot be combined with oauth2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Box<SafeAuthorization>>,
    /// OAuth 2.0 client credentials. Cannot be combined with authorization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth2: Option<Box<OAuth2>>,
    /// TLS settings of requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<SafeTlsConfig>>,
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
    /// Follow redirects. On by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_redirects: Option<bool>,
    /// Use HTTP/2 where the server offers it. On by default.
    #[serde(rename = "enableHTTP2", skip_serializing_if = "Option::is_none")]
    pub enable_http2: Option<bool>,
}

proxy_config_of!(DigitalOceanSdConfig);
http_client_of!(DigitalOceanSdConfig: authorization, oauth2);
