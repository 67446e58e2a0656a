//! Checks of the service discoveries of clouds, but for Azure. Pure.

use crds::HttpClient;
use crds::v1alpha1::{
    DigitalOceanSdConfig, Ec2SdConfig, HetznerSdConfig, IonosSdConfig, LightsailSdConfig, LinodeSdConfig,
    OpenStackRole, OpenStackSdConfig, OvhCloudSdConfig, ScalewaySdConfig,
};
use formats::version::Version;

use super::check_client;
use super::discovery::Checked;
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid};
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

impl Checked for DigitalOceanSdConfig {
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        check_client(&self.into(), credentials)
    }
}

impl Checked for LinodeSdConfig {
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        check_client(&self.into(), credentials)
    }
}

impl Checked for HetznerSdConfig {
    fn check(&self, checks: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        let since = Version::new(3, 5, 0);
        (checks.since(since, self.label_selector.is_some())).field("labelSelector")?;
        check_client(&self.into(), credentials)
    }
}

impl Checked for OvhCloudSdConfig {
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        credentials
            .secret(&self.application_secret)
            .field("applicationSecret")?;
        credentials.secret(&self.consumer_key).field("consumerKey")
    }
}

impl Checked for ScalewaySdConfig {
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        credentials.secret(&self.secret_key).field("secretKey")?;
        check_client(&self.into(), credentials)
    }
}

impl Checked for IonosSdConfig {
    /// The schema requires an Authorization header; with OAuth 2.0 it is not written.
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        let mut client = HttpClient::from(self);
        if client.auth.oauth2.is_some() {
            credentials
                .authorization(&(&self.authorization).into())
                .field("authorization")?;
            client.auth.authorization = None;
        }
        check_client(&client, credentials)
    }
}
