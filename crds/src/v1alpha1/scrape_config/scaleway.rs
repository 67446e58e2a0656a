//! Targets from Scaleway.

use super::server::DiscoveryUrl;
use crate::{
    Duration, JsonSchema, ProxyConnectHeader, ProxyUrl, SafeTlsConfig,
    absent::{empty_is_none, is_empty},
};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// A product of Scaleway.
    pub enum ScalewayRole {
        /// Virtual machines.
        Instance = "Instance",
        /// Dedicated servers.
        Baremetal = "Baremetal",
    }
}

/// Servers of Scaleway. Needs Prometheus v2.26.0.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScalewaySdConfig {
    /// The access key.
    #[schemars(length(min = 1))]
    pub access_key: Box<str>,
    /// Key of a Secret that holds the secret key.
    pub secret_key: SecretKeySelector,
    /// The project.
    #[serde(rename = "projectID")]
    #[schemars(length(min = 1))]
    pub project_id: Box<str>,
    /// Which servers: `Instance` or `Baremetal`.
    pub role: ScalewayRole,
    /// Address of the API. Default: that of Scaleway.
    #[serde(rename = "apiURL", skip_serializing_if = "Option::is_none")]
    pub api_url: Option<DiscoveryUrl>,
    /// The availability zone. Default: `fr-par-1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub zone: Option<Box<str>>,
    /// Part of the name that a server must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub name_filter: Option<Box<str>>,
    /// Tags that a server must have, all of them.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(length(min = 1), inner(length(min = 1)), extend("x-kubernetes-list-type" = "set"))]
    pub tags_filter: Box<[Box<str>]>,
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

proxy_config_of!(ScalewaySdConfig);
http_client_of!(ScalewaySdConfig:);
