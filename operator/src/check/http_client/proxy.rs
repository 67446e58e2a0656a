//! Whether proxy settings fit together, and whether the address is one that Prometheus reads. Pure.

use crds::ProxyConfig;
use formats::excerpt::Excerpt;
use formats::url::{self, Url};

/// Proxy settings that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// Prometheus would not load the address, which may hold a password.
    #[error("proxyUrl is not a valid URL: {0}")]
    Url(url::Error),
    /// Headers for no proxy.
    #[error("if proxyConnectHeader is configured, proxyUrl or proxyFromEnvironment must also be configured")]
    HeaderWithoutProxy,
    /// Two sources of the address.
    #[error("if proxyFromEnvironment is configured, proxyUrl must not be configured")]
    UrlAndEnvironment,
    /// Two sources of the exceptions.
    #[error("if proxyFromEnvironment is configured, noProxy must not be configured")]
    NoProxyAndEnvironment,
    /// Exceptions to no proxy.
    #[error("if noProxy is configured, proxyUrl must also be configured")]
    NoProxyWithoutProxy,
    /// A header without values.
    #[error("proxyConnectHeader[{header}]: selector must not be empty")]
    EmptyHeader {
        /// Name of the header.
        header: Excerpt,
    },
}

/// Checks the four proxy fields against each other.
pub fn check_proxy(proxy: &ProxyConfig<'_>) -> Result<(), ProxyError> {
    let url = proxy.proxy_url.filter(|url| !url.is_empty());
    let no_proxy = proxy.no_proxy.filter(|hosts| !hosts.is_empty());
    let from_environment = proxy.proxy_from_environment.unwrap_or_default();
    if let Some(url) = url {
        Url::parse(url.as_str()).map_err(ProxyError::Url)?;
    }
    if !proxy.proxy_connect_header.is_empty() && !from_environment && url.is_none() {
        return Err(ProxyError::HeaderWithoutProxy);
    }
    if from_environment && url.is_some() {
        return Err(ProxyError::UrlAndEnvironment);
    }
    if from_environment && no_proxy.is_some() {
        return Err(ProxyError::NoProxyAndEnvironment);
    }
    if no_proxy.is_some() && url.is_none() {
        return Err(ProxyError::NoProxyWithoutProxy);
    }
    match proxy
        .proxy_connect_header
        .iter()
        .find(|(_, selectors)| selectors.is_empty())
    {
        Some((header, _)) => Err(ProxyError::EmptyHeader { header: header.into() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crds::Endpoint;
    use serde_json::{Value, json};

    use super::*;

    fn check(endpoint: Value) -> Result<(), ProxyError> {
        let endpoint: Endpoint = serde_json::from_value(endpoint).expect("an endpoint");
        check_proxy(&(&endpoint).into())
    }

    #[test]
    fn settings_must_fit_together() {
        let header = json!({"X-Token": [{"name": "s", "key": "k"}]});
        for (endpoint, expected) in [
            (json!({}), Ok(())),
            (
                json!({"proxyUrl": "http://proxy:3128", "noProxy": "10.0.0.0/8", "proxyConnectHeader": header}),
                Ok(()),
            ),
            (
                json!({"proxyFromEnvironment": true, "proxyConnectHeader": header}),
                Ok(()),
            ),
            (
                json!({"proxyConnectHeader": header}),
                Err(ProxyError::HeaderWithoutProxy),
            ),
            (json!({"noProxy": "a"}), Err(ProxyError::NoProxyWithoutProxy)),
            (
                json!({"proxyFromEnvironment": true, "noProxy": "a"}),
                Err(ProxyError::NoProxyAndEnvironment),
            ),
            (
                json!({"proxyFromEnvironment": true, "proxyUrl": "http://p"}),
                Err(ProxyError::UrlAndEnvironment),
            ),
        ] {
            assert_eq!(check(endpoint.clone()), expected, "{endpoint}");
        }
    }
}
