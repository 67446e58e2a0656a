//! The loop: look at the files at the start, after changes, at each tick of the watch interval, and when asked; give the
//! targets what is new.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at, sleep_until};
use tracing::{debug, error, info, warn};

use super::schedule::Schedule;
use crate::args::{Args, is_set};
use crate::files::{Listing, Root};
use crate::fingerprint::Fingerprint;
use crate::health::Health;
use crate::kubernetes::Objects;
use crate::metrics::Metrics;
use crate::notify_socket::NotifySocket;
use crate::target::{Revision, Targets};
use crate::update::{self, Update, Updated};
use crate::watch::{FOLDERS_ARE_NOT_ENOUGH, Interest, Nature, Noticed, Watch, mounted_alone};

/// Files that cannot be applied are looked at again after so many retry intervals: a full disk causes no event.
const RETRIES_APART: u32 = 12;

/// What the loop knows.
pub(super) struct Cycle {
    update: Update,
    objects: Objects,
    watch: Watch,
    health: Health,
    targets: Targets,
    targets_file: Option<PathBuf>,
    schedule: Schedule,
    watch_interval: Duration,
    retry_interval: Duration,
    /// What is watched, as it was last found.
    listing: Option<Listing>,
    /// What is in place.
    good: Option<Fingerprint>,
    /// When the newest change that has been seen was made.
    changed_at: Option<SystemTime>,
    /// How often a reload was asked for.
    forced: u64,
    watches_anything: bool,
}

impl Cycle {
    pub(super) fn new(args: &Args, objects: Objects, targets: Targets, metrics: &Metrics, health: Health) -> Self {
        Self {
            update: Update::new(args, metrics.clone()),
            objects,
            watch: Watch::new(args.watch_backend, args.poll_interval, metrics.clone()),
            health,
            targets,
            targets_file: is_set(&args.targets_file).then(|| args.targets_file.clone()),
            schedule: Schedule::new(args.delay_interval),
            watch_interval: args.watch_interval,
            retry_interval: args.retry_interval,
            listing: None,
            good: None,
            changed_at: None,
            forced: 0,
            watches_anything: args.watches_anything(),
        }
    }

    pub(super) async fn run(mut self, mut force: mpsc::Receiver<()>, supervisor: &NotifySocket) {
        self.say_what_is_done();
        self.look().await;
        supervisor.ready();
        let start = Instant::now();
        let mut ticks = interval_at(start + self.watch_interval, self.watch_interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut watchdog = supervisor.interval().map(interval);
        loop {
            let next = self.schedule.next();
            let signs_of_life = async {
                match &mut watchdog {
                    Some(watchdog) => watchdog.tick().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = ticks.tick() => {}
                () = sleep_until(next.unwrap_or(start)), if next.is_some() => {}
                Some(()) = force.recv() => self.forced += 1,
                // An object changes as a whole.
                () = self.objects.changed() => {
                    self.schedule.change(Nature::Whole, Instant::now());
                    continue;
                }
                noticed = self.watch.noticed() => match noticed {
                    Noticed::Change(nature) => {
                        self.schedule.change(nature, Instant::now());
                        continue;
                    }
                    Noticed::PollTime => {}
                },
                _ = signs_of_life => {
                    supervisor.alive();
                    continue;
                }
            }
            self.look().await;
        }
    }

    /// Brings the files up to date, and gives the targets what is new.
    async fn look(&mut self) {
        let started = Instant::now();
        let noticed = self.schedule.look(started);
        // Watching comes before reading: what changes in between is seen again, not missed.
        self.watch.follow(&self.interest());
        self.targets.refresh();
        self.health.looking();
        let result = self.update.apply(self.objects.overlay(), self.good).await;
        let reason = result.as_ref().err().map(update::Error::reason);
        self.health.looked(reason, self.watch.backend());
        match result {
            Ok(updated) => self.updated(updated, noticed, started),
            Err(error) => {
                self.say_failed(&error);
                self.schedule.again(started, self.retry_interval * RETRIES_APART);
            }
        }
    }

    fn updated(&mut self, updated: Updated, noticed: Instant, started: Instant) {
        let Updated {
            fingerprint,
            mut listing,
            changed_at,
        } = updated;
        // The change that the program began with may be long ago.
        let is_first = self.good.is_none();
        let newer = changed_at.filter(|at| self.changed_at.is_none_or(|last| *at > last));
        let is_known =
            self.good == Some(fingerprint) && self.targets.revision().is_some_and(|last| last.forced == self.forced);
        if is_known {
            debug!("nothing changed");
            self.schedule.found_nothing(started);
        } else if self.watches_anything || self.forced > 0 {
            self.good = Some(fingerprint);
            self.changed_at = newer.or(self.changed_at);
            self.health.reloading();
            self.targets.run(Revision {
                fingerprint,
                noticed,
                changed_at: newer.filter(|_| !is_first),
                forced: self.forced,
            });
        }
        if self.listing.is_none() {
            self.say_what_is_missing(&listing);
        }
        if !FOLDERS_ARE_NOT_ENOUGH {
            listing.files = Vec::new();
        }
        if self.listing.as_ref() != Some(&listing) {
            // What is in a new folder may have changed between being read and being watched.
            self.schedule.again(started, Duration::ZERO);
            self.listing = Some(listing);
        }
    }

    fn interest(&self) -> Interest {
        let plan = &self.update.plan;
        let listing = self.listing.clone().unwrap_or_default();
        let config = plan.config.iter().map(|config| config.source.clone());
        Interest {
            files: config.chain(self.targets_file.clone()).collect(),
            roots: plan.roots.iter().map(|root| root.folder.clone()).collect(),
            folders: listing.folders,
            links: listing.links,
            found: listing.files.into_iter().map(|found| found.path).collect(),
            own: plan.own(),
        }
    }

    fn say_failed(&self, error: &update::Error) {
        let error: &(dyn std::error::Error + 'static) = error;
        if self.good.is_some() {
            error!(error, "keeping the last good configuration");
        } else {
            error!(error, "no configuration is in place yet");
        }
    }

    fn say_what_is_done(&self) {
        let plan = &self.update.plan;
        let config = plan.config.iter().map(|config| config.source.display().to_string());
        let roots = plan.roots.iter().map(ToString::to_string);
        let watched: Vec<_> = config.chain(roots).collect();
        info!(
            version = process::build::VERSION,
            watched = watched.join(" "),
            by = self.watch.backend(),
            targets = self.targets.names().join(" "),
            "started"
        );
        if !self.watches_anything {
            warn!("there is nothing to watch: set --config-file, --watched-dir or --watched-files");
        }
    }

    fn say_what_is_missing(&self, listing: &Listing) {
        let plan = &self.update.plan;
        for root in &plan.roots {
            if let Some(problem) = missing(root, listing) {
                warn!(watched = %root, "{problem}");
            }
        }
        let config: Vec<_> = plan.config.iter().map(|config| &config.source).collect();
        for file in mounted_alone(&config, &listing.folders) {
            let file = file.display();
            warn!(%file, "the file is mounted by itself, so a replacement of it is not noticed: mount its folder");
        }
    }
}

/// What keeps a root from having files.
fn missing(root: &Root, listing: &Listing) -> Option<&'static str> {
    let folder = &root.folder;
    let has_files = || {
        listing
            .files
            .iter()
            .any(|found| found.path.starts_with(folder) && root.matches(&found.name))
    };
    if !folder.exists() {
        Some("waiting for the folder, which does not exist yet")
    } else if !folder.is_dir() {
        Some("it is a file, not a folder: name it with --watched-files")
    } else if root.is_pattern() && !has_files() {
        Some("no file matches the pattern yet; alternatives in braces are not known")
    } else {
        None
    }
}
