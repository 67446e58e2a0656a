//! Which HTTP clients Alertmanager loads.

use formats::matcher::Mode;

use crate::alertmanager::config::file::FILE;
use crate::alertmanager::config::{load, read};

fn loaded(client: &str) -> Result<(), String> {
    let text = format!("global: {{http_config: {{{client}}}}}\nroute: {{receiver: a}}\nreceivers:\n- name: a");
    let file = read::read(&FILE, text.as_bytes()).map_err(|error| error.to_string())?;
    load::check_file(&file, None, Mode::Fallback).map_err(|error| error.to_string())
}

/// Clients that Alertmanager loads.
const LOADED: [&str; 8] = [
    "authorization: {credentials: c}",
    "authorization: {type: Basic64, credentials_file: /c}",
    "basic_auth: {username: u, password_file: /p}",
    "oauth2: {client_id: i, client_secret: s, token_url: t}",
    "bearer_token: t, proxy_url: 'socks5://h:1'",
    "tls_config: {cert_file: /c, key_file: /k}",
    "tls_config: {ca: c, cert: c, key_file: /k}",
    "oauth2: {client_id: i, token_url: t, grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', client_certificate_key: k}",
];

#[test]
fn what_alertmanager_loads_is_accepted() {
    for client in LOADED {
        assert_eq!(loaded(client), Ok(()), "{client}");
    }
}

/// Clients that Alertmanager does not load, and the field that is named.
const REFUSED: [(&str, &str); 16] = [
    ("basic_auth: {}, authorization: {}", "basic_auth"),
    (
        "basic_auth: {username: u}, oauth2: {client_id: i, token_url: t}",
        "oauth2",
    ),
    (
        "authorization: {credentials: c}, bearer_token_file: /t",
        "bearer_token_file",
    ),
    ("bearer_token: t, bearer_token_file: /t", "bearer_token_file"),
    ("authorization: {type: ' bASIC '}", "authorization.type"),
    (
        "authorization: {credentials: c, credentials_file: /c}",
        "authorization.credentials",
    ),
    ("basic_auth: {username: u, username_file: /u}", "basic_auth.username"),
    ("basic_auth: {password: p, password_file: /p}", "basic_auth.password"),
    ("oauth2: {token_url: t}", "oauth2.client_id"),
    ("oauth2: {client_id: i}", "oauth2.token_url"),
    (
        "oauth2: {client_id: i, token_url: t, client_secret: s, client_secret_file: /s}",
        "oauth2.client_secret",
    ),
    ("oauth2: {client_id: i, token_url: t, no_proxy: n}", "oauth2.no_proxy"),
    ("proxy_url: 'http://[::1'", "proxy_url"),
    ("tls_config: {key_file: /k}", "tls_config.key_file"),
    ("tls_config: {ca: c, ca_file: /c}", "tls_config.ca"),
    (
        "oauth2: {client_id: i, token_url: t, grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', signature_algorithm: ES256}",
        "oauth2.signature_algorithm",
    ),
];

#[test]
fn what_alertmanager_does_not_load_is_refused() {
    for (client, field) in REFUSED {
        let error = loaded(client).expect_err(client);
        assert!(
            error.starts_with(&format!("global.http_config.{field}: ")),
            "{client}: {error}"
        );
    }
}
