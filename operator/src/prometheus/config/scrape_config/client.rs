//! The settings of the HTTP client that a service discovery asks its server with. Which of them stand where among its other
//! keys differs from discovery to discovery, so each is a table of its own. Pure.

use crds::{AuthorizationOptions, HttpClient};
use formats::{version::Field, yaml::Yaml};

use crate::prometheus::config::{
    http::{Proxy, proxy_fields},
    section::{Mapping, Scope, Table},
};

/// The client of a service discovery.
pub(crate) struct Client<'a> {
    scope: Scope<'a>,
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

impl Setting {
    /// The keys of the part, but for a proxy, which has a table without us.
    pub(crate) const fn fields<'a>(self) -> Table<'a, Client<'a>> {
        match self {
            Self::BasicAuth => const { &[Field::new("basic_auth", Client::basic_auth)] },
            Self::Authorization => const { &[Field::new("authorization", Client::authorization).since(2, 26)] },
            Self::OAuth2 => const { &[Field::new("oauth2", Client::oauth2).since(2, 27)] },
            Self::Proxy => &[],
            Self::Tls => const { &[Field::new("tls_config", Client::tls_config)] },
            Self::FollowRedirects => const { &[Field::new("follow_redirects", Client::follow_redirects).since(2, 26)] },
            Self::EnableHttp2 => const { &[Field::new("enable_http2", Client::enable_http2).since(2, 35)] },
        }
    }
}

impl<'a> Client<'a> {
    /// The client of `discovery`, whose Secrets are in the namespace of `scope`.
    pub(super) fn new<D>(discovery: &'a D, scope: Scope<'a>) -> Self
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
            setting => mapping.with(setting.fields(), client),
        })
    }

    fn with_proxy(self, client: &Client<'_>) -> Self {
        match client.from.proxy {
            Some(from) => {
                let scope = client.scope;
                self.with(proxy_fields(), &Proxy { scope, from })
            }
            None => self,
        }
    }
}
