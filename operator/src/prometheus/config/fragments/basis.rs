//! What all pieces depend on besides their own objects, and what of it has changed since the last rendering. Plain values.

use crds::CommonPrometheusFields;
use formats::version::Version;

use super::Input;
use crate::assets::{Assets, References, Stale};
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
        let mut own = References::default();
        own.add(input.instance.namespace(), &input.instance);
        let stale = Stale::between(&last.assets, &assets, &own);
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
