//! The keys of HTTP clients (the types of prometheus/common). Pure data.

use super::section::Kind::{Any, Boolean, Mapping, MappingsByName, Text, TextMap, Texts, TextsMap, Url};
use super::section::Section;

/// How a server is asked.
pub(super) static CLIENT: Section = Section {
    keys: &[
        (Mapping(&BASIC_AUTH), &["basic_auth"]),
        (Mapping(&AUTHORIZATION), &["authorization"]),
        (Mapping(&OAUTH2), &["oauth2"]),
        (Text, &["bearer_token", "bearer_token_file"]),
        (Mapping(&TLS), &["tls_config"]),
        (Boolean, &["follow_redirects", "enable_http2"]),
        (MappingsByName(&HEADER), &["http_headers"]),
    ],
    includes: &[&PROXY],
};

/// Through which proxy.
static PROXY: Section = Section {
    keys: &[
        (Url, &["proxy_url"]),
        (Text, &["no_proxy"]),
        (Boolean, &["proxy_from_environment"]),
        (TextsMap, &["proxy_connect_header"]),
    ],
    includes: &[],
};

/// User and password.
static BASIC_AUTH: Section = Section {
    keys: &[(
        Text,
        &[
            "username",
            "username_file",
            "username_ref",
            "password",
            "password_file",
            "password_ref",
        ],
    )],
    includes: &[],
};

/// The Authorization header.
static AUTHORIZATION: Section = Section {
    keys: &[(Text, &["type", "credentials", "credentials_file", "credentials_ref"])],
    includes: &[],
};

/// An OAuth 2.0 client.
static OAUTH2: Section = Section {
    keys: &[
        (
            Text,
            &[
                "client_id",
                "client_secret",
                "client_secret_file",
                "client_secret_ref",
                "client_certificate_key_id",
                "client_certificate_key",
                "client_certificate_key_file",
                "client_certificate_key_ref",
                "grant_type",
                "signature_algorithm",
                "iss",
                "audience",
                "token_url",
            ],
        ),
        (Any, &["claims"]),
        (Texts, &["scopes"]),
        (TextMap, &["endpoint_params"]),
        (Mapping(&TLS), &["tls_config"]),
    ],
    includes: &[&PROXY],
};

/// TLS.
pub(super) static TLS: Section = Section {
    keys: &[
        (
            Text,
            &[
                "ca",
                "cert",
                "key",
                "ca_file",
                "cert_file",
                "key_file",
                "ca_ref",
                "cert_ref",
                "key_ref",
                "server_name",
                "min_version",
                "max_version",
            ],
        ),
        (Boolean, &["insecure_skip_verify"]),
    ],
    includes: &[],
};

/// Values of a header.
static HEADER: Section = Section {
    keys: &[(Texts, &["values", "secrets", "files"])],
    includes: &[],
};
