//! One attempt to make a target reload, and what can go wrong with it.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::StatusCode;
use tokio::time::timeout;

use super::verify::{self, Doubt};
use super::{CallError, Target, Way, http};

/// Why a reload failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No answer within the time that a reload may take.
    #[error("the reload took longer than {0:?}")]
    TimedOut(Duration),
    /// The target was not reached, or broke off.
    #[error("cannot call {url}")]
    Call {
        /// Address, without credentials.
        url: String,
        /// What happened on the way.
        #[source]
        source: CallError,
    },
    /// The target refused.
    #[error("{url} answered {status}; its own log says why, and so does --log-level=debug here")]
    Refused {
        /// Address, without credentials.
        url: String,
        /// Its status.
        status: StatusCode,
    },
    /// The target is elsewhere, or says so.
    #[error("{url} answered {status}, which leads to {location}: name the address that reloads")]
    Redirected {
        /// Address, without credentials.
        url: String,
        /// Its status.
        status: StatusCode,
        /// Where it sends us, without credentials.
        location: String,
    },
    /// The target reloaded, and could not use what it read.
    #[error("the target could not load its configuration; its log says why")]
    NotLoaded,
    /// An answer that is not the runtime information of Prometheus.
    #[error("{url} did not answer with runtime information")]
    RuntimeInfo {
        /// Address, without credentials.
        url: String,
        /// Where and why.
        #[source]
        source: serde_json::Error,
    },
    /// The list of processes.
    #[error("cannot read {path}")]
    Processes {
        /// What was read.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// Nobody to signal.
    #[error("no process runs the executable {0:?}")]
    NoProcess(String),
    /// The signal itself.
    #[error("cannot signal process {id}")]
    Signal {
        /// Number of the process.
        id: i32,
        /// The system's reason.
        #[source]
        source: rustix::io::Errno,
    },
    /// The target accepted, but does not run what it should.
    #[error("the target accepted the reload, but it is not confirmed")]
    Unconfirmed(#[source] verify::Error),
}

/// What kind of failure it is; a word of metrics and logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The target cannot be called: it is away, or something is between.
    Unreachable,
    /// It took too long.
    TimedOut,
    /// It said no.
    Refused,
    /// It said yes, and runs something else.
    Unconfirmed,
}

impl Trouble {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Unreachable, Self::TimedOut, Self::Refused, Self::Unconfirmed];

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Refused => "refused",
            Self::Unconfirmed => "unconfirmed",
        }
    }
}

impl Error {
    /// What kind of failure it is.
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::TimedOut(_) => Trouble::TimedOut,
            Self::Refused { .. } | Self::Redirected { .. } | Self::NotLoaded => Trouble::Refused,
            Self::Unconfirmed(error) if !error.is_about_the_call() => Trouble::Unconfirmed,
            _ => Trouble::Unreachable,
        }
    }
}

/// What is known after a reload.
#[derive(Debug, Default)]
pub struct Reloaded {
    /// When the target was started, where it was asked.
    pub started: Option<String>,
    /// Why it may still run something else.
    pub doubt: Option<Doubt>,
}

impl Target {
    /// One attempt; ends when the target said, or is known, to have reloaded.
    pub async fn attempt(&self) -> Result<Reloaded, Error> {
        let limit = self.limit;
        let expected = match &self.verification {
            // A target that does not answer now will say so when it is told to reload.
            Some(verification) => within(limit, async { Ok(verification.expect().await) }).await.ok(),
            None => None,
        };
        within(limit, async {
            match &self.way {
                Way::Http(client) => http::post(client).await,
                Way::Signal(process) => process.reload().await,
            }
        })
        .await?;
        let Some(verification) = &self.verification else {
            return Ok(Reloaded::default());
        };
        within(limit, async {
            let confirmed = verification.confirm(expected.unwrap_or_default()).await;
            confirmed.map_err(Error::Unconfirmed)
        })
        .await
    }
}

/// Bounds the time of a step; none is unbounded by `None`.
async fn within<T>(limit: Option<Duration>, step: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match limit {
        Some(limit) => timeout(limit, step).await.unwrap_or(Err(Error::TimedOut(limit))),
        None => step.await,
    }
}
