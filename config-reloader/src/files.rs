//! Which files there are below the watched folders, and which folders were walked to find them. Reads folders, never
//! the content of files.
//!
//! Symbolic links are followed. In a folder that the kubelet writes (it has a link `..data`), the entries that begin
//! with `..` are left out: they repeat the visible ones under a name that changes with each update. Vanished files
//! count as absent, since a folder may be swapped while it is read.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern, PatternError};

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
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The files, by root and then by name.
    pub files: Vec<Found>,
    /// The roots' folders and all below them, as far as they exist and matter.
    pub folders: Vec<PathBuf>,
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
            folder,
            pattern: None,
            depth: usize::MAX,
        }
    }

    /// What `pattern` matches: `*`, `?`, `[a-z]`, and `**` for folders at any depth. The folder is what stands in front of
    /// the first of them.
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
        Ok(Self {
            folder: if folder.as_os_str().is_empty() {
                ".".into()
            } else {
                folder
            },
            pattern: Some(compiled),
            depth,
        })
    }

    /// What `text` says: a pattern where it has characters that are special in one, else a folder.
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
        let relative = self.folder.as_os_str() == "." && !pattern.as_str().starts_with("./");
        let path = if relative {
            name.to_owned()
        } else {
            self.folder.join(name)
        };
        pattern.matches_path_with(&path, MATCHING)
    }
}

/// The files below `roots`.
pub fn list(roots: &[Root]) -> Result<Listing, Error> {
    let mut walk = Walk::default();
    for root in roots {
        walk.enter(root, Path::new(""), 0)?;
    }
    Ok(walk.listing)
}

#[derive(Default)]
struct Walk {
    listing: Listing,
    entries: usize,
    /// Device and inode of the folders above the present one: a link back to one of them ends there.
    above: Vec<(u64, u64)>,
}

impl Walk {
    fn enter(&mut self, root: &Root, name: &Path, depth: usize) -> Result<(), Error> {
        // Joining with nothing would leave a slash behind.
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
        let names: io::Result<Vec<_>> = entries.map(|entry| entry.map(|entry| entry.file_name())).collect();
        let mut names = present(&path, names)?.unwrap_or_default();
        self.listing.folders.push(path);
        if names.iter().any(|name| name == "..data") {
            names.retain(|name| !name.as_bytes().starts_with(b".."));
        }
        names.sort_unstable();
        names
            .iter()
            .try_for_each(|entry| self.enter(root, &name.join(entry), depth + 1))
    }
}

/// `None` for what is not there (any more).
pub(crate) fn present<T>(path: &Path, result: io::Result<T>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
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
        let listing = list(std::slice::from_ref(root)).expect("nothing unreadable");
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
        let walked = list(&[pattern("*.yaml")]).expect("nothing unreadable").folders;
        assert_eq!(walked, [folder.path()]);
        assert!(Root::pattern("/a/[").is_err());
    }

    #[test]
    fn links_back_and_dangling_links_end_the_walk() {
        let folder = tree(&[]);
        symlink(folder.path(), folder.path().join("again")).expect("ours");
        symlink("nowhere", folder.path().join("dangling")).expect("ours");
        let roots = [Root::folder(folder.path().to_owned()), Root::folder("/no/such".into())];
        let listing = list(&roots).expect("nothing unreadable");
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
}
