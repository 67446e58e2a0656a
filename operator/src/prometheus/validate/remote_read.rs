//! The checks of the sources that samples are read from. Pure.

use crds::RemoteReadSpec;

use super::labels::LabelError;
use super::{Owner, at_most_one, check_authorization, has_text, remote};
use crate::check::http_client;
use crate::check::invalid::{Field, Invalid, Within};

impl Owner<'_> {
    /// Checks all sources.
    pub(super) fn remote_read(&mut self, sources: &[RemoteReadSpec]) -> Result<(), Invalid> {
        remote::check_names("remoteRead", sources.iter().map(|source| source.name.as_deref()))?;
        for (index, source) in sources.iter().enumerate() {
            self.source(source).within(format!("remoteRead[{index}]"))?;
        }
        Ok(())
    }

    fn source(&mut self, source: &RemoteReadSpec) -> Result<(), Invalid> {
        remote::check_headers(&source.headers)?;
        at_most_one(&[
            ("authorization", source.authorization.is_some()),
            ("basicAuth", source.basic_auth.is_some()),
            ("bearerToken", has_text(source.bearer_token.as_deref())),
            ("bearerTokenFile", has_text(source.bearer_token_file.as_deref())),
            ("oauth2", source.oauth2.is_some()),
        ])?;
        if let Some(name) = source
            .required_matchers
            .keys()
            .find(|name| !self.relabeling.reads(name))
        {
            return Err(LabelError::new(name)).field("requiredMatchers");
        }
        if let Some(basic_auth) = &source.basic_auth {
            self.credentials.basic_auth(basic_auth).within("basicAuth")?;
        }
        if let Some(oauth2) = &source.oauth2 {
            http_client::check_oauth2(oauth2).within("oauth2")?;
            self.credentials.oauth2(oauth2).within("oauth2")?;
        }
        if let Some(authorization) = &source.authorization {
            check_authorization(authorization, &self.credentials)?;
        }
        if let Some(tls) = &source.tls_config {
            self.credentials.tls(&**tls).field("tlsConfig")?;
        }
        let proxy = source.into();
        http_client::check_proxy(&proxy).field("proxyConfig")?;
        self.credentials.proxy(&proxy)
    }
}
