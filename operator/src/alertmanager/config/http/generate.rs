//! The HTTP client of receivers and TLS settings as they come out of the API. Pure.

use crds::{HttpClient, OAuth2, ProxyConfig, TlsOptions};
use formats::yaml::{Yaml, natural_map};

use super::{AUTHORIZATION, BASIC_AUTH, HTTP_CONFIG, OAUTH2, TLS_CONFIG};
use crate::alertmanager::config::scope::{self, Scope};
use crate::alertmanager::names::TLS_ASSETS_DIRECTORY;
use crate::assets::{key_file_name, tls_selector_file_name};
use crate::check::http_client::check_lenient_auth;
use crate::check::invalid::{Field, Invalid, Within};

impl Scope<'_> {
    /// `http_config`, where there is a client.
    ///
    /// # Errors
    /// When a Secret that it names cannot be read, or a certificate does not fit.
    pub fn http_config<'b>(&self, client: Option<impl Into<HttpClient<'b>>>) -> Result<Option<Yaml>, Invalid> {
        let Some(client) = client.map(Into::into) else {
            return Ok(None);
        };
        self.client(&client).map(Some).within("httpConfig")
    }

    fn client(&self, client: &HttpClient<'_>) -> Result<Yaml, Invalid> {
        let auth = &client.auth;
        check_lenient_auth(auth)?;
        let proxy = self.proxy(client.proxy.as_ref())?;
        if let Some(tls) = &client.tls_config {
            self.keep(tls).field("tlsConfig")?;
        }
        Ok(HTTP_CONFIG.tree([
            ("authorization", self.authorization(client)?),
            ("basic_auth", self.basic_auth(client)?),
            (
                "oauth2",
                auth.oauth2
                    .map(|oauth2| self.oauth2(oauth2))
                    .transpose()
                    .within("oauth2")?,
            ),
            (
                "bearer_token",
                self.secret(auth.bearer_token_secret, "bearerTokenSecret")?,
            ),
            ("tls_config", client.tls_config.as_ref().map(|tls| self.tls_config(tls))),
            ("follow_redirects", scope::value(client.follow_redirects)),
            ("enable_http2", scope::value(client.enable_http2)),
            ("proxy_url", proxy.url),
            ("no_proxy", proxy.excluded),
            ("proxy_from_environment", proxy.environment),
            ("proxy_connect_header", proxy.headers),
        ]))
    }

    fn authorization(&self, client: &HttpClient<'_>) -> Result<Option<Yaml>, Invalid> {
        let Some(authorization) = client.auth.authorization else {
            return Ok(None);
        };
        let kind = authorization.type_.as_deref().map_or("", str::trim);
        Ok(Some(AUTHORIZATION.tree([
            ("type", Some(scope::text(if kind.is_empty() { "Bearer" } else { kind }))),
            (
                "credentials",
                self.secret(authorization.credentials.as_deref(), "authorization.credentials")?,
            ),
        ])))
    }

    fn basic_auth(&self, client: &HttpClient<'_>) -> Result<Option<Yaml>, Invalid> {
        let Some(login) = client.auth.basic_auth else {
            return Ok(None);
        };
        let username = self.secret(login.username.as_deref(), "basicAuth.username")?;
        let password = self.secret(login.password.as_deref(), "basicAuth.password")?;
        let login = BASIC_AUTH.tree([("username", username), ("password", password)]);
        Ok(Some(login).filter(|login| login.as_map().is_some_and(|pairs| !pairs.is_empty())))
    }

    fn oauth2(&self, oauth2: &OAuth2) -> Result<Yaml, Invalid> {
        let proxy = self.proxy(Some(&ProxyConfig::from(oauth2)))?;
        let parameters = (oauth2.endpoint_params.iter()).map(|(key, value)| (scope::text(key), scope::text(value)));
        let tls = self.tls(oauth2.tls_config.as_deref(), "tlsConfig")?;
        Ok(OAUTH2.tree([
            (
                "client_id",
                Some(self.secret_or_config_map(&oauth2.client_id, "clientId")?),
            ),
            (
                "client_secret",
                self.secret(Some(&oauth2.client_secret), "clientSecret")?,
            ),
            ("scopes", Some(scope::texts(&oauth2.scopes))),
            ("token_url", Some(scope::text(&oauth2.token_url))),
            ("endpoint_params", Some(natural_map(parameters.collect()))),
            ("proxy_url", proxy.url),
            ("no_proxy", proxy.excluded),
            ("proxy_from_environment", proxy.environment),
            ("proxy_connect_header", proxy.headers),
            ("tls_config", tls.map(|tls| self.tls_config(&tls))),
        ]))
    }

    /// `tls_config`. Its certificates and keys are files of the pod.
    pub fn tls_config(&self, tls: &TlsOptions<'_>) -> Yaml {
        let file = |name| format!("{TLS_ASSETS_DIRECTORY}/{name}").into();
        TLS_CONFIG.tree([
            ("ca_file", tls_selector_file_name(self.namespace, tls.ca).map(file)),
            ("cert_file", tls_selector_file_name(self.namespace, tls.cert).map(file)),
            (
                "key_file",
                tls.key_secret
                    .map(|selector| file(key_file_name(self.namespace, selector))),
            ),
            ("server_name", tls.server_name.map(scope::text)),
            (
                "insecure_skip_verify",
                Some(tls.insecure_skip_verify.unwrap_or(false).into()),
            ),
            ("min_version", tls.min_version.map(|version| version.as_str().into())),
            ("max_version", tls.max_version.map(|version| version.as_str().into())),
        ])
    }

    fn proxy(&self, proxy: Option<&ProxyConfig<'_>>) -> Result<Proxy, Invalid> {
        let Some(proxy) = proxy else {
            return Ok(Proxy::default());
        };
        let mut headers = Vec::new();
        for (name, selectors) in proxy.proxy_connect_header {
            let path = format!("proxyConnectHeader[{name}]");
            let values: Result<Vec<Option<Yaml>>, Invalid> = (selectors.iter())
                .map(|selector| self.secret(Some(selector), &path))
                .collect();
            headers.push((scope::text(name), values?.into_iter().flatten().collect()));
        }
        Ok(Proxy {
            url: scope::optional(proxy.proxy_url),
            excluded: proxy.no_proxy.map(scope::text),
            environment: scope::value(proxy.proxy_from_environment),
            headers: Some(natural_map(headers)),
        })
    }
}

/// The values of a proxy.
#[derive(Default)]
struct Proxy {
    url: Option<Yaml>,
    excluded: Option<Yaml>,
    environment: Option<Yaml>,
    headers: Option<Yaml>,
}
