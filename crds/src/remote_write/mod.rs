//! Remote write: where samples are sent to and how. Shared by Prometheus, PrometheusAgent and ThanosRuler. Types only;
//! the combinations that are refused (two ways to authenticate, for instance) are checked where the configuration is
//! made.

mod azure;
mod queue;

use crate::{
    Authorization, BasicAuth, Duration, HttpUrl, JsonSchema, OAuth2, ProxyConnectHeader, ProxyUrl, RelabelConfig,
    Sigv4, TlsConfig,
    absent::{empty_is_none, is_empty},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use self::azure::{AzureAd, AzureCloud, AzureOAuth, AzureSdk, AzureWorkloadIdentity, ManagedIdentity};
pub use self::queue::{MetadataConfig, QueueConfig};

words! {
    /// Version of the remote write protocol.
    pub enum RemoteWriteMessageVersion {
        /// Remote Write 1.0, the message `prometheus.WriteRequest`.
        V1_0 = "V1.0",
        /// Remote Write 2.0, the message `io.prometheus.write.v2.Request`.
        V2_0 = "V2.0",
    }
}

/// One endpoint to which samples are sent.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoteWriteSpec {
    /// The Authorization header of requests. Excludes `sigv4`, `basicAuth`, `oauth2` and `azureAd`. Needs Prometheus
    /// v2.26.0 or Thanos v0.24.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Box<Authorization>>,
    /// Azure AD credentials. Excludes `authorization`, `basicAuth`, `oauth2` and `sigv4`. Needs Prometheus v2.45.0 or
    /// Thanos v0.31.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure_ad: Option<Box<AzureAd>>,
    /// User name and password. Excludes `sigv4`, `authorization`, `oauth2` and `azureAd`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic_auth: Option<Box<BasicAuth>>,
    /// Deprecated, use `authorization`: a bearer token, readable by everyone who can read the object.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub bearer_token: Option<Box<str>>,
    /// Deprecated, use `authorization`: path of a file in the container that holds the bearer token.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub bearer_token_file: Option<Box<str>>,
    /// Whether HTTP/2 is used.
    #[serde(rename = "enableHTTP2", skip_serializing_if = "Option::is_none")]
    pub enable_http2: Option<bool>,
    /// Whether redirects are followed. Needs Prometheus v2.26.0 or Thanos v0.24.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_redirects: Option<bool>,
    /// Headers added to requests; those which Prometheus sets itself cannot be changed. Needs Prometheus v2.25.0 or
    /// Thanos v0.24.0.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<Box<str>, Box<str>>,
    /// Version of the protocol: V1.0 (the default) or V2.0. Needs Prometheus v2.54.0 or Thanos v0.37.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_version: Option<RemoteWriteMessageVersion>,
    /// How the metadata of metrics is sent. Absent, it is sent; given but empty, it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata_config: Option<Box<MetadataConfig>>,
    /// Name of the endpoint in metrics and logs, unique in the list. Needs Prometheus v2.15.0 or Thanos v0.24.0.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub name: Option<Box<str>>,
    /// OAuth 2.0 client credentials. Excludes `sigv4`, `authorization`, `basicAuth` and `azureAd`. Needs Prometheus
    /// v2.27.0 or Thanos v0.24.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth2: Option<Box<OAuth2>>,
    /// URL of a proxy for requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_url: Option<ProxyUrl>,
    /// Hosts, domains and networks, separated by commas, that are reached without the proxy. Needs Prometheus v2.43.0
    /// or Thanos v0.32.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_proxy: Option<Box<str>>,
    /// Take the proxy from the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`). Needs Prometheus v2.43.0 or
    /// Thanos v0.32.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_from_environment: Option<bool>,
    /// Headers to send to the proxy with CONNECT. Needs Prometheus v2.43.0 or Thanos v0.32.0.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub proxy_connect_header: ProxyConnectHeader,
    /// Sizes and delays of the queue in front of the endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_config: Option<Box<QueueConfig>>,
    /// Time limit of a request.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub remote_timeout: Option<Duration>,
    /// Whether a random one of the addresses that the host name resolves to is used. Off, Go's resolver decides. Needs
    /// Prometheus v3.1.0 or Thanos v0.38.0.
    #[serde(rename = "roundRobinDNS", skip_serializing_if = "Option::is_none")]
    pub round_robin_dns: Option<bool>,
    /// Whether exemplars are sent; they must be stored in the first place, which a feature flag allows. Needs
    /// Prometheus v2.27.0 or Thanos v0.24.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_exemplars: Option<bool>,
    /// Whether native histograms are sent. Needs Prometheus v2.40.0 or Thanos v0.30.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_native_histograms: Option<bool>,
    /// AWS signature version 4. Excludes `authorization`, `basicAuth`, `oauth2` and `azureAd`. Needs Prometheus v2.26.0
    /// or Thanos v0.24.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sigv4: Option<Box<Sigv4>>,
    /// TLS settings of requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<TlsConfig>>,
    /// URL of the endpoint, http or https.
    pub url: HttpUrl,
    /// Relabeling of samples before they are sent.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub write_relabel_configs: Box<[RelabelConfig]>,
}

proxy_config_of!(RemoteWriteSpec);
