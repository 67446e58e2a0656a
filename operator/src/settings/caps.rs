//! How much configuration objects may add to a workload. No honest user meets these caps; whoever does is left out alone, so that
//! nobody's size is everybody's trouble. Plain values.

/// Most jobs of one object, where `--max-jobs-per-object` says nothing else.
pub const JOBS_PER_OBJECT: usize = 1_000;
/// Most bytes that come of one object, where `--max-bytes-per-object` says nothing else.
pub const BYTES_PER_OBJECT: usize = 4 << 20;
/// Most jobs of all objects of a namespace, where `--max-jobs-per-namespace` says nothing else.
pub const JOBS_PER_NAMESPACE: usize = 20_000;
/// Most bytes that come of all objects of a namespace, where `--max-bytes-per-namespace` says nothing else.
pub const BYTES_PER_NAMESPACE: usize = 64 << 20;

/// What the objects that one workload selects may add to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Most jobs of one object (`--max-jobs-per-object`).
    pub jobs_per_object: usize,
    /// Most bytes that one object becomes, before they are compressed (`--max-bytes-per-object`).
    pub bytes_per_object: usize,
    /// Most jobs of the objects of one namespace (`--max-jobs-per-namespace`).
    pub jobs_per_namespace: usize,
    /// Most bytes that the objects of one namespace become (`--max-bytes-per-namespace`).
    pub bytes_per_namespace: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            jobs_per_object: JOBS_PER_OBJECT,
            bytes_per_object: BYTES_PER_OBJECT,
            jobs_per_namespace: JOBS_PER_NAMESPACE,
            bytes_per_namespace: BYTES_PER_NAMESPACE,
        }
    }
}
