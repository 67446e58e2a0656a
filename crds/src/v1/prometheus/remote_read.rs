//! Remote read: endpoints from which Prometheus reads samples that it does not have itself. Types only.

use crate::{
    Authorization, BasicAuth, Duration, HttpUrl, JsonSchema, OAuth2, ProxyConnectHeader, ProxyUrl, TlsConfig,
    absent::empty_is_none,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One endpoint from which samples are read.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoteReadSpec {
    /// The Authorization header of requests. Excludes `basicAuth` and `oauth2`. Needs Prometheus v2.26.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Box<Authorization>>,
    /// User name and password. Excludes `authorization` and `oauth2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic_auth: Option<Box<BasicAuth>>,
    /// Deprecated, use `authorization`: a bearer token, readable by everyone who can read the object.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub bearer_token: Option<Box<str>>,
    /// Deprecated, use `authorization`: path of a file in the container that holds the bearer token.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub bearer_token_file: Option<Box<str>>,
    /// Whether the external labels are added to the matchers of a request. Needs Prometheus v2.34.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_external_labels: Option<bool>,
    /// Whether redirects are followed. Needs Prometheus v2.26.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_redirects: Option<bool>,
    /// Headers added to requests; those which Prometheus sets itself cannot be changed. Needs Prometheus v2.26.0.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<Box<str>, Box<str>>,
    /// Name of the endpoint in metrics and logs, unique in the list. Needs Prometheus v2.15.0.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub name: Option<Box<str>>,
    /// OAuth 2.0 client credentials. Excludes `authorization` and `basicAuth`. Needs Prometheus v2.27.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth2: Option<Box<OAuth2>>,
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
    /// Whether the endpoint is asked for times that the local storage covers, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_recent: Option<bool>,
    /// Time limit of a request.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub remote_timeout: Option<Duration>,
    /// Labels with their values that a selector must contain for the endpoint to be asked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub required_matchers: BTreeMap<Box<str>, Box<str>>,
    /// TLS settings of requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<TlsConfig>>,
    /// URL of the endpoint, http or https.
    pub url: HttpUrl,
}

proxy_config_of!(RemoteReadSpec);
