//! Writes the manifests of all kinds into `crds/manifests`, and removes what is not among them.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    crds::manifests()
        .into_iter()
        .try_for_each(|(name, yaml)| fs::write(folder.join(name), yaml))
}
