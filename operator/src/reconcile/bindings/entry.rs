//! The entry of a workload in the status of a configuration object: whether it is as wanted, and the JSON patch that makes
//! it so. Pure.
//!
//! A patch tests what it relies on, so that two workloads never take each other's entry for their own.

use crds::{ConditionStatus, ConfigResourceStatus, WorkloadBinding};
use serde_json::{Value, json};

use super::Verdict;
use crate::object::ObjectKey;

/// API group of the workloads.
const GROUP: &str = "monitoring.coreos.com";
/// Why an object is left out, for machines.
const REASON: &str = "InvalidConfiguration";
/// The fields that say whose entry it is.
const IDENTITY: [&str; 4] = ["name", "namespace", "resource", "group"];

/// Whose entries these are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Workload {
    /// Plural name of its kind.
    pub(super) resource: String,
    /// Its namespace and name.
    pub(super) key: ObjectKey,
}

impl Workload {
    fn owns(&self, entry: &WorkloadBinding) -> bool {
        entry.resource.as_str() == self.resource
            && *entry.namespace == *self.key.namespace
            && *entry.name == *self.key.name
    }

    /// What is in the fields of [`IDENTITY`].
    fn identity(&self) -> [&str; 4] {
        [&self.key.name, &self.key.namespace, &self.resource, GROUP]
    }

    fn owns_value(&self, entry: &Value) -> bool {
        let fields = IDENTITY.iter().zip(self.identity());
        fields.into_iter().all(|(field, own)| entry[*field] == own)
    }
}

/// Whether a status has the entry of `workload` as it is wanted; `None`: no entry.
pub(super) fn agrees(status: Option<&ConfigResourceStatus>, workload: &Workload, verdict: Option<&Verdict>) -> bool {
    let mut entries = status.iter().flat_map(|status| &status.bindings);
    match (entries.find(|entry| workload.owns(entry)), verdict) {
        (None, None) => true,
        (Some(entry), Some(verdict)) => says(entry, verdict),
        _ => false,
    }
}

/// Whether an entry says what it should, whenever it came to that.
fn says(entry: &WorkloadBinding, verdict: &Verdict) -> bool {
    let [condition] = &*entry.conditions else { return false };
    let status = if verdict.rejection.is_some() {
        ConditionStatus::False
    } else {
        ConditionStatus::True
    };
    condition.status == status
        && condition.observed_generation == Some(verdict.generation)
        && condition.reason.as_deref() == verdict.rejection.as_ref().map(|_| REASON)
        && condition.message.as_deref() == verdict.rejection.as_deref()
}

/// The JSON patch that makes the entry of `workload` in `status` as it is wanted; `None` where it is so. The time of the
/// last transition is `now` unless the status of the condition stays what it was.
pub(super) fn operations(
    status: &Value,
    workload: &Workload,
    verdict: Option<&Verdict>,
    now: &str,
) -> Option<Vec<Value>> {
    let entries = status["bindings"].as_array();
    let own = (entries.into_iter().flatten().enumerate()).find(|(_, entry)| workload.owns_value(entry));
    match (own, verdict) {
        (None, None) => None,
        (Some((index, _)), None) => {
            let mut operations = tests(index, workload);
            operations.push(json!({"op": "remove", "path": format!("/status/bindings/{index}")}));
            Some(operations)
        }
        (Some((index, entry)), Some(verdict)) => {
            let conditions = conditions(verdict, &entry["conditions"], now);
            if entry["conditions"] == conditions {
                return None;
            }
            let mut operations = tests(index, workload);
            let path = format!("/status/bindings/{index}/conditions");
            operations.push(json!({"op": "add", "path": path, "value": conditions}));
            Some(operations)
        }
        (None, Some(verdict)) => Some(addition(status, &new_entry(workload, verdict, now))),
    }
}

fn addition(status: &Value, entry: &Value) -> Vec<Value> {
    if status.is_null() {
        vec![
            // Nobody else was first.
            json!({"op": "test", "path": "/status", "value": null}),
            json!({"op": "add", "path": "/status", "value": {"bindings": [entry]}}),
        ]
    } else if status["bindings"].is_array() {
        // The API server refuses a second entry of the same workload.
        vec![json!({"op": "add", "path": "/status/bindings/-", "value": entry})]
    } else {
        vec![json!({"op": "add", "path": "/status/bindings", "value": [entry]})]
    }
}

fn tests(index: usize, workload: &Workload) -> Vec<Value> {
    let fields = IDENTITY.into_iter().zip(workload.identity());
    let test = |(field, own)| json!({"op": "test", "path": format!("/status/bindings/{index}/{field}"), "value": own});
    fields.map(test).collect()
}

fn new_entry(workload: &Workload, verdict: &Verdict, now: &str) -> Value {
    let mut entry = json!({"conditions": conditions(verdict, &Value::Null, now)});
    for (field, own) in IDENTITY.into_iter().zip(workload.identity()) {
        entry[field] = json!(own);
    }
    entry
}

fn conditions(verdict: &Verdict, previous: &Value, now: &str) -> Value {
    let status = if verdict.rejection.is_some() { "False" } else { "True" };
    let old = (previous.as_array().into_iter().flatten())
        .find(|old| old["type"] == "Accepted" && old["status"] == status)
        .and_then(|old| old["lastTransitionTime"].as_str());
    let mut condition = json!({
        "type": "Accepted",
        "status": status,
        "lastTransitionTime": old.unwrap_or(now),
        "observedGeneration": verdict.generation,
    });
    if let Some(message) = &verdict.rejection {
        condition["reason"] = json!(REASON);
        condition["message"] = json!(message);
    }
    json!([condition])
}
