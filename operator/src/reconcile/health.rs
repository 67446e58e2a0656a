//! How the pods of a workload are, as conditions and counts. Pure; behaviour: spec of the original's status reporter
//! (`Available` is the worst of all shards, messages name shard and pod).

use std::collections::BTreeSet;

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{Pod, PodCondition};
use kube::ResourceExt;
use serde_json::{Value, json};

/// One StatefulSet that should run, and its pods.
#[derive(Debug, Clone, Default)]
pub struct Shard {
    /// `namespace/name` of the StatefulSet.
    pub key: String,
    /// The StatefulSet, unless it does not exist.
    pub set: Option<StatefulSet>,
    /// Its pods. May be empty where the StatefulSet says that all are ready.
    pub pods: Vec<Pod>,
}

/// Pods of one shard or of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pods that exist.
    pub replicas: i32,
    /// Pods of the newest template.
    pub updated: i32,
    /// Pods that are ready.
    pub available: i32,
    /// Pods that should be ready and are not.
    pub unavailable: i32,
}

/// A condition without its times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// `Available` or `Reconciled`.
    pub kind: &'static str,
    /// `True`, `False`, `Degraded` or `Unknown`.
    pub status: &'static str,
    /// `PascalCase` words for machines, empty where all is well.
    pub reason: String,
    /// Sentences for people, empty where all is well.
    pub message: String,
}

impl Shard {
    fn expected(&self) -> i32 {
        self.set
            .as_ref()
            .and_then(|set| set.spec.as_ref()?.replicas)
            .unwrap_or(1)
    }

    /// The counts of this shard.
    pub fn counts(&self) -> Counts {
        let Some(status) = self.set.as_ref().and_then(|set| set.status.as_ref()) else {
            return Counts::default();
        };
        let available = status.ready_replicas.unwrap_or_default();
        Counts {
            replicas: status.replicas,
            updated: status.updated_replicas.unwrap_or_default(),
            available,
            unavailable: (self.expected() - available).max(0),
        }
    }

    /// Whether every pod that should run is ready, so that nobody needs to look at the pods.
    pub fn is_ready(&self) -> bool {
        self.set.as_ref().is_some_and(|set| {
            let observed = set.status.as_ref().and_then(|status| status.observed_generation);
            observed >= set.metadata.generation && self.counts().available >= self.expected()
        })
    }

    fn availability(&self, prefix: &str) -> (&'static str, &'static str, String) {
        if self.set.is_none() {
            return (
                "False",
                "StatefulSetNotFound",
                format!("{prefix}statefulset {} not found", self.key),
            );
        }
        let available = self.counts().available;
        if available >= self.expected() {
            return ("True", "", String::new());
        }
        let messages: Vec<String> = self
            .pods
            .iter()
            .filter_map(|pod| Some(format!("{prefix}pod {}: {}", pod.name_any(), trouble(pod)?)))
            .collect();
        if available == 0 {
            ("False", "NoPodReady", messages.join("\n"))
        } else {
            ("Degraded", "SomePodsNotReady", messages.join("\n"))
        }
    }
}

/// Why a pod is not ready: the first condition that is false, in the order in which pods pass them.
fn trouble(pod: &Pod) -> Option<String> {
    let status = pod.status.as_ref()?;
    if let Some(phase) = status
        .phase
        .as_deref()
        .filter(|phase| matches!(*phase, "Failed" | "Succeeded"))
    {
        return Some(format!("pod completed with phase {phase}"));
    }
    let conditions = status.conditions.as_deref().unwrap_or_default();
    let not_met = |kind: &str| {
        conditions
            .iter()
            .find(|c: &&PodCondition| c.type_ == kind && c.status == "False")
    };
    let condition = ["PodScheduled", "Initialized", "ContainersReady", "Ready"]
        .into_iter()
        .find_map(not_met)?;
    let waiting = status
        .container_statuses
        .iter()
        .chain(&status.init_container_statuses)
        .flatten()
        .find_map(|container| {
            let waiting = container.state.as_ref()?.waiting.as_ref()?;
            let reason = waiting
                .reason
                .as_deref()
                .filter(|reason| !matches!(*reason, "PodInitializing" | "ContainerCreating"))?;
            Some(format!(" ({}: {reason})", container.name))
        });
    Some(format!(
        "{}{}",
        condition.message.as_deref().unwrap_or_default(),
        waiting.unwrap_or_default()
    ))
}

/// The counts of all shards together.
pub fn total(shards: &[Shard]) -> Counts {
    shards
        .iter()
        .map(Shard::counts)
        .fold(Counts::default(), |sum, counts| Counts {
            replicas: sum.replicas + counts.replicas,
            updated: sum.updated + counts.updated,
            available: sum.available + counts.available,
            unavailable: sum.unavailable + counts.unavailable,
        })
}

/// The condition `Available`: the worst of all shards. Messages name the shard where `numbered`.
pub fn available(shards: &[Shard], numbered: bool) -> Condition {
    let rank = |status: &str| {
        ["True", "Unknown", "Degraded", "False"]
            .iter()
            .position(|known| *known == status)
    };
    let mut worst = "True";
    let mut reasons = BTreeSet::new();
    let mut messages = Vec::new();
    for (number, shard) in shards.iter().enumerate() {
        let prefix = if numbered {
            format!("shard {number}: ")
        } else {
            String::new()
        };
        let (status, reason, message) = shard.availability(&prefix);
        if rank(status) > rank(worst) {
            worst = status;
        }
        reasons.extend(Some(reason).filter(|reason| !reason.is_empty()));
        messages.extend(Some(message).filter(|message| !message.is_empty()));
    }
    let reason = reasons.into_iter().collect::<Vec<_>>().join("And");
    Condition {
        kind: "Available",
        status: worst,
        reason,
        message: messages.join("\n"),
    }
}

/// The conditions as the API has them. The time of the last transition is kept from `previous` (the conditions of the
/// object as it is) where the status did not change; else it is `now`.
pub fn conditions(conditions: &[Condition], previous: &Value, generation: i64, now: &str) -> Value {
    let kept = |condition: &Condition| {
        let old = previous
            .as_array()?
            .iter()
            .find(|old| old["type"] == condition.kind && old["status"] == condition.status)?;
        old["lastTransitionTime"].as_str().map(str::to_owned)
    };
    conditions
        .iter()
        .map(|condition| {
            let mut value = json!({
                "type": condition.kind,
                "status": condition.status,
                "lastTransitionTime": kept(condition).unwrap_or_else(|| now.to_owned()),
                "observedGeneration": generation,
            });
            for (key, text) in [("reason", &condition.reason), ("message", &condition.message)] {
                if !text.is_empty() {
                    value[key] = json!(text);
                }
            }
            value
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(expected: i32, ready: i32) -> Shard {
        let set = json!({
            "metadata": {"name": "prometheus-x", "generation": 2},
            "spec": {"replicas": expected, "selector": {}, "template": {}, "serviceName": "s"},
            "status": {"replicas": expected, "readyReplicas": ready, "updatedReplicas": 1, "observedGeneration": 2},
        });
        let pod = json!({"metadata": {"name": "prometheus-x-0"}, "status": {"phase": "Pending", "conditions": [
            {"type": "Ready", "status": "False", "message": "containers with unready status: [prometheus]"},
            {"type": "PodScheduled", "status": "True"},
        ]}});
        Shard {
            key: "ns/prometheus-x".to_owned(),
            set: serde_json::from_value(set).unwrap(),
            pods: vec![serde_json::from_value(pod).unwrap()],
        }
    }

    #[test]
    fn the_worst_shard_decides() {
        let all = available(&[shard(2, 2)], false);
        assert_eq!(
            (all.status, all.reason.as_str(), all.message.as_str()),
            ("True", "", "")
        );
        let some = available(&[shard(2, 2), shard(2, 1)], true);
        assert_eq!((some.status, some.reason.as_str()), ("Degraded", "SomePodsNotReady"));
        assert_eq!(
            some.message,
            "shard 1: pod prometheus-x-0: containers with unready status: [prometheus]"
        );
        let gone = Shard {
            key: "ns/prometheus-x-shard-1".to_owned(),
            ..Shard::default()
        };
        let none = available(&[shard(1, 0), gone], true);
        assert_eq!(
            (none.status, none.reason.as_str()),
            ("False", "NoPodReadyAndStatefulSetNotFound")
        );
        assert_eq!(available(&[shard(0, 0)], false).status, "True");
    }

    #[test]
    fn counts_add_up() {
        let expected = Counts {
            replicas: 3,
            updated: 2,
            available: 2,
            unavailable: 1,
        };
        assert_eq!(total(&[shard(1, 1), shard(2, 1)]), expected);
        assert!(shard(1, 1).is_ready() && !shard(2, 1).is_ready());
    }

    #[test]
    fn the_transition_time_moves_with_the_status_only() {
        let condition = |status| Condition {
            kind: "Available",
            status,
            reason: String::new(),
            message: String::new(),
        };
        let previous = json!([{"type": "Available", "status": "True", "lastTransitionTime": "before"}]);
        assert_eq!(
            conditions(&[condition("True")], &previous, 3, "now")[0]["lastTransitionTime"],
            "before"
        );
        assert_eq!(
            conditions(&[condition("False")], &previous, 3, "now")[0]["lastTransitionTime"],
            "now"
        );
        assert_eq!(
            conditions(&[condition("True")], &Value::Null, 3, "now")[0]["observedGeneration"],
            3
        );
    }
}
