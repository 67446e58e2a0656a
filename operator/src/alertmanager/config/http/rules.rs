//! What must hold for an HTTP client and for TLS settings: what makes no sense for any version (demanded of every
//! configuration), and what else Alertmanager would not load. Pure; the rules are those of prometheus/common.

use formats::url::Url;
use formats::yaml::Yaml;

use crate::alertmanager::config::demand;
use crate::alertmanager::config::gate::Gate;
use crate::alertmanager::config::load::Whole;
use crate::alertmanager::config::schema::{has, text_of};
use crate::check::invalid::{Field, Invalid};

/// Headers that the client sets itself, as prometheus/common lists them.
const RESERVED_HEADERS: [&str; 14] = [
    "Authorization",
    "Host",
    "Content-Encoding",
    "Content-Length",
    "Content-Type",
    "User-Agent",
    "Connection",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Www-Authenticate",
    "Accept-Encoding",
    "X-Prometheus-Remote-Write-Version",
    "X-Prometheus-Remote-Read-Version",
];

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
    #[error("proxy_from_environment excludes {0}")]
    Environment(&'static str),
    #[error("it has no effect without {0}")]
    Alone(&'static str),
    #[error("the client itself sets this header")]
    Reserved,
    #[error("{0:?} is not a version of TLS")]
    TlsVersion(Box<str>),
    #[error("it is below min_version")]
    TlsOrder,
    #[error("of {} only one may be set", CREDENTIALS.join(", "))]
    Credentials,
    #[error("this is basic_auth")]
    Basic,
    #[error("a certificate and its key need each other")]
    Pair,
    /// The URL may hold a password, so it is not shown.
    #[error("this is not a URL")]
    Proxy,
}

pub(super) fn demand(client: &Yaml, _gate: &Gate<'_>) -> Result<(), Invalid> {
    demand_of_proxy(client)?;
    demand_of_headers(client)
}

fn demand_of_proxy(client: &Yaml) -> Result<(), Invalid> {
    let has = |key| has(client, key);
    let environment = has("proxy_from_environment");
    for excluded in ["proxy_url", "no_proxy"] {
        if environment && has(excluded) {
            return Err(Cause::Environment(excluded)).field(excluded);
        }
    }
    if has("no_proxy") && !has("proxy_url") {
        return Err(Cause::Alone("proxy_url")).field("no_proxy");
    }
    if has("proxy_connect_header") && !has("proxy_url") && !environment {
        return Err(Cause::Alone("proxy_url or proxy_from_environment")).field("proxy_connect_header");
    }
    Ok(())
}

fn demand_of_headers(client: &Yaml) -> Result<(), Invalid> {
    for (name, _) in client
        .value_of("http_headers")
        .and_then(Yaml::as_map)
        .unwrap_or_default()
    {
        let name = name.as_str().unwrap_or_default();
        if RESERVED_HEADERS
            .iter()
            .any(|reserved| reserved.eq_ignore_ascii_case(name))
        {
            return Err(Cause::Reserved).field(format!("http_headers.{name}"));
        }
    }
    Ok(())
}

pub(super) fn demand_of_tls(tls: &Yaml, _gate: &Gate<'_>) -> Result<(), Invalid> {
    let place = |key| match text_of(tls, key) {
        "" => Ok(None),
        version => (TLS_VERSIONS.iter().position(|known| *known == version).map(Some))
            .ok_or_else(|| Cause::TlsVersion(version.into()))
            .field(key),
    };
    match (place("min_version")?, place("max_version")?) {
        (Some(oldest), Some(newest)) if newest < oldest => Err(Cause::TlsOrder).field("max_version"),
        _ => Ok(()),
    }
}

/// Whether a section has an `http_config` that sends an Authorization header of its own.
pub(in crate::alertmanager::config) fn is_authorized(section: &Yaml) -> bool {
    section.value_of("http_config").is_some_and(|client| {
        client.value_of("authorization").is_some() || demand::has_any(client, &["bearer_token", "bearer_token_file"])
    })
}

pub(super) fn load(client: &Yaml, _whole: &Whole<'_>) -> Result<(), Invalid> {
    let set: Vec<&str> = CREDENTIALS
        .into_iter()
        .filter(|key| client.value_of(key).is_some())
        .collect();
    match set[..] {
        [_, key, ..] => Err(Cause::Credentials).field(key),
        _ => load_proxy_url(client),
    }
}

fn load_proxy_url(client: &Yaml) -> Result<(), Invalid> {
    match Url::parse(text_of(client, "proxy_url")) {
        Ok(_) => Ok(()),
        Err(_) => Err(Cause::Proxy).field("proxy_url"),
    }
}

pub(super) fn load_authorization(authorization: &Yaml, _whole: &Whole<'_>) -> Result<(), Invalid> {
    if text_of(authorization, "type").trim().eq_ignore_ascii_case("basic") {
        return Err(Cause::Basic).field("type");
    }
    demand::not_both(authorization, "credentials", "credentials_file")
}

pub(super) fn load_basic_auth(login: &Yaml, _whole: &Whole<'_>) -> Result<(), Invalid> {
    demand::not_both(login, "username", "username_file")?;
    demand::not_both(login, "password", "password_file")
}

pub(super) fn load_oauth2(oauth2: &Yaml, _whole: &Whole<'_>) -> Result<(), Invalid> {
    demand::key(oauth2, "client_id")?;
    demand::key(oauth2, "token_url")?;
    if text_of(oauth2, "grant_type") == JWT {
        demand::not_both(oauth2, "client_certificate_key", "client_certificate_key_file")?;
        demand::word(oauth2, "signature_algorithm", &["", "RS256", "RS384", "RS512"])?;
    } else {
        demand::not_both(oauth2, "client_secret", "client_secret_file")?;
    }
    demand_of_proxy(oauth2)?;
    load_proxy_url(oauth2)
}

pub(super) fn load_tls(tls: &Yaml, _whole: &Whole<'_>) -> Result<(), Invalid> {
    for (text, file) in [("ca", "ca_file"), ("cert", "cert_file"), ("key", "key_file")] {
        demand::not_both(tls, text, file)?;
    }
    let either = |keys| demand::has_any(tls, keys);
    match (either(&["cert", "cert_file"]), either(&["key", "key_file"])) {
        (true, false) => Err(Cause::Pair).field("cert_file"),
        (false, true) => Err(Cause::Pair).field("key_file"),
        _ => Ok(()),
    }
}
