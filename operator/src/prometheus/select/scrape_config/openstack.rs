//! Checks of the service discovery of OpenStack. Pure.

use crds::v1alpha1::{OpenStackRole, OpenStackSdConfig};
use formats::version::Version;

use super::discovery::Checked;
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid};
use crate::prometheus::select::Checks;

impl Checked for OpenStackSdConfig {
    fn check(&self, checks: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        let balances = self.role == OpenStackRole::LoadBalancer;
        checks.since(Version::new(3, 2, 0), balances).field("role")?;
        if let Some(password) = &self.password {
            credentials.secret(password).field("password")?;
        }
        if let Some(secret) = &self.application_credential_secret {
            credentials.secret(secret).field("applicationCredentialSecret")?;
        }
        match self.tls_config.as_deref() {
            Some(tls) => credentials.tls(tls).field("tlsConfig"),
            None => Ok(()),
        }
    }
}
