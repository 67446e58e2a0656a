//! Commands that work without a cluster, on the same pure functions.

/// The custom resource definitions as one YAML stream, in the order of their file names.
pub fn crds() -> String {
    let mut stream = String::new();
    for (_, manifest) in crds::manifests() {
        stream.push_str("---\n");
        stream.push_str(&manifest);
    }
    stream
}
