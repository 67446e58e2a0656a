//! The definitions of the custom resources as files: `crds/manifests` with the versions that are stored, and `full` below
//! it with all versions, where there are more.

use crate::{File, Output};

/// The manifests of all kinds.
pub fn output() -> Output {
    let stored = crds::manifests();
    let mut full = crds::full_manifests();
    full.retain(|manifest| !stored.contains(manifest));
    let below = |folder: &'static str| {
        move |(name, text)| File {
            path: format!("{folder}/{name}"),
            text,
        }
    };
    Output {
        files: (stored.into_iter().map(below("crds/manifests")))
            .chain(full.into_iter().map(below("crds/manifests/full")))
            .collect(),
        folders: ["crds/manifests", "crds/manifests/full"].map(str::to_owned).into(),
    }
}
