//! Checks of the service discovery of Hetzner. Pure.

use crds::v1alpha1::HetznerSdConfig;
use formats::version::Version;

use super::check_client;
use super::discovery::Checked;
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid};
use crate::prometheus::select::Checks;

impl Checked for HetznerSdConfig {
    fn check(&self, checks: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        let since = Version::new(3, 5, 0);
        (checks.since(since, self.label_selector.is_some())).field("labelSelector")?;
        check_client(&self.into(), credentials)
    }
}
