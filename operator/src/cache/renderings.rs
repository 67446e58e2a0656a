//! What was rendered of each object the last time, for kinds whose next rendering is cheaper with it. In memory only: after
//! a start there is nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::object::ObjectKey;

/// A memory of type `M` for each object.
#[derive(Debug)]
pub struct Renderings<M>(Mutex<BTreeMap<ObjectKey, Arc<Mutex<M>>>>);

impl<M> Default for Renderings<M> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<M: Default> Renderings<M> {
    /// That of the object; empty at first.
    pub fn of(&self, key: &ObjectKey) -> Arc<Mutex<M>> {
        lock(&self.0).entry(key.clone()).or_default().clone()
    }

    /// Forgets an object that is gone.
    pub fn forget(&self, key: &ObjectKey) {
        lock(&self.0).remove(key);
    }
}

/// What is behind the lock. A rendering that panicked left nothing behind that could be wrong.
pub fn lock<M>(memory: &Mutex<M>) -> MutexGuard<'_, M> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}
