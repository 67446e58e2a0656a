//! What all pieces depend on besides their own objects, and what of it has changed since the last rendering. Plain values.

use std::collections::BTreeSet;

use crds::CommonPrometheusFields;
use shared::version::Version;

use super::Input;
use crate::assets::{Assets, Reference, References, Refers};
use crate::object::ObjectKey;
use crate::settings::Settings;

/// What the pieces of one rendering depended on.
#[derive(Debug)]
pub(super) struct Basis {
    instance: ObjectKey,
    is_server: bool,
    is_daemon_set: bool,
    common: Box<CommonPrometheusFields>,
    version: Version,
    settings: Settings,
    assets: Assets,
}

/// Which pieces must be rendered again, even where their object is the same.
#[derive(Debug)]
pub(super) enum Stale {
    /// All of them.
    Everything,
    /// Those that refer to one of these.
    ReferringTo(BTreeSet<Reference>),
}

impl Basis {
    /// The basis of `input`, and what it makes stale of what stands on `last`.
    pub(super) fn next(last: Option<Self>, input: &Input<'_>) -> (Self, Stale) {
        let assets = input.assets.clone();
        let Some(last) = last.filter(|last| last.is_for(input)) else {
            let next = Self {
                instance: input.instance.key(),
                is_server: input.instance.server().is_some(),
                is_daemon_set: input.instance.is_daemon_set(),
                common: Box::new(input.instance.common.clone()),
                version: input.version,
                settings: input.settings.clone(),
                assets,
            };
            return (next, Stale::Everything);
        };
        let changed = assets.changed_since(&last.assets);
        let mut own = References::default();
        own.add(input.instance.namespace(), &input.instance);
        let stale = if changed.iter().any(|reference| own.contains(reference)) {
            Stale::Everything
        } else {
            Stale::ReferringTo(changed)
        };
        (Self { assets, ..last }, stale)
    }

    fn is_for(&self, input: &Input<'_>) -> bool {
        let instance = input.instance;
        self.instance == instance.key()
            && self.is_server == instance.server().is_some()
            && self.is_daemon_set == instance.is_daemon_set()
            && self.version == input.version
            && *self.common == *instance.common
            && self.settings == *input.settings
    }
}

impl Stale {
    /// Whether the piece of `object`, which stands in `namespace`, must be rendered again.
    pub(super) fn concerns(&self, namespace: &str, object: &impl Refers) -> bool {
        match self {
            Self::Everything => true,
            Self::ReferringTo(changed) if changed.is_empty() => false,
            Self::ReferringTo(changed) => {
                let mut references = References::default();
                references.add(namespace, object);
                references.iter().any(|reference| changed.contains(reference))
            }
        }
    }
}
