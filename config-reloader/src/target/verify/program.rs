//! What the programs say of themselves. Prometheus answers `/api/v1/status/runtimeinfo` and `/api/v1/status/config`,
//! Alertmanager `/api/v2/status`; Thanos Ruler has the first without the outcome of the last reload, which is one of its
//! metrics. Which of the three a target is shows in what it answers. Uses the network.

use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::super::client::{self, Client};
use super::table::{Kind, Table};
use crate::fingerprint::Fingerprint;

/// Longest configuration that is kept, in bytes, as a JSON string. Longer ones are known by their digest.
const LONGEST: usize = 6 * 1024 * 1024;
/// Longest other answer that is read, in bytes: the metrics of a Ruler among them.
const LONGEST_OTHER: usize = 16 * 1024 * 1024;
/// The metric of Thanos Ruler that says whether its rules were loaded.
const RULES_LOADED: &str = "thanos_rule_config_last_reload_successful";

/// The addresses of one program.
pub(super) struct Program {
    runtime_information: Client,
    configuration: Client,
    build_information: Client,
    alertmanager: Client,
    metrics: Client,
}

/// Why a program does not say what it runs.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not answer any more.
    #[error("cannot call {url}")]
    Call {
        /// Address, without credentials.
        url: String,
        /// What happened on the way.
        #[source]
        source: client::Error,
    },
    /// It refuses.
    #[error("{url} returned {status}")]
    Status {
        /// Address, without credentials.
        url: String,
        /// Its status.
        status: StatusCode,
    },
    /// It says it in unknown words.
    #[error("{url} did not answer as Prometheus, Alertmanager or Thanos Ruler do")]
    Answer {
        /// Address, without credentials.
        url: String,
        /// Where and why.
        #[source]
        source: serde_json::Error,
    },
    /// A Ruler without the metric.
    #[error("{url} has no metric {RULES_LOADED}")]
    Metric {
        /// Address, without credentials.
        url: String,
    },
}

impl Error {
    /// Whether the program was not reached. One that answers beyond measure was.
    pub(super) fn is_about_the_call(&self) -> bool {
        matches!(self, Self::Call { source, .. } if !matches!(source, client::Error::TooLong(_)))
    }

    /// Whether the program has no such path.
    fn is_absence(&self) -> bool {
        let gone = [StatusCode::NOT_FOUND, StatusCode::GONE];
        matches!(self, Self::Status { status, .. } if gone.contains(status))
    }
}

/// What a program says of itself.
pub(super) struct State {
    pub(super) kind: Option<Kind>,
    pub(super) started: String,
    pub(super) succeeded: bool,
}

/// What a program runs.
pub(super) struct Running {
    pub(super) kind: Kind,
    pub(super) digest: Fingerprint,
    /// Unless it is too long.
    pub(super) text: Option<String>,
}

#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuntimeInformation {
    start_time: String,
    reload_config_success: Option<bool>,
}

#[derive(Deserialize)]
struct Configuration {
    yaml: String,
}

#[derive(Deserialize)]
struct BuildInformation {
    version: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Alertmanager {
    /// When it was started.
    uptime: String,
    config: AlertmanagerConfiguration,
    version_info: BuildInformation,
}

#[derive(Deserialize)]
struct AlertmanagerConfiguration {
    original: String,
}

impl Kind {
    pub(super) fn table(self) -> Table {
        Table::of(self)
    }
}

impl Program {
    pub(super) fn new(client: &Client) -> Option<Self> {
        Some(Self {
            runtime_information: client.elsewhere("/api/v1/status/runtimeinfo")?,
            configuration: client.elsewhere("/api/v1/status/config")?,
            build_information: client.elsewhere("/api/v1/status/buildinfo")?,
            alertmanager: client.elsewhere("/api/v2/status")?,
            metrics: client.elsewhere("/metrics")?,
        })
    }

    /// Whether its last reload succeeded, and when it was started.
    pub(super) async fn state(&self) -> Result<State, Error> {
        match answer::<Data<RuntimeInformation>>(&self.runtime_information).await {
            Ok(Data { data }) => {
                let succeeded = match data.reload_config_success {
                    Some(succeeded) => succeeded,
                    None => self.has_loaded_rules().await?,
                };
                Ok(State {
                    kind: data.reload_config_success.map(|_| Kind::Prometheus),
                    started: data.start_time,
                    succeeded,
                })
            }
            Err(error) if error.is_absence() => {
                let status: Alertmanager = answer(&self.alertmanager).await?;
                Ok(State {
                    kind: Some(Kind::Alertmanager),
                    started: status.uptime,
                    // It has no configuration but that of the last reload that succeeded.
                    succeeded: true,
                })
            }
            Err(error) => Err(error),
        }
    }

    /// What it runs, whichever program it is.
    pub(super) async fn running(&self) -> Result<Option<Running>, Error> {
        match self.running_of(Some(Kind::Prometheus)).await {
            Err(error) if error.is_absence() => self.running_of(Some(Kind::Alertmanager)).await,
            running => running,
        }
    }

    /// What it runs; a Ruler has no configuration.
    pub(super) async fn running_of(&self, kind: Option<Kind>) -> Result<Option<Running>, Error> {
        let Some(kind) = kind else { return Ok(None) };
        let client = match kind {
            Kind::Prometheus => &self.configuration,
            Kind::Alertmanager => &self.alertmanager,
        };
        let url = || client.address.to_string();
        let (whole, body) = read(client).await?;
        let Some(body) = body else {
            let text = None;
            return Ok(Some(Running {
                kind,
                digest: whole,
                text,
            }));
        };
        let text = match kind {
            Kind::Prometheus => serde_json::from_slice::<Data<Configuration>>(&body).map(|answer| answer.data.yaml),
            Kind::Alertmanager => serde_json::from_slice::<Alertmanager>(&body).map(|answer| answer.config.original),
        };
        let text = text.map_err(|source| Error::Answer { url: url(), source })?;
        Ok(Some(Running {
            kind,
            digest: Fingerprint(Sha256::digest(&text).into()),
            text: Some(text),
        }))
    }

    /// Its version, if it says it.
    pub(super) async fn version(&self, kind: Kind) -> Option<String> {
        match kind {
            Kind::Prometheus => {
                let answer: Data<BuildInformation> = answer(&self.build_information).await.ok()?;
                Some(answer.data.version)
            }
            Kind::Alertmanager => {
                let answer: Alertmanager = answer(&self.alertmanager).await.ok()?;
                Some(answer.version_info.version)
            }
        }
    }

    async fn has_loaded_rules(&self) -> Result<bool, Error> {
        let body = body(&self.metrics).await?;
        let text = String::from_utf8_lossy(&body);
        let value = text
            .lines()
            .find_map(|line| line.strip_prefix(RULES_LOADED)?.strip_prefix(' '));
        let url = || self.metrics.address.to_string();
        value
            .map(|value| value.trim() == "1")
            .ok_or_else(|| Error::Metric { url: url() })
    }
}

async fn answer<T: DeserializeOwned>(client: &Client) -> Result<T, Error> {
    let body = body(client).await?;
    serde_json::from_slice(&body).map_err(|source| Error::Answer {
        url: client.address.to_string(),
        source,
    })
}

async fn body(client: &Client) -> Result<Vec<u8>, Error> {
    let url = || client.address.to_string();
    let sent = client.send(Method::GET, LONGEST_OTHER).await;
    let answer = sent.map_err(|source| Error::Call { url: url(), source })?;
    if answer.status == StatusCode::OK {
        Ok(answer.body)
    } else {
        let status = answer.status;
        Err(Error::Status { url: url(), status })
    }
}

/// The digest of an answer, and the answer unless it is too long.
async fn read(client: &Client) -> Result<(Fingerprint, Option<Vec<u8>>), Error> {
    let failed = |source| Error::Call {
        url: client.address.to_string(),
        source,
    };
    let mut response = client.open(Method::GET).await.map_err(failed)?;
    if response.status() != StatusCode::OK {
        return Err(Error::Status {
            url: client.address.to_string(),
            status: response.status(),
        });
    }
    let (mut digest, mut body) = (Sha256::new(), Some(Vec::new()));
    loop {
        let chunk = response
            .chunk()
            .await
            .map_err(|error| failed(client::Error::Exchange(error.without_url())))?;
        let Some(chunk) = chunk else {
            return Ok((Fingerprint(digest.finalize().into()), body));
        };
        digest.update(&chunk);
        body = body.filter(|body| body.len() + chunk.len() <= LONGEST);
        if let Some(body) = &mut body {
            body.extend_from_slice(&chunk);
        }
    }
}
