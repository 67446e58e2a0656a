//! Files, folders and standard input as text. Reads, up to a limit.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::Error;

/// Most bytes that are read in total: a hundred times what a large team has.
pub(super) const LIMIT: u64 = 64 << 20;
/// Deepest folder that is looked into, so that links in a circle have an end.
const DEPTH: usize = 32;
/// Stands for standard input.
const STANDARD_INPUT: &str = "-";

/// A file as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// How it is called.
    pub name: String,
    /// What it says.
    pub text: String,
}

/// How a path is shown.
pub fn name(path: &Path) -> String {
    if path == Path::new(STANDARD_INPUT) {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    }
}

/// The files that `paths` name, in their order; those of a folder by name.
pub(super) fn read(paths: &[PathBuf]) -> Result<impl ExactSizeIterator<Item = Result<Text, Error>>, Error> {
    let mut files = Vec::new();
    for path in paths {
        find(path, 0, &mut files)?;
    }
    let mut left = LIMIT;
    Ok(files.into_iter().map(move |path| text(path, &mut left)))
}

/// Adds `path`, or what is YAML or JSON in it and below.
fn find(path: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let failed = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    if path == Path::new(STANDARD_INPUT) || !fs::metadata(path).map_err(failed)?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    if depth == DEPTH {
        return Ok(());
    }
    let entries = fs::read_dir(path).map_err(failed)?;
    let mut entries: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()
        .map_err(failed)?;
    entries.sort();
    for entry in entries {
        let is_hidden = entry
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let extension = entry.extension().and_then(|extension| extension.to_str());
        let is_data = matches!(extension, Some("yaml" | "yml" | "json"));
        if !is_hidden && (is_data || entry.is_dir()) {
            find(&entry, depth + 1, files)?;
        }
    }
    Ok(())
}

fn text(path: PathBuf, left: &mut u64) -> Result<Text, Error> {
    let failed = |path: &Path, source| Error::Read {
        path: path.to_owned(),
        source,
    };
    let mut content = Vec::new();
    let read = if path == Path::new(STANDARD_INPUT) {
        io::stdin().lock().take(*left + 1).read_to_end(&mut content)
    } else {
        fs::File::open(&path).and_then(|file| file.take(*left + 1).read_to_end(&mut content))
    };
    let length = read.map_err(|source| failed(&path, source))? as u64;
    *left = left.checked_sub(length).ok_or(Error::TooLarge)?;
    let name = name(&path);
    let text = formats::yaml::text(&content).map_err(|source| Error::Encoding { path, source })?;
    Ok(Text {
        name,
        text: text.into_owned(),
    })
}
