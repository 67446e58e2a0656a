//! Immutable fields, deletion, pause. The tests play the garbage collector.

use k8s_openapi::api::apps::v1::StatefulSet;
use kube::ResourceExt as _;
use kube::api::DeleteParams;
use serde_json::json;

use crate::support::{Operator, eventually, in_namespace, prometheus, service_monitor};

#[tokio::test]
async fn an_immutable_field_recreates_the_stateful_set() {
    in_namespace(async |space| {
        let policy = |policy| prometheus("main", json!({"podManagementPolicy": policy}));
        space.apply(&policy("Parallel")).await;
        let operator = Operator::start(space, &[]);
        space.condition(&policy("Parallel"), "Reconciled", "True").await;
        let before: StatefulSet = space.get("prometheus-main").await.expect("it exists");

        space.apply(&policy("OrderedReady")).await;
        space.collect_stateful_set("prometheus-main").await;
        let after = eventually("the new StatefulSet", async || {
            let set: StatefulSet = space.get("prometheus-main").await?;
            (set.uid() != before.uid()).then_some(set)
        })
        .await;
        let spec = after.spec.expect("a specification");
        assert_eq!(spec.pod_management_policy.as_deref(), Some("OrderedReady"));
        operator
            .measured("reconcile_sts_delete_create_total", &["controller=\"prometheus\""], 1.0)
            .await;
        space.condition(&policy("OrderedReady"), "Reconciled", "True").await;
    })
    .await;
}

const ORPHAN: &str = "--recreation-policy-for-statefulsets=orphan";

#[tokio::test]
async fn the_pods_stay_when_the_stateful_set_is_recreated() {
    in_namespace(async |space| {
        let policy = |policy| prometheus("main", json!({"podManagementPolicy": policy, "replicas": 2}));
        space.apply(&policy("Parallel")).await;
        let operator = Operator::start(space, &[ORPHAN]);
        space.condition(&policy("Parallel"), "Reconciled", "True").await;
        let before: StatefulSet = space.get("prometheus-main").await.expect("it exists");
        for number in 0..2 {
            space.pod(&before, number, "old", true).await;
        }
        let pods = space.pods().await;

        space.apply(&policy("OrderedReady")).await;
        space.orphan_pods("prometheus-main").await;
        let after = eventually("another StatefulSet", async || {
            let set: StatefulSet = space.get("prometheus-main").await?;
            (set.uid() != before.uid()).then_some(set)
        })
        .await;
        let spec = after.spec.as_ref().expect("a specification");
        assert_eq!(spec.pod_management_policy.as_deref(), Some("OrderedReady"));
        let still = space.pods().await;
        let selected = spec.selector.match_labels.as_ref().expect("it selects its pods");
        for (name, pod) in &pods {
            let now = still.get(name).unwrap_or_else(|| panic!("{name} is gone"));
            assert_eq!(now.uid(), pod.uid(), "{name}");
            assert!(now.metadata.deletion_timestamp.is_none(), "{name}");
            // Free, and selected: the controller of StatefulSets takes it over.
            assert_eq!(now.owner_references(), []);
            assert!(selected.iter().all(|(key, value)| now.labels().get(key) == Some(value)));
        }
        operator
            .measured("reconcile_sts_delete_create_total", &["controller=\"prometheus\""], 1.0)
            .await;
        space.condition(&policy("OrderedReady"), "Reconciled", "True").await;
    })
    .await;
}

/// Pods that the new StatefulSet does not select would stay for ever, and nobody would look after them.
#[tokio::test]
async fn pods_that_would_not_be_taken_over_do_not_stay() {
    in_namespace(async |space| {
        space.apply(&prometheus("main", json!({}))).await;
        let operator = Operator::start(space, &[ORPHAN]);
        space
            .condition(&prometheus("main", json!({})), "Reconciled", "True")
            .await;
        operator.kill();
        let _operator = Operator::start(space, &[ORPHAN, "--labels=team=a"]);
        space.collect_stateful_set("prometheus-main").await;
        eventually("the new selector", async || {
            let set: StatefulSet = space.get("prometheus-main").await?;
            set.spec?.selector.match_labels?.get("team").cloned()
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_deleted_prometheus_is_forgotten() {
    in_namespace(async |space| {
        let gone = prometheus("gone", json!({}));
        space.apply(&gone).await;
        let operator = Operator::start(space, &[]);
        space.condition(&gone, "Reconciled", "True").await;
        let labels = [format!("namespace=\"{}\"", space.namespace), "name=\"gone\"".to_owned()];
        let labels = labels.each_ref().map(String::as_str);
        operator.measured("spec_replicas", &labels, 1.0).await;

        space.delete(&gone).await;
        eventually("the metrics are gone", async || {
            let families = ["spec_replicas", "spec_shards"];
            for family in families {
                if operator.metric(family, &labels).await.is_some() {
                    return None;
                }
            }
            Some(())
        })
        .await;
        let deleted = space
            .api::<StatefulSet>()
            .delete("prometheus-gone", &DeleteParams::default())
            .await;
        deleted.expect("no garbage collector took it");
        // What comes after the deletion and is handled proves that it was seen.
        let next = prometheus("next", json!({}));
        space.apply(&next).await;
        space.condition(&next, "Reconciled", "True").await;
        assert!(
            space.get::<StatefulSet>("prometheus-gone").await.is_none(),
            "it was recreated"
        );
        operator
            .measured("syncs", &["controller=\"prometheus\"", "status=\"ok\""], 1.0)
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_paused_prometheus_is_left_alone() {
    in_namespace(async |space| {
        let state = |paused: bool, replicas: i32| prometheus("main", json!({"paused": paused, "replicas": replicas}));
        space.apply(&state(false, 1)).await;
        let operator = Operator::start(space, &[]);
        space.condition(&state(false, 1), "Reconciled", "True").await;
        operator.settled().await;
        let before = space.children().await;

        space.apply(&state(true, 3)).await;
        space.apply(&service_monitor("late", json!({}))).await;
        space.condition(&state(true, 3), "Reconciled", "True").await;
        let status = space.json("Prometheus", "main").await.expect("it exists")["status"].clone();
        assert_eq!(status["paused"], json!(true));
        // Another Prometheus that takes the same monitor proves that the monitor was seen.
        space.apply(&prometheus("other", json!({}))).await;
        space.configured("other", &space.job("late")).await;
        let after = space.children().await;
        for (name, version) in before.iter().filter(|(name, _)| !name.starts_with("Service ")) {
            assert_eq!(after.get(name), Some(version), "{name}");
        }

        space.apply(&state(false, 3)).await;
        space.configured("main", &space.job("late")).await;
        eventually("three replicas", async || {
            let set: StatefulSet = space.get("prometheus-main").await?;
            (set.spec?.replicas? == 3).then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_shard_less_is_deleted() {
    in_namespace(async |space| {
        let shards = |shards: i32| prometheus("main", json!({"shards": shards}));
        space.apply(&shards(2)).await;
        let _operator = Operator::start(space, &[]);
        space.condition(&shards(2), "Reconciled", "True").await;
        assert!(space.get::<StatefulSet>("prometheus-main-shard-1").await.is_some());
        space.apply(&shards(1)).await;
        eventually("the deletion of the second shard", async || {
            match space.get::<StatefulSet>("prometheus-main-shard-1").await {
                Some(set) => set.metadata.deletion_timestamp.map(drop),
                None => Some(()),
            }
        })
        .await;
        assert!(space.get::<StatefulSet>("prometheus-main").await.is_some());
    })
    .await;
}
