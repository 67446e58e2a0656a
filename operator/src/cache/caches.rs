//! A cache for each workload of a controller. Lock-guarded.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::object::ObjectKey;

/// A cache of type `C` for each object. It is taken out for a run and put back after it, so that nothing is locked while
/// something is read or rendered. A run that does not end has lost its cache, and the next one begins with an empty one.
#[derive(Debug)]
pub(crate) struct Caches<C>(Mutex<BTreeMap<ObjectKey, C>>);

impl<C> Default for Caches<C> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<C: Default> Caches<C> {
    /// That of the object; empty at first, and while somebody else has it.
    pub(crate) fn take(&self, key: &ObjectKey) -> C {
        self.lock().remove(key).unwrap_or_default()
    }

    /// Puts back that of the object.
    pub(crate) fn put(&self, key: &ObjectKey, cache: C) {
        self.lock().insert(key.clone(), cache);
    }

    /// Forgets an object that is gone.
    pub(crate) fn forget(&self, key: &ObjectKey) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<ObjectKey, C>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
