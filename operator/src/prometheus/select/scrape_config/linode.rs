//! Checks of the service discovery of Linode. Pure.

use crds::v1alpha1::LinodeSdConfig;

use super::check_client;
use super::discovery::Checked;
use crate::check::http_client::Credentials;
use crate::check::invalid::Invalid;
use crate::prometheus::select::Checks;

impl Checked for LinodeSdConfig {
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        check_client(&self.into(), credentials)
    }
}
