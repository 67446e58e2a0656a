//! A target: the program that is made to reload, by a POST or by a signal. Each target has its own loop, so that one
//! that hangs holds up no other: it waits for a [`Revision`] that it does not run yet, tries until it does, and starts
//! again when the target restarted. Uses the clock and the network.

mod address;
mod attempt;
mod client;
mod error;
mod http;
mod settings;
mod signal;
mod targets;
mod tls;
mod verify;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tracing::{error, info, warn};

use crate::fingerprint::Fingerprint;
use crate::health::Health;
use crate::metrics::Metrics;
use crate::trouble::Trouble;

pub use address::{Address, Error as AddressError};
pub use client::{Answer, Client, Credentials, Error as CallError};
pub use error::Error;
pub use settings::Error as SettingsError;
pub use targets::{Targets, of_arguments};
pub use tls::TlsSettings;
pub use verify::{Error as VerifyError, Reloaded, Verification};

/// A target that refuses is left alone for up to this many retry intervals.
const LONGEST_PAUSE: u32 = 12;
/// Without a limit on a reload, how long a question may take that can be asked again.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a target may take to start, counted from the start of the reloader, before it is an error that nobody answers.
const START: Duration = Duration::from_mins(5);

/// What every target is to run.
#[derive(Debug, Clone, Copy)]
pub struct Revision {
    /// Of all files.
    pub fingerprint: Fingerprint,
    /// When the change was noticed.
    pub noticed: Instant,
    /// When the change was made, where somebody says so.
    pub changed_at: Option<SystemTime>,
    /// How often a reload was asked for without a change.
    pub forced: u64,
}

/// A target, and how to reach it.
#[derive(Clone)]
pub struct Target {
    /// Its address without credentials, or the name of its process.
    pub name: String,
    way: Way,
    verification: Option<Arc<Verification>>,
    /// How long a reload may take, if that is limited.
    limit: Option<Duration>,
    retry: Duration,
}

#[derive(Clone)]
enum Way {
    Http(Client),
    Signal(signal::Process),
}

/// What a target is known to run.
#[derive(Default)]
struct Known {
    loaded: Option<Fingerprint>,
    forced: u64,
    /// When the target was started, by its own word.
    started: Option<String>,
    /// Whether it has ever answered.
    answered: bool,
    failures: u32,
}

impl Known {
    fn runs(&self, revision: &Revision) -> bool {
        self.loaded == Some(revision.fingerprint) && self.forced == revision.forced
    }

    /// Whether it has most likely not started yet: in a pod, the reloader is often the first to run.
    fn may_still_start(&self, trouble: Trouble, after: Duration) -> bool {
        trouble == Trouble::Unreachable && !self.answered && after < START
    }
}

/// How long ago that was; nothing where clocks disagree.
fn age(at: Option<SystemTime>) -> Option<Duration> {
    at?.elapsed().ok()
}

impl Target {
    /// Keeps the target at the latest revision. Never ends; may be dropped at any time.
    pub async fn run(self, mut revisions: watch::Receiver<Option<Revision>>, metrics: Metrics, health: Health) {
        let mut known = Known::default();
        let begin = Instant::now();
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
                Ok(reloaded) => {
                    metrics.loaded(
                        revision.fingerprint,
                        revision.noticed.elapsed(),
                        age(revision.changed_at),
                    );
                    if let Some(doubt) = &reloaded.doubt {
                        metrics.doubted(&self.name);
                        warn!(target = self.name, %doubt, "the target reloaded, but may run something else than the file");
                    }
                    let forced = revision.forced != known.forced;
                    known = Known {
                        loaded: Some(revision.fingerprint),
                        forced: revision.forced,
                        started: reloaded.started,
                        answered: true,
                        failures: 0,
                    };
                    let seconds = started.elapsed().as_secs_f64();
                    info!(target = self.name, forced, seconds, "reloaded");
                }
                Err(error) => {
                    known.failures = known.failures.saturating_add(1);
                    let pause = self.pause(error.trouble(), known.failures);
                    self.say_failed(&error, pause, known.may_still_start(error.trouble(), begin.elapsed()));
                    known.answered |= error.trouble() != Trouble::Unreachable;
                    tokio::select! {
                        () = sleep(pause) => {}
                        // What is new may be what repairs it.
                        changed = revisions.changed() => if changed.is_err() { return },
                    }
                }
            }
        }
    }

    fn say_failed(&self, error: &Error, pause: Duration, may_still_start: bool) {
        let (reason, seconds) = (error.trouble().as_str(), pause.as_secs_f64());
        let error: &(dyn std::error::Error + 'static) = error;
        if may_still_start {
            info!(
                target = self.name,
                retry_in_seconds = seconds,
                error,
                "the target does not answer yet, trying again"
            );
            return;
        }
        error!(
            target = self.name,
            reason,
            retry_in_seconds = seconds,
            error,
            "reload failed, trying again"
        );
    }

    /// Time until the next attempt: a target that is away costs nothing and may come back at any time, one that refuses
    /// is asked less and less often.
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
            Some(verification) => verification.restarted(known, self.limit.unwrap_or(PATIENCE)).await,
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_answering_is_an_error_once_it_has_answered_or_had_its_time() {
        let mut known = Known::default();
        assert!(known.may_still_start(Trouble::Unreachable, Duration::ZERO));
        assert!(!known.may_still_start(Trouble::Unreachable, START));
        assert!(!known.may_still_start(Trouble::Refused, Duration::ZERO));
        known.answered = true;
        assert!(!known.may_still_start(Trouble::Unreachable, Duration::ZERO));
    }

    #[test]
    fn pauses_grow_only_where_the_target_refuses() {
        let target = Target {
            name: "a".to_owned(),
            way: Way::Http(Client::new("http://a/".parse().expect("an address"))),
            verification: None,
            limit: None,
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
