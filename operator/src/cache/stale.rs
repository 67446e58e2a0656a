//! Which outcomes a change of Secrets and `ConfigMap`s concerns. Plain values.

use std::collections::BTreeSet;

use crate::assets::{Assets, HasReferences, Reference, References};

/// Which objects must be rendered again, even where they are the same.
#[derive(Debug)]
pub(crate) enum Stale {
    /// All of them.
    Everything,
    /// Those that refer to one of these.
    ReferringTo(BTreeSet<Reference>),
}

impl Stale {
    /// What is stale of what was rendered with the contents `last`, now that they are `now`. Everything depends on what is
    /// in `own`.
    pub(crate) fn between(last: &Assets, now: &Assets, own: &References) -> Self {
        let changed = now.changed_since(last);
        if changed.iter().any(|reference| own.contains(reference)) {
            Self::Everything
        } else {
            Self::ReferringTo(changed)
        }
    }

    /// Whether `object`, which is in `namespace`, must be rendered again.
    pub(crate) fn concerns(&self, namespace: &str, object: &impl HasReferences) -> bool {
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
