//! Asking a target what it runs: whether its last reload succeeded, whether its configuration is that of the file, and
//! when it was started. Prometheus answers `/api/v1/status/runtimeinfo` and `/api/v1/status/config`, Alertmanager
//! `/api/v2/status`; which of the two it is shows in what it answers. Uses the network, and reads the file.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use formats::yaml::{self, MAX_BYTES};
use hyper::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::{sleep, timeout};
use tracing::debug;

use super::client::{self, Client};
use super::compare::{self, Difference};
use crate::fingerprint::{self, Fingerprint};
use crate::source;

/// Longest answer that is read, in bytes: a configuration as a JSON text.
const LONGEST: usize = 32 * 1024 * 1024;

/// How a target is asked.
pub struct Verification {
    runtime_information: Client,
    configuration: Client,
    alertmanager: Client,
    /// The file that the target reads, if there is one.
    file: Option<PathBuf>,
    interval: Duration,
}

/// Why a reload is not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The target does not answer any more.
    #[error("cannot call {url}")]
    Call {
        /// Address, without credentials.
        url: String,
        /// What happened on the way.
        #[source]
        source: client::Error,
    },
    /// It does not say what it runs.
    #[error("{url} answered {status}")]
    Status {
        /// Address, without credentials.
        url: String,
        /// Its status.
        status: StatusCode,
    },
    /// It says it in unknown words.
    #[error("{url} did not answer as Prometheus or Alertmanager do")]
    Answer {
        /// Address, without credentials.
        url: String,
        /// Where and why.
        #[source]
        source: serde_json::Error,
    },
    /// It says that the last reload failed.
    #[error("its last reload failed; its log says why")]
    Failed,
    /// It runs something else.
    #[error("its configuration is not that of {path}: {difference} (is the file mounted by itself? mount its folder)")]
    Different {
        /// The file.
        path: PathBuf,
        /// The first difference.
        difference: Difference,
    },
}

impl Error {
    /// Whether the target was not reached.
    pub fn is_about_the_call(&self) -> bool {
        matches!(self, Self::Call { .. })
    }
}

#[derive(Deserialize)]
struct Prometheus<T> {
    data: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuntimeInformation {
    start_time: String,
    reload_config_success: bool,
}

#[derive(Deserialize)]
struct Configuration {
    yaml: String,
}

#[derive(Deserialize)]
struct AlertmanagerStatus {
    /// When it was started.
    uptime: String,
    config: AlertmanagerConfiguration,
}

#[derive(Deserialize)]
struct AlertmanagerConfiguration {
    original: String,
}

/// What a target says of itself.
struct Running {
    started: String,
    succeeded: bool,
    /// Its configuration, if that was asked for.
    configuration: Option<String>,
}

impl Verification {
    /// Asks the program that `client` belongs to, about `file`; looks for a restart each `interval`. `None` if the address
    /// does not tell where the program's other paths are.
    pub fn new(client: &Client, file: Option<PathBuf>, interval: Duration) -> Option<Self> {
        Some(Self {
            runtime_information: client.elsewhere("/api/v1/status/runtimeinfo")?,
            configuration: client.elsewhere("/api/v1/status/config")?,
            alertmanager: client.elsewhere("/api/v2/status")?,
            file,
            interval,
        })
    }

    /// What the target is to read, as it is now.
    pub fn expected(&self) -> Option<Fingerprint> {
        let (digest, _) = fingerprint::digest(self.file.as_deref()?, MAX_BYTES as u64).ok()?;
        Some(digest)
    }

    /// Whether the target runs what it should; when it was started. `expected` is what it was to read at the time of the
    /// reload: where the file is another one by now, it is not compared. The caller bounds the time.
    pub async fn confirm(&self, expected: Option<Fingerprint>) -> Result<String, Error> {
        let running = self.ask(self.file.is_some()).await?;
        if !running.succeeded {
            return Err(Error::Failed);
        }
        if let (Some(path), Some(configuration)) = (&self.file, running.configuration)
            && let Some(difference) = difference(path, &configuration)
            && self.expected() == expected
        {
            let path = path.clone();
            return Err(Error::Different { path, difference });
        }
        Ok(running.started)
    }

    /// Ends when the target says that it was started at another time than `known`, which is then up to date. A target
    /// that does not answer within `limit` is asked again.
    pub async fn restarted(&self, known: &mut Option<String>, limit: Duration) {
        if self.interval.is_zero() {
            return std::future::pending().await;
        }
        loop {
            sleep(self.interval).await;
            match timeout(limit, self.ask(false)).await {
                Ok(Ok(running)) => {
                    let former = known.replace(running.started.clone());
                    if former.is_some_and(|former| former != running.started) {
                        return;
                    }
                }
                Ok(Err(error)) => debug!(
                    error = &error as &(dyn std::error::Error + 'static),
                    "the target does not answer"
                ),
                Err(_) => debug!("the target takes too long to answer"),
            }
        }
    }

    async fn ask(&self, about_configuration: bool) -> Result<Running, Error> {
        match answer::<Prometheus<RuntimeInformation>>(&self.runtime_information).await {
            Ok(Prometheus { data }) => {
                let configuration = if about_configuration {
                    let answer: Prometheus<Configuration> = answer(&self.configuration).await?;
                    Some(answer.data.yaml)
                } else {
                    None
                };
                Ok(Running {
                    started: data.start_time,
                    succeeded: data.reload_config_success,
                    configuration,
                })
            }
            // Alertmanager does not have that path, any more or at all.
            Err(Error::Status {
                status: StatusCode::NOT_FOUND | StatusCode::GONE,
                ..
            }) => {
                let status: AlertmanagerStatus = answer(&self.alertmanager).await?;
                Ok(Running {
                    started: status.uptime,
                    // It has no configuration but that of the last reload that succeeded.
                    succeeded: true,
                    configuration: about_configuration.then_some(status.config.original),
                })
            }
            Err(error) => Err(error),
        }
    }
}

async fn answer<T: DeserializeOwned>(client: &Client) -> Result<T, Error> {
    let url = || client.address.to_string();
    let sent = client.send(Method::GET, LONGEST).await;
    let (status, body) = sent.map_err(|source| Error::Call { url: url(), source })?;
    if status != StatusCode::OK {
        return Err(Error::Status { url: url(), status });
    }
    serde_json::from_slice(&body).map_err(|source| Error::Answer { url: url(), source })
}

/// What the target runs otherwise than the file says; nothing where that cannot be told.
fn difference(path: &Path, running: &str) -> Option<Difference> {
    let mut file = Vec::new();
    let read = source::open(path).and_then(|input| input.take(MAX_BYTES as u64 + 1).read_to_end(&mut file));
    if let Err(error) = read {
        // The target had just read it; whatever this is, the next look at the files will say.
        debug!(
            error = &error as &(dyn std::error::Error + 'static),
            "cannot read what the target should run"
        );
        return None;
    }
    match (yaml::parse(&file), yaml::parse(running)) {
        (Ok(file), Ok(running)) => compare::difference(&file, &running),
        (Err(error), _) | (_, Err(error)) => {
            debug!(
                error = &error as &(dyn std::error::Error + 'static),
                "cannot compare the configurations"
            );
            None
        }
    }
}
