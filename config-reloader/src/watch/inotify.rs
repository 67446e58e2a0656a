//! The kernel's events: on folders, so that renames over a file and the kubelet's swaps of `..data` are seen however
//! often they happen, and on single files where a folder is not enough. Touches the file system only.
//!
//! The kernel gives the same descriptor for the same folder and a new one for a folder that took its place, so there is
//! nothing to guess when the wanted ones are handed over anew.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use futures::StreamExt as _;
use inotify::{EventMask, EventOwned, EventStream, WatchDescriptor, WatchMask};
use tracing::warn;

use super::interest::{Entries, Wanted};
use crate::metrics::Metrics;

/// Bytes for the events of one read.
const BUFFER: usize = 4096;

/// Folders and files under watch.
pub(super) struct Inotify {
    events: EventStream<Vec<u8>>,
    watched: Watched,
}

/// By the number of the descriptor.
type Watched = BTreeMap<i32, (WatchDescriptor, Entries)>;

impl Inotify {
    /// Nothing is watched yet.
    pub(super) fn new() -> io::Result<Self> {
        let events = inotify::Inotify::init()?.into_event_stream(vec![0; BUFFER])?;
        Ok(Self {
            events,
            watched: Watched::new(),
        })
    }

    /// How many folders and files are watched.
    pub(super) fn count(&self) -> usize {
        self.watched.len()
    }

    /// Watches what is `wanted` and nothing else. An error means that a limit of the system was met.
    pub(super) fn replace(&mut self, wanted: Wanted, metrics: &Metrics) -> io::Result<()> {
        let of_files = WatchMask::ATTRIB
            | WatchMask::CLOSE_WRITE
            | WatchMask::DELETE_SELF
            | WatchMask::MODIFY
            | WatchMask::MOVE_SELF;
        let of_folders = of_files | WatchMask::CREATE | WatchMask::DELETE | WatchMask::MOVE | WatchMask::ONLYDIR;
        let mut new = Watched::new();
        for (folder, entries) in wanted.folders {
            self.add(&folder, of_folders, entries, &mut new, metrics)?;
        }
        for file in wanted.files {
            self.add(&file, of_files, Entries::all(), &mut new, metrics)?;
        }
        for (id, (descriptor, _)) in std::mem::replace(&mut self.watched, new) {
            if !self.watched.contains_key(&id) {
                // Fails where the folder is gone, and the watch with it.
                let _ = self.events.watches().remove(descriptor);
            }
        }
        Ok(())
    }

    fn add(
        &self,
        path: &Path,
        mask: WatchMask,
        entries: Entries,
        new: &mut Watched,
        metrics: &Metrics,
    ) -> io::Result<()> {
        let descriptor = match self.events.watches().add(path, mask) {
            Ok(descriptor) => descriptor,
            Err(error) if error.kind() == io::ErrorKind::StorageFull => return Err(error),
            // Gone since it was looked at: an event of the folder above it follows.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(());
            }
            Err(error) => {
                metrics.watch_errors.inc();
                let error: &(dyn std::error::Error + 'static) = &error;
                warn!(path = %path.display(), error, "cannot watch a folder or file");
                return Ok(());
            }
        };
        let id = descriptor.get_watch_descriptor_id();
        // Two paths may lead to one folder.
        let entries = match new.remove(&id) {
            Some((_, others)) => others.and(entries),
            None => entries,
        };
        new.insert(id, (descriptor, entries));
        Ok(())
    }

    /// Ends at the next event that concerns watched content. Cancelling loses nothing.
    pub(super) async fn changed(&mut self, metrics: &Metrics) -> io::Result<()> {
        loop {
            let event = self.events.next().await;
            let event = event.unwrap_or_else(|| Err(io::ErrorKind::UnexpectedEof.into()))?;
            if self.matters(&event, metrics) {
                return Ok(());
            }
        }
    }

    fn matters(&self, event: &EventOwned, metrics: &Metrics) -> bool {
        let lost = event.mask.contains(EventMask::Q_OVERFLOW);
        if lost {
            metrics.watch_errors.inc();
        }
        let watched = self.watched.get(&event.wd.get_watch_descriptor_id());
        // `IGNORED` ends a watch: the folder is gone, which another event said, or is no longer of interest.
        let concerned = !event.mask.contains(EventMask::IGNORED)
            && watched.is_some_and(|(_, entries)| entries.matter(event.name.as_deref()));
        if lost || concerned {
            metrics.watch_events.inc();
        }
        lost || concerned
    }
}
