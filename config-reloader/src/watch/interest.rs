//! What is of interest, and which folders and files must be watched for it. Reads links and asks what exists; watches
//! nothing itself.
//!
//! Each path is followed component by component. A link may be pointed elsewhere at any of them, so the folder of each
//! link is watched for its name; what does not exist is waited for in the folder that would hold it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path, PathBuf};

use super::filesystem;

/// Links that are followed in one path; as many as the kernel follows.
const LINKS: usize = 40;
/// The link that the kubelet swaps.
pub(super) const DATA: &str = "..data";
/// Folders that lie higher are those of the system: they are not moved, and much happens in them.
const TOP: usize = 2;
/// Systems whose events of a folder say nothing of what is written into its files.
pub const FOLDERS_ARE_NOT_ENOUGH: bool = cfg!(any(
    target_os = "freebsd",
    target_os = "openbsd",
    target_os = "netbsd",
    target_os = "dragonfly"
));

/// What to watch.
#[derive(Debug, Default)]
pub struct Interest {
    /// Single files, even while they do not exist.
    pub files: Vec<PathBuf>,
    /// Folders that matter even while they do not exist.
    pub roots: Vec<PathBuf>,
    /// Existing folders below the roots.
    pub folders: Vec<PathBuf>,
    /// Links below the roots, to files and folders that may be elsewhere.
    pub links: Vec<PathBuf>,
    /// Files that were found below the roots.
    pub found: Vec<PathBuf>,
    /// Files and folders that are written by ourselves.
    pub own: Vec<PathBuf>,
}

/// What is to be watched, by real paths.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) folders: BTreeMap<PathBuf, Entries>,
    /// Files that change without an event of their folder: by another name (hard links), or mounted by themselves.
    pub(super) files: BTreeSet<PathBuf>,
}

/// Which entries of a folder matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entries {
    /// All but these.
    AllBut {
        /// Those that we write.
        own: BTreeSet<OsString>,
        /// Whether the kubelet fills the folder.
        has_data: bool,
    },
    /// These: links, and what is waited for.
    Only(BTreeSet<OsString>),
}

impl Entries {
    /// Every entry.
    #[cfg(test)]
    pub(super) fn all() -> Self {
        Self::all_but(BTreeSet::new())
    }

    pub(super) fn all_but(own: BTreeSet<OsString>) -> Self {
        Self::AllBut { own, has_data: false }
    }

    pub(super) fn only(names: BTreeSet<OsString>) -> Self {
        Self::Only(names)
    }

    /// The same, filled by the kubelet.
    pub(super) fn with_data(self) -> Self {
        match self {
            Self::AllBut { own, .. } => Self::AllBut { own, has_data: true },
            only @ Self::Only(_) => only,
        }
    }

    /// Whether the kubelet fills the folder.
    pub(super) fn has_data(&self) -> bool {
        matches!(self, Self::AllBut { has_data: true, .. })
    }

    /// Whether an event on `name` matters.
    pub(super) fn matter(&self, name: &OsStr) -> bool {
        match self {
            Self::AllBut { own, .. } => !own.contains(name) && !crate::output::is_own(name),
            Self::Only(names) => names.contains(name),
        }
    }

    /// Both: a folder may be content, and hold another that is waited for.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::AllBut { own: a, has_data: x }, Self::AllBut { own: b, has_data: y }) => Self::AllBut {
                own: &a & &b,
                has_data: x && y,
            },
            (Self::Only(a), Self::Only(b)) => Self::Only(&a | &b),
            (Self::AllBut { own, has_data }, Self::Only(names))
            | (Self::Only(names), Self::AllBut { own, has_data }) => Self::AllBut {
                own: &own - &names,
                has_data,
            },
        }
    }
}

/// Whether the kubelet's `..data` stands for this entry beside it.
pub(super) fn is_hidden_by_data(name: &OsStr) -> bool {
    name.as_bytes().starts_with(b"..")
}

impl Interest {
    /// The folders and files to watch.
    pub(super) fn wanted(&self) -> Wanted {
        let mut search = Search {
            wanted: Wanted::default(),
            own: own_entries(&self.own),
        };
        for file in &self.files {
            if let Some(target) = search.follow(file) {
                search.wanted.files.insert(target);
            }
        }
        for root in &self.roots {
            if let Some(folder) = search.follow(root)
                && folder.is_dir()
            {
                search.content(folder);
            }
        }
        for link in &self.links {
            search.follow(link);
        }
        for folder in &self.folders {
            if let Ok(folder) = folder.canonicalize() {
                search.content(folder);
            }
        }
        let mut wanted = search.wanted;
        wanted
            .files
            .extend(filesystem::mounted_alone(&self.files, &self.folders));
        if FOLDERS_ARE_NOT_ENOUGH {
            let real = self.found.iter().filter_map(|file| file.canonicalize().ok());
            wanted.files.extend(real);
        }
        wanted
    }
}

/// What we write, by the folders' real names.
fn own_entries(own: &[PathBuf]) -> BTreeMap<PathBuf, BTreeSet<OsString>> {
    let mut entries = BTreeMap::<_, BTreeSet<_>>::new();
    for file in own {
        if let (Ok(folder), Some(name)) = (parent(file).canonicalize(), file.file_name()) {
            entries.entry(folder).or_default().insert(name.to_owned());
        }
    }
    entries
}

struct Search {
    wanted: Wanted,
    own: BTreeMap<PathBuf, BTreeSet<OsString>>,
}

impl Search {
    /// Watches for every way in which `path` may come to lead elsewhere; what it leads to now, if anything.
    fn follow(&mut self, path: &Path) -> Option<PathBuf> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let mut rest: VecDeque<_> = parts(&path).collect();
        let (mut real, mut links) = (PathBuf::from("/"), 0);
        while let Some(name) = rest.pop_front() {
            if name == ".." {
                real.pop();
                continue;
            }
            let entry = real.join(&name);
            let Ok(metadata) = fs::symlink_metadata(&entry) else {
                self.add(real, Entries::only([name].into()));
                return None;
            };
            if metadata.is_symlink() {
                let target = fs::read_link(&entry).ok()?;
                self.add(real.clone(), Entries::only([name].into()));
                links += 1;
                if links > LINKS {
                    return None;
                }
                if target.is_absolute() {
                    real = PathBuf::from("/");
                }
                for part in parts(&target).rev() {
                    rest.push_front(part);
                }
                continue;
            }
            if rest.is_empty() || real.components().count() > TOP {
                // For the file itself; and for folders on the way, which may be moved away.
                self.add(real.clone(), Entries::only([name].into()));
            }
            real = entry;
        }
        Some(real)
    }

    fn content(&mut self, folder: PathBuf) {
        let own = self.own.get(&folder).cloned().unwrap_or_default();
        let entries = Entries::all_but(own);
        let has_data = fs::symlink_metadata(folder.join(DATA)).is_ok();
        self.add(folder, if has_data { entries.with_data() } else { entries });
    }

    fn add(&mut self, folder: PathBuf, entries: Entries) {
        let entries = match self.wanted.folders.remove(&folder) {
            Some(others) => others.and(entries),
            None => entries,
        };
        self.wanted.folders.insert(folder, entries);
    }
}

/// The names of a path; `..` where it goes up.
fn parts(path: &Path) -> impl DoubleEndedIterator<Item = OsString> {
    path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    })
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
    use std::os::unix::fs::symlink;

    use super::*;

    fn names(names: &[&str]) -> BTreeSet<OsString> {
        names.iter().map(OsString::from).collect()
    }

    /// A folder by its real path.
    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().canonicalize().expect("it is there");
        (folder, path)
    }

    fn only(wanted: &Wanted, folder: &Path) -> BTreeSet<OsString> {
        match wanted.folders.get(folder) {
            Some(Entries::Only(names)) => names.clone(),
            _ => BTreeSet::new(),
        }
    }

    #[test]
    fn a_folder_that_does_not_exist_is_waited_for_above() {
        let (_keep, path) = folder();
        let interest = Interest {
            roots: vec![path.join("a/b")],
            ..Interest::default()
        };
        let wanted = interest.wanted();
        assert_eq!(only(&wanted, &path), names(&["a"]));
        assert!(wanted.files.is_empty());
    }

    #[test]
    fn our_own_files_do_not_matter_but_the_rest_does() {
        let (_keep, path) = folder();
        let interest = Interest {
            roots: vec![path.clone()],
            own: vec![path.join("out.yaml"), path.join("out")],
            ..Interest::default()
        };
        let wanted = interest.wanted();
        let entries = &wanted.folders[&path];
        for (name, matters) in [
            ("in.yaml", true),
            ("..data", true),
            ("out.yaml", false),
            (".prometheus-config-reloader-0.tmp", false),
            ("out", false),
        ] {
            assert_eq!(entries.matter(OsStr::new(name)), matters, "{name}");
        }
    }

    #[test]
    fn links_are_watched_wherever_they_are_in_a_path() {
        let (_keep, path) = folder();
        fs::create_dir_all(path.join("releases/1/rules")).expect("ours");
        fs::write(path.join("releases/1/rules/a.yaml"), "").expect("ours");
        symlink("releases/1", path.join("current")).expect("ours");
        symlink(path.join("current"), path.join("absolute")).expect("ours");
        let file = path.join("absolute/rules/../rules/a.yaml");
        let interest = Interest {
            files: vec![file],
            ..Interest::default()
        };
        let wanted = interest.wanted();
        let at = only(&wanted, &path);
        assert!(at.is_superset(&names(&["absolute", "current"])), "{at:?}");
        let rules = path.join("releases/1/rules");
        assert!(only(&wanted, &rules).contains(OsStr::new("a.yaml")));
        assert_eq!(wanted.files, BTreeSet::from([rules.join("a.yaml")]));
    }

    #[test]
    fn the_kubelets_link_is_watched_and_a_loop_of_links_ends() {
        let (_keep, path) = folder();
        fs::create_dir(path.join("..1")).expect("ours");
        fs::write(path.join("..1/a.yaml"), "").expect("ours");
        symlink("..1", path.join("..data")).expect("ours");
        symlink("..data/a.yaml", path.join("a.yaml")).expect("ours");
        symlink("self", path.join("self")).expect("ours");
        let interest = Interest {
            files: vec![path.join("a.yaml"), path.join("self")],
            ..Interest::default()
        };
        assert!(only(&interest.wanted(), &path).is_superset(&names(&["..data", "a.yaml", "self"])));
    }

    #[test]
    fn two_reasons_to_watch_a_folder_are_joined() {
        let all_but = |own: &[&str]| Entries::all_but(names(own));
        let only = |listed: &[&str]| Entries::only(names(listed));
        assert_eq!(only(&["a"]).and(only(&["b"])), only(&["a", "b"]));
        assert_eq!(all_but(&["a", "b"]).and(only(&["b"])), all_but(&["a"]));
        assert_eq!(only(&["b"]).and(all_but(&["a", "b"])), all_but(&["a"]));
    }
}
