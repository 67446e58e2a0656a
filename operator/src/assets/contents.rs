//! The contents that somebody holds, so that an object to which many workloads refer is read once and kept once. Lock-guarded;
//! holds on to nothing itself.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::{Object, Reference};
use crate::watch::Edition;

/// How many entries of contents that nobody holds any more are put up with before they are swept out.
const SWEEP: usize = 1024;

/// What all workloads have read.
#[derive(Default)]
pub struct Contents(Mutex<Known>);

#[derive(Default)]
struct Known {
    objects: BTreeMap<Reference, Weak<Object>>,
    sweep_at: usize,
}

impl Contents {
    /// The object, if somebody has it in this edition.
    pub(super) fn get(&self, reference: &Reference, edition: Edition) -> Option<Arc<Object>> {
        let object = self.lock().objects.get(reference)?.upgrade()?;
        (object.edition == edition).then_some(object)
    }

    /// Notes an object that was read.
    pub(super) fn note(&self, reference: &Reference, object: &Arc<Object>) {
        let mut known = self.lock();
        known.objects.insert(reference.clone(), Arc::downgrade(object));
        if known.objects.len() > known.sweep_at {
            known.objects.retain(|_, object| object.strong_count() > 0);
            known.sweep_at = known.objects.len() * 2 + SWEEP;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Contents {
    /// Without what Secrets hold.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Contents")
            .field(&self.lock().objects.len())
            .finish()
    }
}
