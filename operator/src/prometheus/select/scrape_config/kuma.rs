//! Checks of the service discovery of Kuma. Pure.

use crds::v1alpha1::KumaSdConfig;
use formats::version::Version;

use super::check_client;
use super::discovery::{Checked, check_server};
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid};
use crate::prometheus::select::Checks;

impl Checked for KumaSdConfig {
    fn check(&self, checks: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        check_server(&self.server).field("server")?;
        let since = Version::new(2, 50, 0);
        checks.since(since, self.client_id.is_some()).field("clientID")?;
        check_client(&self.into(), credentials)
    }
}
