//! Checks of the service discovery of Amazon Web Services: EC2 and Lightsail. Pure.

use crds::v1alpha1::{Ec2SdConfig, LightsailSdConfig};

use super::check_client;
use super::discovery::Checked;
use crate::check::http_client::Credentials;
use crate::check::invalid::Invalid;
use crate::prometheus::select::Checks;

impl Checked for Ec2SdConfig {
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        credentials.aws_keys(self.access_key.as_deref(), self.secret_key.as_deref())?;
        check_client(&self.into(), credentials)
    }
}

impl Checked for LightsailSdConfig {
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        credentials.aws_keys(self.access_key.as_deref(), self.secret_key.as_deref())?;
        check_client(&self.into(), credentials)
    }
}
