//! The status of a workload over time: what the last run made of it, what was written, and whether it must be written
//! again. Pure: the clock and the API server are the caller's.
//!
//! The watch may be older than our own last write. So nothing is decided by the status that it shows once this process has
//! written one: the result of the last run and the times of transitions are remembered here.

mod history;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crds::{ConditionStatus, ConditionType};
use formats::excerpt::beginning;
use serde_json::{Value, json};

use crate::object::ObjectKey;

pub(super) use history::{Attempt, History, Seen};

/// Longest message of a condition, in bytes: what `metav1.Condition` allows.
pub(super) const MESSAGE_LIMIT: usize = 32_768;

/// A condition without its times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    /// What it is about.
    pub kind: ConditionType,
    /// Whether it holds.
    pub status: ConditionStatus,
    /// `PascalCase` words for machines, empty where all is well.
    pub reason: String,
    /// Sentences for people, empty where all is well.
    pub message: String,
}

impl Condition {
    /// As the API has it. The time of the last transition is kept from `previous`, the conditions as they were, where the
    /// status did not change; otherwise it is `now`.
    fn value(&self, previous: &Value, generation: i64, now: &str) -> Value {
        let same = |old: &&Value| old["type"] == self.kind.as_str() && old["status"] == self.status.as_str();
        let kept = previous.as_array().into_iter().flatten().find(same);
        let mut value = json!({
            "type": self.kind.as_str(),
            "status": self.status.as_str(),
            "lastTransitionTime": kept.and_then(|old| old["lastTransitionTime"].as_str()).unwrap_or(now),
            "observedGeneration": generation,
        });
        for (key, text) in [("reason", &self.reason), ("message", &self.message)] {
            if !text.is_empty() {
                value[key] = json!(beginning(text, MESSAGE_LIMIT));
            }
        }
        value
    }
}

/// The histories of all workloads of a controller. Lock-guarded; lost with the process, whose successor begins with what
/// the first list shows.
#[derive(Debug, Default)]
pub(crate) struct Histories(Mutex<BTreeMap<ObjectKey, History>>);

impl Histories {
    /// What is known of the object, which is as `seen` or newer.
    pub(super) fn of(&self, key: &ObjectKey, seen: &Seen<'_>) -> History {
        let known = self.lock().get(key).cloned();
        known
            .filter(|known| known.is_of(seen))
            .unwrap_or_else(|| History::new(seen))
    }

    /// Notes what is known now.
    pub(super) fn keep(&self, key: ObjectKey, history: History) {
        self.lock().insert(key, history);
    }

    /// Forgets an object that is gone.
    pub(super) fn forget(&self, key: &ObjectKey) {
        self.lock().remove(key);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<ObjectKey, History>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
