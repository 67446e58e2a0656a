//! What the pods of a Prometheus that run now are made for. A configuration whose jobs are in further files must not reach
//! a pod that does not mount them: it would scrape nothing. Pure.

use std::sync::Arc;

use k8s_openapi::api::apps::v1::{DaemonSet, StatefulSet};
use k8s_openapi::api::core::v1::PodTemplateSpec;

use super::incremental::Layout;
use super::pod;

/// What the running pods are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rollout {
    /// The layout of the pod templates; spread if one of them is.
    pub layout: Layout,
    /// Whether no running pod would miss a file of jobs.
    pub all_mount_job_files: bool,
}

impl Rollout {
    /// What the pods of these sets are made for. Without any, no pod misses anything.
    pub fn of<S: RunsPods>(sets: &[Arc<S>]) -> Self {
        let is_spread = |set: &S| layout(set) == Layout::Spread;
        Self {
            layout: if sets.iter().any(|set| is_spread(set)) {
                Layout::Spread
            } else {
                Layout::Whole
            },
            all_mount_job_files: sets.iter().all(|set| is_spread(set) && set.has_no_old_pods()),
        }
    }
}

fn layout(set: &impl RunsPods) -> Layout {
    let pod = set.template().and_then(|template| template.spec.as_ref());
    pod.map(pod::layout).unwrap_or_default()
}

/// What runs pods by a template.
pub trait RunsPods {
    /// The template.
    fn template(&self) -> Option<&PodTemplateSpec>;

    /// Whether all pods that exist are of the template, by what Kubernetes says of this very template.
    fn has_no_old_pods(&self) -> bool;
}

impl RunsPods for StatefulSet {
    fn template(&self) -> Option<&PodTemplateSpec> {
        self.spec.as_ref().map(|spec| &spec.template)
    }

    fn has_no_old_pods(&self) -> bool {
        self.status.as_ref().is_some_and(|status| {
            status.observed_generation >= self.metadata.generation
                && status.updated_replicas.unwrap_or_default() == status.replicas
        })
    }
}

impl RunsPods for DaemonSet {
    fn template(&self) -> Option<&PodTemplateSpec> {
        self.spec.as_ref().map(|spec| &spec.template)
    }

    fn has_no_old_pods(&self) -> bool {
        self.status.as_ref().is_some_and(|status| {
            status.observed_generation >= self.metadata.generation
                && status.updated_number_scheduled.unwrap_or_default() >= status.current_number_scheduled
        })
    }
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

    #[test]
    fn the_pods_on_all_nodes_count() {
        let set = |updated: i32| -> Arc<DaemonSet> {
            let set = json!({
                "metadata": { "generation": 2 },
                "spec": {
                    "selector": {},
                    "template": { "spec": { "containers": [], "volumes": [{ "name": "scrape-configs" }] } },
                },
                "status": {
                    "observedGeneration": 2, "currentNumberScheduled": 3, "desiredNumberScheduled": 4,
                    "numberMisscheduled": 0, "numberReady": 3, "updatedNumberScheduled": updated,
                },
            });
            Arc::new(serde_json::from_value(set).unwrap())
        };
        assert!(!Rollout::of(&[set(2)]).all_mount_job_files, "one node is behind");
        assert!(
            Rollout::of(&[set(3)]).all_mount_job_files,
            "a node without a pod misses nothing"
        );
    }
}
