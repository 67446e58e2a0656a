//! What must hold for an HTTP client and for TLS settings: what makes no sense for any version (demanded of every
//! configuration), and what else Alertmanager would not load. Pure; the rules are those of prometheus/common.

use formats::url::Url;
use formats::yaml::Yaml;

use crate::alertmanager::config::constraints::{has_any, not_with, only_with, required, word};
use crate::alertmanager::config::context::Context;
use crate::alertmanager::config::fault::{At, Fault};
use crate::alertmanager::config::schema::text_of;
use crate::check::http_client::is_reserved;

/// Versions of TLS, the oldest first.
const TLS_VERSIONS: [&str; 4] = ["TLS10", "TLS11", "TLS12", "TLS13"];

/// The grant that a signed assertion is exchanged for.
const JWT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Ways to tell who asks.
const CREDENTIALS: [&str; 5] = [
    "authorization",
    "basic_auth",
    "oauth2",
    "bearer_token",
    "bearer_token_file",
];

/// What is wrong with an HTTP client.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("the client sets this header itself")]
    Reserved,
    #[error("{0:?} is not a TLS version")]
    TlsVersion(Box<str>),
    #[error("must not be lower than the minimum version")]
    TlsOrder,
    #[error("only one authentication method may be set")]
    Credentials,
    #[error("the type must not be basic: use the section for basic authentication")]
    Basic,
    #[error("a certificate and its key must be set together")]
    Pair,
    /// The URL may hold a password, so it is not shown.
    #[error("the value is not a URL")]
    Proxy,
}

pub(super) fn fits(client: &Yaml, _: &Context<'_>) -> Result<(), Fault> {
    proxy_fits(client)?;
    headers_fit(client)
}

fn proxy_fits(client: &Yaml) -> Result<(), Fault> {
    for key in ["proxy_url", "no_proxy"] {
        not_with(client, key, &["proxy_from_environment"])?;
    }
    only_with(client, "no_proxy", &["proxy_url"])?;
    only_with(client, "proxy_connect_header", &["proxy_url", "proxy_from_environment"])
}

fn headers_fit(client: &Yaml) -> Result<(), Fault> {
    let headers = client
        .value_of("http_headers")
        .and_then(Yaml::as_map)
        .unwrap_or_default();
    for name in headers.iter().filter_map(|(name, _)| name.as_str()) {
        if is_reserved(name) {
            return Err(Cause::Reserved).at(format!("http_headers.{name}"));
        }
    }
    Ok(())
}

pub(super) fn tls_fits(tls: &Yaml, _: &Context<'_>) -> Result<(), Fault> {
    let place = |key| match text_of(tls, key) {
        "" => Ok(None),
        version => (TLS_VERSIONS.iter().position(|known| *known == version).map(Some))
            .ok_or_else(|| Cause::TlsVersion(version.into()))
            .at(key),
    };
    match (place("min_version")?, place("max_version")?) {
        (Some(oldest), Some(newest)) if newest < oldest => Err(Cause::TlsOrder).at("max_version"),
        _ => Ok(()),
    }
}

/// Whether a section has an `http_config` that sends an Authorization header of its own.
pub(in crate::alertmanager::config) fn is_authorized(section: &Yaml) -> bool {
    section.value_of("http_config").is_some_and(|client| {
        client.value_of("authorization").is_some() || has_any(client, &["bearer_token", "bearer_token_file"])
    })
}

pub(super) fn loads(client: &Yaml, _: &Context<'_>) -> Result<(), Fault> {
    let mut set = CREDENTIALS.into_iter().filter(|key| client.value_of(key).is_some());
    match (set.next(), set.next()) {
        (Some(_), Some(key)) => Err(Cause::Credentials).at(key),
        _ => proxy_loads(client),
    }
}

fn proxy_loads(client: &Yaml) -> Result<(), Fault> {
    Url::parse(text_of(client, "proxy_url"))
        .map(drop)
        .map_err(|_| Cause::Proxy)
        .at("proxy_url")
}

pub(super) fn authorization_loads(authorization: &Yaml, _: &Context<'_>) -> Result<(), Fault> {
    if text_of(authorization, "type").trim().eq_ignore_ascii_case("basic") {
        return Err(Cause::Basic).at("type");
    }
    not_with(authorization, "credentials", &["credentials_file"])
}

pub(super) fn basic_auth_loads(login: &Yaml, _: &Context<'_>) -> Result<(), Fault> {
    not_with(login, "username", &["username_file"])?;
    not_with(login, "password", &["password_file"])
}

pub(super) fn oauth2_loads(oauth2: &Yaml, _: &Context<'_>) -> Result<(), Fault> {
    required(oauth2, "client_id")?;
    required(oauth2, "token_url")?;
    if text_of(oauth2, "grant_type") == JWT {
        not_with(oauth2, "client_certificate_key", &["client_certificate_key_file"])?;
        word(oauth2, "signature_algorithm", &["", "RS256", "RS384", "RS512"])?;
    } else {
        not_with(oauth2, "client_secret", &["client_secret_file"])?;
    }
    proxy_fits(oauth2)?;
    proxy_loads(oauth2)
}

pub(super) fn tls_loads(tls: &Yaml, _: &Context<'_>) -> Result<(), Fault> {
    not_with(tls, "ca", &["ca_file"])?;
    not_with(tls, "cert", &["cert_file"])?;
    not_with(tls, "key", &["key_file"])?;
    let either = |keys| has_any(tls, keys);
    match (either(&["cert", "cert_file"]), either(&["key", "key_file"])) {
        (true, false) => Err(Cause::Pair).at("cert_file"),
        (false, true) => Err(Cause::Pair).at("key_file"),
        _ => Ok(()),
    }
}
