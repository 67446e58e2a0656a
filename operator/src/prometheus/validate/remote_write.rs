//! The checks of a remote-write target. Pure.

use crds::{AzureAd, RemoteWriteSpec};
use formats::version::Version;

use super::{at_most_one, check_authorization};
use crate::check::http_client::{self, Credentials};
use crate::check::invalid::{Field, Invalid, Within};

/// An Azure AD section that cannot work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoteWriteError {
    /// No way to log in.
    #[error(
        "must provide Azure Managed Identity, Azure OAuth, Azure SDK, or Azure Workload Identity in the Azure AD config"
    )]
    NoAzure,
    /// Two ways to log in.
    #[error("cannot provide both {0} and {1} in the Azure AD config")]
    TwoAzure(&'static str, &'static str),
    /// The version does not know the field.
    #[error("requires Prometheus >= v{since}")]
    Version {
        /// First version that knows it.
        since: Version,
    },
    /// Older versions cannot do without.
    #[error("clientId is required with Prometheus < 3.5.0, current = {version}")]
    NoClientId {
        /// The version that is there.
        version: Version,
    },
    /// Not a UUID.
    #[error("the provided {0} is invalid")]
    Identifier(&'static str),
}

/// Checks all targets of an object, and what they refer to.
pub fn check_remote_writes(
    remotes: &[RemoteWriteSpec],
    version: Version,
    credentials: &mut Credentials<'_>,
) -> Result<(), Invalid> {
    for (index, remote) in remotes.iter().enumerate() {
        check_remote_write(remote, version)
            .and_then(|()| check_assets(remote, credentials))
            .within(format!("remoteWrite[{index}]"))?;
    }
    Ok(())
}

/// Checks the fields of a target against each other and against the version.
pub fn check_remote_write(remote: &RemoteWriteSpec, version: Version) -> Result<(), Invalid> {
    let has_text = |text: &Option<Box<str>>| text.as_deref().is_some_and(|text| !text.is_empty());
    at_most_one(&[
        ("authorization", remote.authorization.is_some()),
        ("azureAd", remote.azure_ad.is_some()),
        ("basicAuth", remote.basic_auth.is_some()),
        ("bearerToken", has_text(&remote.bearer_token)),
        ("bearerTokenFile", has_text(&remote.bearer_token_file)),
        ("oauth2", remote.oauth2.is_some()),
        ("sigv4", remote.sigv4.is_some()),
    ])?;
    match &remote.azure_ad {
        Some(azure) => check_azure(azure, version).within("azureAd"),
        None => Ok(()),
    }
}

/// Checks what a target refers to.
fn check_assets(remote: &RemoteWriteSpec, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
    if let Some(basic_auth) = &remote.basic_auth {
        credentials.basic_auth(basic_auth).within("basicAuth")?;
    }
    if let Some(oauth2) = &remote.oauth2 {
        http_client::check_oauth2(oauth2).within("oauth2")?;
        credentials.oauth2(oauth2).within("oauth2")?;
    }
    if let Some(authorization) = &remote.authorization {
        check_authorization(authorization, credentials)?;
    }
    if let Some(sigv4) = &remote.sigv4 {
        credentials.sigv4(sigv4).within("sigv4")?;
    }
    if let Some(oauth) = (remote.azure_ad.as_deref()).and_then(|azure| azure.oauth.as_deref()) {
        credentials.azure_oauth(oauth).within("azureAd.oauth")?;
    }
    if let Some(tls) = &remote.tls_config {
        credentials.tls(&**tls).field("tlsConfig")?;
    }
    let proxy = remote.into();
    http_client::check_proxy(&proxy).field("proxyConfig")?;
    credentials.proxy(&proxy)
}

fn check_azure(azure: &AzureAd, version: Version) -> Result<(), Invalid> {
    let ways = [
        (
            "managedIdentity",
            "Azure Managed Identity",
            azure.managed_identity.is_some(),
        ),
        ("oauth", "Azure OAuth", azure.oauth.is_some()),
        ("sdk", "Azure SDK", azure.sdk.is_some()),
        (
            "workloadIdentity",
            "Azure Workload Identity",
            azure.workload_identity.is_some(),
        ),
    ];
    let mut set = ways.iter().filter(|(_, _, is_set)| *is_set);
    match (set.next(), set.next()) {
        (None, _) => return Err(RemoteWriteError::NoAzure).field("managedIdentity"),
        (Some((field, first, _)), Some((_, second, _))) => {
            return Err(RemoteWriteError::TwoAzure(first, second)).field(*field);
        }
        (Some(_), None) => {}
    }
    let needs = |field: &str, since: Version| {
        if version >= since {
            return Ok(());
        }
        Err(RemoteWriteError::Version { since }).field(field)
    };
    if let Some(identity) = &azure.managed_identity
        && identity.client_id.as_deref().is_none_or(str::is_empty)
        && version < Version::new(3, 5, 0)
    {
        return Err(RemoteWriteError::NoClientId { version }).field("managedIdentity.clientId");
    }
    if let Some(oauth) = &azure.oauth {
        needs("oauth", Version::new(2, 48, 0))?;
        check_uuid(&oauth.client_id, "Azure OAuth clientId").field("oauth.clientId")?;
    }
    if azure.sdk.is_some() {
        needs("sdk", Version::new(2, 52, 0))?;
    }
    if let Some(identity) = &azure.workload_identity {
        needs("workloadIdentity", Version::new(3, 7, 0))?;
        check_uuid(&identity.client_id, "Azure Workload Identity clientId").field("workloadIdentity.clientId")?;
        check_uuid(&identity.tenant_id, "Azure Workload Identity tenantId").field("workloadIdentity.tenantId")?;
    }
    Ok(())
}

/// 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
fn check_uuid(text: &str, what: &'static str) -> Result<(), RemoteWriteError> {
    let is_group = |group: &str| group.bytes().all(|byte| byte.is_ascii_hexdigit());
    let groups: Vec<_> = text.split('-').collect();
    if groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]) && groups.iter().all(|group| is_group(group)) {
        return Ok(());
    }
    Err(RemoteWriteError::Identifier(what))
}
