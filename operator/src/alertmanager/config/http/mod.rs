//! The HTTP client of receivers (`http_config`) and TLS settings (`tls_config`): which keys they have. What must hold for
//! them is in [`rules`], how they come out of the API in [`generate`]. Pure.

mod generate;
mod rules;

use super::schema::{Key, Kind, Section, flag, option, section, text, texts};

pub(super) use rules::is_authorized;

/// `http_config`.
pub static HTTP_CONFIG: Section = Section::new(&[
    section("authorization", &AUTHORIZATION).refused_before(0, 22),
    section("basic_auth", &BASIC_AUTH),
    section("oauth2", &OAUTH2).refused_before(0, 22),
    text("bearer_token"),
    text("bearer_token_file"),
    section("tls_config", &TLS_CONFIG),
    option("follow_redirects").since(0, 22),
    option("enable_http2").since(0, 25),
    Key::new("http_headers", Kind::SectionMap(&HEADER)).since(0, 28),
    text("proxy_url"),
    text("no_proxy").since(0, 26),
    flag("proxy_from_environment").since(0, 26),
    Key::new("proxy_connect_header", Kind::TextsMap).since(0, 26),
])
.demanding(rules::demand)
.loaded_if(rules::load);

/// `tls_config`.
pub(super) static TLS_CONFIG: Section = Section::new(&[
    text("ca_file"),
    text("cert_file"),
    text("key_file"),
    text("server_name"),
    flag("insecure_skip_verify").always(),
    text("min_version").since(0, 25),
    text("max_version").since(0, 25),
    text("ca").since(0, 26),
    text("cert").since(0, 26),
    text("key").since(0, 26),
])
.demanding(rules::demand_of_tls)
.loaded_if(rules::load_tls);

static AUTHORIZATION: Section =
    Section::new(&[text("type"), text("credentials"), text("credentials_file")]).loaded_if(rules::load_authorization);

static BASIC_AUTH: Section = Section::new(&[
    text("username"),
    text("username_file"),
    text("password"),
    text("password_file"),
])
.loaded_if(rules::load_basic_auth);

static OAUTH2: Section = Section::new(&[
    text("client_id"),
    text("client_secret"),
    text("client_secret_file"),
    texts("scopes"),
    text("token_url"),
    Key::new("endpoint_params", Kind::TextMap),
    text("proxy_url").since(0, 25),
    text("no_proxy").since(0, 25),
    flag("proxy_from_environment").since(0, 25),
    Key::new("proxy_connect_header", Kind::TextsMap).since(0, 25),
    section("tls_config", &TLS_CONFIG).since(0, 25),
    text("grant_type").since(0, 30),
    text("client_certificate_key_id").since(0, 30),
    text("client_certificate_key").since(0, 30),
    text("client_certificate_key_file").since(0, 30),
    text("signature_algorithm").since(0, 30),
    text("iss").since(0, 30),
    text("audience").since(0, 30),
    Key::new("claims", Kind::AnyMap).since(0, 30),
])
.loaded_if(rules::load_oauth2);

static HEADER: Section = Section::new(&[texts("values"), texts("secrets"), texts("files")]);

#[cfg(test)]
mod tests;
