//! Checks of the service discovery of Docker and Docker Swarm. Pure.

use crds::v1alpha1::{DockerSdConfig, DockerSwarmSdConfig};
use formats::version::Version;

use super::check_client;
use super::discovery::{Checked, check_daemon};
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid};
use crate::prometheus::select::Checks;

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
