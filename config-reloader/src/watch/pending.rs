//! What happened since the last look at the files, as far as it matters: whether it happened as a whole (a rename into
//! place, a swap of `..data`) or in parts (a write in place), which may still go on. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use notify::event::{EventKind, ModifyKind, RenameMode};

use super::interest::{DATA, Entries, is_hidden_by_data};

/// Paths that are kept; beyond that it is enough to know that there are many.
const UNFINISHED: usize = 10_000;

/// How content changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// At once: what is there now is complete.
    Whole,
    /// In place, or by a removal: more may follow.
    Parts,
}

/// Paths under watch, and what happened to them.
#[derive(Default)]
pub(super) struct Pending {
    folders: BTreeMap<PathBuf, Entries>,
    files: BTreeSet<PathBuf>,
    /// Watched paths whose watch ended, because something else may have taken their place.
    ended: BTreeSet<PathBuf>,
    /// Entries that were created or written since the last look.
    unfinished: BTreeSet<PathBuf>,
    replaced: bool,
    in_parts: bool,
    /// Owners or permissions changed, which may make content readable.
    permitted: bool,
}

impl Pending {
    /// Starts over: what happens from now on is new.
    pub(super) fn clear(&mut self) {
        self.unfinished.clear();
        (self.replaced, self.in_parts, self.permitted) = (false, false, false);
    }

    /// Watches these from now on.
    pub(super) fn watch(&mut self, folders: BTreeMap<PathBuf, Entries>, files: BTreeSet<PathBuf>) {
        self.folders = folders;
        self.files = files;
    }

    /// The paths whose watch ended since this was asked for.
    pub(super) fn take_ended(&mut self) -> BTreeSet<PathBuf> {
        std::mem::take(&mut self.ended)
    }

    /// What happened since the last look, if anything did.
    pub(super) fn nature(&self) -> Option<Nature> {
        if self.in_parts || !self.unfinished.is_empty() {
            Some(Nature::Parts)
        } else if self.replaced {
            Some(Nature::Whole)
        } else {
            self.permitted.then_some(Nature::Parts)
        }
    }

    /// Something happened that nobody can name: events were lost.
    pub(super) fn lost(&mut self) {
        self.in_parts = true;
    }

    /// Takes note of an event; whether it concerned watched content.
    pub(super) fn note(&mut self, kind: EventKind, paths: &[PathBuf]) -> bool {
        match kind {
            // Our own reading is among the first; what is written shows as a modification. Of the second, both halves came
            // by themselves.
            EventKind::Access(_) | EventKind::Modify(ModifyKind::Name(RenameMode::Both)) => false,
            _ => {
                let noted: Vec<_> = paths.iter().map(|path| self.note_one(kind, path)).collect();
                noted.contains(&true)
            }
        }
    }

    fn note_one(&mut self, kind: EventKind, path: &Path) -> bool {
        let is_gone = matches!(
            kind,
            EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(RenameMode::From))
        );
        // The watches of what was below it ended with it.
        let ended = is_gone && self.end(path);
        if !ended && !self.matters(path) {
            return false;
        }
        match kind {
            EventKind::Modify(ModifyKind::Name(RenameMode::To)) => {
                self.unfinished.remove(path);
                self.replaced = true;
            }
            // A temporary file that is renamed or removed was never content, and what goes after a replacement is what was
            // replaced. Other content may be on its way to being replaced.
            _ if is_gone => self.in_parts |= !self.unfinished.remove(path) && !self.replaced,
            // The kubelet gives the whole volume to the pod's group before it swaps `..data`: that says nothing of the swap.
            EventKind::Modify(ModifyKind::Metadata(_)) => self.permitted = true,
            _ if self.unfinished.len() < UNFINISHED => {
                self.unfinished.insert(path.to_owned());
            }
            _ => self.in_parts = true,
        }
        true
    }

    /// Marks the watches at and below `path` as ended; whether there were any.
    fn end(&mut self, path: &Path) -> bool {
        let of_folders = self.folders.keys().filter(|watched| watched.starts_with(path));
        let of_files = self.files.iter().filter(|watched| watched.starts_with(path));
        let ended: Vec<_> = of_folders.chain(of_files).cloned().collect();
        let any = !ended.is_empty();
        self.ended.extend(ended);
        any
    }

    fn matters(&self, path: &Path) -> bool {
        let is_entry = || {
            let entries = path.parent().and_then(|folder| self.folders.get(folder));
            let name = path.file_name().unwrap_or_default();
            entries.is_some_and(|entries| entries.matter(name) && !self.is_hidden(path, name))
        };
        self.files.contains(path) || self.folders.contains_key(path) || is_entry()
    }

    fn is_hidden(&self, path: &Path, name: &OsStr) -> bool {
        let folder = path.parent().and_then(|folder| self.folders.get(folder));
        name != DATA && is_hidden_by_data(name) && folder.is_some_and(Entries::has_data)
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{AccessKind, CreateKind, DataChange, MetadataKind, RemoveKind};

    use super::*;

    const CREATE: EventKind = EventKind::Create(CreateKind::File);
    const WRITE: EventKind = EventKind::Modify(ModifyKind::Data(DataChange::Any));
    const CHANGE_OWNER: EventKind = EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any));
    const FROM: EventKind = EventKind::Modify(ModifyKind::Name(RenameMode::From));
    const TO: EventKind = EventKind::Modify(ModifyKind::Name(RenameMode::To));
    const REMOVE: EventKind = EventKind::Remove(RemoveKind::File);

    /// What comes of events in the content folder `/rules` and the kubelet's folder `/mount`.
    fn nature(events: &[(EventKind, &str)]) -> Option<Nature> {
        let mut pending = Pending::default();
        let folders = [
            ("/rules", Entries::all_but(["own.yaml".into()].into())),
            ("/mount", Entries::all().with_data()),
            ("/mount/..1", Entries::only(["a.yaml".into()].into())),
        ];
        let folders = folders.map(|(path, entries)| (PathBuf::from(path), entries));
        pending.watch(folders.into(), ["/etc/alone.yaml".into()].into());
        for (kind, path) in events {
            pending.note(*kind, &[PathBuf::from(path)]);
        }
        pending.nature()
    }

    #[test]
    fn what_is_renamed_into_place_is_whole_and_what_is_written_there_is_not() {
        let whole = Some(Nature::Whole);
        let parts = Some(Nature::Parts);
        for (what, events, expected) in [
            ("moved in", &[(TO, "/rules/a")][..], whole),
            ("written", &[(CREATE, "/rules/a"), (WRITE, "/rules/a")], parts),
            (
                "written beside and renamed over",
                &[
                    (CREATE, "/rules/t"),
                    (WRITE, "/rules/t"),
                    (FROM, "/rules/t"),
                    (TO, "/rules/a"),
                ],
                whole,
            ),
            (
                "one renamed over while another is written",
                &[(WRITE, "/rules/b"), (TO, "/rules/a")],
                parts,
            ),
            ("kept as a backup", &[(FROM, "/rules/a"), (TO, "/rules/a~")], parts),
            ("removed", &[(REMOVE, "/rules/a")], parts),
            ("permitted", &[(CHANGE_OWNER, "/rules/a")], parts),
            (
                "permitted and replaced",
                &[(CHANGE_OWNER, "/rules"), (CHANGE_OWNER, "/rules/a"), (TO, "/rules/a")],
                whole,
            ),
            (
                "permitted while it is written",
                &[(WRITE, "/rules/b"), (CHANGE_OWNER, "/rules/b"), (TO, "/rules/a")],
                parts,
            ),
            (
                "permitted and removed",
                &[(CHANGE_OWNER, "/rules/a"), (REMOVE, "/rules/a")],
                parts,
            ),
            ("came and went", &[(CREATE, "/rules/t"), (REMOVE, "/rules/t")], None),
            ("a file by itself", &[(WRITE, "/etc/alone.yaml")], parts),
            ("our own", &[(TO, "/rules/own.yaml")], None),
            ("of nobody's interest", &[(TO, "/elsewhere/a")], None),
            ("read", &[(EventKind::Access(AccessKind::Any), "/rules/a")], None),
        ] {
            assert_eq!(nature(events), expected, "{what}");
        }
    }

    #[test]
    fn a_swap_of_the_kubelet_is_whole() {
        let swap = [
            (EventKind::Create(CreateKind::Folder), "/mount/..2"),
            (CHANGE_OWNER, "/mount/..1"),
            (CHANGE_OWNER, "/mount/..data"),
            (CHANGE_OWNER, "/mount/a.yaml"),
            (CHANGE_OWNER, "/mount"),
            (CREATE, "/mount/..data_tmp"),
            (FROM, "/mount/..data_tmp"),
            (TO, "/mount/..data"),
            (REMOVE, "/mount/..1/a.yaml"),
            (EventKind::Remove(RemoveKind::Folder), "/mount/..1"),
        ];
        assert_eq!(nature(&swap), Some(Nature::Whole));
    }

    #[test]
    fn what_is_moved_away_ends_its_watches_and_those_below_it() {
        let mut pending = Pending::default();
        let folders = ["/a", "/a/b", "/c"].map(|path| (PathBuf::from(path), Entries::all()));
        pending.watch(folders.into(), ["/a/b/file".into()].into());
        assert!(pending.note(FROM, &["/a".into()]));
        let ended = pending.take_ended();
        assert_eq!(ended, ["/a", "/a/b", "/a/b/file"].map(PathBuf::from).into());
        assert!(pending.take_ended().is_empty() && pending.nature() == Some(Nature::Parts));
    }
}
