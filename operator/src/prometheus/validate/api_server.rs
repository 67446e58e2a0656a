//! The checks of the API server that targets are discovered from. Pure.

use crds::ApiServerConfig;
use formats::url::{self, Url};

use super::{Owner, at_most_one, check_authorization, has_text};
use crate::check::http_client;
use crate::check::invalid::{Field, Invalid, Within};

/// Not an address.
#[derive(Debug, thiserror::Error)]
#[error("not a valid URL: {0}")]
struct HostError(url::Error);

impl Owner<'_> {
    /// Checks the address of an API server, and how one proves who one is.
    pub(super) fn api_server(&mut self, api_server: &ApiServerConfig) -> Result<(), Invalid> {
        Url::parse(&*api_server.host).map_err(HostError).field("host")?;
        at_most_one(&[
            ("authorization", api_server.authorization.is_some()),
            ("basicAuth", api_server.basic_auth.is_some()),
            ("bearerToken", has_text(api_server.bearer_token.as_deref())),
            ("bearerTokenFile", has_text(api_server.bearer_token_file.as_deref())),
        ])?;
        if let Some(basic_auth) = &api_server.basic_auth {
            self.credentials.basic_auth(basic_auth).within("basicAuth")?;
        }
        if let Some(authorization) = &api_server.authorization {
            check_authorization(authorization, &self.credentials)?;
        }
        if let Some(tls) = &api_server.tls_config {
            self.credentials.tls(&**tls).field("tlsConfig")?;
        }
        let proxy = api_server.into();
        http_client::check_proxy(&proxy).field("proxyConfig")?;
        self.credentials.proxy(&proxy)
    }
}
