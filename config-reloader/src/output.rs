//! Atomic writing: into a temporary file beside the target, flushed to the disk, then renamed over it. Readers see
//! the old content or the new one, and a failure leaves the old one. Mode 0644, since another user reads the file.

use std::ffi::OsString;
use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// A file that is being written. Dropped before [`Output::commit`], it leaves no trace.
pub struct Output {
    target: PathBuf,
    temporary: PathBuf,
    writer: BufWriter<File>,
    committed: bool,
}

impl Output {
    /// Starts writing what is to become `target`.
    pub fn create(target: &Path) -> io::Result<Self> {
        let temporary = temporary(target);
        let file = File::create(&temporary)?;
        file.set_permissions(Permissions::from_mode(0o644))?;
        Ok(Self {
            target: target.to_owned(),
            temporary,
            writer: BufWriter::new(file),
            committed: false,
        })
    }

    /// Puts what was written in place.
    pub fn commit(mut self) -> io::Result<()> {
        self.writer.flush()?;
        self.writer.get_ref().sync_all()?;
        fs::rename(&self.temporary, &self.target)?;
        self.committed = true;
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if !self.committed {
            // There is nobody to tell; the next write truncates what is left.
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

    #[test]
    fn content_and_mode_are_in_place_after_the_commit_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("out.yaml");
        fs::write(&target, "old").expect("the folder is ours");
        fs::set_permissions(&target, Permissions::from_mode(0o600)).expect("the file is ours");
        let mut output = Output::create(&target).expect("a writable folder");
        output.write_all(b"new").expect("space");
        assert_eq!(fs::read(&target).expect("it is there"), b"old");
        output.commit().expect("a rename");
        assert_eq!(fs::read(&target).expect("it is there"), b"new");
        assert_eq!(
            fs::metadata(&target).expect("it is there").permissions().mode() & 0o777,
            0o644
        );
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn what_is_dropped_leaves_the_old_content() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("out.yaml");
        fs::write(&target, "old").expect("the folder is ours");
        let mut output = Output::create(&target).expect("a writable folder");
        output.write_all(b"half").expect("space");
        drop(output);
        assert_eq!(fs::read(&target).expect("it is there"), b"old");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }
}
