//! Tells that something changed in the watched folders: inotify on folders, never on files, so that renames over a
//! file and the kubelet's swaps of `..data` are seen however often they happen. Touches the file system only.
//!
//! [`Watch::follow`] may be called at any time with the folders of interest as they are now: the kernel gives the
//! same descriptor for the same folder and a new one for a folder that took its place, so there is nothing to guess.
//! Folders that do not exist are waited for in the nearest one above them that does. Where inotify cannot be had
//! (limits, foreign file systems), [`Watch::changed`] ends every ten seconds and the fingerprint decides.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::StreamExt as _;
use inotify::{EventMask, EventOwned, EventStream, Inotify, WatchDescriptor, WatchMask, Watches};
use tracing::{info, warn};

use crate::metrics::Metrics;

/// Time between two looks where inotify cannot be had.
const POLL_INTERVAL: Duration = Duration::from_secs(10);
/// Links that are followed from the configuration file on; as many as the kernel follows.
const LINKS: usize = 40;

/// What to watch.
#[derive(Debug, Default)]
pub struct Interest {
    /// A file; links that lead to it are watched as well.
    pub file: Option<PathBuf>,
    /// Folders that matter even while they do not exist.
    pub roots: Vec<PathBuf>,
    /// Existing folders below the roots.
    pub folders: Vec<PathBuf>,
    /// Files that are written by ourselves.
    pub own: Vec<PathBuf>,
}

/// Which entries of a folder matter.
#[derive(Debug, PartialEq, Eq)]
enum Entries {
    /// All but these.
    AllBut(BTreeSet<OsString>),
    /// These: a folder that is waited for, or may be replaced.
    Only(BTreeSet<OsString>),
}

/// A watcher of folders.
pub struct Watch {
    backend: Backend,
    metrics: Metrics,
}

enum Backend {
    Inotify {
        events: EventStream<Buffer>,
        watched: Watched,
    },
    Polling,
}

/// Room for the events of one read.
type Buffer = Vec<u8>;
/// Folders under watch, by the number of their descriptor.
type Watched = BTreeMap<i32, (WatchDescriptor, Entries)>;

impl Watch {
    /// Watches nothing yet. Must be called within a runtime.
    pub fn new(metrics: Metrics) -> Self {
        let backend = Backend::inotify().unwrap_or_else(|error| {
            metrics.watch_errors.inc();
            warn!(
                error = &error as &(dyn std::error::Error + 'static),
                "inotify is not available, polling instead"
            );
            Backend::Polling
        });
        Self { backend, metrics }
    }

    /// Watches `interest` from now on, and nothing else.
    pub fn follow(&mut self, interest: &Interest) {
        let wanted = wanted(interest);
        let was_polling = matches!(self.backend, Backend::Polling);
        if was_polling && let Ok(backend) = Backend::inotify() {
            self.backend = backend;
        }
        let Backend::Inotify { events, watched } = &mut self.backend else {
            return;
        };
        match replace(events.watches(), watched, wanted, &self.metrics) {
            Ok(()) if was_polling => info!("inotify is available again"),
            Ok(()) => {}
            Err(error) => {
                if !was_polling {
                    self.metrics.watch_errors.inc();
                    warn!(
                        error = &error as &(dyn std::error::Error + 'static),
                        "inotify limit reached, polling instead"
                    );
                }
                self.backend = Backend::Polling;
            }
        }
        self.metrics.watches.set(match &self.backend {
            Backend::Inotify { watched, .. } => i64::try_from(watched.len()).unwrap_or(i64::MAX),
            Backend::Polling => 0,
        });
    }

    /// Ends when watched content may have changed. Cancelling loses nothing.
    pub async fn changed(&mut self) {
        let Backend::Inotify { events, watched } = &mut self.backend else {
            return tokio::time::sleep(POLL_INTERVAL).await;
        };
        loop {
            match events.next().await {
                Some(Ok(event)) if matters(&event, watched, &self.metrics) => return,
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    self.metrics.watch_errors.inc();
                    warn!(
                        error = &error as &(dyn std::error::Error + 'static),
                        "cannot read file system events"
                    );
                    return tokio::time::sleep(POLL_INTERVAL).await;
                }
                None => return tokio::time::sleep(POLL_INTERVAL).await,
            }
        }
    }
}

impl Backend {
    fn inotify() -> io::Result<Self> {
        let events = Inotify::init()?.into_event_stream(vec![0; 4096])?;
        Ok(Self::Inotify {
            events,
            watched: BTreeMap::new(),
        })
    }
}

/// Whether an event concerns watched content.
fn matters(event: &EventOwned, watched: &Watched, metrics: &Metrics) -> bool {
    let lost = event.mask.contains(EventMask::Q_OVERFLOW);
    if lost {
        metrics.watch_errors.inc();
    }
    let entries = watched
        .get(&event.wd.get_watch_descriptor_id())
        .map(|(_, entries)| entries);
    // `IGNORED` ends a watch: the folder is gone, which another event said, or is no longer of interest.
    let concerned = !event.mask.contains(EventMask::IGNORED)
        && entries.is_some_and(|entries| entries.matter(event.name.as_deref()));
    if lost || concerned {
        metrics.watch_events.inc();
    }
    lost || concerned
}

impl Entries {
    /// Whether an event on `name` matters; no name stands for the folder itself.
    fn matter(&self, name: Option<&OsStr>) -> bool {
        match (self, name) {
            (_, None) => true,
            (Self::AllBut(own), Some(name)) => !own.contains(name),
            (Self::Only(names), Some(name)) => names.contains(name),
        }
    }

    /// Both: a folder may be content, and hold another that is waited for.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::AllBut(a), Self::AllBut(b)) => Self::AllBut(&a & &b),
            (Self::Only(a), Self::Only(b)) => Self::Only(&a | &b),
            (Self::AllBut(own), Self::Only(names)) | (Self::Only(names), Self::AllBut(own)) => {
                Self::AllBut(&own - &names)
            }
        }
    }
}

/// Watches the `wanted` folders and no others. An error means that a limit of the system was met.
fn replace(
    mut kernel: Watches,
    watched: &mut Watched,
    wanted: BTreeMap<PathBuf, Entries>,
    metrics: &Metrics,
) -> io::Result<()> {
    let mask = WatchMask::ATTRIB
        | WatchMask::CLOSE_WRITE
        | WatchMask::CREATE
        | WatchMask::DELETE
        | WatchMask::DELETE_SELF
        | WatchMask::MODIFY
        | WatchMask::MOVE
        | WatchMask::MOVE_SELF
        | WatchMask::ONLYDIR;
    let mut new = Watched::new();
    for (folder, entries) in wanted {
        let descriptor = match kernel.add(&folder, mask) {
            Ok(descriptor) => descriptor,
            Err(error) if error.kind() == io::ErrorKind::StorageFull => return Err(error),
            // Gone since it was looked at: an event of the folder above it follows.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => continue,
            Err(error) => {
                metrics.watch_errors.inc();
                let error: &(dyn std::error::Error + 'static) = &error;
                warn!(folder = %folder.display(), error, "cannot watch a folder");
                continue;
            }
        };
        let id = descriptor.get_watch_descriptor_id();
        // Two paths may lead to one folder.
        let entries = match new.remove(&id) {
            Some((_, others)) => others.and(entries),
            None => entries,
        };
        new.insert(id, (descriptor, entries));
    }
    for (id, (descriptor, _)) in std::mem::replace(watched, new) {
        if !watched.contains_key(&id) {
            // Fails where the folder is gone, and the watch with it.
            let _ = kernel.remove(descriptor);
        }
    }
    Ok(())
}

/// The folders to watch, and which of their entries matter.
fn wanted(interest: &Interest) -> BTreeMap<PathBuf, Entries> {
    let mut wanted = Wanted {
        folders: BTreeMap::new(),
        own: own(&interest.own),
    };
    let mut file = interest.file.clone();
    for _ in 0..LINKS {
        let Some(path) = file else { break };
        wanted.root(parent(&path));
        file = std::fs::read_link(&path).ok().map(|target| parent(&path).join(target));
    }
    if let Some(target) = interest.file.as_ref().and_then(|file| file.canonicalize().ok()) {
        wanted.root(parent(&target));
    }
    for root in &interest.roots {
        wanted.root(root);
    }
    for folder in &interest.folders {
        wanted.content(folder);
    }
    wanted.folders
}

struct Wanted {
    folders: BTreeMap<PathBuf, Entries>,
    own: BTreeMap<PathBuf, BTreeSet<OsString>>,
}

impl Wanted {
    /// A folder that matters even if it does not exist: it, or its nearest existing ancestor, is watched, and the
    /// folder above, where a replacement would show.
    fn root(&mut self, root: &Path) {
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        if root.is_dir() {
            self.content(&root);
        }
        for folder in root.ancestors() {
            let (Some(above), Some(name)) = (folder.parent(), folder.file_name()) else {
                break;
            };
            if above.is_dir() {
                return self.add(above.to_owned(), Entries::Only([name.to_owned()].into()));
            }
        }
    }

    fn content(&mut self, folder: &Path) {
        let own = folder
            .canonicalize()
            .ok()
            .and_then(|folder| self.own.get(&folder).cloned());
        self.add(folder.to_owned(), Entries::AllBut(own.unwrap_or_default()));
    }

    fn add(&mut self, folder: PathBuf, entries: Entries) {
        let entries = match self.folders.remove(&folder) {
            Some(others) => others.and(entries),
            None => entries,
        };
        self.folders.insert(folder, entries);
    }
}

/// The files that we write, by their folders' real names.
fn own(files: &[PathBuf]) -> BTreeMap<PathBuf, BTreeSet<OsString>> {
    let mut own: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for file in files {
        if let (Ok(folder), Some(name)) = (parent(file).canonicalize(), file.file_name()) {
            own.entry(folder).or_default().insert(name.to_owned());
        }
    }
    own
}

/// The folder that holds `path`: `.` for a bare file name.
fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> BTreeSet<OsString> {
        names.iter().map(OsString::from).collect()
    }

    #[test]
    fn a_folder_that_does_not_exist_is_waited_for_above() {
        let folder = tempfile::tempdir().expect("a folder");
        let wanted = wanted(&Interest {
            roots: vec![folder.path().join("a/b")],
            ..Interest::default()
        });
        assert_eq!(
            wanted,
            BTreeMap::from([(folder.path().to_owned(), Entries::Only(names(&["a"])))])
        );
    }

    #[test]
    fn our_own_files_do_not_matter_but_the_rest_does() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let interest = Interest {
            file: Some(path("in.yaml")),
            own: vec![path("out.yaml"), path(".out.yaml.tmp")],
            ..Interest::default()
        };
        let wanted = wanted(&interest);
        let entries = &wanted[folder.path()];
        for (name, matters) in [
            ("in.yaml", true),
            ("..data", true),
            ("out.yaml", false),
            (".out.yaml.tmp", false),
        ] {
            assert_eq!(entries.matter(Some(OsStr::new(name))), matters, "{name}");
        }
        assert!(entries.matter(None));
    }

    #[test]
    fn two_reasons_to_watch_a_folder_are_joined() {
        let all_but = |own: &[&str]| Entries::AllBut(names(own));
        let only = |listed: &[&str]| Entries::Only(names(listed));
        assert_eq!(only(&["a"]).and(only(&["b"])), only(&["a", "b"]));
        assert_eq!(all_but(&["a", "b"]).and(only(&["b"])), all_but(&["a"]));
        assert_eq!(only(&["b"]).and(all_but(&["a", "b"])), all_but(&["a"]));
    }
}
