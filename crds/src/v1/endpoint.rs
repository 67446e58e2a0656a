//! The endpoints of ServiceMonitor and PodMonitor: which port to scrape and how. A cluster may hold tens of thousands,
//! so their size is asserted.

use crate::{
    BasicAuth, Duration, HttpHeaders, JsonSchema, OAuth2, ProxyConnectHeader, ProxyUrl, RelabelConfig,
    SafeAuthorization, SafeTlsConfig, Scheme, TlsConfig,
    absent::{empty_is_none, is_empty},
};
use k8s_openapi::{api::core::v1::SecretKeySelector, apimachinery::pkg::util::intstr::IntOrString};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A port of the selected Services, and how to scrape it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Endpoint {
    /// Name of the Service's port. Takes precedence over targetPort.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub port: Option<Box<str>>,
    /// Name or number of a container's port in the pods behind the Service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_port: Option<Box<IntOrString>>,
    /// Path to scrape, `/metrics` by default.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub path: Option<Box<str>>,
    /// `http`, the default, or `https`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Scheme>,
    /// Parameters of the request's query.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<Box<str>, Box<[Box<str>]>>,
    /// Time between scrapes. Default: the scrape interval of the Prometheus object.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub interval: Option<Duration>,
    /// Time after which a scrape fails. Default: the timeout of the Prometheus object, but never more than the
    /// interval. An object with a timeout longer than its interval is refused.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub scrape_timeout: Option<Duration>,
    /// TLS settings of the scrape. Paths of files are those of the Prometheus container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<TlsConfig>>,
    /// Deprecated, use authorization. Path in the Prometheus container of a file with a bearer token.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub bearer_token_file: Option<Box<str>>,
    /// Deprecated, use authorization. Key of a Secret that holds a bearer token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bearer_token_secret: Option<Box<SecretKeySelector>>,
    /// Authorization header. Cannot be combined with basicAuth, oauth2 or bearerTokenSecret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Box<SafeAuthorization>>,
    /// Basic authentication. Cannot be combined with authorization, oauth2 or bearerTokenSecret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic_auth: Option<Box<BasicAuth>>,
    /// OAuth 2.0. Cannot be combined with authorization, basicAuth or bearerTokenSecret. Needs Prometheus v2.27.0.
    #[serde(rename = "oauth2", skip_serializing_if = "Option::is_none")]
    pub oauth2: Option<Box<OAuth2>>,
    /// Keep the labels of the scraped samples where they collide with those of the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honor_labels: Option<bool>,
    /// Keep the timestamps that the target gives its samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honor_timestamps: Option<bool>,
    /// Mark series with explicit timestamps as stale when they disappear. Needs Prometheus v2.48.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_timestamps_staleness: Option<bool>,
    /// Relabeling of targets before the scrape. The job's original name is in `__tmp_prometheus_job_name`.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub relabelings: Box<[RelabelConfig]>,
    /// Relabeling of samples before they are stored.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub metric_relabelings: Box<[RelabelConfig]>,
    /// URL of a proxy for the scrape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_url: Option<ProxyUrl>,
    /// Hosts, domains and networks, separated by commas, that are reached without the proxy.
    /// Needs Prometheus v2.43.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_proxy: Option<Box<str>>,
    /// Take the proxy from the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`). Needs Prometheus v2.43.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_from_environment: Option<bool>,
    /// Headers to send to the proxy with CONNECT. Needs Prometheus v2.43.0.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub proxy_connect_header: ProxyConnectHeader,
    /// Headers to send with each scrape, by their names. Those that Prometheus sets itself are refused, such as
    /// `Authorization` and `Host`. Needs Prometheus v2.55.0. An addition of this operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub http_headers: Option<Box<HttpHeaders>>,
    /// Follow redirects of the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_redirects: Option<bool>,
    /// Use HTTP/2 where the target offers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_http2: Option<bool>,
    /// Drop pods that have failed or succeeded. On by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_running: Option<bool>,
}

/// A port of the selected pods, and how to scrape it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PodMetricsEndpoint {
    /// Name of the container's port. Takes precedence over portNumber and targetPort.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<Box<str>>,
    /// Number of the container's port.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65535))]
    pub port_number: Option<i32>,
    /// Deprecated, use port or portNumber. Name or number of the container's port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_port: Option<Box<IntOrString>>,
    /// Path to scrape, `/metrics` by default.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub path: Option<Box<str>>,
    /// `http`, the default, or `https`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Scheme>,
    /// Parameters of the request's query.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<Box<str>, Box<[Box<str>]>>,
    /// Time between scrapes. Default: the scrape interval of the Prometheus object.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub interval: Option<Duration>,
    /// Time after which a scrape fails. Default: the timeout of the Prometheus object, but never more than the
    /// interval. An object with a timeout longer than its interval is refused.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub scrape_timeout: Option<Duration>,
    /// TLS settings of the scrape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<SafeTlsConfig>>,
    /// Deprecated, use authorization. Key of a Secret that holds a bearer token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bearer_token_secret: Option<Box<SecretKeySelector>>,
    /// Authorization header. Cannot be combined with basicAuth, oauth2 or bearerTokenSecret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Box<SafeAuthorization>>,
    /// Basic authentication. Cannot be combined with authorization, oauth2 or bearerTokenSecret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic_auth: Option<Box<BasicAuth>>,
    /// OAuth 2.0. Cannot be combined with authorization, basicAuth or bearerTokenSecret. Needs Prometheus v2.27.0.
    #[serde(rename = "oauth2", skip_serializing_if = "Option::is_none")]
    pub oauth2: Option<Box<OAuth2>>,
    /// Keep the labels of the scraped samples where they collide with those of the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honor_labels: Option<bool>,
    /// Keep the timestamps that the target gives its samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honor_timestamps: Option<bool>,
    /// Mark series with explicit timestamps as stale when they disappear. Needs Prometheus v2.48.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_timestamps_staleness: Option<bool>,
    /// Relabeling of targets before the scrape. The job's original name is in `__tmp_prometheus_job_name`.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub relabelings: Box<[RelabelConfig]>,
    /// Relabeling of samples before they are stored.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub metric_relabelings: Box<[RelabelConfig]>,
    /// URL of a proxy for the scrape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_url: Option<ProxyUrl>,
    /// Hosts, domains and networks, separated by commas, that are reached without the proxy.
    /// Needs Prometheus v2.43.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_proxy: Option<Box<str>>,
    /// Take the proxy from the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`). Needs Prometheus v2.43.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_from_environment: Option<bool>,
    /// Headers to send to the proxy with CONNECT. Needs Prometheus v2.43.0.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub proxy_connect_header: ProxyConnectHeader,
    /// Headers to send with each scrape, by their names. Those that Prometheus sets itself are refused, such as
    /// `Authorization` and `Host`. Needs Prometheus v2.55.0. An addition of this operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub http_headers: Option<Box<HttpHeaders>>,
    /// Follow redirects of the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_redirects: Option<bool>,
    /// Use HTTP/2 where the target offers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_http2: Option<bool>,
    /// Drop pods that have failed or succeeded. On by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_running: Option<bool>,
}

proxy_config_of!(Endpoint, PodMetricsEndpoint);
http_client_of!(Endpoint: basic_auth, authorization, oauth2, bearer_token_secret);
http_client_of!(PodMetricsEndpoint: basic_auth, authorization, oauth2, bearer_token_secret);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_small() {
        assert!(size_of::<Endpoint>() <= 256, "{}", size_of::<Endpoint>());
        assert!(
            size_of::<PodMetricsEndpoint>() <= 256,
            "{}",
            size_of::<PodMetricsEndpoint>()
        );
        assert!(size_of::<RelabelConfig>() <= 112, "{}", size_of::<RelabelConfig>());
    }
}
