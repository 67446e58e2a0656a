//! Checks of targets that are written down in the object. Pure.

use crds::v1alpha1::StaticConfig;

use super::discovery::{Checked, DiscoveryError};
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid};
use crate::prometheus::select::Checks;

impl Checked for StaticConfig {
    fn check(&self, checks: &Checks<'_>, _: &mut Credentials<'_>) -> Result<(), Invalid> {
        match (self.labels.keys()).find(|name| !checks.relabeling.reads(name)) {
            Some(name) => Err(DiscoveryError::Label { name: name.into() }).field("labels"),
            None => Ok(()),
        }
    }
}
