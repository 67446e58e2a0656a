//! Checks of the service discovery of DigitalOcean. Pure.

use crds::v1alpha1::DigitalOceanSdConfig;

use super::check_client;
use super::discovery::Checked;
use crate::check::http_client::Credentials;
use crate::check::invalid::Invalid;
use crate::prometheus::select::Checks;

impl Checked for DigitalOceanSdConfig {
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        check_client(&self.into(), credentials)
    }
}
