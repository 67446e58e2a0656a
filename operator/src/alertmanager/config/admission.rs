//! Whether an `AlertmanagerConfig` by itself could be part of a configuration: what an admission webhook asks. Neither the
//! version of an Alertmanager is known nor what Secrets hold, so neither is a reason to refuse it. Pure.

use crds::{v1alpha1, v1beta1};
use serde_json::Value;

use crate::alertmanager::convert::{self, Version};
use crate::alertmanager::validate::semantics;
use crate::check::invalid::{Invalid, Within};

/// Why an object is not admitted.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not an `AlertmanagerConfig` of a version that exists.
    #[error(transparent)]
    Kind(#[from] convert::Error),
    /// A value is not of the type of its field.
    #[error(transparent)]
    Unreadable(#[from] serde_json::Error),
    /// No Alertmanager could be given this. [`Invalid::path`] is the field, in the version of the object, such as
    /// `spec.receivers[0].slackConfigs[1].apiURL`; [`Invalid::cause`] is the reason.
    #[error(transparent)]
    Invalid(#[from] Invalid),
}

/// Checks `object`, an `AlertmanagerConfig` of either version.
///
/// # Errors
/// When no Alertmanager could be configured with it.
pub fn check(object: Value) -> Result<(), Error> {
    let version = Version::of(object["apiVersion"].as_str().unwrap_or_default())?;
    let checked = match version {
        Version::V1alpha1 => semantics(&serde_json::from_value::<v1alpha1::AlertmanagerConfig>(object)?.spec),
        Version::V1beta1 => semantics(&serde_json::from_value::<v1beta1::AlertmanagerConfig>(object)?.spec),
    };
    Ok(checked.within("spec")?)
}
