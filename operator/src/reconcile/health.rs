//! How the pods of a workload are, as conditions and counts. Pure; behaviour: spec of the original's status reporter
//! (`Available` is the worst of all shards, messages name shard and pod).

use std::collections::BTreeSet;

use crds::{ConditionStatus, ConditionType};
use k8s_openapi::api::apps::v1::{DaemonSet, StatefulSet};
use k8s_openapi::api::core::v1::{Pod, PodCondition};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::ResourceExt;

use super::Condition;

/// What runs pods.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Runner {
    /// A number of pods.
    #[default]
    StatefulSet,
    /// A pod on each node.
    DaemonSet,
}

impl Runner {
    /// As messages call it.
    const fn word(self) -> &'static str {
        match self {
            Self::StatefulSet => "statefulset",
            Self::DaemonSet => "daemonset",
        }
    }

    /// Its kind in the API.
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
        }
    }
}

/// One StatefulSet or DaemonSet that should run, and its pods.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shard {
    /// `namespace/name` of the set.
    pub key: String,
    /// Its kind.
    pub runner: Runner,
    /// What it says, unless it does not exist.
    pub set: Option<Set>,
    /// Its pods. May be empty where the set says that all are ready.
    pub pods: Vec<Pod>,
    /// Why it cannot make pods, where it has none.
    pub obstacle: Option<String>,
}

/// What a StatefulSet or DaemonSet says of its pods.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Set {
    /// Its identity.
    pub uid: String,
    /// Labels that select the pods.
    pub selector: LabelSelector,
    /// Pods that should be ready.
    pub expected: i32,
    /// Pods that exist.
    pub replicas: i32,
    /// Pods of the newest template.
    pub updated: i32,
    /// Pods that are ready.
    pub ready: i32,
    /// Whether all this is about the specification as it is.
    pub is_observed: bool,
    /// The templates that its pods should be of; none of a DaemonSet.
    pub revisions: Option<Revisions>,
}

/// Which templates the pods of a StatefulSet should be made from.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Revisions {
    /// Identity of the StatefulSet.
    pub uid: String,
    /// Before the update that is under way.
    pub current: String,
    /// After it.
    pub update: String,
}

impl Revisions {
    /// What the StatefulSet says; nothing before it has said both.
    fn of(set: &StatefulSet) -> Option<Self> {
        let status = set.status.as_ref()?;
        let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        Some(Self {
            uid: set.metadata.uid.clone()?,
            current: text(&status.current_revision)?,
            update: text(&status.update_revision)?,
        })
    }
}

impl From<&StatefulSet> for Set {
    fn from(set: &StatefulSet) -> Self {
        let (spec, status) = (set.spec.as_ref(), set.status.as_ref());
        Self {
            uid: set.metadata.uid.clone().unwrap_or_default(),
            selector: spec.map(|spec| spec.selector.clone()).unwrap_or_default(),
            expected: spec.and_then(|spec| spec.replicas).unwrap_or(1),
            replicas: status.map(|status| status.replicas).unwrap_or_default(),
            updated: status.and_then(|status| status.updated_replicas).unwrap_or_default(),
            ready: status.and_then(|status| status.ready_replicas).unwrap_or_default(),
            is_observed: status.and_then(|status| status.observed_generation) >= set.metadata.generation,
            revisions: Revisions::of(set),
        }
    }
}

impl From<&DaemonSet> for Set {
    fn from(set: &DaemonSet) -> Self {
        let status = set.status.clone().unwrap_or_default();
        let is_observed = status.observed_generation >= set.metadata.generation;
        Self {
            uid: set.metadata.uid.clone().unwrap_or_default(),
            selector: set.spec.as_ref().map(|spec| spec.selector.clone()).unwrap_or_default(),
            // Before somebody has counted the nodes there are none, which is not what is wanted.
            expected: status.desired_number_scheduled.max(i32::from(!is_observed)),
            replicas: status.current_number_scheduled,
            updated: status.updated_number_scheduled.unwrap_or_default(),
            ready: status.number_ready,
            is_observed,
            revisions: None,
        }
    }
}

/// Pods of one shard or of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Pods that exist.
    pub replicas: i32,
    /// Pods of the newest template.
    pub updated: i32,
    /// Pods that are ready.
    pub available: i32,
    /// Pods that exist and are not ready.
    pub unavailable: i32,
}

impl Shard {
    /// The counts of this shard.
    pub(crate) fn counts(&self) -> Counts {
        let Some(set) = &self.set else {
            return Counts::default();
        };
        Counts {
            replicas: set.replicas,
            updated: set.updated,
            available: set.ready,
            unavailable: (set.replicas - set.ready).max(0),
        }
    }

    /// Whether every pod that should run is ready, so that nobody needs to look at the pods.
    pub(crate) fn is_ready(&self) -> bool {
        (self.set.as_ref()).is_some_and(|set| set.is_observed && set.ready >= set.expected)
    }

    fn availability(&self, prefix: &str) -> (ConditionStatus, &'static str, String) {
        let Some(set) = &self.set else {
            let reason = match self.runner {
                Runner::StatefulSet => "StatefulSetNotFound",
                Runner::DaemonSet => "DaemonSetNotFound",
            };
            let message = format!("{prefix}{} {} not found", self.runner.word(), self.key);
            return (ConditionStatus::False, reason, message);
        };
        if set.ready >= set.expected {
            return (ConditionStatus::True, "", String::new());
        }
        let mut messages: Vec<String> = self
            .pods
            .iter()
            .filter_map(|pod| Some(format!("{prefix}pod {}: {}", pod.name_any(), trouble(pod)?)))
            .collect();
        if self.pods.is_empty() {
            let obstacle = self.obstacle.as_deref().unwrap_or("no pod has been created yet");
            messages.push(format!("{prefix}{} {}: {obstacle}", self.runner.word(), self.key));
        }
        if set.ready == 0 {
            (ConditionStatus::False, "NoPodReady", messages.join("\n"))
        } else {
            (ConditionStatus::Degraded, "SomePodsNotReady", messages.join("\n"))
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
pub(crate) fn total(shards: &[Shard]) -> Counts {
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
pub(crate) fn available(shards: &[Shard], numbered: bool) -> Condition {
    let rank = |status: ConditionStatus| match status {
        ConditionStatus::True => 0,
        ConditionStatus::Unknown => 1,
        ConditionStatus::Degraded => 2,
        ConditionStatus::False => 3,
    };
    let mut worst = ConditionStatus::True;
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
        kind: ConditionType::Available,
        status: worst,
        reason,
        message: messages.join("\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
        let set: StatefulSet = serde_json::from_value(set).unwrap();
        Shard {
            key: "ns/prometheus-x".to_owned(),
            runner: Runner::StatefulSet,
            set: Some((&set).into()),
            pods: vec![serde_json::from_value(pod).unwrap()],
            obstacle: None,
        }
    }

    fn on_nodes(observed: i64, nodes: i32, ready: i32) -> Shard {
        let set = json!({
            "metadata": {"name": "prom-agent-x", "generation": 2},
            "spec": {"selector": {}, "template": {}},
            "status": {
                "observedGeneration": observed, "desiredNumberScheduled": nodes, "currentNumberScheduled": nodes,
                "numberMisscheduled": 0, "numberReady": ready, "updatedNumberScheduled": 1,
            },
        });
        let set: DaemonSet = serde_json::from_value(set).unwrap();
        Shard {
            key: "ns/prom-agent-x".to_owned(),
            runner: Runner::DaemonSet,
            set: Some((&set).into()),
            pods: Vec::new(),
            obstacle: None,
        }
    }

    #[test]
    fn a_pod_on_each_node_is_expected() {
        let counts = Counts {
            replicas: 3,
            updated: 1,
            available: 2,
            unavailable: 1,
        };
        assert_eq!(on_nodes(2, 3, 2).counts(), counts);
        let status = |shard: Shard| {
            let condition = available(&[shard], false);
            (condition.status, condition.reason)
        };
        assert_eq!(status(on_nodes(2, 3, 3)), (ConditionStatus::True, String::new()));
        assert_eq!(
            status(on_nodes(2, 3, 2)),
            (ConditionStatus::Degraded, "SomePodsNotReady".to_owned())
        );
        assert_eq!(
            status(on_nodes(2, 0, 0)),
            (ConditionStatus::True, String::new()),
            "no node is to have one"
        );
        assert_eq!(
            status(on_nodes(0, 0, 0)),
            (ConditionStatus::False, "NoPodReady".to_owned()),
            "nobody has counted the nodes yet"
        );
        let missing = Shard {
            set: None,
            ..on_nodes(2, 3, 3)
        };
        assert_eq!(
            status(missing),
            (ConditionStatus::False, "DaemonSetNotFound".to_owned())
        );
    }

    #[test]
    fn the_worst_shard_decides() {
        let all = available(&[shard(2, 2)], false);
        assert_eq!(
            (all.status, all.reason.as_str(), all.message.as_str()),
            (ConditionStatus::True, "", "")
        );
        let some = available(&[shard(2, 2), shard(2, 1)], true);
        assert_eq!(
            (some.status, some.reason.as_str()),
            (ConditionStatus::Degraded, "SomePodsNotReady")
        );
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
            (ConditionStatus::False, "NoPodReadyAndStatefulSetNotFound")
        );
        assert_eq!(available(&[shard(0, 0)], false).status, ConditionStatus::True);
    }

    #[test]
    fn without_pods_the_set_says_why() {
        let none = Shard {
            pods: Vec::new(),
            ..shard(1, 0)
        };
        assert_eq!(
            available(std::slice::from_ref(&none), true).message,
            "shard 0: statefulset ns/prometheus-x: no pod has been created yet"
        );
        let refused = Shard {
            obstacle: Some("create Pod prometheus-x-0 failed: service account not found".to_owned()),
            ..none
        };
        assert_eq!(
            available(&[refused], false).message,
            "statefulset ns/prometheus-x: create Pod prometheus-x-0 failed: service account not found"
        );
    }

    /// As the original counts them: what does not exist is not unavailable.
    #[test]
    fn pods_that_do_not_exist_are_not_counted() {
        let mut empty = shard(3, 0);
        if let Some(set) = &mut empty.set {
            set.replicas = 1;
        }
        assert_eq!(empty.counts().unavailable, 1);
        assert!(!empty.is_ready());
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
}
