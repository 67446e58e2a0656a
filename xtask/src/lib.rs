//! The generators of the project: whatever is committed and can be derived from code is written by them, so that no fact
//! has two homes. Everything but [`write()`] is pure; a test compares the committed files with what comes out here.

pub mod book;
pub mod compatibility;
pub mod definitions;
pub mod deploy;
pub mod performance;
pub mod reference;
pub mod reloader;
pub mod scenarios;
pub mod versions;

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

/// A generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Path below the root of the repository.
    pub path: String,
    /// All of it.
    pub text: String,
}

/// What is generated together: the files, and the folders that hold nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// The files, in a fixed order.
    pub files: Vec<File>,
    /// Folders below the root of the repository in which every file is generated.
    pub folders: Vec<String>,
}

impl Output {
    /// Both outputs.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.files.extend(other.files);
        self.folders.extend(other.folders);
        self
    }
}

/// Every generated file that is committed.
///
/// # Errors
/// When what one is made from cannot be read.
pub fn all() -> io::Result<Output> {
    Ok((definitions::output().and(deploy::output()))
        .and(versions::output())
        .and(compatibility::output())
        .and(reference::output())
        .and(performance::output()?))
}

/// Files in the folders of `output` that are not generated any more.
///
/// # Errors
/// When a folder cannot be listed.
pub fn leftovers(root: &Path, output: &Output) -> io::Result<Vec<String>> {
    let generated: BTreeSet<&str> = output.files.iter().map(|file| file.path.as_str()).collect();
    let mut found = Vec::new();
    for folder in &output.folders {
        let entries = match fs::read_dir(root.join(folder)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_file() && !generated.contains(path.as_str()) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Writes the files that differ from what is there, and removes what is not generated any more.
///
/// # Errors
/// When a file or folder cannot be read or written.
pub fn write(root: &Path, output: &Output) -> io::Result<()> {
    for path in leftovers(root, output)? {
        fs::remove_file(root.join(path))?;
    }
    for File { path, text } in &output.files {
        let path = root.join(path);
        if fs::read_to_string(&path).is_ok_and(|current| current == *text) {
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}
