//! Writes the manifests of all kinds into `crds/manifests`, those with further versions into `full` below it, and removes
//! what is not among them.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let stored = crds::manifests();
    let mut full = crds::full_manifests();
    full.retain(|manifest| !stored.contains(manifest));
    write(&folder, &stored)?;
    write(&folder.join("full"), &full)
}

fn write(folder: &Path, manifests: &[(String, String)]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    manifests
        .iter()
        .try_for_each(|(name, yaml)| fs::write(folder.join(name), yaml))
}
