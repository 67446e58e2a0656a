//! Gzip both ways: deterministic when written, capped when read. Pure but for the reader that it is given.
//!
//! Formats: RFC 1952. A stream may have many members, one after the other; their contents are concatenated.

#![expect(
    clippy::disallowed_types,
    reason = "this is the module that puts the cap on the decoder"
)]

use std::io::{self, Read, Write as _};

use flate2::{Compression, Crc, GzBuilder, read::MultiGzDecoder};

/// First bytes of a gzip stream: the magic number and the only method in use, deflate.
const MAGIC: [u8; 3] = [0x1f, 0x8b, 0x08];

/// Why a stream gives no content.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The reader failed, or the stream is damaged or ends too early.
    #[error("cannot decompress gzip")]
    Stream(#[source] io::Error),
    /// The content is longer than the caller allows.
    #[error("the content is longer than {limit} bytes")]
    TooLong {
        /// The cap, in bytes.
        limit: u64,
    },
}

/// Whether `head`, the first bytes of a file, begins a gzip stream.
pub fn is_compressed(head: &[u8]) -> bool {
    head.starts_with(&MAGIC)
}

/// Compresses into one member: equal input gives equal bytes, on every machine and at any time.
#[expect(clippy::missing_panics_doc, reason = "a Vec takes every write")]
pub fn compress(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    encoder.write_all(content).expect("a Vec takes every write");
    encoder.finish().expect("a Vec takes every write")
}

/// The CRC-32 of `content`, as it is at the end of a gzip member.
pub fn checksum(content: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(content);
    crc.sum()
}

/// The whole content of a stream, at most `limit` bytes of it.
pub fn decompress(stream: impl Read, limit: u64) -> Result<Vec<u8>, Error> {
    let mut content = Vec::new();
    decompressor(stream, limit)
        .read_to_end(&mut content)
        .map_err(|source| {
            if capped(&source) {
                Error::TooLong { limit }
            } else {
                Error::Stream(source)
            }
        })?;
    Ok(content)
}

/// The content of a gzip stream, piece by piece, at most `limit` bytes of it.
pub fn decompressor<R: Read>(stream: R, limit: u64) -> Capped<impl Read> {
    Capped::new(MultiGzDecoder::new(stream), limit)
}

/// A reader with a cap. Reading past it fails, rather than ending as if that were all.
pub struct Capped<R> {
    inner: R,
    left: u64,
    limit: u64,
}

impl<R: Read> Capped<R> {
    /// Reads from `inner`, at most `limit` bytes.
    pub fn new(inner: R, limit: u64) -> Self {
        Self {
            inner,
            left: limit,
            limit,
        }
    }
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| io::Error::other(Error::TooLong { limit: self.limit }))?;
        Ok(count)
    }
}

/// Whether the cap stopped the reading.
fn capped(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| matches!(inner.downcast_ref(), Some(Error::TooLong { .. })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compressed_comes_back() {
        let content = "scrape_configs: []\n".repeat(1000);
        let stream = compress(content.as_bytes());
        assert!(is_compressed(&stream) && stream.len() < content.len() / 10);
        assert_eq!(
            decompress(&stream[..], 1 << 20).expect("a good stream"),
            content.as_bytes()
        );
    }

    #[test]
    fn the_header_holds_no_time_and_no_name() {
        let stream = compress(b"a");
        assert_eq!(stream[3..8], [0, 0, 0, 0, 0]);
    }

    #[test]
    fn members_are_concatenated() {
        let stream = [compress(b"one "), compress(b""), compress(b"two")].concat();
        assert_eq!(decompress(&stream[..], 100).expect("a good stream"), b"one two");
    }

    #[test]
    fn the_cap_counts_all_members() {
        let stream = [compress(&[0; 600]), compress(&[0; 600])].concat();
        assert_eq!(decompress(&stream[..], 1200).expect("within the cap").len(), 1200);
        assert!(matches!(
            decompress(&stream[..], 1199),
            Err(Error::TooLong { limit: 1199 })
        ));
    }

    #[test]
    fn a_damaged_stream_is_an_error() {
        let stream = compress(&b"evaluation_interval: 30s\n".repeat(50));
        let mut flipped = stream.clone();
        let checksum = flipped.len() - 8;
        flipped[checksum] ^= 1;
        for damaged in [
            &stream[..stream.len() - 1],
            &stream[..5],
            &flipped,
            &[&stream[..], b"rest"].concat(),
        ] {
            assert!(matches!(decompress(damaged, 1 << 20), Err(Error::Stream(_))));
        }
    }

    #[test]
    fn plain_text_is_told_apart() {
        assert!(!is_compressed(b"global: {}") && !is_compressed(&MAGIC[..2]) && !is_compressed(b""));
    }
}
