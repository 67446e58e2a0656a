//! Reads manifests of definitions: ours as they are committed, or the recorded ones, which are laid out alike.

use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Where ours are. That they are generated from the types is for `schema.rs` to see.
pub(crate) fn ours() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests")
}

/// The definitions in a folder in order of their names, each with all versions that it has: a definition that has more
/// of them than are stored is in the folder `full`.
#[expect(clippy::disallowed_methods, reason = "nothing in these files is secret")]
pub(crate) fn definitions(folder: &Path) -> Vec<Value> {
    let files = fs::read_dir(folder).expect("a folder of manifests");
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    let definitions = files.iter().map(|path| {
        let full = folder.join("full").join(path.file_name().expect("a name"));
        let text = fs::read_to_string(if full.is_file() { &full } else { path }).expect("text");
        serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    });
    definitions.collect()
}
