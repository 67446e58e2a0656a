//! Checks of the service discoveries that ask a server by its address. Pure.

use crds::v1alpha1::HttpSdConfig;

use super::check_client;
use super::discovery::{Checked, DiscoveryError};
use crate::http_client::{Credentials, Url};
use crate::invalid::{Field, Invalid};
use crate::prometheus::select::Checks;

impl Checked for HttpSdConfig {
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        check_server(&self.url).field("url")?;
        check_client(&self.into(), credentials)
    }
}

/// Checks that `url` names a server.
fn check_server(url: &str) -> Result<(), DiscoveryError> {
    match Url::parse(url) {
        Some(Url { host, .. }) if !host.is_empty() => Ok(()),
        _ => Err(DiscoveryError::Server { url: url.into() }),
    }
}
