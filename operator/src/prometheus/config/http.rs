//! The settings of an HTTP client: credentials, TLS and proxy, as they are in scrape jobs, in `remote_write` and
//! elsewhere. Secrets are written into the file; certificates and keys are files of the pod. Behaviour: a value that
//! cannot be had is left out, since selection has refused such objects before.

use crds::{AuthorizationOptions, BasicAuth, OAuth2, ProxyConfig, SecretOrConfigMap, Sigv4, TlsOptions};
use formats::{
    version::Field,
    yaml::{Yaml, map},
};
use k8s_openapi::api::core::v1::SecretKeySelector;

use super::context::Certificates;
use super::section::{Mapping, Values};
use super::sections::{self, Section, Table};
use super::value::{text, text_map, texts};
use crate::assets::{key_file_name, tls_selector_file_name, without_absent};

/// Folder of the certificates and keys in the Prometheus container.
const CERTIFICATES: &str = "/etc/prometheus/certs";

impl Values<'_> {
    /// The text of a Secret, where it can be had.
    pub(crate) fn secret(self, selector: &SecretKeySelector) -> Option<Yaml> {
        self.format.assets.secret(self.namespace, selector).ok().map(text)
    }

    /// The text of a Secret, where the selector names one.
    pub(crate) fn named_secret(self, selector: Option<&SecretKeySelector>) -> Option<Yaml> {
        self.secret(selector.filter(|selector| !selector.name.is_empty())?)
    }

    /// `basic_auth`, or nothing unless both texts can be had.
    pub(crate) fn basic_auth(self, from: Option<&BasicAuth>) -> Option<Yaml> {
        let from = from?;
        let username = self.secret(from.username.as_deref()?)?;
        let password = self.secret(from.password.as_deref()?)?;
        Some(map([("username", username), ("password", password)]))
    }

    /// `authorization`.
    pub(crate) fn authorization(self, from: Option<AuthorizationOptions<'_>>) -> Option<Yaml> {
        let authorization = Authorization {
            values: self,
            from: from?,
        };
        Some(self.mapping::<sections::Authorization>(&authorization))
    }

    /// `oauth2`, or nothing unless both texts of the client can be had.
    pub(crate) fn oauth2(self, from: Option<&OAuth2>) -> Option<Yaml> {
        let from = from?;
        let client_id = self
            .format
            .assets
            .secret_or_config_map(self.namespace, &from.client_id)
            .ok()?;
        let client_secret = self.secret(&from.client_secret)?;
        let oauth2 = OAuth2Client {
            values: self,
            from,
            client_id: text(client_id),
            client_secret,
        };
        let proxy = Proxy {
            values: self,
            from: from.into(),
        };
        let client = Mapping::new(self)
            .with::<sections::Oauth2>(&oauth2)
            .with::<sections::Oauth2Proxy>(&proxy)
            .with::<sections::Oauth2Tls>(&oauth2);
        Some(client.into_yaml())
    }

    /// `tls_config`.
    pub(crate) fn tls_config<'b>(self, from: Option<impl Into<TlsOptions<'b>>>) -> Option<Yaml> {
        let tls = Tls {
            values: self,
            from: without_absent(from?.into(), self.namespace, self.format.assets),
        };
        Some(self.mapping::<sections::TlsConfig>(&tls))
    }

    /// `sigv4`.
    pub(crate) fn sigv4(self, from: Option<&Sigv4>) -> Option<Yaml> {
        let sigv4 = AwsSignature {
            values: self,
            from: from?,
        };
        Some(self.mapping::<sections::Sigv4>(&sigv4))
    }

    /// The two keys of an AWS account, which are of no use alone.
    pub(crate) fn aws_keys(
        self,
        access_key: Option<&SecretKeySelector>,
        secret_key: Option<&SecretKeySelector>,
    ) -> Option<(Yaml, Yaml)> {
        Some((self.secret(access_key?)?, self.secret(secret_key?)?))
    }

    /// The path of a certificate, where certificates are files.
    fn selected_file(self, selector: &SecretOrConfigMap) -> Option<Yaml> {
        let name = tls_selector_file_name(self.namespace, selector)?;
        (self.format.certificates == Certificates::Files).then(|| format!("{CERTIFICATES}/{name}").into())
    }

    /// The text of a certificate, where certificates are written into the configuration.
    fn selected_text(self, selector: &SecretOrConfigMap) -> Option<Yaml> {
        let content = self.format.assets.secret_or_config_map(self.namespace, selector).ok()?;
        (self.format.certificates == Certificates::Inline).then(|| text(content))
    }
}

/// Keys of `authorization`.
pub(crate) struct Authorization<'a> {
    values: Values<'a>,
    from: AuthorizationOptions<'a>,
}

/// Keys of `authorization`.
impl Section for sections::Authorization {
    type Source<'a> = Authorization<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("type", |authorization: &Authorization<'_>| {
                    let scheme = authorization.from.type_.map_or("", str::trim);
                    Some(text(if scheme.is_empty() { "Bearer" } else { scheme }))
                }),
                Field::new("credentials", |authorization: &Authorization<'_>| {
                    authorization.values.secret(authorization.from.credentials?)
                }),
                Field::new("credentials_file", |authorization: &Authorization<'_>| {
                    authorization.from.credentials_file.map(text)
                }),
            ]
        }
    }
}

/// What `oauth2` is made from.
pub(crate) struct OAuth2Client<'a> {
    values: Values<'a>,
    from: &'a OAuth2,
    client_id: Yaml,
    client_secret: Yaml,
}

/// Keys of `oauth2` before those of its proxy.
impl Section for sections::Oauth2 {
    type Source<'a> = OAuth2Client<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("client_id", |client: &OAuth2Client<'_>| Some(client.client_id.clone())),
                Field::new("client_secret", |client: &OAuth2Client<'_>| {
                    Some(client.client_secret.clone())
                }),
                Field::new("token_url", |client: &OAuth2Client<'_>| {
                    Some(text(&client.from.token_url))
                }),
                Field::new("scopes", |client: &OAuth2Client<'_>| texts(&client.from.scopes)),
                Field::new("endpoint_params", |client: &OAuth2Client<'_>| {
                    text_map(&client.from.endpoint_params)
                }),
            ]
        }
    }
}

/// Keys of `oauth2` after those of its proxy.
impl Section for sections::Oauth2Tls {
    type Source<'a> = OAuth2Client<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[Field::new("tls_config", |client: &OAuth2Client<'_>| {
                client.values.tls_config(client.from.tls_config.as_deref())
            })
            .since(2, 43)]
        }
    }
}

/// The proxy of a client.
pub(crate) struct Proxy<'a> {
    pub(crate) values: Values<'a>,
    pub(crate) from: ProxyConfig<'a>,
}

impl Proxy<'_> {
    fn url(&self) -> Option<Yaml> {
        self.from.proxy_url.map(|url| text(url))
    }

    fn excluded(&self) -> Option<Yaml> {
        self.from.no_proxy.map(text)
    }

    fn environment(&self) -> Option<Yaml> {
        self.from.proxy_from_environment.map(Yaml::from)
    }

    /// Headers by name. One of which a value is missing is left out.
    fn connect_header(&self) -> Option<Yaml> {
        let headers: Vec<_> = (self.from.proxy_connect_header.iter())
            .filter_map(|(name, selectors)| {
                let values: Option<Vec<_>> = (selectors.iter())
                    .map(|selector| self.values.secret(selector))
                    .collect();
                Some((text(name), Yaml::Seq(values?)))
            })
            .collect();
        (!headers.is_empty()).then_some(Yaml::Map(headers))
    }
}

/// Keys of a proxy, which are among the others of its client.
impl Section for sections::Proxy {
    type Source<'a> = Proxy<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("proxy_url", Proxy::url),
                Field::new("no_proxy", Proxy::excluded).since(2, 43),
                Field::new("proxy_from_environment", Proxy::environment).since(2, 43),
                Field::new("proxy_connect_header", Proxy::connect_header).since(2, 43),
            ]
        }
    }
}

/// Keys of the proxy in `oauth2`, which learnt all four at once.
impl Section for sections::Oauth2Proxy {
    type Source<'a> = Proxy<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("proxy_url", Proxy::url).since(2, 43),
                Field::new("no_proxy", Proxy::excluded).since(2, 43),
                Field::new("proxy_from_environment", Proxy::environment).since(2, 43),
                Field::new("proxy_connect_header", Proxy::connect_header).since(2, 43),
            ]
        }
    }
}

/// What `tls_config` is made from.
pub(crate) struct Tls<'a> {
    values: Values<'a>,
    from: TlsOptions<'a>,
}

impl Tls<'_> {
    /// The selector of the key, unless a file of the container is named.
    fn selected_key(&self) -> Option<&SecretKeySelector> {
        self.from.key_secret.filter(|_| self.from.key_file.is_none())
    }
}

/// Keys of `tls_config`. A file of the container is after the versions, what a Secret holds before them; only one of
/// both is written.
impl Section for sections::TlsConfig {
    type Source<'a> = Tls<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("insecure_skip_verify", |tls: &Tls<'_>| {
                    tls.from.insecure_skip_verify.map(Yaml::from)
                }),
                Field::new("ca_file", |tls: &Tls<'_>| match tls.from.ca_file {
                    None => tls.values.selected_file(tls.from.ca),
                    Some(_) => None,
                }),
                Field::new("ca", |tls: &Tls<'_>| match tls.from.ca_file {
                    None => tls.values.selected_text(tls.from.ca),
                    Some(_) => None,
                }),
                Field::new("cert_file", |tls: &Tls<'_>| match tls.from.cert_file {
                    None => tls.values.selected_file(tls.from.cert),
                    Some(_) => None,
                }),
                Field::new("cert", |tls: &Tls<'_>| match tls.from.cert_file {
                    None => tls.values.selected_text(tls.from.cert),
                    Some(_) => None,
                }),
                Field::new("key_file", |tls: &Tls<'_>| {
                    let name = key_file_name(tls.values.namespace, tls.selected_key()?);
                    (tls.values.format.certificates == Certificates::Files)
                        .then(|| format!("{CERTIFICATES}/{name}").into())
                }),
                Field::new("key", |tls: &Tls<'_>| {
                    let key = tls.values.secret(tls.selected_key()?)?;
                    (tls.values.format.certificates == Certificates::Inline).then_some(key)
                }),
                Field::new("server_name", |tls: &Tls<'_>| tls.from.server_name.map(text)),
                Field::new("min_version", |tls: &Tls<'_>| {
                    tls.from.min_version.map(|version| Yaml::from(version.as_str()))
                })
                .since(2, 35),
                Field::new("max_version", |tls: &Tls<'_>| {
                    tls.from.max_version.map(|version| Yaml::from(version.as_str()))
                })
                .since(2, 41),
                Field::new("ca_file", |tls: &Tls<'_>| tls.from.ca_file.map(text)),
                Field::new("cert_file", |tls: &Tls<'_>| tls.from.cert_file.map(text)),
                Field::new("key_file", |tls: &Tls<'_>| tls.from.key_file.map(text)),
            ]
        }
    }
}

/// What `sigv4` is made from.
pub(crate) struct AwsSignature<'a> {
    values: Values<'a>,
    from: &'a Sigv4,
}

impl AwsSignature<'_> {
    fn keys(&self) -> Option<(Yaml, Yaml)> {
        self.values
            .aws_keys(self.from.access_key.as_deref(), self.from.secret_key.as_deref())
    }
}

/// Keys of `sigv4`.
impl Section for sections::Sigv4 {
    type Source<'a> = AwsSignature<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("region", |sigv4: &AwsSignature<'_>| {
                    sigv4.from.region.as_deref().map(text)
                }),
                Field::new("access_key", |sigv4: &AwsSignature<'_>| {
                    sigv4.keys().map(|(access_key, _)| access_key)
                }),
                Field::new("secret_key", |sigv4: &AwsSignature<'_>| {
                    sigv4.keys().map(|(_, secret_key)| secret_key)
                }),
                Field::new("profile", |sigv4: &AwsSignature<'_>| {
                    sigv4.from.profile.as_deref().map(text)
                }),
                Field::new("role_arn", |sigv4: &AwsSignature<'_>| {
                    sigv4.from.role_arn.as_deref().map(text)
                }),
                Field::new("external_id", |sigv4: &AwsSignature<'_>| {
                    sigv4.from.external_id.as_deref().map(text)
                })
                .since(3, 11),
                Field::new("use_fips_sts_endpoint", |sigv4: &AwsSignature<'_>| {
                    sigv4.from.use_fips_sts_endpoint.map(Yaml::from)
                })
                .since(2, 54),
            ]
        }
    }
}
