//! The system's own events (`inotify`, `FSEvents`, `kqueue`), by `notify`: on folders, so that renames over a file and the
//! kubelet's swaps of `..data` are seen however often they happen, and on single files where a folder is not enough.
//! Touches the file system only.
//!
//! Events are judged in the thread that `notify` reads them in, and only what matters wakes the program. `notify` knows
//! its watches by path, and ends those of a path that is moved away; so each is held against the file that it is of.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use notify::{Config, Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;
use tracing::{debug, warn};

use super::filesystem::{Identity, identity};
use super::interest::{Entries, Wanted};
use super::pending::{Nature, Pending};
use crate::metrics::Metrics;

/// Folders and files under watch.
pub(super) struct Events {
    watcher: RecommendedWatcher,
    shared: Arc<Shared>,
    watched: BTreeMap<PathBuf, Identity>,
}

/// What the watcher's thread and the program share.
#[derive(Default)]
struct Shared {
    pending: Mutex<Pending>,
    failed: Mutex<Option<notify::Error>>,
    wake: Notify,
}

impl Events {
    /// Nothing is watched yet.
    pub(super) fn new(metrics: &Metrics) -> notify::Result<Self> {
        let shared = Arc::<Shared>::default();
        let (receiver, metrics) = (shared.clone(), metrics.clone());
        let handler = move |result| receiver.take(result, &metrics);
        Ok(Self {
            watcher: RecommendedWatcher::new(handler, Config::default())?,
            shared,
            watched: BTreeMap::new(),
        })
    }

    /// How many folders and files are watched.
    pub(super) fn count(&self) -> usize {
        self.watched.len()
    }

    /// Watches what is `wanted` and nothing else, and forgets what happened until now. An error means that a limit of
    /// the system was met.
    pub(super) fn replace(&mut self, wanted: Wanted, metrics: &Metrics) -> notify::Result<()> {
        let Wanted { folders, files } = wanted;
        let ended = {
            let mut pending = self.shared.pending();
            pending.clear();
            // Before they are watched: their first event may come at once.
            pending.watch(folders.clone(), files.clone());
            pending.take_ended()
        };
        for path in ended {
            self.unwatch(&path);
        }
        let unwanted = |path: &PathBuf| !folders.contains_key(path) && !files.contains(path);
        let unwanted: Vec<_> = self.watched.keys().filter(|path| unwanted(path)).cloned().collect();
        for path in unwanted {
            self.unwatch(&path);
        }
        for (path, entries) in &folders {
            self.watch(path, matches!(entries, Entries::Only { .. }), metrics)?;
        }
        for path in &files {
            self.watch(path, false, metrics)?;
        }
        Ok(())
    }

    fn watch(&mut self, path: &Path, is_above: bool, metrics: &Metrics) -> notify::Result<()> {
        // Gone since it was looked at: an event of the folder above it follows.
        let Some(identity) = identity(path) else {
            self.unwatch(path);
            return Ok(());
        };
        if self.watched.get(path) == Some(&identity) {
            return Ok(());
        }
        self.unwatch(path);
        match self.watcher.watch(path, RecursiveMode::NonRecursive) {
            Ok(()) => {
                self.watched.insert(path.to_owned(), identity);
            }
            Err(error) if is_limit(&error) => return Err(error),
            Err(error) if is_absence(&error) => {}
            // Folders above the content may be passed through and not read.
            Err(error) if is_above => debug!(path = %path.display(), %error, "cannot watch a folder above the content"),
            Err(error) => {
                metrics.watch_errors.inc();
                let error: &(dyn std::error::Error + 'static) = &error;
                warn!(path = %path.display(), error, "cannot watch a folder or file");
            }
        }
        Ok(())
    }

    fn unwatch(&mut self, path: &Path) {
        if self.watched.remove(path).is_some() {
            // Fails where the folder is gone, and the watch with it.
            let _ = self.watcher.unwatch(path);
        }
    }

    /// Ends when watched content changed. Cancelling loses nothing: what happened is known until [`Self::replace`]. An
    /// error means that there will be no more events.
    pub(super) async fn changed(&self) -> notify::Result<Nature> {
        loop {
            self.shared.wake.notified().await;
            if let Some(error) = self.shared.failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
                return Err(error);
            }
            if let Some(nature) = self.shared.pending().nature() {
                return Ok(nature);
            }
        }
    }
}

impl Shared {
    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs in the watcher's thread.
    fn take(&self, result: notify::Result<Event>, metrics: &Metrics) {
        match result {
            Ok(event) if event.need_rescan() => {
                metrics.watch_errors.inc();
                metrics.watch_events.inc();
                self.pending().lost();
            }
            Ok(event) => {
                if !self.pending().note(event.kind, &event.paths) {
                    return;
                }
                metrics.watch_events.inc();
            }
            Err(error) => *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error),
        }
        self.wake.notify_one();
    }
}

fn is_limit(error: &notify::Error) -> bool {
    let is_limit_of_system = |error: &io::Error| {
        matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
            || error.raw_os_error() == Some(rustix::io::Errno::MFILE.raw_os_error())
    };
    match &error.kind {
        notify::ErrorKind::MaxFilesWatch => true,
        notify::ErrorKind::Io(error) => is_limit_of_system(error),
        _ => false,
    }
}

fn is_absence(error: &notify::Error) -> bool {
    match &error.kind {
        notify::ErrorKind::PathNotFound => true,
        notify::ErrorKind::Io(error) => {
            matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn limits_and_absence_are_told_from_other_failures() {
        let of = |number: rustix::io::Errno| notify::Error::io(io::Error::from_raw_os_error(number.raw_os_error()));
        assert!(is_limit(&of(rustix::io::Errno::NOSPC)) && is_limit(&of(rustix::io::Errno::MFILE)));
        assert!(is_absence(&of(rustix::io::Errno::NOENT)) && is_absence(&notify::Error::path_not_found()));
        let refused = of(rustix::io::Errno::ACCESS);
        assert!(!is_limit(&refused) && !is_absence(&refused));
    }

    #[test]
    fn nothing_wanted_is_nothing_watched() {
        let metrics = Metrics::default();
        let mut events = Events::new(&metrics).expect("events can be had");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().canonicalize().expect("it is there");
        let wanted = Wanted {
            folders: [(path, Entries::all())].into(),
            files: BTreeSet::new(),
        };
        events.replace(wanted, &metrics).expect("one is no limit");
        assert_eq!(events.count(), 1);
        events.replace(Wanted::default(), &metrics).expect("less is no limit");
        assert_eq!(events.count(), 0);
    }
}
