//! What the target is to run, as one number: SHA-256 over the paths and the contents of the configuration file and of
//! every watched file. Equal fingerprints mean that no reload is due. Reads files.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::absence::is_absence;

/// Most bytes that are read, of all files together.
const BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// A digest of content; equal where the content is equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// The first 48 bits as a number, which a floating point number holds exactly.
    pub fn number(self) -> f64 {
        self.0[..6]
            .iter()
            .fold(0.0, |number, &byte| number * 256.0 + f64::from(byte))
    }
}

/// Why there is no fingerprint.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file that is there and cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which one.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// More than anybody's configuration.
    #[error("more than {BYTES} bytes up to {path}")]
    TooMuch {
        /// Where the cap was met.
        path: PathBuf,
    },
}

/// A fingerprint in the making. The order of the files counts.
#[derive(Default)]
pub struct Builder {
    hasher: Sha256,
    bytes: u64,
}

impl Builder {
    /// Adds the file at `path` with its content as it is now; a file that is not there adds nothing.
    pub fn file(&mut self, path: &Path) -> Result<(), Error> {
        let failed = |source| Error::Read {
            path: path.to_owned(),
            source,
        };
        let left = BYTES - self.bytes + 1;
        match digest(path, left) {
            Ok((content, length)) => self.content(path, content, length),
            Err(error) if is_absence(&error) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    /// Adds `content`, of `length` bytes, as that of the file at `path`.
    pub fn content(&mut self, path: &Path, content: Fingerprint, length: u64) -> Result<(), Error> {
        self.bytes = self.bytes.saturating_add(length);
        if self.bytes > BYTES {
            return Err(Error::TooMuch { path: path.to_owned() });
        }
        // The length in front keeps two different lists of files from giving the same input.
        let name = path.as_os_str().as_bytes();
        self.hasher.update((name.len() as u64).to_le_bytes());
        self.hasher.update(name);
        self.hasher.update(content.0);
        Ok(())
    }

    /// Of all that was added.
    pub fn finish(self) -> Fingerprint {
        Fingerprint(self.hasher.finalize().into())
    }
}

/// Digest and length of the first `most` bytes of the file at `path`.
pub(crate) fn digest(path: &Path, most: u64) -> io::Result<(Fingerprint, u64)> {
    digest_of(File::open(path)?, most)
}

/// Digest and length of the first `most` bytes of a file.
pub(crate) fn digest_of(file: File, most: u64) -> io::Result<(Fingerprint, u64)> {
    let mut content = Sha256::new();
    let mut file = file.take(most);
    let mut buffer = [0; 16 * 1024];
    let mut length = 0;
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok((Fingerprint(content.finalize().into()), length)),
            Ok(count) => {
                content.update(&buffer[..count]);
                length += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn of(files: &[&Path]) -> Fingerprint {
        let mut builder = Builder::default();
        for file in files {
            builder.file(file).expect("readable");
        }
        builder.finish()
    }

    #[test]
    fn content_and_names_count_and_absent_files_do_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "1").expect("ours");
        fs::write(path("b"), "1").expect("ours");
        let (a, b) = (path("a"), path("b"));
        let first = of(&[&a]);
        assert_ne!(first, of(&[&b]));
        assert_ne!(first, of(&[&a, &b]));
        assert_eq!(first, of(&[&a, &path("absent")]));
        fs::write(&a, "2").expect("ours");
        assert_ne!(first, of(&[&a]));
        fs::write(&a, "1").expect("ours");
        assert_eq!(first, of(&[&a]));
    }

    #[test]
    fn a_number_is_made_of_the_first_six_bytes() {
        let mut bytes = [0xff; 32];
        bytes[..6].copy_from_slice(&[0, 0, 0, 0, 1, 2]);
        assert!((Fingerprint(bytes).number() - 258.0).abs() < f64::EPSILON);
    }

    #[test]
    fn too_much_is_refused() {
        let mut builder = Builder::default();
        let content = Fingerprint([0; 32]);
        builder.content(Path::new("a"), content, BYTES).expect("just enough");
        assert!(matches!(
            builder.content(Path::new("b"), content, 1),
            Err(Error::TooMuch { .. })
        ));
    }
}
