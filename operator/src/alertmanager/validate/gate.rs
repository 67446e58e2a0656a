//! Fields that a version of Alertmanager must know, since leaving them out would change what notifications do. As data.

use formats::version::Version;

use crate::check::invalid::{Field, Invalid};

/// A field that needs a version.
pub(super) struct Gate<T> {
    field: &'static str,
    since: Version,
    is_used: fn(&T) -> bool,
}

/// Something that the version does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("needs Alertmanager {since} or newer, this one is {version}")]
pub(super) struct Unsupported {
    since: Version,
    version: Version,
}

impl<T> Gate<T> {
    /// `field` is known from version 0.`minor` on.
    pub(super) const fn new(field: &'static str, minor: u64, is_used: fn(&T) -> bool) -> Self {
        Self {
            field,
            since: Version::new(0, minor, 0),
            is_used,
        }
    }
}

impl Unsupported {
    /// Checks that `version` is not older than `since`.
    pub(super) fn check(version: Version, since: Version) -> Result<(), Self> {
        if version < since {
            return Err(Self { since, version });
        }
        Ok(())
    }
}

/// Checks that `version` knows the fields that `object` uses.
pub(super) fn check<T>(gates: &[Gate<T>], object: &T, version: Version) -> Result<(), Invalid> {
    let mut used = gates.iter().filter(|gate| (gate.is_used)(object));
    used.try_for_each(|gate| Unsupported::check(version, gate.since).field(gate.field))
}
