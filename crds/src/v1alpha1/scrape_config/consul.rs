//! Targets from Consul.

use crate::{
    BasicAuth, Duration, JsonSchema, OAuth2, ProxyConnectHeader, ProxyUrl, SafeAuthorization, SafeTlsConfig, Scheme,
    absent::{empty_is_none, is_empty},
};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Services that are registered in Consul.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsulSdConfig {
    /// Host of Consul, with an optional port.
    #[schemars(length(min = 1))]
    pub server: Box<str>,
    /// Prefix of the paths, where Consul is behind a gateway. Needs Prometheus v2.45.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub path_prefix: Option<Box<str>>,
    /// Key of a Secret that holds the token. Default: the rights of the local agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_ref: Option<Box<SecretKeySelector>>,
    /// The data center. Default: that of the local agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub datacenter: Option<Box<str>>,
    /// The namespace, of Consul Enterprise only. Needs Prometheus v2.28.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub namespace: Option<Box<str>>,
    /// The administrative partition, of Consul Enterprise only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub partition: Option<Box<str>>,
    /// `http`, the default, or `https`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Scheme>,
    /// Services to find. Default: all.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(inner(length(min = 1)), extend("x-kubernetes-list-type" = "set"))]
    pub services: Box<[Box<str>]>,
    /// Tags that a service must have, all of them. Since Consul 1.14, prefer filter.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(inner(length(min = 1)), extend("x-kubernetes-list-type" = "set"))]
    pub tags: Box<[Box<str>]>,
    /// Separator between the tags in the label of a service, `,` by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub tag_separator: Option<Box<str>>,
    /// Metadata that a service's node must have. Since Consul 1.14, prefer filter.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub node_meta: BTreeMap<Box<str>, Box<str>>,
    /// Filter of the catalog, in Consul's syntax. Needs Prometheus v3.0.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub filter: Option<Box<str>>,
    /// Filter of the health checks, in Consul's syntax. Needs Prometheus v3.11.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub health_filter: Option<Box<str>>,
    /// Accept stale answers, which costs Consul less. On by default.
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

proxy_config_of!(ConsulSdConfig);
http_client_of!(ConsulSdConfig: basic_auth, authorization, oauth2);
