//! Writes the documents of versions.

use std::{fs, io, path::Path};

use operator::{alertmanager, prometheus};

fn main() -> io::Result<()> {
    write(
        prometheus::versions_document::PATH,
        prometheus::versions_document::document(),
    )?;
    write(
        alertmanager::versions_document::PATH,
        alertmanager::versions_document::document(),
    )
}

fn write(path: &str, document: String) -> io::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, document)
}
