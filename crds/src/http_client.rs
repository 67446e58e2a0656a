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
