//! Atomic writing: into a temporary file beside the target, flushed to the disk, then renamed over it. Readers see
//! the old content or the new one, and a failure leaves the old one.
//!
//! A [`Folder`] is opened once and written through, so that nobody who may write to it can lead us out of it by a link.
//! [`Output`] takes the content; [`Output::finish`] gives the [`Candidate`], which may be looked at before
//! [`Candidate::commit`] puts it in place.

use std::ffi::{OsStr, OsString};
use std::fs::{File, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use sha2::{Digest as _, Sha256};

use crate::fingerprint::{self, Fingerprint};

/// Mode of a configuration file, where another user must be able to read it.
pub const MODE: u32 = 0o644;

/// What the names of our own files begin with, those of other reloaders included.
const OWN: &str = ".prometheus-config-reloader";

/// Whether a name is one that reloaders give to files of their own.
pub fn is_own(name: &OsStr) -> bool {
    name.as_bytes().starts_with(OWN.as_bytes())
}

/// A folder that is written to.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    handle: OwnedFd,
}

/// A file that is being written. Dropped, it leaves no trace.
pub struct Output {
    candidate: Candidate,
    mode: u32,
    writer: BufWriter<File>,
    digest: Sha256,
    length: u64,
}

/// A file that is written, beside its place. Dropped before [`Candidate::commit`], it leaves no trace.
#[derive(Debug)]
pub struct Candidate {
    folder: Arc<Folder>,
    name: OsString,
    temporary: OsString,
    committed: bool,
}

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// The file, unless one with the same content and mode is in place already.
    pub candidate: Option<Candidate>,
    /// Of the content.
    pub digest: Fingerprint,
    /// In bytes.
    pub length: u64,
}

impl Folder {
    /// The folder at `path`, as the user names it: links are followed.
    pub fn open(path: &Path) -> io::Result<Arc<Self>> {
        let path = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        let handle = rustix::fs::open(path, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        Ok(Arc::new(Self {
            path: path.to_owned(),
            handle,
        }))
    }

    /// A folder below this one, which is created where it is not there. Links are not followed.
    pub fn create_below(self: &Arc<Self>, name: &Path) -> io::Result<Arc<Self>> {
        self.below(name, |folder, part| {
            match rustix::fs::mkdirat(&folder.handle, part, Mode::from_raw_mode(0o777)) {
                Err(error) if error != rustix::io::Errno::EXIST => Err(error.into()),
                _ => Ok(()),
            }
        })
    }

    /// A folder below this one. Links are not followed.
    pub fn open_below(self: &Arc<Self>, name: &Path) -> io::Result<Arc<Self>> {
        self.below(name, |_, _| Ok(()))
    }

    fn below(self: &Arc<Self>, name: &Path, prepare: impl Fn(&Self, &Path) -> io::Result<()>) -> io::Result<Arc<Self>> {
        let mut folder = self.clone();
        for part in name.components() {
            let part = Path::new(part.as_os_str());
            prepare(&folder, part)?;
            let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            folder = Arc::new(Self {
                path: folder.path.join(part),
                handle: rustix::fs::openat(&folder.handle, part, flags, Mode::empty())?,
            });
        }
        Ok(folder)
    }

    /// Removes a file; one that is not there is no error.
    pub fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        match rustix::fs::unlinkat(&self.handle, name, AtFlags::empty()) {
            Err(error) if error != rustix::io::Errno::NOENT => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Removes a folder that is empty.
    pub fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.handle, name, AtFlags::REMOVEDIR)?)
    }

    /// Opens a file for reading; a link is not followed.
    pub fn open_file(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(&self.handle, name, flags, Mode::empty())?.into())
    }

    /// Whether `name` is a file of this mode and content. One that cannot be read is not.
    fn holds(&self, name: &OsStr, mode: u32, content: Fingerprint, length: u64) -> bool {
        let Ok(found) = rustix::fs::statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) else {
            return false;
        };
        let is_file = FileType::from_raw_mode(found.st_mode) == FileType::RegularFile;
        let has_mode = Mode::from_raw_mode(found.st_mode) == Mode::from_raw_mode(raw_mode(mode));
        let has_length = u64::try_from(found.st_size).is_ok_and(|found| found == length);
        let digest = || fingerprint::digest_of(self.open_file(name)?, length);
        is_file && has_mode && has_length && digest().is_ok_and(|(digest, _)| digest == content)
    }
}

impl Output {
    /// Starts writing what is to become `name` in `folder`, with the permission bits of `mode`.
    pub fn create(folder: &Arc<Folder>, name: &OsStr, mode: u32) -> io::Result<Self> {
        let temporary = temporary(name);
        // Left by a crash, it may be read-only by now.
        folder.remove_file(&temporary)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&folder.handle, &temporary, flags, Mode::RUSR | Mode::WUSR)?;
        let candidate = Candidate {
            folder: folder.clone(),
            name: name.to_owned(),
            temporary,
            committed: false,
        };
        let file = File::from(file);
        file.set_permissions(Permissions::from_mode(mode))?;
        Ok(Self {
            candidate,
            mode,
            writer: BufWriter::new(file),
            digest: Sha256::new(),
            length: 0,
        })
    }

    /// Ends the writing. Content that differs from what is in place is flushed to the disk.
    pub fn finish(mut self) -> io::Result<Written> {
        self.writer.flush()?;
        let digest = Fingerprint(self.digest.finalize().into());
        let Candidate { folder, name, .. } = &self.candidate;
        let in_place = folder.holds(name, self.mode, digest, self.length);
        if !in_place {
            self.writer.get_ref().sync_all()?;
        }
        Ok(Written {
            candidate: (!in_place).then_some(self.candidate),
            digest,
            length: self.length,
        })
    }
}

/// The mode as the system's calls have it, whose type differs.
fn raw_mode(mode: u32) -> rustix::fs::RawMode {
    rustix::fs::RawMode::try_from(mode & 0o7777).unwrap_or_default()
}

impl Candidate {
    /// Where the content is until it is put in place.
    pub fn path(&self) -> PathBuf {
        self.folder.path.join(&self.temporary)
    }

    /// Where it is to be.
    pub fn target(&self) -> PathBuf {
        self.folder.path.join(&self.name)
    }

    /// Puts it in place.
    pub fn commit(mut self) -> io::Result<()> {
        let folder = &self.folder.handle;
        rustix::fs::renameat(folder, &self.temporary, folder, &self.name)?;
        self.committed = true;
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.writer.write(bytes)?;
        self.digest.update(&bytes[..count]);
        self.length += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Drop for Candidate {
    fn drop(&mut self) {
        if !self.committed {
            // Nobody could act on a failure; the next write removes what is left.
            let _ = self.folder.remove_file(&self.temporary);
        }
    }
}

/// The file beside `name` while that is written: of one length, since a name may be as long as the system allows.
fn temporary(name: &OsStr) -> OsString {
    let digest = Sha256::digest(name.as_bytes());
    let number = digest
        .iter()
        .take(8)
        .fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
    format!("{OWN}-{number:016x}.tmp").into()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn create(target: &Path) -> Output {
        let folder = Folder::open(target.parent().expect("a folder")).expect("it is there");
        Output::create(&folder, target.file_name().expect("a name"), MODE).expect("a writable folder")
    }

    fn written(target: &Path, content: &str) -> Written {
        let mut output = create(target);
        output.write_all(content.as_bytes()).expect("space");
        output.finish().expect("space")
    }

    fn entries(folder: &Path) -> usize {
        fs::read_dir(folder).expect("a folder").count()
    }

    #[test]
    fn content_and_mode_are_in_place_after_the_commit_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("out.yaml");
        fs::write(&target, "old").expect("the folder is ours");
        fs::set_permissions(&target, Permissions::from_mode(0o600)).expect("the file is ours");
        let candidate = written(&target, "new").candidate.expect("it differs");
        assert_eq!(fs::read(&target).expect("it is there"), b"old");
        assert_eq!(fs::read(candidate.path()).expect("it is there"), b"new");
        candidate.commit().expect("a rename");
        assert_eq!(fs::read(&target).expect("it is there"), b"new");
        let mode = fs::metadata(&target).expect("it is there").permissions().mode();
        assert_eq!((mode & 0o777, entries(folder.path())), (0o644, 1));
    }

    #[test]
    fn what_is_dropped_leaves_the_old_content() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("out.yaml");
        fs::write(&target, "old").expect("the folder is ours");
        drop(written(&target, "unwanted"));
        let mut output = create(&target);
        output.write_all(b"half").expect("space");
        drop(output);
        assert_eq!(fs::read(&target).expect("it is there"), b"old");
        assert_eq!(entries(folder.path()), 1);
    }

    #[test]
    fn the_same_content_is_no_candidate_unless_its_mode_differs() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("out.yaml");
        let first = written(&target, "same");
        first.candidate.expect("nothing is there").commit().expect("a rename");
        let second = written(&target, "same");
        assert!(second.candidate.is_none() && second.digest == first.digest && second.length == 4);
        assert_eq!(entries(folder.path()), 1);
        fs::set_permissions(&target, Permissions::from_mode(0o600)).expect("the file is ours");
        assert!(written(&target, "same").candidate.is_some());
    }

    #[test]
    fn the_longest_name_is_written_and_links_are_not_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let long = folder.path().join("a".repeat(255));
        written(&long, "new")
            .candidate
            .expect("nothing is there")
            .commit()
            .expect("a rename");
        assert_eq!(fs::read(&long).expect("it is there"), b"new");
        fs::create_dir(folder.path().join("elsewhere")).expect("ours");
        std::os::unix::fs::symlink("elsewhere", folder.path().join("link")).expect("ours");
        let opened = Folder::open(folder.path()).expect("it is there");
        assert!(opened.create_below(Path::new("link")).is_err());
        assert!(opened.create_below(Path::new("a/b")).is_ok() && folder.path().join("a/b").is_dir());
    }
}
