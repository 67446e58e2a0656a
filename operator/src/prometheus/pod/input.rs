//! What pods are rendered from, and why there may be none. Plain values.

use formats::version::{ParseError, Version};

use crate::pod::argument::Conflict;
use crate::pod::{image, merge, template};
use crate::prometheus::incremental::Layout;
use crate::prometheus::instance::Instance;
use crate::settings::Settings;

/// What the pods of an instance, or of one of its shards, are rendered from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The custom resource.
    pub instance: Instance<'a>,
    /// Its version, or the default.
    pub version: Version,
    /// The operator's settings.
    pub settings: &'a Settings,
    /// Number of the shard; 0 where there are none.
    pub shard: i32,
    /// Names of the `ConfigMap`s with rule files, in output order. They need not exist.
    pub rule_config_maps: &'a [String],
    /// Names of the Secrets with TLS assets, in output order.
    pub tls_assets: &'a [String],
    /// Where the jobs are.
    pub layout: Layout,
}

/// Why there are no pods.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The version of Thanos is none.
    #[error("spec.thanos.version")]
    ThanosVersion(#[source] ParseError),
    /// There is no image for a container.
    #[error("no image for the container {container:?}")]
    Image {
        /// Name of the container.
        container: &'static str,
        /// Why.
        #[source]
        source: image::Error,
    },
    /// The user's arguments conflict with the operator's.
    #[error("{field}")]
    Arguments {
        /// The field that adds them.
        field: &'static str,
        /// Which.
        #[source]
        source: Conflict,
    },
    /// The pod cannot be put together.
    #[error("pod template")]
    Pod(#[source] template::Error),
}

impl From<merge::Error> for Error {
    fn from(source: merge::Error) -> Self {
        Self::Pod(template::Error::Merge(source))
    }
}
