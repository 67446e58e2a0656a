//! The web server of a workload: TLS, HTTP headers and users, as Prometheus' exporter-toolkit takes them in its web
//! configuration file. Types only.

use crate::{
    JsonSchema, SecretOrConfigMap,
    absent::{empty_is_none, empty_word_is_none, is_empty},
};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};

words! {
    /// Values of the header X-Content-Type-Options.
    pub enum XContentTypeOptions {
        /// No header.
        Unset = "",
        /// Browsers must not guess the content type.
        NoSniff = "NoSniff",
    }
}

words! {
    /// Values of the header X-Frame-Options.
    pub enum XFrameOptions {
        /// No header.
        Unset = "",
        /// No page may frame the pages of the server.
        Deny = "Deny",
        /// Pages of the same origin may.
        SameOrigin = "SameOrigin",
    }
}

/// TLS and HTTP settings, and the users, that all web servers share.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WebConfigFileFields {
    /// Users, of whom one must log in with each request, by HTTP basic authentication. A change of a password restarts nothing;
    /// the first user and the last one do. Best together with `tlsConfig`: passwords are sent with each request. Not a field of
    /// the original operator.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["username"]))]
    pub basic_auth_users: Box<[WebUser]>,
    /// HTTP/2 and the headers of responses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_config: Option<Box<WebHttpConfig>>,
    /// Certificate and TLS settings with which the web server serves HTTPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<WebTlsConfig>>,
}

/// A user of the web server.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WebUser {
    /// Name of the user. `config-reloader` is taken: the operator makes that user for what runs in the same pod.
    #[schemars(length(min = 1), regex(pattern = "^[^:]+$"))]
    pub username: Box<str>,
    /// Key of a Secret with the bcrypt hash of the user's password, as `htpasswd -nBC 10 "" | tr -d ':'` makes it. Where it is
    /// optional and missing, the user cannot log in.
    pub password_hash: SecretKeySelector,
}

/// HTTP settings of the web server.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct WebHttpConfig {
    /// Headers added to every response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<Box<WebHttpHeaders>>,
    /// Whether HTTP/2 is served. It needs TLS, and is off without. A change restarts the pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http2: Option<bool>,
}

/// Headers added to every response of the web server. An absent or empty one is not sent.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WebHttpHeaders {
    /// Content-Security-Policy.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub content_security_policy: Option<Box<str>>,
    /// Strict-Transport-Security. Use with care: browsers then insist on HTTPS for the whole domain, including other
    /// applications.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub strict_transport_security: Option<Box<str>>,
    /// X-Content-Type-Options.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_word_is_none"
    )]
    pub x_content_type_options: Option<XContentTypeOptions>,
    /// X-Frame-Options.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_word_is_none"
    )]
    pub x_frame_options: Option<XFrameOptions>,
    /// X-XSS-Protection.
    #[serde(
        rename = "xXSSProtection",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_is_none"
    )]
    pub x_xss_protection: Option<Box<str>>,
}

/// TLS settings of a server: its certificate and key, each from a Secret, a ConfigMap or a file of the container, and
/// how it treats clients.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WebTlsConfig {
    /// Certificate of the server. Needs `keySecret` or `keyFile`; excludes `certFile`.
    #[serde(default, skip_serializing_if = "SecretOrConfigMap::is_empty")]
    pub cert: SecretOrConfigMap,
    /// Path of the certificate in the container. Needs `keySecret` or `keyFile`; excludes `cert`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub cert_file: Option<Box<str>>,
    /// Cipher suites up to TLS 1.2, by their Go names. Default: Go's choice.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub cipher_suites: Box<[Box<str>]>,
    /// CA certificates that verify client certificates. Excludes `clientCAFile`.
    #[serde(rename = "client_ca", default, skip_serializing_if = "SecretOrConfigMap::is_empty")]
    pub client_ca: SecretOrConfigMap,
    /// Policy for client certificates, as in Go's `ClientAuthType`: NoClientCert (the default), RequestClientCert,
    /// RequireAnyClientCert, VerifyClientCertIfGiven or RequireAndVerifyClientCert.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub client_auth_type: Option<Box<str>>,
    /// Path in the container of the CA certificates that verify client certificates. Excludes `client_ca`.
    #[serde(
        rename = "clientCAFile",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_is_none"
    )]
    pub client_ca_file: Option<Box<str>>,
    /// Elliptic curves for the handshake, preferred first, by their Go names. Default: Go's choice.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub curve_preferences: Box<[Box<str>]>,
    /// Path of the private key in the container. Needs `cert` or `certFile`; excludes `keySecret`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub key_file: Option<Box<str>>,
    /// Secret with the private key. Needs `cert` or `certFile`; excludes `keyFile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_secret: Option<Box<SecretKeySelector>>,
    /// Highest TLS version that is accepted: TLS10, TLS11, TLS12 or TLS13.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub max_version: Option<Box<str>>,
    /// Lowest TLS version that is accepted: TLS10, TLS11, TLS12 or TLS13. Default: TLS12.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub min_version: Option<Box<str>>,
    /// Whether the server's order of `cipherSuites` decides, not the client's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefer_server_cipher_suites: Option<bool>,
}
