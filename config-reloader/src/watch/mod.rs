//! Notices that watched content may have changed. Touches the file system only.
//!
//! Two ways, which may run beside each other: [`events`] of the system on folders (and on the files that it reports only
//! by themselves), and polling, which is a look at every poll interval: the content's fingerprint decides then. Polling
//! is for where events cannot be had (limits of the system) and for network file systems, whose servers report nothing.
//!
//! [`Watch::follow`] may be called at any time with what is of interest then.

mod events;
pub(crate) mod filesystem;
mod interest;
mod pending;

use std::time::Duration;

use notify::{RecommendedWatcher, Watcher as _, WatcherKind};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tracing::{info, warn};

use self::events::Events;
use crate::args::WatchBackend;
use crate::metrics::Metrics;

pub use filesystem::mounted_alone;
pub use interest::{FOLDERS_ARE_NOT_ENOUGH, Interest};
pub use pending::Nature;

/// What was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noticed {
    /// Something changed since the last [`Watch::follow`].
    Change(Nature),
    /// It is time to look whether something changed.
    PollTime,
}

/// A watcher of folders.
pub struct Watch {
    choice: WatchBackend,
    events: Option<Events>,
    /// Whether to poll as well as, or instead of, waiting for events.
    polls: bool,
    poll_times: Interval,
    metrics: Metrics,
}

impl Watch {
    /// Watches nothing yet. Must be called within a runtime.
    pub fn new(choice: WatchBackend, poll_interval: Duration, metrics: Metrics) -> Self {
        let mut poll_times = interval_at(Instant::now() + poll_interval, poll_interval);
        poll_times.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut watch = Self {
            choice,
            events: None,
            polls: choice == WatchBackend::Poll,
            poll_times,
            metrics,
        };
        if choice == WatchBackend::Auto {
            match Events::new(&watch.metrics) {
                Ok(events) => watch.events = Some(events),
                Err(error) => watch.only_poll(&error, "file system events are not available, polling instead"),
            }
        }
        watch.report();
        watch
    }

    /// Watches `interest` from now on and nothing else, and forgets what happened until now: whoever calls this looks at
    /// the files next.
    pub fn follow(&mut self, interest: &Interest) {
        if self.choice == WatchBackend::Poll {
            return;
        }
        let was_without = self.events.is_none();
        if was_without {
            self.events = Events::new(&self.metrics).ok();
        }
        let wanted = interest.wanted();
        let on_network = wanted.folders.keys().find(|folder| filesystem::is_on_network(folder));
        if let Some(folder) = on_network
            && !self.polls
        {
            info!(folder = %folder.display(), "a network file system reports no changes, polling as well");
        }
        let polls = on_network.is_some();
        let replaced = self.events.as_mut().map(|events| events.replace(wanted, &self.metrics));
        match replaced {
            Some(Ok(())) => {
                self.polls = polls;
                if was_without {
                    info!("file system events are available again");
                }
            }
            Some(Err(_)) if was_without => self.events = None,
            Some(Err(error)) => self.only_poll(&error, "the limit of file system events is reached, polling instead"),
            None => {}
        }
        self.report();
    }

    /// How changes are noticed at present.
    pub fn backend(&self) -> String {
        match (self.events.is_some(), self.polls) {
            (true, false) => kind().to_owned(),
            (true, true) => format!("{} and polling", kind()),
            (false, _) => "polling".to_owned(),
        }
    }

    /// Ends when watched content may have changed. Cancelling loses nothing.
    pub async fn noticed(&mut self) -> Noticed {
        loop {
            let event = async {
                match &self.events {
                    Some(events) => events.changed().await,
                    None => std::future::pending().await,
                }
            };
            let event = tokio::select! {
                event = event => event,
                _ = self.poll_times.tick(), if self.polls => return Noticed::PollTime,
            };
            match event {
                Ok(nature) => return Noticed::Change(nature),
                Err(error) => {
                    self.only_poll(&error, "cannot read file system events, polling instead");
                    self.report();
                }
            }
        }
    }

    /// Until events can be had again, which the next [`Watch::follow`] tries.
    fn only_poll(&mut self, error: &notify::Error, message: &'static str) {
        self.metrics.watch_errors.inc();
        warn!(error = error as &(dyn std::error::Error + 'static), "{message}");
        self.events = None;
        self.polls = true;
    }

    fn report(&self) {
        let watches = self.events.as_ref().map_or(0, Events::count);
        self.metrics.watches.set(i64::try_from(watches).unwrap_or(i64::MAX));
        self.metrics.watching(kind(), self.events.is_some(), self.polls);
    }
}

/// What the system calls its events.
fn kind() -> &'static str {
    match RecommendedWatcher::kind() {
        WatcherKind::Inotify => "inotify",
        WatcherKind::Fsevent => "fsevents",
        WatcherKind::Kqueue => "kqueue",
        _ => "events",
    }
}
