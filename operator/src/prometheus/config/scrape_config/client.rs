//! The settings of the HTTP client that a service discovery asks its server with. Which of them stand where among its other
//! keys differs from discovery to discovery, so each is a table of its own. Pure.

use crds::{AuthorizationOptions, HttpClient};
use formats::{version::Field, yaml::Yaml};

use crate::prometheus::config::{
    http::Proxy,
    section::{Mapping, PartScope},
    sections::{self, Section, Table},
};

/// The client of a service discovery.
pub(crate) struct Client<'a> {
    scope: PartScope<'a>,
    from: HttpClient<'a>,
}

/// A part of the settings of a client.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Setting {
    BasicAuth,
    Authorization,
    OAuth2,
    Proxy,
    Tls,
    FollowRedirects,
    EnableHttp2,
}

impl<'a> Client<'a> {
    /// The client of `discovery`, whose Secrets are in the namespace of `scope`.
    pub(super) fn new<D>(discovery: &'a D, scope: PartScope<'a>) -> Self
    where
        HttpClient<'a>: From<&'a D>,
    {
        Self {
            scope,
            from: discovery.into(),
        }
    }

    fn basic_auth(&self) -> Option<Yaml> {
        self.scope.basic_auth(self.from.auth.basic_auth)
    }

    fn authorization(&self) -> Option<Yaml> {
        let authorization = self.from.auth.authorization.map(AuthorizationOptions::from);
        self.scope.authorization(authorization)
    }

    fn oauth2(&self) -> Option<Yaml> {
        self.scope.oauth2(self.from.auth.oauth2)
    }

    pub(super) fn tls_config(&self) -> Option<Yaml> {
        self.scope.tls_config(self.from.tls_config)
    }

    pub(super) fn follow_redirects(&self) -> Option<Yaml> {
        self.from.follow_redirects.map(Yaml::from)
    }

    pub(super) fn enable_http2(&self) -> Option<Yaml> {
        self.from.enable_http2.map(Yaml::from)
    }
}

impl Mapping<'_> {
    /// The mapping with parts of a client added, in this order.
    #[must_use]
    pub(super) fn with_client(self, client: &Client<'_>, settings: &[Setting]) -> Self {
        settings.iter().fold(self, |mapping, setting| match setting {
            Setting::Proxy => mapping.with_proxy(client),
            Setting::BasicAuth => mapping.with::<sections::DiscoveryBasicAuth>(client),
            Setting::Authorization => mapping.with::<sections::DiscoveryAuthorization>(client),
            Setting::OAuth2 => mapping.with::<sections::DiscoveryOauth2>(client),
            Setting::Tls => mapping.with::<sections::DiscoveryTls>(client),
            Setting::FollowRedirects => mapping.with::<sections::DiscoveryRedirects>(client),
            Setting::EnableHttp2 => mapping.with::<sections::DiscoveryHttp2>(client),
        })
    }

    fn with_proxy(self, client: &Client<'_>) -> Self {
        match client.from.proxy {
            Some(from) => self.with::<sections::Proxy>(&Proxy {
                values: *client.scope,
                from,
            }),
            None => self,
        }
    }
}

impl Section for sections::DiscoveryBasicAuth {
    type Source<'a> = Client<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const { &[Field::new("basic_auth", Client::basic_auth)] }
    }
}

impl Section for sections::DiscoveryAuthorization {
    type Source<'a> = Client<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const { &[Field::new("authorization", Client::authorization).since(2, 26)] }
    }
}

impl Section for sections::DiscoveryOauth2 {
    type Source<'a> = Client<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const { &[Field::new("oauth2", Client::oauth2).since(2, 27)] }
    }
}

impl Section for sections::DiscoveryTls {
    type Source<'a> = Client<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const { &[Field::new("tls_config", Client::tls_config)] }
    }
}

impl Section for sections::DiscoveryRedirects {
    type Source<'a> = Client<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const { &[Field::new("follow_redirects", Client::follow_redirects).since(2, 26)] }
    }
}

impl Section for sections::DiscoveryHttp2 {
    type Source<'a> = Client<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const { &[Field::new("enable_http2", Client::enable_http2).since(2, 35)] }
    }
}
