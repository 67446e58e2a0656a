//! What the StatefulSet is rendered from, and why there may be none. Plain values.

use crds::Alertmanager;
use formats::version::Version;

use crate::pod::argument::Conflict;
use crate::pod::{image, template};
use crate::settings::Settings;

/// What the StatefulSet is rendered from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The custom resource.
    pub alertmanager: &'a Alertmanager,
    /// Its version, or the default.
    pub version: Version,
    /// The operator's settings.
    pub settings: &'a Settings,
    /// Names of the Secrets with TLS assets, in output order.
    pub tls_assets: &'a [String],
    /// Hash of all inputs.
    pub input_hash: &'a str,
}

/// Why there is no StatefulSet.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no image for Alertmanager.
    #[error("no image for the container \"alertmanager\"")]
    Image(#[source] image::Error),
    /// The user's arguments conflict with the operator's.
    #[error("spec.additionalArgs")]
    Arguments(#[source] Conflict),
    /// The pod cannot be put together.
    #[error("pod template")]
    Pod(#[source] template::Error),
}
