//! Atomic writing: into a temporary file beside the target, flushed to the disk, then renamed over it. Readers see
//! the old content or the new one, and a failure leaves the old one.
//!
//! [`Output`] takes the content; [`Output::finish`] gives the [`Candidate`], which may be looked at before
//! [`Candidate::commit`] puts it in place.

use std::ffi::OsString;
use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::fingerprint::{self, Fingerprint};

/// Mode of a configuration file, since another user reads it.
pub const MODE: u32 = 0o644;

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
    target: PathBuf,
    temporary: PathBuf,
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

impl Output {
    /// Starts writing what is to become `target`, with the permission bits of `mode`.
    pub fn create(target: &Path, mode: u32) -> io::Result<Self> {
        let temporary = temporary(target);
        // Left behind by a crash, it may be read-only by now.
        let _ = fs::remove_file(&temporary);
        let file = File::create_new(&temporary)?;
        let candidate = Candidate {
            target: target.to_owned(),
            temporary,
            committed: false,
        };
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
        let in_place = is_in_place(&self.candidate.target, self.mode, digest, self.length);
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

/// Whether `target` is a file of this mode and content. One that cannot be read is not.
fn is_in_place(target: &Path, mode: u32, content: Fingerprint, length: u64) -> bool {
    let same = |metadata: &fs::Metadata| {
        metadata.is_file() && metadata.len() == length && metadata.permissions().mode() & 0o7777 == mode
    };
    fs::symlink_metadata(target).is_ok_and(|metadata| same(&metadata))
        && fingerprint::digest(target, length).is_ok_and(|(digest, _)| digest == content)
}

impl Candidate {
    /// Where the content is until it is put in place.
    pub fn path(&self) -> &Path {
        &self.temporary
    }

    /// Where it is to be.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Puts it in place.
    pub fn commit(mut self) -> io::Result<()> {
        fs::rename(&self.temporary, &self.target)?;
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
            // There is nobody to tell; the next write removes what is left.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// The file that stands beside `target` while it is written.
pub fn temporary(target: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(".tmp");
    target.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(target: &Path, content: &str) -> Written {
        let mut output = Output::create(target, MODE).expect("a writable folder");
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
        let mut output = Output::create(&target, MODE).expect("a writable folder");
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
}
