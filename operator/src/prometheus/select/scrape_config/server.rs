//! Checks of the service discoveries that ask a server by its address. Pure.

use crds::v1alpha1::{
    DockerSdConfig, DockerSwarmSdConfig, EurekaSdConfig, HttpSdConfig, KumaSdConfig, NomadSdConfig, PuppetDbSdConfig,
};
use formats::url::Url;
use formats::version::Version;

use super::check_client;
use super::discovery::{Checked, DiscoveryError};
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid};
use crate::prometheus::select::Checks;

impl Checked for HttpSdConfig {
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        check_server(&self.url).field("url")?;
        check_client(&self.into(), credentials)
    }
}

impl Checked for KumaSdConfig {
    fn check(&self, checks: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        check_server(&self.server).field("server")?;
        let since = Version::new(2, 50, 0);
        checks.since(since, self.client_id.is_some()).field("clientID")?;
        check_client(&self.into(), credentials)
    }
}

impl Checked for EurekaSdConfig {
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        check_server(&self.server).field("server")?;
        check_client(&self.into(), credentials)
    }
}

impl Checked for NomadSdConfig {
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        check_server(&self.server).field("server")?;
        check_client(&self.into(), credentials)
    }
}

impl Checked for PuppetDbSdConfig {
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        check_server(&self.url).field("url")?;
        check_client(&self.into(), credentials)
    }
}

impl Checked for DockerSdConfig {
    fn check(&self, checks: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        let since = Version::new(2, 54, 1);
        (checks.since(since, self.match_first_network.is_some())).field("matchFirstNetwork")?;
        check_client(&self.into(), credentials)?;
        check_daemon(&self.host).field("host")
    }
}

impl Checked for DockerSwarmSdConfig {
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        check_daemon(&self.host).field("host")?;
        check_client(&self.into(), credentials)
    }
}

/// Checks that `url` names a server, which all of these speak HTTP with.
fn check_server(url: &str) -> Result<(), DiscoveryError> {
    match Url::parse_web(url) {
        Ok(_) => Ok(()),
        Err(source) => Err(DiscoveryError::Server {
            url: url.into(),
            source,
        }),
    }
}

/// Checks an address of any kind: that of a daemon of Docker may be a socket and have no host.
pub(super) fn check_daemon(url: &str) -> Result<(), DiscoveryError> {
    match Url::parse(url) {
        Ok(_) => Ok(()),
        Err(source) => Err(DiscoveryError::Daemon {
            url: url.into(),
            source,
        }),
    }
}
