//! Reading a configuration file: opens it and decompresses it where it is gzip, told by its first bytes. A file whose
//! name ends with `.gz` must be. Content comes as a stream with a cap, so neither a large file nor a bomb fills the memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use formats::gzip::{Capped, decompressor, is_compressed};

/// Longest configuration, decompressed, in bytes. A Secret holds at most 1 MiB; generated configuration of that size
/// decompresses to some 30 MiB.
pub const LONGEST: u64 = 256 * 1024 * 1024;

/// The content of the file at `path`. Damage and excess show as errors while reading.
pub fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    unpacked(BufReader::new(File::open(path)?), path)
}

/// The same of `content`, which takes the place of the file at `path`.
pub fn of_memory<'a>(content: &'a [u8], path: &Path) -> io::Result<Box<dyn BufRead + 'a>> {
    unpacked(content, path)
}

fn unpacked<'a>(mut raw: impl BufRead + 'a, path: &Path) -> io::Result<Box<dyn BufRead + 'a>> {
    // A regular file gives its first bytes at once; so does a pipe that holds them.
    if is_compressed(raw.fill_buf()?) {
        Ok(Box::new(BufReader::new(decompressor(raw, LONGEST))))
    } else if is_named_gzip(path) {
        // Passed on, it would take the place of the last good output.
        let message = "its name ends with .gz, but its content is not gzip";
        Err(io::Error::new(io::ErrorKind::InvalidData, message))
    } else {
        Ok(Box::new(BufReader::new(Capped::new(raw, LONGEST))))
    }
}

/// Whether the name promises gzip.
pub fn is_named_gzip(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "gz")
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn content(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), bytes).expect("the file is ours");
        let mut content = Vec::new();
        open(file.path())?.read_to_end(&mut content)?;
        Ok(content)
    }

    #[test]
    fn the_first_bytes_decide() {
        assert_eq!(content(b"global: {}\n").expect("plain text"), b"global: {}\n");
        assert_eq!(
            content(&formats::gzip::compress(b"global: {}\n")).expect("gzip"),
            b"global: {}\n"
        );
        assert_eq!(content(b"").expect("an empty file"), b"");
        assert_eq!(content(b"\x1f\x8b").expect("too short for gzip"), b"\x1f\x8b");
    }

    #[test]
    fn a_name_of_gzip_promises_gzip() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("prometheus.yaml.gz");
        for bytes in [&b"global: {}\n"[..], b""] {
            std::fs::write(&path, bytes).expect("the folder is ours");
            assert_eq!(
                open(&path).err().map(|error| error.kind()),
                Some(io::ErrorKind::InvalidData)
            );
        }
        std::fs::write(&path, formats::gzip::compress(b"a: 1\n")).expect("the folder is ours");
        assert!(open(&path).is_ok());
    }

    #[test]
    fn damage_is_an_error() {
        let stream = formats::gzip::compress(b"global: {}\n");
        assert!(content(&stream[..stream.len() - 3]).is_err());
        assert!(content(b"\x1f\x8b\x08 and then text").is_err());
    }
}
