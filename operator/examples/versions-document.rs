//! Writes the document of versions.

use std::{fs, io, path::Path};

use operator::prometheus::versions_document::{PATH, document};

fn main() -> io::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(PATH);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, document())
}
