//! What the pods of a Prometheus that run now are made for. A configuration whose jobs are in further files must not reach
//! a pod that does not mount them: it would scrape nothing. Pure.

use std::sync::Arc;

use k8s_openapi::api::apps::v1::StatefulSet;

use super::config::Layout;
use super::statefulset;

/// What the running pods are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rollout {
    /// The layout of the pod templates; spread if one of them is.
    pub layout: Layout,
    /// Whether no running pod would miss a file of jobs.
    pub all_mount_job_files: bool,
}

impl Rollout {
    /// What the pods of these StatefulSets are made for. Without any, no pod misses anything.
    pub fn of(sets: &[Arc<StatefulSet>]) -> Self {
        let is_spread = |set: &StatefulSet| layout(set) == Layout::Spread;
        Self {
            layout: if sets.iter().any(|set| is_spread(set)) {
                Layout::Spread
            } else {
                Layout::Whole
            },
            all_mount_job_files: sets.iter().all(|set| is_spread(set) && has_no_old_pods(set)),
        }
    }
}

fn layout(set: &StatefulSet) -> Layout {
    let pod = set.spec.as_ref().and_then(|spec| spec.template.spec.as_ref());
    pod.map(statefulset::layout).unwrap_or_default()
}

/// Whether all pods that exist are of the template, by what Kubernetes says of this very template.
fn has_no_old_pods(set: &StatefulSet) -> bool {
    let Some(status) = &set.status else { return false };
    status.observed_generation >= set.metadata.generation
        && status.updated_replicas.unwrap_or_default() == status.replicas
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn set(volume: &str, generation: i64, updated: i32) -> Arc<StatefulSet> {
        let set = json!({
            "metadata": { "generation": 2 },
            "spec": {
                "selector": {},
                "template": { "spec": { "containers": [], "volumes": [{ "name": volume }] } },
            },
            "status": { "observedGeneration": generation, "replicas": 2, "updatedReplicas": updated },
        });
        Arc::new(serde_json::from_value(set).unwrap())
    }

    #[test]
    fn jobs_move_out_when_no_pod_would_miss_them() {
        let (new, old) = (set("scrape-configs", 2, 2), set("config", 2, 2));
        let rollout = |sets: &[&Arc<StatefulSet>]| {
            let Rollout {
                layout,
                all_mount_job_files,
            } = Rollout::of(&sets.iter().map(|set| Arc::clone(set)).collect::<Vec<_>>());
            (layout, all_mount_job_files)
        };
        assert_eq!(rollout(&[]), (Layout::Whole, true), "no pods yet");
        assert_eq!(rollout(&[&new, &new]), (Layout::Spread, true));
        assert_eq!(rollout(&[&new, &old]), (Layout::Spread, false), "one shard is behind");
        assert_eq!(rollout(&[&old]), (Layout::Whole, false));
        assert_eq!(
            rollout(&[&set("scrape-configs", 2, 1)]),
            (Layout::Spread, false),
            "one pod is behind"
        );
        assert_eq!(
            rollout(&[&set("scrape-configs", 1, 2)]),
            (Layout::Spread, false),
            "the status is old"
        );
    }
}
