//! Gets a StatefulSet going again that waits for a pod of a template that is neither the old one nor the new one any more:
//! Kubernetes never replaces such a pod by itself (kubernetes#67250). What is done is the policy of
//! `--repair-policy-for-statefulsets`; one pod of a StatefulSet at a time.

use k8s_openapi::api::core::v1::Pod;
use kube::api::{DeleteParams, EvictParams, Preconditions, ResourceExt};

use super::health::{Revisions, Shard};
use super::{Controller, Workload};
use crate::api::Objects;
use crate::args::RepairPolicy;
use crate::object::ObjectKey;
use crate::watch::controller;
use process::causes::Causes;

/// Label of a pod with the revision of the template that it was made from.
const REVISION: &str = "controller-revision-hash";

impl<W: Workload> Controller<W> {
    /// Takes away the pod that each of `shards` waits for in vain. A failure is logged, and tried again with the
    /// next look at the pods.
    pub(super) async fn repair(&self, shards: &[Shard]) {
        if self.repair == RepairPolicy::None {
            return;
        }
        for shard in shards.iter().filter(|shard| !shard.is_ready()) {
            let set = shard.set.as_ref().filter(|set| set.is_observed);
            let revisions = set.and_then(|set| set.revisions.as_ref());
            if let Some(pod) = revisions.and_then(|revisions| stuck(revisions, &shard.pods)) {
                self.remove(pod).await;
            }
        }
    }

    async fn remove(&self, pod: &Pod) {
        let key = ObjectKey::of(pod);
        let pods: Objects<Pod> = Objects::in_namespace(&self.client, &key.namespace);
        let this_pod = DeleteParams::background().preconditions(Preconditions {
            uid: pod.uid(),
            resource_version: None,
        });
        let removed = match self.repair {
            RepairPolicy::None => return,
            RepairPolicy::Delete => pods.delete(&key.name, &this_pod).await,
            RepairPolicy::Evict => {
                let params = EvictParams {
                    delete_options: Some(this_pod),
                    ..EvictParams::default()
                };
                pods.evict(&key.name, &params).await
            }
        };
        let controller = W::CONTROLLER.controller;
        match removed {
            Ok(()) => {
                tracing::info!(controller, pod = %key, policy = ?self.repair, "removed a pod that neither the old nor the new template made");
            }
            Err(error) => {
                tracing::warn!(controller, pod = %key, policy = ?self.repair, error = %Causes(&error), "cannot remove a pod that neither the old nor the new template made");
            }
        }
    }
}

/// The pod of a StatefulSet that is in the way: of those that are not ready, not on their way out, and of neither revision,
/// the one with the highest number.
fn stuck<'a>(revisions: &Revisions, pods: &'a [Pod]) -> Option<&'a Pod> {
    let is_stuck = |pod: &&Pod| {
        let revision = pod.labels().get(REVISION);
        pod.metadata.deletion_timestamp.is_none()
            && controller(&pod.metadata).is_some_and(|owner| owner.uid == revisions.uid)
            && revision.is_some_and(|revision| *revision != revisions.current && *revision != revisions.update)
            && !is_ready(pod)
    };
    pods.iter().filter(is_stuck).max_by_key(|pod| ordinal(pod))
}

fn is_ready(pod: &Pod) -> bool {
    let conditions = pod.status.iter().flat_map(|status| &status.conditions).flatten();
    let mut ready = conditions.filter(|condition| condition.type_ == "Ready");
    ready.any(|condition| condition.status == "True")
}

fn ordinal(pod: &Pod) -> Option<u32> {
    pod.name_any().rsplit_once('-')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pod(number: u32, revision: &str, ready: &str, leaving: bool, owner: &str) -> Pod {
        let deletion = leaving.then_some("2026-01-01T00:00:00Z");
        let owner =
            json!([{"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "x", "uid": owner, "controller": true}]);
        let pod = json!({
            "metadata": {
                "name": format!("x-{number}"), "labels": {REVISION: revision}, "deletionTimestamp": deletion,
                "ownerReferences": owner,
            },
            "status": {"conditions": [{"type": "Ready", "status": ready}]},
        });
        serde_json::from_value(pod).unwrap()
    }

    fn name_of_stuck(pods: &[Pod]) -> Option<String> {
        let revisions = Revisions {
            uid: "set".to_owned(),
            current: "old".to_owned(),
            update: "new".to_owned(),
        };
        stuck(&revisions, pods).map(ResourceExt::name_any)
    }

    #[test]
    fn the_highest_pod_of_another_revision_is_in_the_way() {
        let lost = |number: u32| pod(number, "between", "False", false, "set");
        let pods = vec![
            lost(2),
            lost(10),
            lost(9),
            pod(11, "new", "False", false, "set"),
            pod(12, "old", "False", false, "set"),
            pod(13, "between", "True", false, "set"),
            pod(14, "between", "False", true, "set"),
            pod(15, "between", "False", false, "other"),
        ];
        assert_eq!(name_of_stuck(&pods).as_deref(), Some("x-10"));
        assert_eq!(name_of_stuck(&pods[3..]), None);
    }
}
