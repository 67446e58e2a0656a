//! Small YAML files of the user's: read with a cap, into the type that is asked for.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// Longest file that is read, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// Why a file gives no content.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file itself.
    #[error("cannot read {path}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// Not the expected YAML.
    #[error("{path} is not {what}")]
    Syntax {
        /// Which file.
        path: PathBuf,
        /// What it should be.
        what: &'static str,
        /// Where and why.
        #[source]
        source: Box<serde_saphyr::Error>,
    },
}

/// The content of the file at `path`, which should be `what`.
pub(crate) fn read<T: DeserializeOwned>(path: &Path, what: &'static str) -> Result<T, Error> {
    let failed = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    let mut text = String::new();
    let file = File::open(path).map_err(failed)?;
    let length = file.take(LONGEST + 1).read_to_string(&mut text).map_err(failed)?;
    if length as u64 > LONGEST {
        return Err(failed(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it is longer than {LONGEST} bytes"),
        )));
    }
    // The lines around a fault may hold passwords.
    let options = serde_saphyr::options! { with_snippet: false };
    serde_saphyr::from_str_with_options(&text, options).map_err(|source| Error::Syntax {
        path: path.to_owned(),
        what,
        source: Box::new(source),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_without_the_content() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("list.yaml");
        std::fs::write(&path, "url: http://u:marker-1@h/\npassword: marker-2\n- marker-3: [\n").expect("ours");
        let error = read::<Vec<u32>>(&path, "a list").expect_err("it is none");
        let text = format!("{:#}", anyhow::Error::from(error));
        assert!(text.contains("is not a list") && !text.contains("marker"), "{text}");
    }

    #[test]
    fn a_file_that_is_too_long_is_refused_and_not_cut() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("list.yaml");
        let longest = usize::try_from(LONGEST).expect("1 MiB");
        let allowed = format!("- {}\n", "a".repeat(longest - 3));
        std::fs::write(&path, &allowed).expect("ours");
        let read = |path: &Path| read::<Vec<String>>(path, "a list").map(|list| list.len());
        assert_eq!(read(&path).expect("exactly the cap"), 1);
        std::fs::write(&path, allowed + "\n").expect("ours");
        assert!(matches!(read(&path), Err(Error::Read { .. })));
    }
}
