//! The HTTP client of the receivers. Types, and which of its two proxy URLs counts.

use crate::{
    BasicAuth, JsonSchema, OAuth2, ProxyConfig, ProxyConnectHeader, ProxyUrl, SafeAuthorization, SafeTlsConfig,
    absent::empty_is_none,
};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Settings of HTTP requests.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpConfig {
    /// The Authorization header. Excludes basicAuth, oauth2 and bearerTokenSecret. Needs Alertmanager v0.22.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Box<SafeAuthorization>>,
    /// User name and password. Excludes authorization, oauth2 and bearerTokenSecret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic_auth: Option<Box<BasicAuth>>,
    /// OAuth 2.0 client credentials. Excludes authorization, basicAuth and bearerTokenSecret. Needs Alertmanager
    /// v0.22.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth2: Option<Box<OAuth2>>,
    /// Secret with a bearer token. Excludes authorization, basicAuth and oauth2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bearer_token_secret: Option<Box<SecretKeySelector>>,
    /// TLS settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<SafeTlsConfig>>,
    /// URL of a proxy; takes precedence over proxyUrl.
    #[serde(
        rename = "proxyURL",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_is_none"
    )]
    #[schemars(with = "Option<Box<str>>")]
    pub original_proxy_url: Option<ProxyUrl>,
    /// URL of a proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_url: Option<ProxyUrl>,
    /// Hosts, domains and networks, separated by commas, that are reached without the proxy. Needs Alertmanager
    /// v0.25.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_proxy: Option<Box<str>>,
    /// Take the proxy from the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`). Needs Alertmanager v0.25.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_from_environment: Option<bool>,
    /// Headers to send to the proxy with CONNECT. Needs Alertmanager v0.25.0.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub proxy_connect_header: ProxyConnectHeader,
    /// Whether redirects are followed. Default: true. Needs Alertmanager v0.22.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_redirects: Option<bool>,
    /// Whether HTTP/2 is used. Default: true. Needs Alertmanager v0.25.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_http2: Option<bool>,
}

impl<'a> From<&'a HttpConfig> for ProxyConfig<'a> {
    fn from(from: &'a HttpConfig) -> Self {
        Self {
            proxy_url: from.original_proxy_url.as_ref().or(from.proxy_url.as_ref()),
            no_proxy: from.no_proxy.as_deref(),
            proxy_from_environment: from.proxy_from_environment,
            proxy_connect_header: &from.proxy_connect_header,
        }
    }
}

http_client_of!(HttpConfig: basic_auth, authorization, oauth2, bearer_token_secret);

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn the_original_spelling_of_the_proxy_has_precedence_unless_it_is_empty() {
        for (original, expected) in [("socks5://a", "socks5://a"), ("", "http://b")] {
            let config: HttpConfig = from_value(json!({ "proxyURL": original, "proxyUrl": "http://b" })).unwrap();
            assert_eq!(ProxyConfig::from(&config).proxy_url, Some(&expected.into()));
        }
    }
}
