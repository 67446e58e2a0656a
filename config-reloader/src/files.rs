//! Which files there are below the watched folders, and which folders were walked to find them. Reads folders, never
//! the content of files.
//!
//! Symbolic links are followed. In a folder that the kubelet writes (it has a link `..data`), the entries that begin
//! with `..` are left out: they repeat the visible ones under a name that changes with each update. Vanished files
//! count as absent, since a folder may be swapped while it is read; so do links that lead nowhere. What the program writes
//! itself is left out, by whichever path it is reached.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern, PatternError};

use crate::absence::is_absence;
use crate::output;
use crate::watch::filesystem::{Identity, identity};

/// Most files and folders that are looked at.
const ENTRIES: usize = 100_000;
/// `*` stops at a slash, and a hidden file is matched by a pattern that says so.
const MATCHING: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// A folder whose files are watched, all of them or those that a pattern matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// The folder.
    pub folder: PathBuf,
    pattern: Option<Pattern>,
    /// The folder as the pattern spells it.
    spelled: PathBuf,
    /// Levels below the folder that are walked.
    depth: usize,
}

/// A file below a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Its path below the root's folder.
    pub name: PathBuf,
}

/// What is below the roots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The files, by root and then by name.
    pub files: Vec<Found>,
    /// The roots' folders and all below them, as far as they exist and matter.
    pub folders: Vec<PathBuf>,
    /// Links among both, unless the kubelet made them.
    pub links: Vec<PathBuf>,
}

/// What the program writes itself.
#[derive(Debug, Default)]
pub struct Own {
    files: BTreeSet<(Identity, OsString)>,
    folder: Option<Identity>,
}

impl Own {
    /// The file `output` and all of the folder `target`.
    pub fn new(output: Option<&Path>, target: Option<&Path>) -> Self {
        let entry = |path: &Path| {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            Some((
                identity(folder.unwrap_or(Path::new(".")))?,
                path.file_name()?.to_owned(),
            ))
        };
        Self {
            files: output.and_then(entry).into_iter().collect(),
            folder: target.and_then(identity),
        }
    }
}

/// Why there is no listing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder that is there and cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which one.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// More than anybody's configuration.
    #[error("more than {ENTRIES} files up to {path}")]
    TooMany {
        /// Where the cap was met.
        path: PathBuf,
    },
}

impl Root {
    /// Everything below `folder`.
    pub fn folder(folder: PathBuf) -> Self {
        Self {
            spelled: folder.clone(),
            folder,
            pattern: None,
            depth: usize::MAX,
        }
    }

    /// What `pattern` matches: `*`, `?`, `[a-z]`, and `**` for folders at any depth. The folder is what comes before the
    /// first of them.
    pub fn pattern(pattern: &str) -> Result<Self, PatternError> {
        let compiled = Pattern::new(pattern)?;
        let parts: Vec<_> = Path::new(pattern).components().collect();
        let special = |part: &Component<'_>| part.as_os_str().as_bytes().iter().any(|byte| b"*?[".contains(byte));
        // Without any, the last part is the file.
        let fixed = parts.iter().position(special).unwrap_or(parts.len().saturating_sub(1));
        let folder: PathBuf = parts[..fixed].iter().collect();
        let depth = if parts[fixed..].iter().any(|part| part.as_os_str() == "**") {
            usize::MAX
        } else {
            parts.len() - fixed
        };
        let folder = if folder.as_os_str().is_empty() {
            ".".into()
        } else {
            folder
        };
        Ok(Self {
            spelled: folder.clone(),
            folder,
            pattern: Some(compiled),
            depth,
        })
    }

    /// The same for another spelling of the folder.
    #[must_use]
    pub fn moved_to(self, folder: PathBuf) -> Self {
        Self { folder, ..self }
    }

    /// Whether it is a pattern.
    pub fn is_pattern(&self) -> bool {
        self.pattern.is_some()
    }

    /// What `text` says: a pattern if it has characters that are special in one, else a folder.
    pub fn folder_or_pattern(text: &str) -> Result<Self, PatternError> {
        if text.contains(['*', '?', '[']) {
            Self::pattern(text)
        } else {
            Ok(Self::folder(text.into()))
        }
    }

    /// Whether the file of this name below the folder belongs to the root.
    pub fn matches(&self, name: &Path) -> bool {
        let Some(pattern) = &self.pattern else { return true };
        // A pattern without a folder in front names files of the present one.
        let relative = self.spelled.as_os_str() == "." && !pattern.as_str().starts_with("./");
        let path = if relative {
            name.to_owned()
        } else {
            self.spelled.join(name)
        };
        pattern.matches_path_with(&path, MATCHING)
    }
}

impl fmt::Display for Root {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.pattern {
            Some(pattern) => write!(formatter, "{pattern}"),
            None => write!(formatter, "{}", self.folder.display()),
        }
    }
}

/// The files below `roots`, without `own`.
pub fn list(roots: &[Root], own: &Own) -> Result<Listing, Error> {
    let mut walk = Walk {
        listing: Listing::default(),
        own,
        entries: 0,
        above: Vec::new(),
    };
    for root in roots {
        walk.enter(root, Path::new(""), 0)?;
    }
    Ok(walk.listing)
}

struct Walk<'a> {
    listing: Listing,
    own: &'a Own,
    entries: usize,
    /// The folders above the present one: a link back to one of them ends there.
    above: Vec<Identity>,
}

impl Walk<'_> {
    fn enter(&mut self, root: &Root, name: &Path, depth: usize) -> Result<(), Error> {
        // Joining with nothing would leave a slash at the end.
        let path = if depth == 0 {
            root.folder.clone()
        } else {
            root.folder.join(name)
        };
        self.entries += 1;
        if self.entries > ENTRIES {
            return Err(Error::TooMany { path });
        }
        let Some(metadata) = present(&path, fs::metadata(&path))? else {
            return Ok(());
        };
        let identity = (metadata.dev(), metadata.ino());
        if metadata.is_dir() && depth < root.depth && !self.above.contains(&identity) {
            if self.own.folder == Some(identity) {
                return Ok(());
            }
            self.above.push(identity);
            let result = self.folder(root, path, name, depth);
            self.above.pop();
            return result;
        }
        // A socket or pipe holds no configuration, and opening one may never end.
        if metadata.is_file() && root.matches(name) {
            self.listing.files.push(Found {
                path,
                name: name.to_owned(),
            });
        }
        Ok(())
    }

    fn folder(&mut self, root: &Root, path: PathBuf, name: &Path, depth: usize) -> Result<(), Error> {
        let Some(entries) = present(&path, fs::read_dir(&path))? else {
            return Ok(());
        };
        let with_kind = |entry: fs::DirEntry| {
            let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            (entry.file_name(), is_link)
        };
        let names: io::Result<Vec<_>> = entries.map(|entry| entry.map(with_kind)).collect();
        let mut names = present(&path, names)?.unwrap_or_default();
        let is_of_kubelet = names.iter().any(|(name, _)| name == "..data");
        if is_of_kubelet {
            names.retain(|(name, _)| !name.as_bytes().starts_with(b".."));
        } else {
            let links = names.iter().filter(|(_, is_link)| *is_link);
            self.listing.links.extend(links.map(|(name, _)| path.join(name)));
        }
        let folder = self.above.last().copied().unwrap_or_default();
        names.retain(|(name, _)| !output::is_own(name) && !self.own.files.contains(&(folder, name.clone())));
        self.listing.folders.push(path);
        names.sort_unstable();
        names
            .iter()
            .try_for_each(|(entry, _)| self.enter(root, &name.join(entry), depth + 1))
    }
}

/// `None` for what is not there.
fn present<T>(path: &Path, result: io::Result<T>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if is_absence(&error) => Ok(None),
        Err(source) => Err(Error::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn names(root: &Root) -> Vec<String> {
        let listing = list(std::slice::from_ref(root), &Own::default()).expect("nothing unreadable");
        let names = listing.files.iter().map(|file| file.name.display().to_string());
        names.collect()
    }

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("a folder above")).expect("ours");
            fs::write(path, "").expect("ours");
        }
        folder
    }

    #[test]
    fn patterns_choose_files_and_walk_no_deeper_than_they_must() {
        let folder = tree(&["a.yaml", "a.txt", ".hidden.yaml", "x/b.yaml", "x/y/c.yaml"]);
        let pattern = |text: &str| Root::pattern(&format!("{}/{text}", folder.path().display())).expect("a pattern");
        assert_eq!(names(&Root::folder(folder.path().to_owned())).len(), 5);
        assert_eq!(names(&pattern("*.yaml")), ["a.yaml"]);
        assert_eq!(names(&pattern("*/[ab].yaml")), ["x/b.yaml"]);
        assert_eq!(names(&pattern("**/*.yaml")), ["a.yaml", "x/b.yaml", "x/y/c.yaml"]);
        assert_eq!(
            names(&pattern("x/y/*")),
            ["y/c.yaml"].map(|name| name.replace("y/", ""))
        );
        assert_eq!(names(&pattern("a.txt")), ["a.txt"]);
        let walked = list(&[pattern("*.yaml")], &Own::default())
            .expect("nothing unreadable")
            .folders;
        assert_eq!(walked, [folder.path()]);
        assert!(Root::pattern("/a/[").is_err());
    }

    #[test]
    fn links_back_and_dangling_links_end_the_walk() {
        let folder = tree(&[]);
        symlink(folder.path(), folder.path().join("again")).expect("ours");
        symlink("nowhere", folder.path().join("dangling")).expect("ours");
        symlink("loop", folder.path().join("loop")).expect("ours");
        let roots = [Root::folder(folder.path().to_owned()), Root::folder("/no/such".into())];
        let listing = list(&roots, &Own::default()).expect("nothing unreadable");
        assert_eq!(
            (listing.folders, listing.files),
            (vec![folder.path().to_owned()], vec![])
        );
    }

    #[test]
    fn the_hidden_half_of_a_kubelet_mount_is_left_out() {
        let folder = tree(&["..1/rules.yaml"]);
        symlink("..1", folder.path().join("..data")).expect("ours");
        symlink("..data/rules.yaml", folder.path().join("rules.yaml")).expect("ours");
        assert_eq!(names(&Root::folder(folder.path().to_owned())), ["rules.yaml"]);
    }

    #[test]
    fn what_we_write_is_left_out_by_every_path() {
        let folder = tree(&[
            "in/a.yaml",
            "in/out.yaml",
            "in/.prometheus-config-reloader-1.tmp",
            "in/target/b.yaml",
        ]);
        let at = |name: &str| folder.path().join(name);
        symlink("in", at("link")).expect("ours");
        let own = Own::new(Some(&at("link/out.yaml")), Some(&at("link/target")));
        let listing = list(&[Root::folder(at("in")), Root::folder(at("link"))], &own).expect("nothing unreadable");
        let names: Vec<_> = listing.files.iter().map(|found| found.name.as_path()).collect();
        assert_eq!(names, [Path::new("a.yaml"), Path::new("a.yaml")]);
    }
}
