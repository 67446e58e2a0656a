//! Settings of any HTTP client of the API: credentials, TLS, proxy. They are written out in each type, as those of the
//! proxy are; `HttpAuth` and `HttpClient` are the common views of them.

use crate::{BasicAuth, OAuth2, ProxyConfig, SafeAuthorization, TlsOptions};
use k8s_openapi::api::core::v1::SecretKeySelector;

/// The ways of authentication of a client; a valid object uses one at most. What a type does not have is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HttpAuth<'a> {
    /// Basic authentication.
    pub basic_auth: Option<&'a BasicAuth>,
    /// Authorization header.
    pub authorization: Option<&'a SafeAuthorization>,
    /// OAuth 2.0.
    pub oauth2: Option<&'a OAuth2>,
    /// Bearer token, deprecated.
    pub bearer_token_secret: Option<&'a SecretKeySelector>,
}

/// All settings of a client, borrowed from the type that has them: `HttpClient::from(discovery)`. What a type does not
/// have is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HttpClient<'a> {
    /// Credentials.
    pub auth: HttpAuth<'a>,
    /// TLS.
    pub tls_config: Option<TlsOptions<'a>>,
    /// Proxy.
    pub proxy: Option<ProxyConfig<'a>>,
    /// Whether redirects are followed.
    pub follow_redirects: Option<bool>,
    /// Whether HTTP/2 is used.
    pub enable_http2: Option<bool>,
}

/// Gives types their `HttpAuth`, from those of its fields that they have: `http_auth_of!(Type: basic_auth, oauth2)`.
macro_rules! http_auth_of {
    ($type:ty:) => {
        impl From<&$type> for $crate::HttpAuth<'_> {
            fn from(_: &$type) -> Self {
                Self::default()
            }
        }
    };
    ($type:ty: $($way:ident),+) => {
        #[allow(clippy::needless_update, reason = "few types have every way")]
        impl<'a> From<&'a $type> for $crate::HttpAuth<'a> {
            fn from(from: &'a $type) -> Self {
                Self {
                    $($way: from.$way.as_deref(),)+
                    ..Self::default()
                }
            }
        }
    };
}

/// Gives types that have all of its other fields their `HttpClient`, and their `HttpAuth` where its fields are named.
macro_rules! http_client_of {
    ($type:ty: $($way:ident),*) => {
        http_auth_of!($type: $($way),*);
        http_client_of!($type);
    };
    ($type:ty) => {
        impl<'a> From<&'a $type> for $crate::HttpClient<'a> {
            fn from(from: &'a $type) -> Self {
                Self {
                    auth: from.into(),
                    tls_config: from.tls_config.as_deref().map($crate::TlsOptions::from),
                    proxy: Some(from.into()),
                    follow_redirects: from.follow_redirects,
                    enable_http2: from.enable_http2,
                }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Endpoint, ProbeSpec,
        v1alpha1::{ConsulSdConfig, Ec2SdConfig, IonosSdConfig, ScrapeConfigSpec},
    };
    use serde::de::DeserializeOwned;
    use serde_json::{Value, from_value, json};

    fn read<T: DeserializeOwned>(value: Value) -> T {
        from_value(value).unwrap()
    }

    #[test]
    fn a_service_discovery_shows_all_its_settings() {
        let consul: ConsulSdConfig = read(json!({
            "server": "consul:8500",
            "basicAuth": { "username": { "name": "login", "key": "user" } },
            "tlsConfig": { "serverName": "consul.internal" },
            "proxyUrl": "http://proxy:3128",
            "followRedirects": false,
            "enableHTTP2": true,
        }));
        let client = HttpClient::from(&consul);
        let username = client.auth.basic_auth.unwrap().username.as_deref().unwrap();
        assert_eq!(username.name, "login");
        assert_eq!(client.tls_config.unwrap().server_name, Some("consul.internal"));
        assert_eq!(client.proxy.unwrap().proxy_url.unwrap().as_str(), "http://proxy:3128");
        assert_eq!(
            (client.follow_redirects, client.enable_http2),
            (Some(false), Some(true))
        );
    }

    #[test]
    fn what_a_type_does_not_have_is_absent() {
        let ec2: Ec2SdConfig = read(json!({ "noProxy": "169.254.169.254" }));
        let client = HttpClient::from(&ec2);
        assert_eq!(client.auth, HttpAuth::default());
        assert_eq!(client.proxy.unwrap().no_proxy, Some("169.254.169.254"));

        let job: ScrapeConfigSpec = read(json!({ "enableHTTP2": false }));
        let client = HttpClient::from(&job);
        assert_eq!((client.follow_redirects, client.enable_http2), (None, Some(false)));
    }

    #[test]
    fn a_required_header_is_a_header() {
        let ionos: IonosSdConfig = read(json!({
            "datacenterID": "8feda53f",
            "authorization": { "type": "Token" },
        }));
        let authorization = HttpClient::from(&ionos).auth.authorization.unwrap();
        assert_eq!(authorization.type_.as_deref(), Some("Token"));
    }

    #[test]
    fn the_proxy_of_a_probe_is_that_of_its_prober() {
        let without: ProbeSpec = read(json!({ "followRedirects": true }));
        let client = HttpClient::from(&without);
        assert_eq!((client.proxy, client.follow_redirects), (None, Some(true)));

        let probe: ProbeSpec = read(json!({
            "prober": { "url": "blackbox:9115", "proxyFromEnvironment": true },
            "bearerTokenSecret": { "name": "token", "key": "value" },
        }));
        let client = HttpClient::from(&probe);
        assert_eq!(client.proxy.unwrap().proxy_from_environment, Some(true));
        assert_eq!(client.auth.bearer_token_secret.unwrap().key, "value");
    }

    #[test]
    fn tls_settings_of_an_endpoint_may_be_files() {
        let endpoint: Endpoint = read(json!({ "tlsConfig": { "caFile": "/etc/ssl/ca.pem" } }));
        assert_eq!(
            HttpClient::from(&endpoint).tls_config.unwrap().ca_file,
            Some("/etc/ssl/ca.pem")
        );
    }
}
