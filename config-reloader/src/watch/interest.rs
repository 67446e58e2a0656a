//! What is of interest, and which folders and files must be watched for it. Reads links and asks what exists; watches
//! nothing itself.
//!
//! Folders that do not exist are waited for in the nearest one above them that does.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::place;

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
    /// Files and folders that are written by ourselves.
    pub own: Vec<PathBuf>,
}

/// What is to be watched.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) folders: BTreeMap<PathBuf, Entries>,
    /// Files that change without an event of their folder: by another name (hard links), or mounted by themselves.
    pub(super) files: BTreeSet<PathBuf>,
}

/// Which entries of a folder matter.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entries {
    /// All but these.
    AllBut(BTreeSet<OsString>),
    /// These: a folder that is waited for, or may be replaced.
    Only(BTreeSet<OsString>),
}

impl Entries {
    /// Every entry.
    pub(super) fn all() -> Self {
        Self::AllBut(BTreeSet::new())
    }

    /// Whether an event on `name` matters; no name stands for the folder itself.
    pub(super) fn matter(&self, name: Option<&OsStr>) -> bool {
        match (self, name) {
            (_, None) => true,
            (Self::AllBut(own), Some(name)) => !own.contains(name),
            (Self::Only(names), Some(name)) => names.contains(name),
        }
    }

    /// Both: a folder may be content, and hold another that is waited for.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::AllBut(a), Self::AllBut(b)) => Self::AllBut(&a & &b),
            (Self::Only(a), Self::Only(b)) => Self::Only(&a | &b),
            (Self::AllBut(own), Self::Only(names)) | (Self::Only(names), Self::AllBut(own)) => {
                Self::AllBut(&own - &names)
            }
        }
    }
}

impl Interest {
    /// The folders and files to watch.
    pub(super) fn wanted(&self) -> Wanted {
        let mut search = Search {
            wanted: Wanted::default(),
            own: self.own_entries(),
        };
        let mut file = self.file.clone();
        for _ in 0..LINKS {
            let Some(path) = file else { break };
            search.root(parent(&path));
            file = std::fs::read_link(&path).ok().map(|target| parent(&path).join(target));
        }
        if let Some(target) = self.file.as_ref().and_then(|file| file.canonicalize().ok()) {
            search.root(parent(&target));
            search.wanted.files.insert(target);
        }
        for root in &self.roots {
            search.root(root);
        }
        for folder in &self.folders {
            search.content(folder);
        }
        let mut wanted = search.wanted;
        let alone = place::mounted_alone(&self.folders);
        wanted.files.extend(alone);
        wanted
    }

    /// What we write, by the folders' real names.
    fn own_entries(&self) -> BTreeMap<PathBuf, BTreeSet<OsString>> {
        let mut own: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for file in &self.own {
            if let (Ok(folder), Some(name)) = (parent(file).canonicalize(), file.file_name()) {
                own.entry(folder).or_default().insert(name.to_owned());
            }
        }
        own
    }
}

struct Search {
    wanted: Wanted,
    own: BTreeMap<PathBuf, BTreeSet<OsString>>,
}

impl Search {
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
        let entries = match self.wanted.folders.remove(&folder) {
            Some(others) => others.and(entries),
            None => entries,
        };
        self.wanted.folders.insert(folder, entries);
    }
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
        let interest = Interest {
            roots: vec![folder.path().join("a/b")],
            ..Interest::default()
        };
        let expected = Wanted {
            folders: BTreeMap::from([(folder.path().to_owned(), Entries::Only(names(&["a"])))]),
            files: BTreeSet::new(),
        };
        assert_eq!(interest.wanted(), expected);
    }

    #[test]
    fn our_own_files_do_not_matter_but_the_rest_does() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let interest = Interest {
            file: Some(path("in.yaml")),
            own: vec![path("out.yaml"), path(".out.yaml.tmp"), path("out")],
            ..Interest::default()
        };
        let wanted = interest.wanted();
        let entries = &wanted.folders[folder.path()];
        for (name, matters) in [
            ("in.yaml", true),
            ("..data", true),
            ("out.yaml", false),
            (".out.yaml.tmp", false),
            ("out", false),
        ] {
            assert_eq!(entries.matter(Some(OsStr::new(name))), matters, "{name}");
        }
        assert!(entries.matter(None));
    }

    #[test]
    fn the_file_behind_links_is_watched_itself() {
        let folder = tempfile::tempdir().expect("a folder");
        let real = folder.path().canonicalize().expect("it is there").join("real.yaml");
        std::fs::write(&real, "").expect("ours");
        std::os::unix::fs::symlink("real.yaml", folder.path().join("link.yaml")).expect("ours");
        let interest = Interest {
            file: Some(folder.path().join("link.yaml")),
            ..Interest::default()
        };
        assert_eq!(interest.wanted().files, BTreeSet::from([real]));
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
