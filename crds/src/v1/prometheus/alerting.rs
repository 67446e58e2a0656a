//! The Alertmanagers to which Prometheus sends alerts. Types only.

use crate::{
    BasicAuth, Duration, JsonSchema, ProxyConnectHeader, ProxyUrl, RelabelConfig, SafeAuthorization, Scheme, Sigv4,
    TlsConfig,
    absent::{empty_is_none, is_empty, null_is_default},
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// Version of the API of Alertmanager.
    pub enum AlertmanagerApiVersion {
        /// Version 1, which Prometheus 3 no longer knows.
        V1 = "v1" | "V1",
        /// Version 2.
        V2 = "v2" | "V2",
    }
}

/// Where alerts are sent.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct AlertingSpec {
    /// The Alertmanagers, each discovered through a Service.
    #[serde(deserialize_with = "null_is_default")]
    pub alertmanagers: Box<[AlertmanagerEndpoints]>,
}

/// Alertmanagers that are discovered through a Service.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertmanagerEndpoints {
    /// Relabeling of alerts before they are sent here. Needs Prometheus v2.51.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub alert_relabelings: Box<[RelabelConfig]>,
    /// Version of Alertmanager's API: v1 or v2 (the default). Without effect since Prometheus v3.0.0, which knows v2
    /// only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_version: Option<AlertmanagerApiVersion>,
    /// The Authorization header of requests. Excludes `basicAuth`, `bearerTokenFile` and `sigv4`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Box<SafeAuthorization>>,
    /// User name and password. Excludes `bearerTokenFile`, `authorization` and `sigv4`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic_auth: Option<Box<BasicAuth>>,
    /// Deprecated, use `authorization`: path of a file in the container that holds a bearer token.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub bearer_token_file: Option<Box<str>>,
    /// Whether HTTP/2 is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_http2: Option<bool>,
    /// Name of the Service, and so of its Endpoints.
    #[schemars(length(min = 1))]
    pub name: Box<str>,
    /// Namespace of the Service. Default: that of the Prometheus object.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub namespace: Option<Box<str>>,
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
    /// Path prefix of the API.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub path_prefix: Option<Box<str>>,
    /// Port of the API, by name or number.
    pub port: IntOrString,
    /// Relabeling of the discovered Alertmanagers.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub relabelings: Box<[RelabelConfig]>,
    /// Protocol: http (the default) or https.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Scheme>,
    /// AWS signature version 4. Excludes `basicAuth`, `bearerTokenFile` and `authorization`. Needs Prometheus v2.48.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sigv4: Option<Box<Sigv4>>,
    /// Time limit of a request.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub timeout: Option<Duration>,
    /// TLS settings of requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<TlsConfig>>,
}

proxy_config_of!(AlertmanagerEndpoints);
