//! Targets from Azure.

use crate::{
    BasicAuth, Duration, JsonSchema, OAuth2, ProxyConnectHeader, ProxyUrl, SafeAuthorization, SafeTlsConfig,
    absent::empty_is_none,
};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// How Prometheus authenticates to Azure.
    pub enum AzureAuthenticationMethod {
        /// With tenant, identifier and secret of a client.
        OAuth = "OAuth",
        /// With the identity that Azure gives the machine.
        ManagedIdentity = "ManagedIdentity",
        /// As Azure's libraries do, by environment variables at first.
        Sdk = "SDK",
        /// With the identity of the pod.
        WorkloadIdentity = "WorkloadIdentity",
    }
}

/// Virtual machines of Azure.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AzureSdConfig {
    /// The cloud. Default: `AzurePublicCloud`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub environment: Option<Box<str>>,
    /// How to authenticate, `OAuth` by default. `SDK` needs Prometheus v2.52.0, `WorkloadIdentity` v3.11.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication_method: Option<AzureAuthenticationMethod>,
    /// The subscription.
    #[serde(rename = "subscriptionID")]
    #[schemars(length(min = 1))]
    pub subscription_id: Box<str>,
    /// The tenant. Required by `OAuth`.
    #[serde(rename = "tenantID", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub tenant_id: Option<Box<str>>,
    /// Identifier of the client. Required by `OAuth`.
    #[serde(rename = "clientID", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub client_id: Option<Box<str>>,
    /// Key of a Secret that holds the client's secret. Required by `OAuth`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Box<SecretKeySelector>>,
    /// The resource group to find machines in. Default: all. Needs Prometheus v2.35.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub resource_group: Option<Box<str>>,
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

proxy_config_of!(AzureSdConfig);
http_client_of!(AzureSdConfig: basic_auth, authorization, oauth2);
