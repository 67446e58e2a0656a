//! The flags that cap what configuration objects add to a workload. Plain values.

use crate::settings;
use crate::settings::caps::{BYTES_PER_NAMESPACE, BYTES_PER_OBJECT, JOBS_PER_NAMESPACE, JOBS_PER_OBJECT};

/// How much configuration objects may add to a workload. An object that adds more is left out; of a namespace that adds more,
/// the largest objects.
#[derive(Debug, Clone, clap::Args)]
pub struct Caps {
    /// Most Secrets and ConfigMaps that a configuration object may refer to. One with more is left out.
    #[arg(long, value_name = "NUMBER", default_value_t = crate::assets::MOST_REFERENCES)]
    pub max_references_per_object: usize,
    /// Most endpoints of a `ServiceMonitor` or `PodMonitor`, each of which is a job. One with more is left out.
    #[arg(long, value_name = "NUMBER", default_value_t = JOBS_PER_OBJECT)]
    pub max_jobs_per_object: usize,
    /// Most bytes that a configuration object may become in a generated file. One with more is left out.
    #[arg(long, value_name = "BYTES", default_value_t = BYTES_PER_OBJECT)]
    pub max_bytes_per_object: usize,
    /// Most jobs of the objects of one namespace, for each Prometheus. The objects with most jobs are left out until the
    /// others have no more.
    #[arg(long, value_name = "NUMBER", default_value_t = JOBS_PER_NAMESPACE)]
    pub max_jobs_per_namespace: usize,
    /// Most bytes that the objects of one namespace may become in the generated files of a workload. The largest objects are
    /// left out until the others become no more.
    #[arg(long, value_name = "BYTES", default_value_t = BYTES_PER_NAMESPACE)]
    pub max_bytes_per_namespace: usize,
}

impl Caps {
    /// What the flags mean for rendering.
    pub(super) const fn settings(&self) -> settings::Caps {
        settings::Caps {
            jobs_per_object: self.max_jobs_per_object,
            bytes_per_object: self.max_bytes_per_object,
            jobs_per_namespace: self.max_jobs_per_namespace,
            bytes_per_namespace: self.max_bytes_per_namespace,
        }
    }
}
