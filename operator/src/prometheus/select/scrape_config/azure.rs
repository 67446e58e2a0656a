//! Checks of the service discovery of Azure. Pure.

use crds::v1alpha1::{AzureAuthenticationMethod, AzureSdConfig};
use formats::version::Version;

use super::check_client;
use super::discovery::{Checked, DiscoveryError};
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid};
use crate::prometheus::select::Checks;

impl Checked for AzureSdConfig {
    fn check(&self, checks: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        use AzureAuthenticationMethod::{ManagedIdentity, OAuth, Sdk, WorkloadIdentity};
        let method = self.authentication_method.unwrap_or(OAuth);
        let since = match method {
            OAuth | ManagedIdentity => None,
            Sdk => Some(Version::new(2, 52, 0)),
            WorkloadIdentity => Some(Version::new(3, 11, 0)),
        };
        if let Some(since) = since {
            checks.since(since, true).field("authenticationMethod")?;
        }
        let since = Version::new(2, 35, 0);
        (checks.since(since, self.resource_group.is_some())).field("resourceGroup")?;
        if method == OAuth {
            for (field, is_set) in [
                ("tenantID", is_given(self.tenant_id.as_deref())),
                ("clientID", is_given(self.client_id.as_deref())),
                ("clientSecret", self.client_secret.is_some()),
            ] {
                if !is_set {
                    return Err(DiscoveryError::OAuthField).field(field);
                }
            }
        }
        if let Some(secret) = &self.client_secret {
            let checked = if method == OAuth {
                credentials.needed(secret)
            } else {
                credentials.secret(secret)
            };
            checked.field("clientSecret")?;
        }
        check_client(&self.into(), credentials)
    }
}

fn is_given(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.is_empty())
}
