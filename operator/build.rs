//! Compresses generated files that commands print, so that the program carries them instead of the code that derives them: the
//! definitions of the custom resources, and the reference of the documentation.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::{env, fs};

use flate2::{Compression, GzBuilder};

/// Folders of the documentation whose files are generated, and what their names end in.
const PAGES: [(&str, &str); 3] = [("", "-versions.md"), ("reference", ".md"), ("reference/api", ".md")];

fn main() -> io::Result<()> {
    // Asked when it runs: a target folder that checkouts share may hold the script of another one.
    let root = folder("CARGO_MANIFEST_DIR")?.join("..");
    let out = folder("OUT_DIR")?;
    fs::write(
        out.join("definitions.rs"),
        definitions(&root.join("crds/manifests"), &out)?,
    )?;
    fs::write(out.join("pages.rs"), pages(&root.join("docs"), &out)?)
}

/// The table of the definitions.
fn definitions(manifests: &Path, out: &Path) -> io::Result<String> {
    println!("cargo::rerun-if-changed={}", manifests.display());
    let mut table = "&[\n".to_owned();
    for file in files(manifests)? {
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
    Ok(table + "]")
}

/// The table of the pages.
fn pages(docs: &Path, out: &Path) -> io::Result<String> {
    let mut table = "&[\n".to_owned();
    for (folder, ending) in PAGES {
        for file in files(&docs.join(folder))? {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if !name.ends_with(ending) {
                continue;
            }
            println!("cargo::rerun-if-changed={}", file.display());
            let path = format!("{folder}/{name}");
            let path = path.trim_start_matches('/');
            let compressed = path.replace('/', "_");
            compress(&file, &out.join(&compressed))?;
            let _ = writeln!(
                table,
                "Page {{ path: \"{path}\", text: include_bytes!(\"{compressed}\") }},"
            );
        }
    }
    Ok(table + "]")
}

/// The files of a folder by name.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut files: Vec<PathBuf> = entries.collect::<io::Result<_>>()?;
    files.retain(|path| path.is_file());
    files.sort();
    Ok(files)
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
