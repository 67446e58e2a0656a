//! Compresses the generated definitions of the custom resources, which the commands `crds` and `full-crds` print, so that
//! the program carries them instead of the code that derives them.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::{env, fs};

use flate2::{Compression, GzBuilder};

fn main() -> io::Result<()> {
    // Asked when it runs: a target folder that checkouts share may hold the script of another one.
    let manifests = folder("CARGO_MANIFEST_DIR")?.join("../crds/manifests");
    let out = folder("OUT_DIR")?;
    println!("cargo::rerun-if-changed={}", manifests.display());
    let mut files: Vec<PathBuf> = fs::read_dir(&manifests)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()?;
    files.retain(|path| path.is_file());
    files.sort();
    let mut table = "&[\n".to_owned();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        compress(&file, &out.join(&name))?;
        let full = manifests.join("full").join(&name);
        let full = if full.is_file() {
            compress(&full, &out.join(format!("full_{name}")))?;
            format!("Some(include_bytes!(\"full_{name}\"))")
        } else {
            "None".to_owned()
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "Definition {{ stored: include_bytes!(\"{name}\"), full: {full} }},"
        );
    }
    fs::write(out.join("definitions.rs"), table + "]")
}

/// The folder in a variable that cargo sets.
fn folder(variable: &str) -> io::Result<PathBuf> {
    let folder = env::var_os(variable).ok_or_else(|| io::Error::other(format!("cargo sets {variable}")))?;
    Ok(folder.into())
}

fn compress(from: &Path, to: &Path) -> io::Result<()> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    encoder.write_all(&fs::read(from)?)?;
    fs::write(to, encoder.finish()?)
}
