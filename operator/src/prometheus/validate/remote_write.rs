//! The checks of a remote-write target. Pure.

use crds::{AzureAd, QueueConfig, RemoteWriteSpec};
use formats::duration::PrometheusDuration;
use formats::version::Version;

use super::{at_most_one, check_authorization, has_text, remote};
use crate::check::format::is_uuid;
use crate::check::http_client::{self, Credentials};
use crate::check::invalid::{Field, Invalid, Within};
use crate::check::relabel;

/// A queue or an Azure AD section that cannot work.
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
    /// Less than none of something.
    #[error("must not be negative")]
    Negative,
    /// Fewer shards at most than at least.
    #[error("{least} is more than maxShards, which is {most}")]
    Shards {
        /// `minShards`, or what holds without it.
        least: i64,
        /// `maxShards`, or what holds without it.
        most: i64,
    },
    /// A shorter pause at most than at least.
    #[error("{least} is longer than maxBackoff, which is {most}")]
    Backoff {
        /// `minBackoff`, or what holds without it.
        least: PrometheusDuration,
        /// `maxBackoff`, or what holds without it.
        most: PrometheusDuration,
    },
    /// Not a UUID.
    #[error("the provided {0} is invalid")]
    Identifier(&'static str),
}

/// Fields of a queue that Prometheus reads together, and the first version that refuses what does not fit.
const QUEUES_CHECKED: Version = Version::new(3, 12, 0);
/// What Prometheus takes for absent fields of a queue.
const MOST_SHARDS: i64 = 50;
const BACKOFF: (&str, &str) = ("30ms", "5s");

/// Checks all targets of an object, and what they refer to.
pub fn check_remote_writes(
    targets: &[RemoteWriteSpec],
    version: Version,
    relabeling: relabel::Rules,
    credentials: &mut Credentials<'_>,
) -> Result<(), Invalid> {
    remote::check_names("remoteWrite", targets.iter().map(|target| target.name.as_deref()))?;
    for (index, target) in targets.iter().enumerate() {
        check_remote_write(target, version)
            .and_then(|()| relabeling.check_all(&target.write_relabel_configs, "writeRelabelConfigs"))
            .and_then(|()| check_assets(target, credentials))
            .within(format!("remoteWrite[{index}]"))?;
    }
    Ok(())
}

/// Checks what a target refers to.
fn check_assets(target: &RemoteWriteSpec, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
    if let Some(basic_auth) = &target.basic_auth {
        credentials.basic_auth(basic_auth).within("basicAuth")?;
    }
    if let Some(oauth2) = &target.oauth2 {
        http_client::check_oauth2(oauth2).within("oauth2")?;
        credentials.oauth2(oauth2).within("oauth2")?;
    }
    if let Some(authorization) = &target.authorization {
        check_authorization(authorization, credentials)?;
    }
    if let Some(sigv4) = &target.sigv4 {
        credentials.sigv4(sigv4).within("sigv4")?;
    }
    if let Some(oauth) = (target.azure_ad.as_deref()).and_then(|azure| azure.oauth.as_deref()) {
        credentials.azure_oauth(oauth).within("azureAd.oauth")?;
    }
    if let Some(tls) = &target.tls_config {
        credentials.tls(&**tls).field("tlsConfig")?;
    }
    let proxy = target.into();
    http_client::check_proxy(&proxy).field("proxyConfig")?;
    credentials.proxy(&proxy)
}

/// Checks the fields of a target against each other and against the version.
pub fn check_remote_write(remote: &RemoteWriteSpec, version: Version) -> Result<(), Invalid> {
    at_most_one(&[
        ("authorization", remote.authorization.is_some()),
        ("azureAd", remote.azure_ad.is_some()),
        ("basicAuth", remote.basic_auth.is_some()),
        ("bearerToken", has_text(remote.bearer_token.as_deref())),
        ("bearerTokenFile", has_text(remote.bearer_token_file.as_deref())),
        ("oauth2", remote.oauth2.is_some()),
        ("sigv4", remote.sigv4.is_some()),
    ])?;
    remote::check_headers(&remote.headers)?;
    if let Some(queue) = remote.queue_config.as_deref().filter(|_| version >= QUEUES_CHECKED) {
        check_queue(queue).within("queueConfig")?;
    }
    match &remote.azure_ad {
        Some(azure) => check_azure(azure, version).within("azureAd"),
        None => Ok(()),
    }
}

/// Checks the numbers of a queue. Zero means that a field is not set.
fn check_queue(queue: &QueueConfig) -> Result<(), Invalid> {
    for (field, number) in [
        ("capacity", queue.capacity),
        ("maxSamplesPerSend", queue.max_samples_per_send),
        ("maxShards", queue.max_shards),
        ("minShards", queue.min_shards),
    ] {
        if number.is_some_and(|number| number < 0) {
            return Err(RemoteWriteError::Negative).field(field);
        }
    }
    let set = |number: Option<i64>, default| number.filter(|number| *number != 0).unwrap_or(default);
    let (least, most) = (set(queue.min_shards, 1), set(queue.max_shards, MOST_SHARDS));
    if least > most {
        return Err(RemoteWriteError::Shards { least, most }).field("minShards");
    }
    let duration = |text: Option<&str>, default| PrometheusDuration::parse(text.unwrap_or(default)).ok();
    let least = duration(queue.min_backoff.as_deref(), BACKOFF.0);
    let most = duration(queue.max_backoff.as_deref(), BACKOFF.1);
    match (least, most) {
        (Some(least), Some(most)) if least > most => Err(RemoteWriteError::Backoff { least, most }).field("minBackoff"),
        _ => Ok(()),
    }
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
    if let Some(id) = azure
        .managed_identity
        .as_deref()
        .and_then(|identity| identity.client_id.as_deref())
        && !id.is_empty()
    {
        check_uuid(id, "Azure Managed Identity clientId").field("managedIdentity.clientId")?;
    }
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

fn check_uuid(text: &str, what: &'static str) -> Result<(), RemoteWriteError> {
    if is_uuid(text) {
        return Ok(());
    }
    Err(RemoteWriteError::Identifier(what))
}
