//! Whether a configuration can be made from a Prometheus object itself: scrape classes, remote write and read, alerting,
//! API server. Pure.
//!
//! What is wrong here fails the reconcile: without these fields the server would not do what its owner has asked for.

mod remote_write;

#[cfg(test)]
mod tests;

use crds::{AlertmanagerEndpoints, ApiServerConfig, RemoteReadSpec, ScrapeClass};
use formats::version::Version;

use super::instance::Instance;
use super::names::MOST_SHARDS;
use super::select::check_timeout;
use crate::assets::{Assets, TlsFiles};
use crate::check::http_client::{self, Credentials, Required};
use crate::check::invalid::{Field, Invalid, Within};
use crate::check::relabel;

pub use remote_write::{RemoteWriteError, check_remote_write, check_remote_writes};

/// The interval of a Prometheus object that names none (the default of its CRD).
const DEFAULT_INTERVAL: &str = "30s";

/// Fields that exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Two ways to prove who one is.
    #[error("{0:?} and {1:?} can't be set at the same time, at most one of them must be defined")]
    Exclusive(&'static str, &'static str),
    /// Two defaults.
    #[error("multiple default scrape classes defined")]
    DefaultScrapeClasses,
    /// More shards than can be served.
    #[error("{0} are more than {MOST_SHARDS}")]
    Shards(i32),
}

/// Checks `instance` and gives the TLS files that it needs by itself. The error names the field.
pub fn check(instance: &Instance<'_>, version: Version, assets: &Assets) -> Result<TlsFiles, Invalid> {
    let (server, common) = (instance.server(), instance.common);
    let relabeling = relabel::Rules::of(version);
    let mut credentials = Credentials::new(instance.namespace(), assets);

    if let Some(shards) = common.shards.filter(|shards| *shards > MOST_SHARDS) {
        return Err(Error::Shards(shards)).field("shards");
    }
    let interval = common.scrape_interval.as_deref().unwrap_or(DEFAULT_INTERVAL);
    check_timeout(common.scrape_timeout.as_deref(), Some(interval)).field("scrapeTimeout")?;
    scrape_classes(&common.scrape_classes, relabeling, &mut credentials)?;
    if let Some(api_server) = &common.apiserver_config {
        check_api_server(api_server, &mut credentials).within("apiserverConfig")?;
    }
    check_remote_writes(&common.remote_write, version, &mut credentials)?;
    let remote_read = server.map_or(&[][..], |server| &server.remote_read);
    for (index, remote) in remote_read.iter().enumerate() {
        check_remote_read(remote, &mut credentials).within(format!("remoteRead[{index}]"))?;
    }
    let alerting = server.and_then(|server| server.alerting.as_deref());
    let alertmanagers = alerting.iter().flat_map(|alerting| &alerting.alertmanagers);
    for (index, alertmanager) in alertmanagers.enumerate() {
        check_alertmanager(alertmanager, relabeling, &mut credentials)
            .within(format!("alerting.alertmanagers[{index}]"))?;
    }
    if let Some(tls) = (common.tracing_config.as_deref()).and_then(|tracing| tracing.tls_config.as_deref()) {
        credentials.tls(tls).field("tracingConfig.tlsConfig")?;
    }
    Ok(credentials.into_tls_files())
}

fn scrape_classes(
    classes: &[ScrapeClass],
    relabeling: relabel::Rules,
    credentials: &mut Credentials<'_>,
) -> Result<(), Invalid> {
    if classes.iter().filter(|class| class.default == Some(true)).count() > 1 {
        return Err(Error::DefaultScrapeClasses).field("scrapeClasses");
    }
    for class in classes {
        check_scrape_class(class, relabeling, credentials).within(format!("scrapeClasses[{:?}]", class.name))?;
    }
    Ok(())
}

fn check_scrape_class(
    class: &ScrapeClass,
    relabeling: relabel::Rules,
    credentials: &mut Credentials<'_>,
) -> Result<(), Invalid> {
    relabeling.check_all(&class.relabelings, "relabelings")?;
    relabeling.check_all(&class.metric_relabelings, "metricRelabelings")?;
    if let Some(tls) = &class.tls_config {
        credentials.tls(&**tls).field("tlsConfig")?;
    }
    match &class.authorization {
        Some(authorization) => check_authorization(authorization, credentials),
        None => Ok(()),
    }
}

fn check_authorization(authorization: &crds::Authorization, credentials: &Credentials<'_>) -> Result<(), Invalid> {
    let options = authorization.into();
    http_client::check_authorization(&options, Required::No).field("authorization")?;
    credentials.authorization(&options).field("authorization")
}

fn check_api_server(api_server: &ApiServerConfig, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
    if let Some(basic_auth) = &api_server.basic_auth {
        credentials.basic_auth(basic_auth).within("basicAuth")?;
    }
    if let Some(authorization) = &api_server.authorization {
        check_authorization(authorization, credentials)?;
    }
    if let Some(tls) = &api_server.tls_config {
        credentials.tls(&**tls).field("tlsConfig")?;
    }
    let proxy = api_server.into();
    http_client::check_proxy(&proxy).field("proxyConfig")?;
    credentials.proxy(&proxy)
}

fn check_remote_read(remote: &RemoteReadSpec, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
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
    if let Some(tls) = &remote.tls_config {
        credentials.tls(&**tls).field("tlsConfig")?;
    }
    let proxy = remote.into();
    http_client::check_proxy(&proxy).field("proxyConfig")?;
    credentials.proxy(&proxy)
}

fn check_alertmanager(
    alertmanager: &AlertmanagerEndpoints,
    relabeling: relabel::Rules,
    credentials: &mut Credentials<'_>,
) -> Result<(), Invalid> {
    let set = [
        ("authorization", alertmanager.authorization.is_some()),
        ("basicAuth", alertmanager.basic_auth.is_some()),
        ("bearerTokenFile", alertmanager.bearer_token_file.is_some()),
        ("sigv4", alertmanager.sigv4.is_some()),
    ];
    at_most_one(&set)?;
    if let Some(basic_auth) = &alertmanager.basic_auth {
        credentials.basic_auth(basic_auth).within("basicAuth")?;
    }
    if let Some(authorization) = &alertmanager.authorization {
        let options = (&**authorization).into();
        http_client::check_authorization(&options, Required::Yes).field("authorization")?;
        credentials.authorization(&options).field("authorization")?;
    }
    if let Some(sigv4) = &alertmanager.sigv4 {
        credentials.sigv4(sigv4).within("sigv4")?;
    }
    if let Some(tls) = &alertmanager.tls_config {
        credentials.tls(&**tls).field("tlsConfig")?;
    }
    let proxy = alertmanager.into();
    http_client::check_proxy(&proxy).field("proxyConfig")?;
    credentials.proxy(&proxy)?;
    relabeling.check_all(&alertmanager.relabelings, "relabelings")?;
    relabeling.check_all(&alertmanager.alert_relabelings, "alertRelabelings")
}

/// Checks that one of `fields` is set at most.
fn at_most_one(fields: &[(&'static str, bool)]) -> Result<(), Invalid> {
    let mut set = fields.iter().filter(|(_, is_set)| *is_set).map(|(field, _)| *field);
    match (set.next(), set.next()) {
        (Some(first), Some(second)) => Err(Error::Exclusive(first, second)).field(first),
        _ => Ok(()),
    }
}
