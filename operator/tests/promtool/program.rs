//! A program that judges files, and what is said where it cannot be asked. Runs processes and writes temporary files.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use crate::verdict::Failure;

/// What `program` with `arguments` says of a file with this text: nothing, or why it is no good.
pub(crate) fn judge<'a>(
    program: &Path,
    arguments: impl IntoIterator<Item = &'a str>,
    text: &str,
) -> Result<Result<(), String>, Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("file.yaml");
    std::fs::write(&path, text)?;
    let mut command = Command::new(program);
    let output = command.args(arguments).arg(&path).stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(Ok(()));
    }
    let told = [output.stdout, output.stderr].concat();
    Ok(Err(
        String::from_utf8_lossy(&told).replace(&*path.to_string_lossy(), "file.yaml")
    ))
}

/// Says that nothing is judged, and why; under `CI=true` that is a failure.
pub(crate) fn skipped(program: &str, reason: &str) -> ExitCode {
    println!("{program}: skipped, {reason}");
    if std::env::var("CI").as_deref() == Ok("true") {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
