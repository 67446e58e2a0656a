//! What it means that a file is not there.

use std::io;

/// Whether a file is not there (any more), or a link leads nowhere.
pub(crate) fn is_absence(error: &io::Error) -> bool {
    let is_loop = error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error());
    is_loop || matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
