//! Whether an `AlertmanagerConfig` by itself could be part of a configuration: what an admission webhook asks. Neither the
//! version of an Alertmanager is known nor what Secrets hold, so neither is a reason to refuse it. Pure.

use crds::v1alpha1::AlertmanagerConfig;
use serde_json::Value;

use super::object;
use super::part::IntervalsField;
use super::scope::ObjectScope;
use crate::alertmanager::convert::{self, Version, convert};
use crate::check::invalid::Invalid;
use crate::object::ObjectKey;

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
pub fn check(mut object: Value) -> Result<(), Error> {
    let intervals = match Version::of(object["apiVersion"].as_str().unwrap_or_default())? {
        Version::V1alpha1 => IntervalsField::MuteTimeIntervals,
        Version::V1beta1 => IntervalsField::TimeIntervals,
    };
    convert(&mut object, Version::V1alpha1)?;
    let object: AlertmanagerConfig = crds::from_value(&object)?;
    let owner = ObjectKey::of(&object);
    Ok(object::check(&object, &ObjectScope::unread(&owner), intervals)?)
}
