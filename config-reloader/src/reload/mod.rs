//! Making the target reload: by a POST, or by a signal whose effect is confirmed over HTTP. One attempt per call;
//! the loop in [`crate::run`] decides about further ones.

mod client;
mod http;
mod signal;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use hyper::StatusCode;
use tokio::time::timeout;

use crate::args::{Args, Method};

pub use client::Client;

/// A target and the way to reach it.
pub struct Reloader {
    way: Way,
    limit: Duration,
}

enum Way {
    Http(Client),
    Signal(signal::Process),
}

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
        source: client::Error,
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
}

impl Reloader {
    /// The target that the command line names.
    pub fn new(args: &Args) -> Self {
        let way = match args.reload_method {
            Method::Http => Way::Http(Client::new(args.reload_url.clone())),
            Method::Signal => Way::Signal(signal::Process {
                executable: args.process_executable_name.clone(),
                runtime_info: Client::new(args.runtimeinfo_url.clone()),
            }),
        };
        Self {
            way,
            limit: args.reload_timeout,
        }
    }

    /// One attempt; ends when the target said, or is known, to have reloaded.
    pub async fn trigger(&self) -> Result<(), Error> {
        let attempt = async {
            match &self.way {
                Way::Http(client) => http::post(client).await,
                Way::Signal(process) => process.reload().await,
            }
        };
        timeout(self.limit, attempt)
            .await
            .unwrap_or(Err(Error::TimedOut(self.limit)))
    }
}
