//! One attempt to make a target reload, and what can go wrong with it.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use hyper::StatusCode;
use tokio::time::timeout;

use super::{CallError, Target, Verification, Way, http, verify};

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
    #[error("{url} answered {status}: {text}")]
    Refused {
        /// Address, without credentials.
        url: String,
        /// Its status.
        status: StatusCode,
        /// Beginning of its answer.
        text: String,
    },
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
    /// The target cannot be called: it is away, or something stands between.
    Unreachable,
    /// It took too long.
    TimedOut,
    /// It said no.
    Refused,
    /// It said yes, and runs something else.
    Unconfirmed,
}

impl Trouble {
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
            Self::Refused { .. } => Trouble::Refused,
            Self::Unconfirmed(error) if error.is_about_the_call() => Trouble::Unreachable,
            Self::Unconfirmed(_) => Trouble::Unconfirmed,
            _ => Trouble::Unreachable,
        }
    }
}

impl Target {
    /// One attempt; ends when the target said, or is known, to have reloaded. Where that is verified, the result is when
    /// the target was started.
    pub async fn attempt(&self) -> Result<Option<String>, Error> {
        let expected = self.verification.as_ref().and_then(Verification::expected);
        self.within(async {
            match &self.way {
                Way::Http(client) => http::post(client).await,
                Way::Signal(process) => process.reload().await,
            }
        })
        .await?;
        let Some(verification) = &self.verification else {
            return Ok(None);
        };
        self.within(async {
            verification
                .confirm(expected)
                .await
                .map(Some)
                .map_err(Error::Unconfirmed)
        })
        .await
    }

    async fn within<T>(&self, step: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        timeout(self.limit, step)
            .await
            .unwrap_or(Err(Error::TimedOut(self.limit)))
    }
}
