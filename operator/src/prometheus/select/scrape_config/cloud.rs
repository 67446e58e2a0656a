//! Checks of the service discoveries of clouds, but for Azure. Pure.

use crds::HttpClient;
use crds::v1alpha1::{
    DigitalOceanSdConfig, Ec2SdConfig, HetznerSdConfig, IonosSdConfig, LightsailSdConfig, LinodeSdConfig,
    OciAuthenticationMethod, OciSdConfig, OpenStackRole, OpenStackSdConfig, OvhCloudSdConfig, ScalewaySdConfig,
};
use formats::version::Version;

use super::check_client;
use super::discovery::{Checked, DiscoveryError};
use crate::check::format::is_uuid;
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid};
use crate::prometheus::select::{Checks, MonitorError};

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
            .needed(&self.application_secret)
            .field("applicationSecret")?;
        credentials.needed(&self.consumer_key).field("consumerKey")
    }
}

impl Checked for ScalewaySdConfig {
    /// Prometheus makes a client of Scaleway while it reads its file, and that checks what its keys look like.
    fn check(&self, _: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        credentials.needed(&self.secret_key).field("secretKey")?;
        let secret_key = credentials.text(&self.secret_key).field("secretKey")?;
        for (field, is_valid, form) in [
            (
                "accessKey",
                is_access_key(&self.access_key),
                "SCW and 17 capital letters or digits",
            ),
            ("projectID", is_uuid(&self.project_id), "a UUID"),
            ("secretKey", is_uuid(secret_key), "a UUID"),
            (
                "zone",
                self.zone.as_deref().is_none_or(is_zone),
                "a zone, such as fr-par-1",
            ),
        ] {
            if !is_valid {
                return Err(DiscoveryError::Scaleway { form }).field(field);
            }
        }
        check_client(&self.into(), credentials)
    }
}

fn is_access_key(text: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    text.strip_prefix("SCW")
        .is_some_and(|rest| rest.len() == 17 && rest.bytes().all(is_sign))
}

/// `[a-z]{2}-[a-z]{3,7}-[0-9]{1,2}`, or one of two old names.
fn is_zone(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut next = |lengths: std::ops::RangeInclusive<usize>, is_sign: fn(&u8) -> bool| {
        let part = parts.next().unwrap_or_default();
        lengths.contains(&part.len()) && part.bytes().all(|byte| is_sign(&byte))
    };
    let is_zone =
        next(2..=2, u8::is_ascii_lowercase) && next(3..=7, u8::is_ascii_lowercase) && next(1..=2, u8::is_ascii_digit);
    (is_zone && parts.next().is_none()) || matches!(text, "par1" | "ams1")
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
                _ => {}
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
