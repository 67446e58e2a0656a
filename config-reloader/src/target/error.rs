//! Why a reload failed.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::StatusCode;

use super::client::Error as CallError;
use super::verify;
use crate::trouble::Trouble;

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
    #[error("{url} returned {status}; its own log says why, and so does --log-level=debug here")]
    Refused {
        /// Address, without credentials.
        url: String,
        /// Its status.
        status: StatusCode,
    },
    /// The target is elsewhere, or says so.
    #[error("{url} returned {status} and redirects to {location}: use the URL of the reload endpoint itself")]
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
