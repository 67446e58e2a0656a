//! The HTTP client of receivers (`http_config`) and TLS settings (`tls_config`): which keys they have, and how they come
//! out of the API. What must hold for them is in [`rules`]. Pure.

mod rules;

use crds::{
    BasicAuth, GlobalHttpConfig, HttpClient, HttpConfig, OAuth2, ProxyConfig, SafeAuthorization, SafeTlsConfig,
};
use formats::yaml::natural_map;

use super::schema::{Kind, Row, Section, flag, option, section, text, texts};
use super::scope::{self, ObjectScope, Taken, optional, value};
use crate::assets;
use crate::check::http_client::{check_auth, check_lenient_auth, check_proxy};
use crate::check::invalid::{Field, Invalid, Within};

pub(super) use rules::is_authorized;

/// A type of the API that has the settings of an HTTP client.
pub trait Client {
    /// All settings.
    fn settings(&self) -> HttpClient<'_>;
    /// Those of TLS.
    fn tls(&self) -> Option<&SafeTlsConfig>;
    /// Checks that the settings do not contradict each other.
    ///
    /// # Errors
    /// When they do.
    fn check(&self) -> Result<(), Invalid>;
}

/// `http_config`.
pub static HTTP_CONFIG: Section<dyn Client> = Section::<dyn Client>::new(&[
    section("authorization", &AUTHORIZATION)
        .refused_before(0, 22)
        .from("authorization", |client, scope| {
            AUTHORIZATION.of_option(client.settings().auth.authorization, scope)
        }),
    section("basic_auth", &BASIC_AUTH).from("basicAuth", |client, scope| {
        let login = BASIC_AUTH.of_option(client.settings().auth.basic_auth, scope)?;
        Ok(login.filter(|login| login.as_map().is_some_and(|pairs| !pairs.is_empty())))
    }),
    section("oauth2", &OAUTH2)
        .refused_before(0, 22)
        .from("oauth2", |client, scope| {
            OAUTH2.of_option(client.settings().auth.oauth2, scope)
        }),
    text("bearer_token").from("bearerTokenSecret", |client, scope| {
        scope.secret_if_named(client.settings().auth.bearer_token_secret)
    }),
    text("bearer_token_file"),
    section("tls_config", &TLS_CONFIG).from("tlsConfig", |client, scope| TLS_CONFIG.of_option(client.tls(), scope)),
    option("follow_redirects")
        .since(0, 22)
        .from("followRedirects", |client, _| value(client.settings().follow_redirects)),
    option("enable_http2")
        .since(0, 25)
        .from("enableHttp2", |client, _| value(client.settings().enable_http2)),
    Row::new("http_headers", Kind::SectionMap(&HEADER)).since(0, 28),
    text("proxy_url").from("proxyUrl", |client, _| {
        optional(proxy(client).and_then(|proxy| proxy.proxy_url))
    }),
    text("no_proxy").since(0, 26).from("noProxy", |client, _| {
        Ok(proxy(client).and_then(|proxy| proxy.no_proxy).map(scope::text))
    }),
    flag("proxy_from_environment")
        .since(0, 26)
        .from("proxyFromEnvironment", |client, _| {
            value(proxy(client).and_then(|proxy| proxy.proxy_from_environment))
        }),
    Row::new("proxy_connect_header", Kind::TextsMap)
        .since(0, 26)
        .from("proxyConnectHeader", |client, scope| {
            connect_header(proxy(client), scope)
        }),
])
.taken_if(|client, _| client.check())
.fitting_if(rules::fits)
.loaded_if(rules::loads);

/// `tls_config`. Its certificates and keys are files of the pod.
pub(super) static TLS_CONFIG: Section<SafeTlsConfig> = Section::<SafeTlsConfig>::new(&[
    text("ca_file").from("ca", |tls, scope| Ok(scope.certificate_file(scope.present(tls).ca))),
    text("cert_file").from("cert", |tls, scope| Ok(scope.certificate_file(scope.present(tls).cert))),
    text("key_file").from("keySecret", |tls, scope| {
        Ok(scope.key_file(scope.present(tls).key_secret))
    }),
    text("server_name").from("serverName", |tls, _| optional(tls.server_name.as_ref())),
    flag("insecure_skip_verify")
        .always()
        .from("insecureSkipVerify", |tls, _| value(tls.insecure_skip_verify)),
    text("min_version").since(0, 25).from("minVersion", |tls, _| {
        Ok(tls.min_version.map(|version| version.as_str().into()))
    }),
    text("max_version").since(0, 25).from("maxVersion", |tls, _| {
        Ok(tls.max_version.map(|version| version.as_str().into()))
    }),
    text("ca").since(0, 26),
    text("cert").since(0, 26),
    text("key").since(0, 26),
])
.taken_if(|tls, scope| scope.keep(tls).field(""))
.fitting_if(rules::tls_fits)
.loaded_if(rules::tls_loads);

static AUTHORIZATION: Section<SafeAuthorization> = Section::<SafeAuthorization>::new(&[
    text("type").from("type", |authorization, _| {
        let kind = authorization.type_.as_deref().map_or("", str::trim);
        Ok(Some(scope::text(if kind.is_empty() { "Bearer" } else { kind })))
    }),
    text("credentials").from("credentials", |authorization, scope| {
        scope.secret_if_named(authorization.credentials.as_deref())
    }),
    text("credentials_file"),
])
.loaded_if(rules::authorization_loads);

static BASIC_AUTH: Section<BasicAuth> = Section::<BasicAuth>::new(&[
    text("username").from("username", |login, scope| scope.secret(login.username.as_deref())),
    text("username_file"),
    text("password").from("password", |login, scope| scope.secret(login.password.as_deref())),
    text("password_file"),
])
.loaded_if(rules::basic_auth_loads);

static OAUTH2: Section<OAuth2> = Section::<OAuth2>::new(&[
    text("client_id").from("clientId", |oauth2, scope| {
        scope.secret_or_config_map(&oauth2.client_id)
    }),
    text("client_secret").from("clientSecret", |oauth2, scope| {
        scope.secret(Some(&oauth2.client_secret))
    }),
    text("client_secret_file"),
    texts("scopes").from("scopes", |oauth2, _| scope::texts(&oauth2.scopes)),
    text("token_url").from("tokenUrl", |oauth2, _| Ok(Some(scope::text(&oauth2.token_url)))),
    Row::new("endpoint_params", Kind::TextMap)
        .from("endpointParams", |oauth2, _| scope::text_map(&oauth2.endpoint_params)),
    text("proxy_url")
        .since(0, 25)
        .from("proxyUrl", |oauth2, _| optional(oauth2.proxy_url.as_ref())),
    text("no_proxy")
        .since(0, 25)
        .from("noProxy", |oauth2, _| optional(oauth2.no_proxy.as_ref())),
    flag("proxy_from_environment")
        .since(0, 25)
        .from("proxyFromEnvironment", |oauth2, _| value(oauth2.proxy_from_environment)),
    Row::new("proxy_connect_header", Kind::TextsMap)
        .since(0, 25)
        .from("proxyConnectHeader", |oauth2, scope| {
            connect_header(Some(ProxyConfig::from(oauth2)), scope)
        }),
    section("tls_config", &TLS_CONFIG)
        .since(0, 25)
        .from("tlsConfig", |oauth2, scope| {
            TLS_CONFIG.of_option(oauth2.tls_config.as_deref(), scope)
        }),
    text("grant_type").since(0, 30),
    text("client_certificate_key_id").since(0, 30),
    text("client_certificate_key").since(0, 30),
    text("client_certificate_key_file").since(0, 30),
    text("signature_algorithm").since(0, 30),
    text("iss").since(0, 30),
    text("audience").since(0, 30),
    Row::new("claims", Kind::AnyMap).since(0, 30),
])
.loaded_if(rules::oauth2_loads);

/// A header by its values, one of `http_headers`.
pub(super) static HEADER: Section = Section::<()>::new(&[texts("values"), texts("secrets"), texts("files")]);

/// The client of a receiver is complete.
impl Client for HttpConfig {
    fn settings(&self) -> HttpClient<'_> {
        HttpClient::from(self)
    }

    fn tls(&self) -> Option<&SafeTlsConfig> {
        self.tls_config.as_deref()
    }

    fn check(&self) -> Result<(), Invalid> {
        check_auth(&self.settings().auth)?;
        if let Some(login) = &self.basic_auth {
            for (field, selector) in [("username", &login.username), ("password", &login.password)] {
                selector
                    .as_ref()
                    .ok_or(assets::Error::NothingSelected)
                    .field(field)
                    .within("basicAuth")?;
            }
        }
        check_proxy(&ProxyConfig::from(self)).field("")
    }
}

/// An `Authorization` of the global client may come without credentials, as in the original.
impl Client for GlobalHttpConfig {
    fn settings(&self) -> HttpClient<'_> {
        HttpClient::from(self)
    }

    fn tls(&self) -> Option<&SafeTlsConfig> {
        self.tls_config.as_deref()
    }

    fn check(&self) -> Result<(), Invalid> {
        check_lenient_auth(&self.settings().auth)
    }
}

/// `http_config` of a receiver.
pub(super) fn http_config(client: Option<&HttpConfig>, scope: &ObjectScope<'_>) -> Taken {
    HTTP_CONFIG.of_option(client.map(|client| client as &dyn Client), scope)
}

fn proxy(client: &dyn Client) -> Option<ProxyConfig<'_>> {
    client.settings().proxy
}

/// The headers that are sent to a proxy.
fn connect_header(proxy: Option<ProxyConfig<'_>>, scope: &ObjectScope<'_>) -> Taken {
    let Some(proxy) = proxy else { return Ok(None) };
    let mut headers = Vec::new();
    for (name, selectors) in proxy.proxy_connect_header {
        let mut values = Vec::new();
        for (index, selector) in selectors.iter().enumerate() {
            values.extend(scope.secret(Some(selector)).within(format!("[{name}][{index}]"))?);
        }
        headers.push((scope::text(name), values.into_iter().collect()));
    }
    Ok(Some(natural_map(headers)))
}

#[cfg(test)]
mod tests;
