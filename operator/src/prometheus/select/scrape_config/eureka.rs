//! Checks of the service discovery of Eureka. Pure.

use crds::v1alpha1::EurekaSdConfig;

use super::check_client;
use super::discovery::{Checked, check_server};
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid};
use crate::prometheus::select::Checks;

impl Checked for EurekaSdConfig {
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        check_server(&self.server).field("server")?;
        check_client(&self.into(), credentials)
    }
}
