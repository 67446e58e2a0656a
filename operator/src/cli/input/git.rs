//! The objects of a revision of a git repository, read by `git` itself.

use std::io;
use std::process::{Command, Stdio};

use super::{Error, Input, files};

/// Adds to an error of git what it was about.
fn failed(revision: &str, reason: impl Into<String>) -> Error {
    Error::Git {
        revision: revision.to_owned(),
        reason: reason.into(),
    }
}

/// The YAML and JSON files at or below `path` in `revision`.
///
/// # Errors
/// When git does not know them, or there is no object in them.
pub fn read(revision: &str, path: &str, namespace: &str) -> Result<Input, Error> {
    let spawn = |source: io::Error| failed(revision, format!("cannot run git: {source}"));
    let mut list = Command::new("git");
    list.args(["ls-tree", "-r", "-z", "--name-only", "--end-of-options", revision]);
    if !path.is_empty() {
        list.args(["--", path]);
    }
    let listed = list.output().map_err(spawn)?;
    if !listed.status.success() {
        return Err(failed(revision, String::from_utf8_lossy(&listed.stderr).trim()));
    }
    let names = String::from_utf8_lossy(&listed.stdout).into_owned();
    let mut input = Input::default();
    let mut left = files::LIMIT;
    for name in names.split('\0').filter(|name| is_data(name)) {
        let mut show = Command::new("git");
        show.args(["cat-file", "blob"]).arg(format!("{revision}:./{name}"));
        let shown = show.stdin(Stdio::null()).output().map_err(spawn)?;
        if !shown.status.success() {
            return Err(failed(revision, String::from_utf8_lossy(&shown.stderr).trim()));
        }
        left = left.checked_sub(shown.stdout.len() as u64).ok_or(Error::TooLarge)?;
        let text = String::from_utf8_lossy(&shown.stdout).into_owned();
        input.add(format!("{revision}:{name}"), text, namespace);
    }
    if input.objects.is_empty() && input.faults.is_empty() {
        return Err(Error::Nothing {
            names: format!("{revision}:{path}"),
        });
    }
    Ok(input)
}

fn is_data(name: &str) -> bool {
    [".yaml", ".yml", ".json"]
        .iter()
        .any(|extension| name.ends_with(extension))
}
