//! Checks of the service discovery of DNS. Pure.

use crds::v1alpha1::{DnsRecordType, DnsSdConfig};

use super::discovery::{Checked, DiscoveryError};
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid};
use crate::prometheus::select::Checks;

impl Checked for DnsSdConfig {
    /// Records of the type `SRV`, which is the default, have a port of their own.
    fn check(&self, _: &Checks<'_>, _: &mut Credentials<'_>) -> Result<(), Invalid> {
        match self.type_ {
            Some(record_type) if record_type != DnsRecordType::Srv && self.port.unwrap_or_default() == 0 => {
                Err(DiscoveryError::Port { record_type }).field("port")
            }
            _ => Ok(()),
        }
    }
}
