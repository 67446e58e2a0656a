//! The four proxy fields that every HTTP client of the API has. They are written out in each type, since flattening a
//! struct costs memory and decoding time; `ProxyConfig` is the common view of them.

use crate::ProxyUrl;
use k8s_openapi::api::core::v1::SecretKeySelector;
use std::collections::BTreeMap;

/// Headers sent to the proxy with CONNECT; each header may have several values.
pub type ProxyConnectHeader = BTreeMap<Box<str>, Box<[SecretKeySelector]>>;

/// The proxy settings of any client, borrowed from the type that has them: `ProxyConfig::from(endpoint)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProxyConfig<'a> {
    /// URL of the proxy.
    pub proxy_url: Option<&'a ProxyUrl>,
    /// Hosts, domains and networks that are reached directly, separated by commas.
    pub no_proxy: Option<&'a str>,
    /// Take the settings from `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`.
    pub proxy_from_environment: Option<bool>,
    /// Headers for the CONNECT request.
    pub proxy_connect_header: &'a ProxyConnectHeader,
}

/// Gives types that have the four fields their view.
macro_rules! proxy_config_of {
    ($($type:ty),+ $(,)?) => {$(
        impl<'a> From<&'a $type> for $crate::ProxyConfig<'a> {
            fn from(from: &'a $type) -> Self {
                Self {
                    proxy_url: from.proxy_url.as_ref(),
                    no_proxy: from.no_proxy.as_deref(),
                    proxy_from_environment: from.proxy_from_environment,
                    proxy_connect_header: &from.proxy_connect_header,
                }
            }
        }
    )+};
}
