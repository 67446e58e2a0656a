//! Tells that watched content may have changed. Touches the file system only.
//!
//! Two ways, which may run beside each other: [`inotify`] on folders (and on the files that the kernel reports only by
//! themselves), and polling, which is a look at every poll interval: the content's fingerprint decides then. Polling is
//! for where inotify cannot be had (limits of the system) and for network file systems, whose servers tell nobody.
//!
//! [`Watch::follow`] may be called at any time with the folders of interest as they are now.

mod inotify;
mod interest;
mod place;

use std::time::Duration;

use clap::ValueEnum;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tracing::{info, warn};

use self::inotify::Inotify;
use crate::metrics::Metrics;

pub use interest::Interest;
pub use place::mounted_alone;

/// How changes are to be noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Choice {
    /// By inotify; by polling as well where that is not enough.
    Auto,
    /// By polling alone.
    Poll,
}

/// What was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noticed {
    /// Something changed, and more may follow.
    Change,
    /// It is time to look whether something changed.
    PollTime,
}

/// A watcher of folders.
pub struct Watch {
    choice: Choice,
    inotify: Option<Inotify>,
    /// Whether to poll as well as, or instead of, using inotify.
    polls: bool,
    poll_times: Interval,
    metrics: Metrics,
}

impl Watch {
    /// Watches nothing yet. Must be called within a runtime.
    pub fn new(choice: Choice, poll_interval: Duration, metrics: Metrics) -> Self {
        let mut poll_times = interval_at(Instant::now() + poll_interval, poll_interval);
        poll_times.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut watch = Self {
            choice,
            inotify: None,
            polls: choice == Choice::Poll,
            poll_times,
            metrics,
        };
        if choice == Choice::Auto {
            match Inotify::new() {
                Ok(inotify) => watch.inotify = Some(inotify),
                Err(error) => watch.only_poll(&error, "inotify is not available, polling instead"),
            }
        }
        watch.report();
        watch
    }

    /// Watches `interest` from now on, and nothing else.
    pub fn follow(&mut self, interest: &Interest) {
        if self.choice == Choice::Poll {
            return;
        }
        let was_without = self.inotify.is_none();
        if was_without {
            self.inotify = Inotify::new().ok();
        }
        let wanted = interest.wanted();
        let on_network = wanted.folders.keys().find(|folder| place::is_on_network(folder));
        if let Some(folder) = on_network
            && !self.polls
        {
            info!(folder = %folder.display(), "a network file system tells of no changes, polling as well");
        }
        let polls = on_network.is_some();
        match self
            .inotify
            .as_mut()
            .map(|inotify| inotify.replace(wanted, &self.metrics))
        {
            Some(Ok(())) => {
                self.polls = polls;
                if was_without {
                    info!("inotify is available again");
                }
            }
            Some(Err(_)) if was_without => self.inotify = None,
            Some(Err(error)) => self.only_poll(&error, "inotify limit reached, polling instead"),
            None => {}
        }
        self.report();
    }

    /// How changes are noticed at present.
    pub fn backend(&self) -> &'static str {
        match (self.inotify.is_some(), self.polls) {
            (true, false) => "inotify",
            (true, true) => "inotify and polling",
            (false, _) => "polling",
        }
    }

    /// Ends when watched content may have changed. Cancelling loses nothing.
    pub async fn noticed(&mut self) -> Noticed {
        loop {
            let event = async {
                match &mut self.inotify {
                    Some(inotify) => inotify.changed(&self.metrics).await,
                    None => std::future::pending().await,
                }
            };
            let event = tokio::select! {
                event = event => event,
                _ = self.poll_times.tick(), if self.polls => return Noticed::PollTime,
            };
            match event {
                Ok(()) => return Noticed::Change,
                Err(error) => {
                    self.only_poll(&error, "cannot read file system events, polling instead");
                    self.report();
                }
            }
        }
    }

    /// Until inotify can be had again, which the next [`Watch::follow`] tries.
    fn only_poll(&mut self, error: &std::io::Error, message: &'static str) {
        self.metrics.watch_errors.inc();
        warn!(error = error as &(dyn std::error::Error + 'static), "{message}");
        self.inotify = None;
        self.polls = true;
    }

    fn report(&self) {
        let watches = self.inotify.as_ref().map_or(0, Inotify::count);
        self.metrics.watches.set(i64::try_from(watches).unwrap_or(i64::MAX));
        self.metrics.watching(self.inotify.is_some(), self.polls);
    }
}
