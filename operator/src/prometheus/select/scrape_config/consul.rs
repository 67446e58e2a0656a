//! Checks of the service discovery of Consul. Pure.

use crds::HttpClient;
use crds::v1alpha1::ConsulSdConfig;
use formats::version::Version;

use super::check_client;
use super::discovery::{Checked, DiscoveryError};
use crate::check::http_client::{Credentials, Error};
use crate::check::invalid::{Field, Invalid};
use crate::prometheus::select::Checks;

impl Checked for ConsulSdConfig {
    fn check(&self, checks: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        for (field, since, is_used) in [
            ("pathPrefix", Version::new(2, 45, 0), self.path_prefix.is_some()),
            ("namespace", Version::new(2, 28, 0), self.namespace.is_some()),
            ("filter", Version::new(3, 0, 0), self.filter.is_some()),
            ("healthFilter", Version::new(3, 11, 2), self.health_filter.is_some()),
        ] {
            checks.since(since, is_used).field(field)?;
        }
        if self.server.trim().is_empty() {
            return Err(DiscoveryError::Blank).field("server");
        }
        let client = HttpClient::from(self);
        check_client(&client, credentials)?;
        let Some(token) = &self.token_ref else { return Ok(()) };
        credentials.secret(token).field("tokenRef")?;
        for (field, is_set) in [
            ("authorization", client.auth.authorization.is_some()),
            ("oauth2", client.auth.oauth2.is_some()),
        ] {
            if is_set {
                return Err(Error::Exclusive("tokenRef", field)).field("tokenRef");
            }
        }
        Ok(())
    }
}
