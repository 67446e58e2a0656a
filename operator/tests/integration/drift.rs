//! What somebody does to the operator's objects by hand: content goes back to what it was, metadata that was added
//! stays, and nothing is written where nothing is to be changed.

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::ResourceExt as _;
use kube::api::{DeleteParams, Patch, PatchParams};
use serde_json::{Value, json};

use crate::support::{
    Operator, Space, alertmanager, eventually, in_namespace, prometheus, rule, secret, service_monitor,
};

/// A Prometheus with a monitor and a rule, converged.
async fn converged(space: &Space) -> Operator {
    space.apply(&prometheus("main", json!({}))).await;
    space.apply(&service_monitor("first", json!({}))).await;
    space.apply(&rule("alerts", "Always", "vector(1)")).await;
    let operator = Operator::start(space, &[]);
    space
        .condition(&prometheus("main", json!({})), "Reconciled", "True")
        .await;
    operator.settled().await;
    operator
}

/// The first container, the labels and the annotations of the pods.
fn template(set: &StatefulSet) -> Value {
    let template = &set.spec.as_ref().expect("a specification").template;
    let container = &template.spec.as_ref().expect("a pod").containers[0];
    let metadata = template.metadata.as_ref().expect("metadata");
    json!([container.image, container.env, metadata.labels, metadata.annotations])
}

#[tokio::test]
async fn edits_of_a_stateful_set_are_reverted() {
    in_namespace(async |space| {
        let _operator = converged(space).await;
        let name = "prometheus-main";
        let before: StatefulSet = space.get(name).await.expect("it exists");
        let container = json!({
            "name": "prometheus", "image": "example.test/other:1", "env": [{"name": "ADDED", "value": "by hand"}],
        });
        let pods = json!({"metadata": {"labels": {"added": "by-hand"}}, "spec": {"containers": [container]}});
        space
            .edit::<StatefulSet>(
                name,
                json!({
                    "metadata": {"labels": {"cost": "42"}, "annotations": {"example.test/note": "kept"}},
                    "spec": {"template": pods},
                }),
            )
            .await;
        let after = eventually("the edit is reverted", async || {
            let set: StatefulSet = space.get(name).await?;
            (template(&set) == template(&before)).then_some(set)
        })
        .await;
        assert_eq!(after.labels()["cost"], "42");
        assert_eq!(after.annotations()["example.test/note"], "kept");
        assert_eq!(after.uid(), before.uid(), "it is the same object");
    })
    .await;
}

#[tokio::test]
async fn a_rollout_restart_is_left_alone() {
    in_namespace(async |space| {
        let _operator = converged(space).await;
        let restarted = json!({"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"});
        let pods = json!({"metadata": {"annotations": restarted}});
        space
            .edit::<StatefulSet>("prometheus-main", json!({"spec": {"template": pods}}))
            .await;
        // Writes the StatefulSet again: the annotation must survive that.
        space.apply(&prometheus("main", json!({"logFormat": "json"}))).await;
        let set = eventually("the changed flag", async || {
            let set: StatefulSet = space.get("prometheus-main").await?;
            json!(set.spec).to_string().contains("--log.format=json").then_some(set)
        })
        .await;
        assert!(template(&set).to_string().contains("2026-01-01T00:00:00Z"));
    })
    .await;
}

#[tokio::test]
async fn edits_of_secrets_and_config_maps_are_reverted() {
    in_namespace(async |space| {
        let _operator = converged(space).await;
        let before: Secret = space.get("prometheus-main").await.expect("it exists");
        space
            .edit::<Secret>(
                "prometheus-main",
                json!({
                    "metadata": {"annotations": {"example.test/note": "kept"}},
                    "stringData": {"prometheus.yaml.gz": "nonsense", "extra": "key"},
                }),
            )
            .await;
        let after = eventually("the Secret is reverted", async || {
            let secret: Secret = space.get("prometheus-main").await?;
            (secret.data == before.data).then_some(secret)
        })
        .await;
        assert_eq!(after.annotations()["example.test/note"], "kept");

        let name = "prometheus-main-rulefiles-0";
        let before: ConfigMap = space.get(name).await.expect("it exists");
        assert!(before.data.is_some(), "the rule is in");
        let edit = json!({"metadata": {"labels": {"cost": "42"}}, "data": {"extra.yaml": "groups: []"}});
        space.edit::<ConfigMap>(name, edit).await;
        let after = eventually("the ConfigMap is reverted", async || {
            let map: ConfigMap = space.get(name).await?;
            (map.data == before.data).then_some(map)
        })
        .await;
        assert_eq!(after.labels()["cost"], "42");
    })
    .await;
}

#[tokio::test]
async fn an_object_without_its_labels_is_still_ours() {
    in_namespace(async |space| {
        let _operator = converged(space).await;
        let before: Secret = space.get("prometheus-main").await.expect("it exists");
        let edit = json!({
            "metadata": {"labels": {"managed-by": null, "app.kubernetes.io/managed-by": null}},
            "stringData": {"extra": "key"},
        });
        space.edit::<Secret>("prometheus-main", edit).await;
        eventually("labels and content are back", async || {
            let secret: Secret = space.get("prometheus-main").await?;
            (secret.data == before.data && secret.labels() == before.labels()).then_some(())
        })
        .await;
        let unlabelled = json!([{"op": "remove", "path": "/metadata/labels"}]);
        let patch = Patch::Json::<()>(serde_json::from_value(unlabelled).expect("a patch"));
        let sets = space.api::<StatefulSet>();
        let patched = sets.patch("prometheus-main", &PatchParams::default(), &patch).await;
        patched.expect("it can be edited");
        eventually("the StatefulSet is ours again", async || {
            let set: StatefulSet = space.get("prometheus-main").await?;
            (set.labels().get("managed-by")? == "prometheus-operator").then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_deleted_object_comes_back() {
    in_namespace(async |space| {
        let _operator = converged(space).await;
        let (background, before) = (DeleteParams::default(), space.children().await);
        let deleted = space.api::<Secret>().delete("prometheus-main", &background).await;
        deleted.expect("it can be deleted");
        let deleted = space
            .api::<ConfigMap>()
            .delete("prometheus-main-rulefiles-0", &background)
            .await;
        deleted.expect("it can be deleted");
        let deleted = space.api::<StatefulSet>().delete("prometheus-main", &background).await;
        deleted.expect("it can be deleted");
        eventually("all objects are back", async || {
            space.children().await.keys().eq(before.keys()).then_some(())
        })
        .await;
        space.configured("main", &space.job("first")).await;
    })
    .await;
}

#[tokio::test]
async fn nothing_is_written_without_a_reason() {
    in_namespace(async |space| {
        let main = prometheus("main", json!({}));
        space.apply(&alertmanager("main", json!({}))).await;
        let operator = converged(space).await;
        space
            .condition(&alertmanager("main", json!({})), "Reconciled", "True")
            .await;
        operator.settled().await;
        let before = space.children().await;
        let runs = operator
            .metric("reconcile_operations_total", &["controller=\"prometheus\""])
            .await;

        let status = json!({"status": {"availableReplicas": 7}});
        let api = space.api::<crds::Prometheus>();
        let patched = api
            .patch_status("main", &PatchParams::default(), &Patch::Merge(&status))
            .await;
        patched.expect("the status can be written");
        space.apply(&secret("unrelated", "key", "value")).await;
        // What comes after these two and is handled proves that they were seen.
        space.apply(&service_monitor("second", json!({}))).await;
        space.configured("main", &space.job("second")).await;
        space.condition(&main, "Reconciled", "True").await;
        operator.settled().await;

        let after = space.children().await;
        let changed: Vec<&String> = (after.iter())
            .filter(|(name, version)| before.get(*name) != Some(version))
            .map(|(name, _)| name)
            .collect();
        assert_eq!(changed, ["Secret prometheus-main"]);
        assert_eq!(after.len(), before.len());
        // One for the monitor; one more where the watch reported the written Secret before the writer knew it.
        let more = operator
            .metric("reconcile_operations_total", &["controller=\"prometheus\""])
            .await;
        let more = more.expect("it is counted") - runs.expect("it is counted");
        assert!((1.0..=2.0).contains(&more), "{more} more reconciliations");
    })
    .await;
}
