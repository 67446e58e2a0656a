//! Targets from Amazon Web Services: EC2 and Lightsail.

use super::filter::DiscoveryFilter;
use crate::{
    BasicAuth, Duration, JsonSchema, OAuth2, ProxyConnectHeader, ProxyUrl, SafeAuthorization, SafeTlsConfig,
    absent::{empty_is_none, is_empty},
};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Virtual machines of AWS EC2, by their private address. The credentials need the permission `ec2:DescribeInstances`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ec2SdConfig {
    /// The region. Default: that of the machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub region: Option<Box<str>>,
    /// Key of a Secret that holds the access key. Goes with secretKey; default: the credentials of the environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_key: Option<Box<SecretKeySelector>>,
    /// Key of a Secret that holds the secret key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<Box<SecretKeySelector>>,
    /// ARN of a role to assume.
    #[serde(rename = "roleARN", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub role_arn: Option<Box<str>>,
    /// Filters of the API, all of which must match. Needs Prometheus v2.3.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub filters: Box<[DiscoveryFilter]>,
    /// Port to scrape, 80 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 65535))]
    pub port: Option<i32>,
    /// Time between two refreshes. Default: Prometheus' own.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub refresh_interval: Option<Duration>,
    /// TLS settings of requests. Needs Prometheus v2.41.0.
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
    /// Follow redirects. On by default. Needs Prometheus v2.41.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_redirects: Option<bool>,
    /// Use HTTP/2 where the server offers it. On by default. Needs Prometheus v2.41.0.
    #[serde(rename = "enableHTTP2", skip_serializing_if = "Option::is_none")]
    pub enable_http2: Option<bool>,
}

proxy_config_of!(Ec2SdConfig);
http_client_of!(Ec2SdConfig:);

/// Virtual machines of AWS Lightsail, by their private address. Needs Prometheus v2.27.0.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LightsailSdConfig {
    /// The region. Default: that of the machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub region: Option<Box<str>>,
    /// Key of a Secret that holds the access key. Goes with secretKey; default: the credentials of the environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_key: Option<Box<SecretKeySelector>>,
    /// Key of a Secret that holds the secret key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<Box<SecretKeySelector>>,
    /// ARN of a role to assume.
    #[serde(rename = "roleARN", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub role_arn: Option<Box<str>>,
    /// The API to ask, where it is not that of the region.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub endpoint: Option<Box<str>>,
    /// Port to scrape, 80 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 65535))]
    pub port: Option<i32>,
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

proxy_config_of!(LightsailSdConfig);
http_client_of!(LightsailSdConfig: basic_auth, authorization, oauth2);
