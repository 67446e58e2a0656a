//! Checks of the service discovery of OVHcloud. Pure.

use crds::v1alpha1::OvhCloudSdConfig;

use super::discovery::Checked;
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid};
use crate::prometheus::select::Checks;

impl Checked for OvhCloudSdConfig {
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        credentials
            .needed(&self.application_secret)
            .field("applicationSecret")?;
        credentials.needed(&self.consumer_key).field("consumerKey")
    }
}
