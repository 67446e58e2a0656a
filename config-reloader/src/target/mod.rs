//! A target: the program that is told to reload, by a POST or by a signal. Each target has its own loop, so that one
//! that hangs holds up no other: it waits for a [`Revision`] that it was not told of, tries until it runs, and starts
//! again when the target restarted. Uses the clock and the network.

mod address;
mod attempt;
mod client;
mod compare;
mod http;
mod settings;
mod signal;
mod tls;
mod verify;

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tracing::{error, info};

use crate::args::{Args, Method};
use crate::fingerprint::Fingerprint;
use crate::health::Health;
use crate::metrics::Metrics;

pub use address::{Address, Error as AddressError, Place};
pub use attempt::{Error, Trouble};
pub use client::{Client, Credentials, Error as CallError};
pub use settings::Error as SettingsError;
pub use tls::TlsSettings;
pub use verify::{Error as VerifyError, Verification};

/// Longest answer to a reload that is read, in bytes.
const LONGEST: usize = 1024 * 1024;
/// A target that refuses is left alone for up to this many retry intervals.
const LONGEST_PAUSE: u32 = 12;

/// What every target is to run.
#[derive(Debug, Clone, Copy)]
pub struct Revision {
    /// Of all files.
    pub fingerprint: Fingerprint,
    /// When the change was noticed.
    pub noticed: Instant,
    /// How often a reload was asked for whatever the content is.
    pub forced: u64,
}

/// A target, and the way to reach it.
pub struct Target {
    /// Its address without credentials, or the name of its process.
    pub name: String,
    way: Way,
    verification: Option<Verification>,
    limit: Duration,
    retry: Duration,
}

enum Way {
    Http(Client),
    Signal(signal::Process),
}

/// The targets that the command line names.
pub fn of_arguments(args: &Args) -> Result<Vec<Target>, SettingsError> {
    let file = (!args.config_file.as_os_str().is_empty()).then(|| effective(args));
    let verification = |client: &Client| {
        let wanted = args
            .verify_reload
            .then(|| Verification::new(client, file.clone(), args.verify_interval));
        wanted.flatten()
    };
    let target = |name, way, verification| Target {
        name,
        way,
        verification,
        limit: args.reload_timeout,
        retry: args.retry_interval,
    };
    if args.reload_method == Method::Signal {
        let runtime_info = Client::new(args.runtimeinfo_url.clone());
        let verification = verification(&runtime_info);
        let executable = args.process_executable_name.clone();
        let way = Way::Signal(signal::Process {
            executable: executable.clone(),
            runtime_info,
        });
        return Ok(vec![target(executable, way, verification)]);
    }
    let mut clients: Vec<_> = args.reload_url.iter().cloned().map(Client::new).collect();
    if !args.targets_file.as_os_str().is_empty() {
        clients.extend(settings::read(&args.targets_file)?);
    }
    let targets = clients.into_iter().map(|client| {
        let verification = verification(&client);
        target(client.address.to_string(), Way::Http(client), verification)
    });
    Ok(targets.collect())
}

/// The file that the targets read.
fn effective(args: &Args) -> PathBuf {
    if args.config_envsubst_file.as_os_str().is_empty() {
        args.config_file.clone()
    } else {
        args.config_envsubst_file.clone()
    }
}

/// What a target is known to run.
#[derive(Default)]
struct Known {
    loaded: Option<Fingerprint>,
    forced: u64,
    /// When the target was started, by its own word.
    started: Option<String>,
    failures: u32,
}

impl Known {
    fn runs(&self, revision: &Revision) -> bool {
        self.loaded == Some(revision.fingerprint) && self.forced == revision.forced
    }
}

impl Target {
    /// Keeps the target at the latest revision. Never ends; may be dropped at any time.
    pub async fn run(self, mut revisions: watch::Receiver<Option<Revision>>, metrics: Metrics, health: Health) {
        let mut known = Known::default();
        loop {
            let revision = *revisions.borrow_and_update();
            let Some(revision) = revision.filter(|revision| !known.runs(revision)) else {
                tokio::select! {
                    changed = revisions.changed() => if changed.is_err() { return },
                    () = self.restarted(&mut known.started) => {
                        info!(target = self.name, "the target restarted");
                        metrics.restarted(&self.name);
                        known.loaded = None;
                    }
                }
                continue;
            };
            // Until it succeeds, nobody knows what the target runs.
            known.loaded = None;
            let started = Instant::now();
            let result = self.attempt().await;
            metrics.reloaded(&self.name, result.as_ref().err().map(Error::trouble));
            let is_outdated = revisions.has_changed().unwrap_or(false);
            if result.is_err() || !is_outdated {
                health.reloaded(&self.name, result.as_ref().err().map(Error::trouble));
            }
            match result {
                Ok(start) => {
                    metrics.loaded(revision.fingerprint, revision.noticed.elapsed());
                    let forced = revision.forced != known.forced;
                    known = Known {
                        loaded: Some(revision.fingerprint),
                        forced: revision.forced,
                        started: start,
                        failures: 0,
                    };
                    let seconds = started.elapsed().as_secs_f64();
                    info!(target = self.name, forced, seconds, "reloaded");
                }
                Err(error) => {
                    known.failures = known.failures.saturating_add(1);
                    let pause = self.pause(error.trouble(), known.failures);
                    self.say_failed(&error, pause);
                    tokio::select! {
                        () = sleep(pause) => {}
                        // What is new may be what repairs it.
                        changed = revisions.changed() => if changed.is_err() { return },
                    }
                }
            }
        }
    }

    fn say_failed(&self, error: &Error, pause: Duration) {
        let (reason, seconds) = (error.trouble().as_str(), pause.as_secs_f64());
        let error: &(dyn std::error::Error + 'static) = error;
        error!(
            target = self.name,
            reason,
            retry_in_seconds = seconds,
            error,
            "reload failed, it will be tried again"
        );
    }

    /// Time until the next attempt: a target that is away costs nothing and may come back at any time, one that refuses
    /// is bothered less and less.
    fn pause(&self, trouble: Trouble, failures: u32) -> Duration {
        let factor = match trouble {
            Trouble::Unreachable => 1,
            _ => 1 << failures.saturating_sub(1).min(LONGEST_PAUSE.ilog2() + 1),
        };
        self.retry * factor.min(LONGEST_PAUSE)
    }

    /// Ends when the target says that it was started at another time than `known`, which is then up to date.
    async fn restarted(&self, known: &mut Option<String>) {
        match &self.verification {
            Some(verification) => verification.restarted(known, self.limit).await,
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_only_where_the_target_refuses() {
        let target = Target {
            name: "a".to_owned(),
            way: Way::Http(Client::new("http://a/".parse().expect("an address"))),
            verification: None,
            limit: Duration::ZERO,
            retry: Duration::from_secs(5),
        };
        let seconds = |trouble, failures| target.pause(trouble, failures).as_secs();
        assert_eq!(
            [1, 2, 50].map(|failures| seconds(Trouble::Unreachable, failures)),
            [5, 5, 5]
        );
        let refused = [1, 2, 3, 4, 5, 50].map(|failures| seconds(Trouble::Refused, failures));
        assert_eq!(refused, [5, 10, 20, 40, 60, 60]);
    }
}
