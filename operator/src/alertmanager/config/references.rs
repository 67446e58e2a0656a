//! What an `AlertmanagerConfig` and the global settings of an Alertmanager refer to: what is asked for when they are
//! generated. So a field that refers to a Secret cannot be forgotten. Pure.

use crds::AlertmanagerGlobalConfig;
use crds::v1alpha1::AlertmanagerConfig;

use super::global::GLOBAL;
use super::part::Part;
use super::scope::ObjectScope;
use crate::assets::{HasReferences, References};
use crate::object::ObjectKey;

impl HasReferences for AlertmanagerConfig {
    /// An object that cannot be generated whatever the Secrets hold is left out, so it does not matter what else it names.
    fn refer(&self, namespace: &str, references: &mut References) {
        asked_for(namespace, references, |scope| drop(Part::of(self, scope)));
    }
}

impl HasReferences for AlertmanagerGlobalConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        asked_for(namespace, references, |scope| drop(GLOBAL.of(self, scope)));
    }
}

fn asked_for(namespace: &str, references: &mut References, generate: impl FnOnce(&ObjectScope<'_>)) {
    let owner = ObjectKey::new(namespace, "");
    let scope = ObjectScope::unread(&owner);
    generate(&scope);
    for (reference, _) in scope.into_references() {
        references.insert(reference);
    }
}

#[cfg(test)]
mod tests;
