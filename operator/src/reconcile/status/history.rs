//! What is remembered of one workload's status. Pure.

use crds::{ConditionStatus, ConditionType};
use serde_json::{Value, json};

use super::Condition;
use crate::object::is_older_version;

/// The custom resource as the watch showed it when the run began: maybe older than our own last write of its status.
#[derive(Debug, Clone, Copy)]
pub(in crate::reconcile) struct Seen<'a> {
    /// Identity: another object of the same name has a history of its own.
    pub(in crate::reconcile) uid: &'a str,
    /// Version of all of it, status included.
    pub(in crate::reconcile) resource_version: &'a str,
    /// Version of its specification.
    pub(in crate::reconcile) generation: i64,
    /// Its status.
    pub(in crate::reconcile) status: &'a Value,
}

/// What a run made of the specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::reconcile) enum Attempt {
    /// Nothing: only the status was asked for.
    None,
    /// Nothing, as the user wants it.
    Paused,
    /// It was tried, with this condition as the result.
    Ended(Condition),
}

/// The last status that was sent and accepted.
#[derive(Debug, Clone, PartialEq)]
struct Written {
    /// Version of the object after it.
    resource_version: String,
    /// What the API server made of it.
    status: Value,
}

/// What is known of the status of one workload.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::reconcile) struct History {
    uid: String,
    /// The result of the last attempt, and the generation that it is about.
    reconciled: (Condition, i64),
    /// What was sent last, also where no answer came; before that, what an earlier process left.
    sent: Value,
    /// The answer to it. Absent: what the API server has is not known.
    written: Option<Written>,
}

impl History {
    /// Before this process has written anything: what an earlier one left.
    pub(super) fn new(seen: &Seen<'_>) -> Self {
        Self {
            uid: seen.uid.to_owned(),
            reconciled: left(&seen.status["conditions"], seen.generation),
            sent: seen.status.clone(),
            written: Some(Written {
                resource_version: seen.resource_version.to_owned(),
                status: seen.status.clone(),
            }),
        }
    }

    /// Whether this is the history of that object, and not of an earlier one of its name.
    pub(super) fn is_of(&self, seen: &Seen<'_>) -> bool {
        self.uid == seen.uid
    }

    /// Notes what a run made of the generation that it saw.
    pub(in crate::reconcile) fn attempted(&mut self, attempt: Attempt, generation: i64) {
        match attempt {
            Attempt::None => {}
            Attempt::Paused => self.reconciled.1 = generation,
            Attempt::Ended(condition) => self.reconciled = (condition, generation),
        }
    }

    /// The conditions as the API has them.
    pub(in crate::reconcile) fn conditions(&self, available: &Condition, generation: i64, now: &str) -> Value {
        let previous = &self.sent["conditions"];
        let (reconciled, reconciled_generation) = &self.reconciled;
        json!([
            available.value(previous, generation, now),
            reconciled.value(previous, *reconciled_generation, now),
        ])
    }

    /// Whether `status` must be written: unless it was, and nobody has changed it since. What the watch shows counts only
    /// where it is not what our write replaced.
    pub(in crate::reconcile) fn is_due(&self, status: &Value, seen: &Seen<'_>) -> bool {
        let Some(written) = &self.written else { return true };
        self.sent != *status
            || (!is_older_version(seen.resource_version, &written.resource_version) && *seen.status != written.status)
    }

    /// Notes that `status` is on its way. Whether it arrives is known with the answer.
    pub(in crate::reconcile) fn sending(&mut self, status: Value) {
        self.sent = status;
        self.written = None;
    }

    /// Notes the answer: the object is at this version, with this status.
    pub(in crate::reconcile) fn written(&mut self, resource_version: String, status: Value) {
        self.written = Some(Written {
            resource_version,
            status,
        });
    }
}

/// `Reconciled` as an earlier process left it.
fn left(conditions: &Value, generation: i64) -> (Condition, i64) {
    let kind = ConditionType::Reconciled;
    let mut all = conditions.as_array().into_iter().flatten();
    let Some(old) = all.find(|old| old["type"] == kind.as_str()) else {
        let unknown = Condition {
            kind,
            status: ConditionStatus::Unknown,
            reason: "NotFound".to_owned(),
            message: String::new(),
        };
        return (unknown, generation);
    };
    let text = |key: &str| old[key].as_str().unwrap_or_default().to_owned();
    let condition = Condition {
        kind,
        status: serde_json::from_value(old["status"].clone()).unwrap_or(ConditionStatus::Unknown),
        reason: text("reason"),
        message: text("message"),
    };
    (condition, old["observedGeneration"].as_i64().unwrap_or(generation))
}
