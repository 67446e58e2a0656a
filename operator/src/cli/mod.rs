//! Commands that work without a cluster, on the same pure functions.

/// The custom resource definitions as one YAML stream, in the order of their file names.
pub fn crds() -> String {
    crds::manifests()
        .into_iter()
        .map(|(_, manifest)| format!("---\n{manifest}"))
        .collect()
}
