//! Checks of the service discovery of Oracle Cloud Infrastructure. Pure.

use crds::v1alpha1::{OciAuthenticationMethod, OciSdConfig};

use super::check_client;
use super::discovery::{Checked, DiscoveryError};
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid};
use crate::prometheus::select::{Checks, MonitorError};

impl Checked for OciSdConfig {
    /// Prometheus refuses the key of a user that is incomplete, and any where the machine itself is who asks.
    fn check(&self, checks: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        let of_user = [
            ("tenancy", self.tenancy.is_some()),
            ("user", self.user.is_some()),
            ("fingerprint", self.fingerprint.is_some()),
            ("keyFile", self.key_file.is_some()),
        ];
        let by_machine = self.authentication_method == Some(OciAuthenticationMethod::InstancePrincipal);
        for (field, is_set) in of_user {
            match (by_machine, is_set) {
                (true, true) => return Err(DiscoveryError::OciMachine).field(field),
                (false, false) => return Err(DiscoveryError::OciUser).field(field),
                (true, false) | (false, true) => {}
            }
        }
        if by_machine && self.key_passphrase.is_some() {
            return Err(DiscoveryError::OciMachine).field("keyPassphrase");
        }
        if checks.denies_files && self.key_file.is_some() {
            let via = "the key of Oracle Cloud Infrastructure";
            return Err(MonitorError::FileSystemDenied { via }).field("keyFile");
        }
        if let Some(passphrase) = &self.key_passphrase {
            credentials.secret(passphrase).field("keyPassphrase")?;
        }
        check_client(&self.into(), credentials)
    }
}
