//! Targets from Nomad.

use super::server::DiscoveryUrl;
use crate::{
    BasicAuth, Duration, JsonSchema, OAuth2, ProxyConnectHeader, ProxyUrl, SafeAuthorization, SafeTlsConfig,
    absent::empty_is_none,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Services that are registered in Nomad.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NomadSdConfig {
    /// URL of Nomad's API.
    pub server: DiscoveryUrl,
    /// The namespace. Default: `default`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub namespace: Option<Box<str>>,
    /// The region. Default: `global`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub region: Option<Box<str>>,
    /// Separator between the tags in the label of a service, `,` by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub tag_separator: Option<Box<str>>,
    /// Accept stale answers. On by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_stale: Option<bool>,
    /// Time between two refreshes. Default: Prometheus' own.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub refresh_interval: Option<Duration>,
    /// Authorization header. Cannot be combined with basicAuth or oauth2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Box<SafeAuthorization>>,
    /// Basic authentication. Cannot be combined with authorization or oauth2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic_auth: Option<Box<BasicAuth>>,
    /// OAuth 2.0 client credentials. Cannot be combined with authorization or basicAuth.
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

proxy_config_of!(NomadSdConfig);
http_client_of!(NomadSdConfig: basic_auth, authorization, oauth2);
