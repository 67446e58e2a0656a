//! Whether a configuration can be made from a Prometheus object itself that Prometheus loads: names of labels, scrape
//! classes, remote write and read, alerting, tracing, API server. Pure.
//!
//! What is wrong here fails the reconcile: without these fields the server would not do what its owner has asked for.
//! Which rules of Prometheus are checked where is listed in `operator/tests/loader/rules.yaml`.

mod alerting;
mod api_server;
mod labels;
mod remote;
mod remote_read;
mod remote_write;
mod scrape_class;

#[cfg(test)]
mod tests;

use formats::version::Version;

use super::instance::Instance;
use super::names::MOST_SHARDS;
use super::select::check_timeout;
use crate::assets::{Assets, TlsFiles};
use crate::check::http_client::{self, Credentials, Required};
use crate::check::invalid::{Field, Invalid, Within};
use crate::check::name_scheme::{self, NameSchemes};
use crate::check::{format, relabel};
use crate::pod::web;

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
    #[error("{0} exceeds the limit of {MOST_SHARDS}")]
    Shards(i32),
}

/// Checks `instance` and gives the TLS files that it needs by itself. The error names the field.
pub fn check(instance: &Instance<'_>, version: Version, assets: &Assets) -> Result<TlsFiles, Invalid> {
    let (server, common) = (instance.server(), instance.common);
    let scheme = name_scheme::scheme(version, common.into(), NameSchemes::NONE)?;
    let mut owner = Owner {
        relabeling: relabel::Rules::new(version, scheme),
        credentials: Credentials::new(instance.namespace(), assets),
    };
    if let Some(shards) = common.shards.filter(|shards| *shards > MOST_SHARDS) {
        return Err(Error::Shards(shards)).field("shards");
    }
    let interval = common.scrape_interval.as_deref().unwrap_or(DEFAULT_INTERVAL);
    check_timeout(common.scrape_timeout.as_deref(), Some(interval)).field("scrapeTimeout")?;
    labels::check(common, owner.relabeling)?;
    owner.scrape_classes(&common.scrape_classes)?;
    if let Some(api_server) = &common.apiserver_config {
        owner.api_server(api_server).within("apiserverConfig")?;
    }
    check_remote_writes(&common.remote_write, version, owner.relabeling, &mut owner.credentials)?;
    if let Some(server) = server {
        owner.remote_read(&server.remote_read)?;
        let alerting = server.alerting.as_deref();
        owner.alertmanagers(alerting.map_or(&[], |alerting| &alerting.alertmanagers))?;
    }
    if let Some(tracing) = &common.tracing_config {
        remote::check_headers(&tracing.headers).within("tracingConfig")?;
        if let Some(tls) = &tracing.tls_config {
            owner.credentials.tls(&**tls).field("tracingConfig.tlsConfig")?;
        }
    }
    web::check::check(common.web.as_ref().map(|web| &web.config_file))?;
    match server {
        Some(server) => format::check(server)?,
        None => format::check(common)?,
    }
    Ok(owner.credentials.into_tls_files())
}

/// What the checks of the parts of an object depend on.
struct Owner<'a> {
    relabeling: relabel::Rules,
    credentials: Credentials<'a>,
}

fn check_authorization(authorization: &crds::Authorization, credentials: &Credentials<'_>) -> Result<(), Invalid> {
    let options = authorization.into();
    http_client::check_authorization(&options, Required::No).field("authorization")?;
    credentials.authorization(&options).field("authorization")
}

/// Checks that one of `fields` is set at most.
fn at_most_one(fields: &[(&'static str, bool)]) -> Result<(), Invalid> {
    let mut set = fields.iter().filter(|(_, is_set)| *is_set).map(|(field, _)| *field);
    match (set.next(), set.next()) {
        (Some(first), Some(second)) => Err(Error::Exclusive(first, second)).field(first),
        _ => Ok(()),
    }
}

/// Whether a text is there and not empty.
fn has_text(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.is_empty())
}
