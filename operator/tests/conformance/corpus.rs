//! Where the recordings are, and which cases they hold.

use std::fs;
use std::path::{Path, PathBuf};

use crate::area::Area;
use crate::case::{Case, Source};
use crate::exceptions::Exceptions;

/// The folder of the recordings, if there is one.
pub(crate) fn root() -> Option<PathBuf> {
    let root = match std::env::var_os("CORPUS") {
        Some(root) => PathBuf::from(root),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus"),
    };
    root.is_dir().then_some(root)
}

/// Which cases to run.
pub(crate) struct Filters {
    /// Whether a text is the whole of `area/case`, not a part of it.
    pub(crate) exact: bool,
    /// One of these must match; without any, all cases run.
    pub(crate) texts: Vec<String>,
}

impl Filters {
    fn admit(&self, name: &str) -> bool {
        let matches = |text: &String| {
            if self.exact {
                name == text
            } else {
                name.contains(text.as_str())
            }
        };
        self.texts.is_empty() || self.texts.iter().any(matches)
    }
}

/// The cases of `areas` that `filters` admit.
pub(crate) fn cases(root: &Path, areas: &[Area], exceptions: &Exceptions, filters: &Filters) -> Vec<Case> {
    let mut cases = Vec::new();
    for area in areas {
        for (name, source) in sources(&root.join(area.name)) {
            if filters.admit(&format!("{}/{name}", area.name)) {
                let differs = exceptions.differs(area.name, &name).is_some();
                cases.push(Case {
                    area: *area,
                    name,
                    source,
                    differs,
                });
            }
        }
    }
    cases
}

/// Names of the areas that were recorded.
pub(crate) fn recorded_areas(root: &Path) -> Vec<String> {
    entries(root)
        .into_iter()
        .filter(|path| path.is_dir())
        .map(|path| name_of(&path))
        .collect()
}

/// The cases of an area: the lines of its `cases.jsonl`, named by their number, or its folders, named as they are.
fn sources(area: &Path) -> Vec<(String, Source)> {
    if let Ok(lines) = fs::read_to_string(area.join("cases.jsonl")) {
        let line = |(index, line): (usize, &str)| ((index + 1).to_string(), Source::Line(line.into()));
        return lines.lines().enumerate().map(line).collect();
    }
    let nested = area.join("cases");
    let folders = entries(if nested.is_dir() { &nested } else { area });
    folders
        .into_iter()
        .filter(|path| path.is_dir())
        .map(|path| (name_of(&path), Source::Folder(path)))
        .collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    entries.sort();
    entries
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
