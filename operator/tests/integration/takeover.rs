//! In the place of the original: what it has written stays the same object with the same pods.
//!
//! The StatefulSets are those that the original was recorded with (see the conformance suite), completed by what its unit
//! tests leave out: the defaults of the API server, and the names of Secrets and `ConfigMap`s. Without the recordings the
//! tests say that they are skipped; under `CI=true` that is a failure.

mod recording;

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{ConfigMap, Secret, Service};
use kube::ResourceExt;
use kube::api::PostParams;
use serde_json::{Value, json};

use crate::support::{Operator, Space, eventually, in_namespace};
use recording::{Original, recording};

const INPUT_HASH: &str = "prometheus-operator-input-hash";
/// As the original hashes its inputs, which are others than ours.
const THEIR_HASH: &str = "1234567890123456789";

const WITH_LABELS: &str = "TestStatefulSetLabelingAndAnnotations";
const SPREAD: &str = "TestPodTopologySpreadConstraintWithAdditionalLabels__without_labelSelector_and_additionalLabels";
const SPREAD_BY_LABELS: &str =
    "TestPodTopologySpreadConstraintWithAdditionalLabels__with_labelSelector_and_without_additionalLabels";

#[tokio::test]
async fn pods_of_a_prometheus_go_on() {
    taken_over(
        "prometheus",
        &["TestStatefulSetVolumeInitial", WITH_LABELS, SPREAD, SPREAD_BY_LABELS],
    )
    .await;
}

#[tokio::test]
async fn pods_of_an_agent_go_on() {
    taken_over("prometheusagent", &[WITH_LABELS, SPREAD, SPREAD_BY_LABELS]).await;
}

#[tokio::test]
async fn pods_of_an_alertmanager_go_on() {
    taken_over("alertmanager", &[WITH_LABELS]).await;
}

#[tokio::test]
async fn pods_of_a_thanos_ruler_go_on() {
    taken_over("thanosruler", &["TestStatefulSetVolumes"]).await;
}

async fn taken_over(area: &str, cases: &[&str]) {
    for case in cases {
        in_namespace(async |space| {
            if let Some(original) = recording(area, case, &space.namespace) {
                stays_the_same(space, case, &original).await;
            }
        })
        .await;
    }
}

async fn stays_the_same(space: &Space, case: &str, original: &Original) {
    space.apply(&original.resource).await;
    write_as_the_original(space, original).await;
    let set: StatefulSet = space.get(&original.set).await.expect("it was created");
    let before = identities(space, original).await;
    let flags: Vec<&str> = original.flags.iter().map(String::as_str).collect();
    let operator = Operator::start(space, &flags);
    space.condition(&original.resource, "Reconciled", "True").await;
    // Without this the object may be the same because nothing was done.
    let taken: StatefulSet = eventually("our own hash", async || {
        let taken: StatefulSet = space.get(&original.set).await?;
        (taken.annotations().get(INPUT_HASH)? != THEIR_HASH).then_some(taken)
    })
    .await;
    operator.settled().await;
    assert_eq!(identities(space, original).await, before, "{case}: the same objects");
    let text = |set: &StatefulSet| format!("{:#}", serde_json::to_value(&set.spec).expect("plain data"));
    let (theirs, ours) = (text(&set), text(&taken));
    let differences: Vec<_> = (theirs.lines().zip(ours.lines()))
        .filter(|(theirs, ours)| theirs != ours)
        .take(5)
        .collect();
    assert!(theirs == ours, "{case}: {differences:#?}");
    assert_eq!(taken.metadata.generation, set.metadata.generation, "{case}");
}

/// Creates the objects of the workload in the name of the original.
async fn write_as_the_original(space: &Space, original: &Original) {
    let (kind, name) = (&original.resource["kind"], &original.resource["metadata"]["name"]);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let resource = space.json(&text(kind), &text(name)).await.expect("it was applied");
    let owner = json!([{
        "apiVersion": original.resource["apiVersion"], "kind": kind, "name": name,
        "uid": resource["metadata"]["uid"], "controller": true, "blockOwnerDeletion": true,
    }]);
    let params = PostParams {
        field_manager: Some("PrometheusOperator".to_owned()),
        ..PostParams::default()
    };
    let metadata = |name: &str| {
        json!({
            "name": name,
            "labels": {"managed-by": "prometheus-operator", "app.kubernetes.io/managed-by": "prometheus-operator"},
            "ownerReferences": owner,
        })
    };
    for name in &original.secrets {
        let secret = json!({"metadata": metadata(name), "data": {"of-the-original": ""}});
        let created = space.api::<Secret>().create(&params, &read(secret)).await;
        created.expect("a Secret");
    }
    for name in &original.config_maps {
        let config_map = json!({"metadata": metadata(name), "data": {}});
        let created = space.api::<ConfigMap>().create(&params, &read(config_map)).await;
        created.expect("a ConfigMap");
    }
    let service = json!({
        "metadata": metadata(&original.service),
        "spec": {"clusterIP": "None", "ports": [{"name": "web", "port": 9090}], "selector": {"made-by": "the-original"}},
    });
    let created = space.api::<Service>().create(&params, &read(service)).await;
    created.expect("a Service");
    let mut set = original.stateful_set.clone();
    set["metadata"]["ownerReferences"] = owner;
    set["metadata"]["annotations"][INPUT_HASH] = THEIR_HASH.into();
    let created = space.api::<StatefulSet>().create(&params, &read(set)).await;
    created.expect("a StatefulSet");
}

/// Names and identities of what the original has written and what is still there.
async fn identities(space: &Space, original: &Original) -> Vec<(String, Option<String>)> {
    let mut identities = Vec::new();
    for name in &original.secrets {
        let secret = space.get::<Secret>(name).await;
        identities.push((format!("Secret {name}"), secret.and_then(|secret| secret.metadata.uid)));
    }
    for name in &original.config_maps {
        let config_map = space.get::<ConfigMap>(name).await;
        identities.push((format!("ConfigMap {name}"), config_map.and_then(|map| map.metadata.uid)));
    }
    let service = space.get::<Service>(&original.service).await;
    identities.push(("Service".to_owned(), service.and_then(|service| service.metadata.uid)));
    let set = space.get::<StatefulSet>(&original.set).await;
    let staying = set.filter(|set| set.metadata.deletion_timestamp.is_none());
    identities.push(("StatefulSet".to_owned(), staying.and_then(|set| set.metadata.uid)));
    identities
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("an object of this file, or of a recording")
}
