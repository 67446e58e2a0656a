//! Small YAML files of the user's: read with a cap, into the type that is asked for. An error says what is wrong and where, and
//! shows nothing of the file but its keys: values may be passwords, and the library would show the lines around the fault.

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
        source: Fault,
    },
}

/// What is wrong with a text, and where.
#[derive(Debug, thiserror::Error)]
#[error("{reason} at line {line}, column {column}")]
pub struct Fault {
    reason: String,
    line: u64,
    column: u64,
}

impl Fault {
    fn of(error: &serde_saphyr::Error) -> Self {
        let location = error.location();
        Self {
            reason: reason(error.without_snippet()),
            line: location.map_or(0, |location| location.line()),
            column: location.map_or(0, |location| location.column()),
        }
    }
}

/// What is wrong, without the value that is.
fn reason(error: &serde_saphyr::Error) -> String {
    use serde_saphyr::Error as Saphyr;
    match error {
        Saphyr::SerdeInvalidType {
            unexpected, expected, ..
        } => {
            format!("invalid type: {}, expected {expected}", kind(unexpected))
        }
        Saphyr::SerdeInvalidValue {
            unexpected, expected, ..
        } => {
            format!("invalid value: {}, expected {expected}", kind(unexpected))
        }
        Saphyr::SerdeUnknownVariant { variant, expected, .. } => {
            format!("unknown word `{variant}`, expected one of {}", expected.join(", "))
        }
        Saphyr::SerdeUnknownField { field, expected, .. } => {
            format!("unknown field `{field}`, expected one of {}", expected.join(", "))
        }
        Saphyr::SerdeMissingField { field, .. } => format!("missing field `{field}`"),
        Saphyr::DuplicateMappingKey { key: Some(key), .. } => format!("the key `{key}` is there twice"),
        Saphyr::Unexpected { expected, .. } => format!("expected {expected}"),
        Saphyr::MultipleDocuments { .. } => "more than one document".to_owned(),
        Saphyr::Eof { .. } => "unexpected end".to_owned(),
        _ => "invalid YAML".to_owned(),
    }
}

/// The kind of a value that serde shows as `string "hunter2"`.
fn kind(unexpected: &str) -> &str {
    unexpected.split(['"', '`']).next().unwrap_or_default().trim_end()
}

/// The value that `text` holds.
///
/// # Errors
/// When it is not YAML, or holds something else.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    let options = serde_saphyr::options! { with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| Fault::of(&error))
}

/// The content of the file at `path`, which should be `what`.
pub fn read<T: DeserializeOwned>(path: &Path, what: &'static str) -> Result<T, Error> {
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
    parse(&text).map_err(|source| Error::Syntax {
        path: path.to_owned(),
        what,
        source,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Login {
        #[serde(rename = "users")]
        _users: BTreeMap<String, Vec<String>>,
        #[serde(rename = "port")]
        _port: Option<u16>,
    }

    #[test]
    fn no_value_is_in_an_error() {
        for (text, reason) in [
            ("users: hunter2", "expected mapping start at line 1, column 8"),
            ("users: {ann: hunter2}", "at line 1, column 14"),
            (
                "users: {ann: [hunter2]}\nprot: 1",
                "unknown field `prot`, expected one of users, port at line 2, column 1",
            ),
            ("users: {ann: [hunter2]}\nport: hunter2", "at line 2, column 7"),
            ("users: {ann: [hunter2]}\nport: 123456789", "at line 2, column 7"),
            ("users: {ann: [hunter2]\nport: 1", "at line"),
            ("users: {ann: [hunter2]}\nusers: {ann: [hunter2]}", "twice at line 2"),
            ("users: {ann: [*hunter2]}", "at line"),
            ("users: {ann: !hunter2 [a]}\nusers: [", "at line"),
            ("port: 1", "missing field `users`"),
        ] {
            let error = parse::<Login>(text).expect_err(text).to_string();
            assert!(error.contains(reason), "{text:?}: {error}");
            assert!(
                !error.contains("hunter2") && !error.contains("123456789"),
                "{text:?}: {error}"
            );
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_content() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("list.yaml");
        std::fs::write(&path, "url: http://u:marker-1@h/\npassword: marker-2\n- marker-3: [\n").expect("ours");
        let error = read::<Vec<u32>>(&path, "a list").expect_err("it is none");
        let text = crate::causes::Causes(&error).to_string();
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
