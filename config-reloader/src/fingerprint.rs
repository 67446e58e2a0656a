//! What the watched files hold, as one number: SHA-256 over the paths and contents of the effective configuration file
//! and of every file below the watched folders. Equal fingerprints mean that no reload is due.
//!
//! Symbolic links are followed. In a folder that the kubelet writes (it has a link `..data`), the entries that begin
//! with `..` are left out: they repeat the visible ones under a name that changes with each update. Vanished files
//! count as absent, since a folder may be swapped while it is read.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// Most files and folders that are looked at.
const ENTRIES: usize = 100_000;
/// Most bytes that are read, of all files together.
const BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// A digest of content; equal where the content is equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

/// A fingerprint, and the folders that were walked for it.
#[derive(Debug, PartialEq, Eq)]
pub struct Walked {
    /// Of all that was read.
    pub fingerprint: Fingerprint,
    /// The watched folders and all below them, as far as they exist.
    pub folders: Vec<PathBuf>,
}

/// Why there is no fingerprint.
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
    #[error("more than {ENTRIES} files or {BYTES} bytes up to {path}")]
    TooMuch {
        /// Where the cap was met.
        path: PathBuf,
    },
}

/// The fingerprint of `file` and of everything below `folders`.
pub fn walk(file: Option<&Path>, folders: &[PathBuf]) -> Result<Walked, Error> {
    let mut walk = Walk::default();
    if let Some(file) = file {
        walk.enter(file)?;
    }
    let walked_for_file = walk.folders.len();
    for folder in folders {
        walk.enter(folder)?;
    }
    walk.folders.drain(..walked_for_file);
    Ok(Walked {
        fingerprint: Fingerprint(walk.hasher.finalize().into()),
        folders: walk.folders,
    })
}

#[derive(Default)]
struct Walk {
    hasher: Sha256,
    folders: Vec<PathBuf>,
    entries: usize,
    bytes: u64,
    /// Device and inode of the folders above the present one: a link back to one of them ends there.
    above: Vec<(u64, u64)>,
}

impl Walk {
    fn enter(&mut self, path: &Path) -> Result<(), Error> {
        self.entries += 1;
        if self.entries > ENTRIES {
            return Err(Error::TooMuch { path: path.to_owned() });
        }
        let Some(metadata) = present(path, fs::metadata(path))? else {
            return Ok(());
        };
        let identity = (metadata.dev(), metadata.ino());
        if metadata.is_file() {
            self.file(path)
        } else if metadata.is_dir() && !self.above.contains(&identity) {
            self.above.push(identity);
            let result = self.folder(path);
            self.above.pop();
            result
        } else {
            // A socket or pipe holds no configuration, and opening one may never end.
            Ok(())
        }
    }

    fn folder(&mut self, path: &Path) -> Result<(), Error> {
        let Some(entries) = present(path, fs::read_dir(path))? else {
            return Ok(());
        };
        self.folders.push(path.to_owned());
        let names: io::Result<Vec<_>> = entries.map(|entry| entry.map(|entry| entry.file_name())).collect();
        let mut names = present(path, names)?.unwrap_or_default();
        if names.iter().any(|name| name == "..data") {
            names.retain(|name| !name.as_bytes().starts_with(b".."));
        }
        names.sort_unstable();
        names.iter().try_for_each(|name| self.enter(&path.join(name)))
    }

    fn file(&mut self, path: &Path) -> Result<(), Error> {
        let Some(file) = present(path, File::open(path))? else {
            return Ok(());
        };
        let mut content = Sha256::new();
        let mut file = file.take(BYTES - self.bytes + 1);
        let mut buffer = [0; 16 * 1024];
        loop {
            let count = match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => {
                    return Err(Error::Read {
                        path: path.to_owned(),
                        source,
                    });
                }
            };
            content.update(&buffer[..count]);
            self.bytes += count as u64;
        }
        if self.bytes > BYTES {
            return Err(Error::TooMuch { path: path.to_owned() });
        }
        // The length in front keeps two different lists of files from giving the same input.
        let name = path.as_os_str().as_bytes();
        self.hasher.update((name.len() as u64).to_le_bytes());
        self.hasher.update(name);
        self.hasher.update(content.finalize());
        Ok(())
    }
}

/// `None` for what is not there (any more).
fn present<T>(path: &Path, result: io::Result<T>) -> Result<Option<T>, Error> {
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

    fn of(folder: &Path) -> Fingerprint {
        walk(None, &[folder.to_owned()]).expect("a readable folder").fingerprint
    }

    #[test]
    fn content_names_and_depth_count() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let mut seen = vec![of(folder.path())];
        let mut changed = |what: &str| {
            let now = of(folder.path());
            assert!(!seen.contains(&now), "{what}");
            seen.push(now);
        };
        fs::write(path("a.yaml"), "1").expect("ours");
        changed("a new file");
        fs::write(path("a.yaml"), "2").expect("ours");
        changed("new content");
        fs::rename(path("a.yaml"), path("b.yaml")).expect("ours");
        changed("a new name");
        fs::create_dir_all(path("x/y")).expect("ours");
        fs::write(path("x/y/c.yaml"), "").expect("ours");
        changed("a file further down");
        fs::write(path("b.yaml"), "2").expect("ours");
        assert_eq!(of(folder.path()), seen[seen.len() - 1]);
    }

    #[test]
    fn a_kubelet_swap_with_equal_content_is_no_change() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        for (version, content) in [("..1", "a"), ("..2", "a"), ("..3", "b")] {
            fs::create_dir(path(version)).expect("ours");
            fs::write(path(version).join("rules.yaml"), content).expect("ours");
        }
        symlink("..data/rules.yaml", path("rules.yaml")).expect("ours");
        symlink("..1", path("..data")).expect("ours");
        let first = of(folder.path());
        let swap = |former: &str, version: &str| {
            symlink(version, path("..data_tmp")).expect("ours");
            fs::rename(path("..data_tmp"), path("..data")).expect("ours");
            fs::remove_dir_all(path(former)).expect("ours");
        };
        swap("..1", "..2");
        assert_eq!(of(folder.path()), first);
        swap("..2", "..3");
        assert_ne!(of(folder.path()), first);
    }

    #[test]
    fn links_back_and_dangling_links_end_the_walk() {
        let folder = tempfile::tempdir().expect("a folder");
        symlink(folder.path(), folder.path().join("again")).expect("ours");
        symlink("nowhere", folder.path().join("dangling")).expect("ours");
        let walked = walk(
            Some(&folder.path().join("absent")),
            &[folder.path().to_owned(), "/no/such".into()],
        );
        assert_eq!(walked.expect("nothing unreadable").folders, [folder.path()]);
    }
}
