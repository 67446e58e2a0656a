//! Pods that a failed update left behind are removed as the policy says, one at a time, and no other pod.

use k8s_openapi::api::apps::v1::StatefulSet;
use kube::ResourceExt as _;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use crate::support::{Operator, Space, eventually, in_namespace, prometheus};

/// Plays the StatefulSet controller: of three pods one is ready, and the newest template is `new`.
async fn stuck_update(space: &Space) {
    let set = eventually("the StatefulSet", async || {
        space.get::<StatefulSet>("prometheus-main").await
    })
    .await;
    space.pod(&set, 0, "old", true).await;
    space.pod(&set, 1, "between", false).await;
    space.pod(&set, 2, "between", false).await;
    observed(space, &set, 3).await;
}

async fn observed(space: &Space, set: &StatefulSet, replicas: i32) {
    let status = json!({"status": {
        "observedGeneration": set.metadata.generation, "replicas": replicas, "readyReplicas": 1,
        "currentRevision": "old", "updateRevision": "new",
    }});
    let patched = (space.api::<StatefulSet>())
        .patch_status(&set.name_any(), &PatchParams::default(), &Patch::Merge(&status))
        .await;
    patched.expect("the status can be written");
}

fn main_object(fields: &Value) -> Value {
    let mut spec = json!({"replicas": 3});
    for (key, value) in fields.as_object().expect("a map") {
        spec[key] = value.clone();
    }
    prometheus("main", spec)
}

async fn removes_one_after_the_other(policy: &str) {
    in_namespace(async |space| {
        let main = main_object(&json!({}));
        space.apply(&main).await;
        let flag = format!("--repair-policy-for-statefulsets={policy}");
        let operator = Operator::start(space, &[&flag]);
        stuck_update(space).await;
        operator.logged(&["removed a pod", "prometheus-main-2"]).await;
        let names = ["prometheus-main-0", "prometheus-main-1"];
        assert_eq!(space.pods().await.keys().collect::<Vec<_>>(), names);
        // What the StatefulSet controller does next: it counts again.
        let set: StatefulSet = space.get("prometheus-main").await.expect("it exists");
        observed(space, &set, 2).await;
        operator.logged(&["removed a pod", "prometheus-main-1"]).await;
        observed(space, &set, 1).await;
        operator.settled().await;
        assert_eq!(space.pods().await.keys().collect::<Vec<_>>(), names[..1]);
    })
    .await;
}

#[tokio::test]
async fn pods_in_the_way_are_deleted() {
    removes_one_after_the_other("delete").await;
}

#[tokio::test]
async fn pods_in_the_way_are_evicted() {
    removes_one_after_the_other("evict").await;
}

#[tokio::test]
async fn without_a_policy_and_while_paused_no_pod_is_removed() {
    in_namespace(async |space| {
        let main = main_object(&json!({}));
        space.apply(&main).await;
        let operator = Operator::start(space, &[]);
        stuck_update(space).await;
        // Written after the pods were looked at.
        let condition = space.condition(&main, "Available", "Degraded").await;
        assert!(condition["message"].to_string().contains("prometheus-main-2"));
        operator.settled().await;
        assert_eq!(space.pods().await.len(), 3);
        operator.kill();

        let paused = main_object(&json!({"paused": true}));
        space.apply(&paused).await;
        let operator = Operator::start(space, &["--repair-policy-for-statefulsets=delete"]);
        space.condition(&paused, "Available", "Degraded").await;
        operator.settled().await;
        assert_eq!(space.pods().await.len(), 3);
    })
    .await;
}
