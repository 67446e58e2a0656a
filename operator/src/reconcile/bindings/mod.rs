//! Tells each configuration object which workloads select it and what they made of it: `status.bindings`, one entry per
//! workload, with the feature gate `StatusForConfigurationResources`. Runs beside the reconciliation, which it never holds
//! up; touches the status of configuration objects and one finalizer of workloads.
//!
//! What is written already is read from the watches. So nothing is written twice, and an entry of an earlier process is
//! found and removed, too. Of an object that the watch shows as it was before our own last write, the API server is asked.

mod entry;
mod finalizer;
mod kinds;
mod run;
mod writer;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use formats::excerpt::beginning;

use super::status::MESSAGE_LIMIT;
use super::{Extent, Trigger};
use crate::object::{ConfigKind, ObjectKey, Rejection};

pub(crate) use finalizer::FINALIZER;
pub(crate) use kinds::{Kinds, SelectedObject};
pub(crate) use writer::Writer;

/// What a workload made of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Verdict {
    /// Generation of the object that was judged.
    generation: i64,
    /// Why it is left out, unless it is in.
    rejection: Option<String>,
}

impl Verdict {
    /// Left out, for a reason that fits into a condition.
    fn rejected(generation: i64, message: &str) -> Self {
        Self {
            generation,
            rejection: Some(beginning(message, MESSAGE_LIMIT).to_owned()),
        }
    }
}

/// What a workload made of the objects that it selects, by kind.
type Verdicts = BTreeMap<ConfigKind, BTreeMap<ObjectKey, Verdict>>;

/// What the entries of a workload should be.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    /// These and no other.
    Entries(Verdicts),
    /// None, and nothing shall keep the workload from being deleted.
    Gone,
}

/// What the workloads of one controller want to be written.
#[derive(Debug)]
pub(crate) struct Bindings {
    is_on: bool,
    wanted: Mutex<BTreeMap<ObjectKey, Arc<Wanted>>>,
    trigger: Trigger,
}

impl Bindings {
    /// Nothing is wanted yet. Entries are written where the gate `is_on`; what the gate left behind when it was on is taken
    /// away with its workload in any case. `trigger` starts [`super::Controller::bind`].
    pub(crate) fn new(is_on: bool, trigger: Trigger) -> Self {
        Self {
            is_on,
            wanted: Mutex::default(),
            trigger,
        }
    }

    /// Whether entries are written.
    pub(super) const fn is_on(&self) -> bool {
        self.is_on
    }

    /// Asks for the entries of the objects that `workload` selects, of which some are left out.
    pub(super) fn entries(&self, workload: &ObjectKey, selected: Vec<SelectedObject>, rejections: &[Rejection]) {
        let mut verdicts = Verdicts::new();
        for SelectedObject {
            kind,
            object,
            generation,
            uid: _,
        } in selected
        {
            let rejection = None;
            let verdict = Verdict { generation, rejection };
            verdicts.entry(kind).or_default().insert(object, verdict);
        }
        for Rejection {
            kind, object, message, ..
        } in rejections
        {
            if let Some(verdict) = verdicts.get_mut(kind).and_then(|kind| kind.get_mut(object)) {
                *verdict = Verdict::rejected(verdict.generation, message);
            }
        }
        self.want(workload, Wanted::Entries(verdicts));
    }

    /// Asks for the removal of all entries of `workload`, which is being deleted.
    pub(super) fn leave(&self, workload: &ObjectKey) {
        self.want(workload, Wanted::Gone);
    }

    fn want(&self, workload: &ObjectKey, wanted: Wanted) {
        self.lock().insert(workload.clone(), Arc::new(wanted));
        self.trigger.send(workload.clone(), Extent::Everything);
    }

    fn wanted(&self, workload: &ObjectKey) -> Option<Arc<Wanted>> {
        self.lock().get(workload).cloned()
    }

    /// Whether nothing else is wanted meanwhile.
    fn is_current(&self, workload: &ObjectKey, wanted: &Arc<Wanted>) -> bool {
        (self.lock().get(workload)).is_some_and(|current| Arc::ptr_eq(current, wanted))
    }

    /// Forgets what was done.
    fn done(&self, workload: &ObjectKey, wanted: &Arc<Wanted>) {
        let mut all = self.lock();
        if (all.get(workload)).is_some_and(|current| Arc::ptr_eq(current, wanted)) {
            all.remove(workload);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<ObjectKey, Arc<Wanted>>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
