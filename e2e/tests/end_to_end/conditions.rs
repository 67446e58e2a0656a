//! What the status of workloads says when something is wrong, and that it does not change without a reason.

use std::fmt::Debug;

use crds::v1alpha1::PrometheusAgent;
use crds::{Alertmanager, Prometheus, ThanosRuler};
use e2e::status::{await_available, await_condition, await_refusal, condition};
use e2e::{ACTED, Namespace, STARTED, eventually, fixtures, with_namespace};
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::apps::v1::StatefulSet;
use kube::Resource;
use serde_json::{Value, json};

/// Waits until neither condition is true, with words in the message, and deletes the object.
async fn refused<K>(namespace: &Namespace, words: &str) -> anyhow::Result<()>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    K: Clone + Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    await_refusal::<K>(namespace, "main", words).await?;
    await_condition::<K>(namespace, "main", ("Available", "False"), ACTED).await?;
    namespace.remove::<K>("main").await?;
    eventually(ACTED, &format!("a deleted {} is gone", K::kind(&())), async || {
        anyhow::ensure!(namespace.api::<K>().get_opt("main").await?.is_none(), "it is there");
        Ok(())
    })
    .await
}

/// One of each kind with these fields.
async fn apply_all(namespace: &Namespace, fields: &Value) -> anyhow::Result<()> {
    let change = json!({ "spec": fields });
    fixtures::permit_discovery(namespace, namespace).await?;
    namespace
        .apply(&fixtures::with(fixtures::prometheus("main"), change.clone())?)
        .await?;
    namespace
        .apply(&fixtures::with(fixtures::agent("main")?, change.clone())?)
        .await?;
    namespace
        .apply(&fixtures::with(fixtures::alertmanager("main", 1), change.clone())?)
        .await?;
    namespace
        .apply(&fixtures::with(fixtures::thanos_ruler("main")?, change)?)
        .await?;
    Ok(())
}

// Rows 9, 54, 105, 153
#[tokio::test]
async fn a_storage_class_that_does_not_exist_is_reported() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let class = format!("missing-{}", namespace.name);
        let claim = json!({ "spec": { "storageClassName": class, "resources": { "requests": { "storage": "1Gi" } } } });
        apply_all(namespace, &json!({ "storage": { "volumeClaimTemplate": claim } })).await?;
        refused::<Prometheus>(namespace, &class).await?;
        refused::<PrometheusAgent>(namespace, &class).await?;
        refused::<Alertmanager>(namespace, &class).await?;
        refused::<ThanosRuler>(namespace, &class).await
    })
    .await
}

// Rows 5, 94, 147
#[tokio::test]
async fn what_cannot_be_made_is_reported_and_can_be_deleted() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        namespace
            .write_secret("served", &[("tls.crt", "any"), ("tls.key", "any")])
            .await?;
        let twice = json!({
            "secret": { "name": "served", "key": "tls.crt" },
            "configMap": { "name": "served", "key": "tls.crt" },
        });
        let tls = json!({ "cert": twice, "keySecret": { "name": "served", "key": "tls.key" } });
        let change = json!({ "spec": { "web": { "tlsConfig": tls } } });
        namespace
            .apply(&fixtures::with(fixtures::prometheus("main"), change.clone())?)
            .await?;
        namespace
            .apply(&fixtures::with(fixtures::agent("main")?, change.clone())?)
            .await?;
        namespace
            .apply(&fixtures::with(fixtures::alertmanager("main", 1), change)?)
            .await?;
        let change = json!({ "spec": { "queryEndpoints": null } });
        namespace
            .apply(&fixtures::with(fixtures::thanos_ruler("main")?, change)?)
            .await?;
        refused::<Prometheus>(namespace, "web").await?;
        refused::<PrometheusAgent>(namespace, "web").await?;
        refused::<Alertmanager>(namespace, "web").await?;
        refused::<ThanosRuler>(namespace, "query").await
    })
    .await
}

// Row 91
#[tokio::test]
async fn a_container_that_does_not_start_is_named() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::permit_discovery(namespace, namespace).await?;
        let set = json!({ "spec": { "replicas": 2 } });
        namespace
            .apply(&fixtures::with(fixtures::prometheus("main"), set)?)
            .await?;
        await_available::<Prometheus>(namespace, "main", 2).await?;
        let bad = json!({
            "name": "does-not-start",
            "image": "localhost/no-such-image:1",
            "securityContext": { "allowPrivilegeEscalation": false, "capabilities": { "drop": ["ALL"] } },
        });
        let change = json!({ "spec": { "replicas": 2, "containers": [bad] } });
        namespace
            .apply(&fixtures::with(fixtures::prometheus("main"), change)?)
            .await?;
        let degraded = await_condition::<Prometheus>(namespace, "main", ("Available", "Degraded"), STARTED).await?;
        anyhow::ensure!(degraded.reason == "SomePodsNotReady", "{degraded:?}");
        eventually(STARTED, "the message names the container", async || {
            let found = condition::<Prometheus>(namespace, "main", "Available").await?;
            anyhow::ensure!(found.message.contains("does-not-start"), "{found:?}");
            Ok(())
        })
        .await
    })
    .await
}

// Rows 52, 92
#[tokio::test]
async fn changed_resources_reach_the_pod_and_conditions_keep_their_time() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let memory = |quantity: &str| json!({ "spec": { "resources": { "requests": { "memory": quantity } } } });
        let prometheus: Prometheus = fixtures::with(fixtures::prometheus("main"), memory("40Mi"))?;
        fixtures::start_prometheus(namespace, &prometheus).await?;
        await_available::<Prometheus>(namespace, "main", 1).await?;
        let reconciled = condition::<Prometheus>(namespace, "main", "Reconciled").await?;
        // A change that touches no pod: the conditions stay as they are for a whole reconciliation.
        let change = json!({ "spec": { "scrapeInterval": "2s", "resources": { "requests": { "memory": "40Mi" } } } });
        namespace
            .apply(&fixtures::with(fixtures::prometheus("main"), change)?)
            .await?;
        let after = await_condition::<Prometheus>(namespace, "main", ("Reconciled", "True"), ACTED).await?;
        anyhow::ensure!(after.since == reconciled.since, "{reconciled:?} became {after:?}");

        namespace
            .apply(&fixtures::with(fixtures::prometheus("main"), memory("50Mi"))?)
            .await?;
        eventually(STARTED, "the pod asks for more memory", async || {
            let pod = namespace
                .api::<k8s_openapi::api::core::v1::Pod>()
                .get("prometheus-main-0")
                .await?;
            let pod = serde_json::to_value(pod)?;
            let containers = pod["spec"]["containers"].as_array().cloned().unwrap_or_default();
            let found = containers.iter().find(|container| container["name"] == "prometheus");
            let found = found.map(|container| container["resources"]["requests"]["memory"].clone());
            anyhow::ensure!(found == Some(json!("50Mi")), "it asks for {found:?}");
            Ok(())
        })
        .await?;
        await_available::<Prometheus>(namespace, "main", 1).await
    })
    .await
}

/// Metadata that somebody added stays, while the operator reconciles a change of the object.
// Rows 22, 66, 149
#[tokio::test]
async fn metadata_added_by_hand_stays() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        apply_all(namespace, &json!({ "replicas": 0 })).await?;
        let added = json!({ "metadata": { "labels": { "by": "hand" }, "annotations": { "by.hand/why": "because" } } });
        let objects = [
            ("StatefulSet", "prometheus-main"),
            ("StatefulSet", "prom-agent-main"),
            ("StatefulSet", "alertmanager-main"),
            ("StatefulSet", "thanos-ruler-main"),
            ("Service", "prometheus-operated"),
            ("Service", "prometheus-agent-operated"),
            ("Service", "alertmanager-operated"),
            ("Service", "thanos-ruler-operated"),
            ("Secret", "prometheus-main"),
            ("Secret", "prom-agent-main"),
            ("Secret", "alertmanager-main-generated"),
        ];
        for (kind, name) in objects {
            eventually(ACTED, &format!("{kind} {name} can be edited"), async || {
                edit(namespace, kind, name, &added).await
            })
            .await?;
        }
        apply_all(namespace, &json!({ "replicas": 0, "minReadySeconds": 3 })).await?;
        for name in [
            "prometheus-main",
            "prom-agent-main",
            "alertmanager-main",
            "thanos-ruler-main",
        ] {
            eventually(ACTED, &format!("{name} has been reconciled"), async || {
                let set = namespace.api::<StatefulSet>().get(name).await?;
                anyhow::ensure!(set.spec.and_then(|spec| spec.min_ready_seconds) == Some(3), "not yet");
                Ok(())
            })
            .await?;
        }
        for (kind, name) in objects {
            let metadata = edit(namespace, kind, name, &json!({})).await?;
            anyhow::ensure!(metadata["labels"]["by"] == "hand", "{kind} {name}: {metadata}");
            anyhow::ensure!(
                metadata["annotations"]["by.hand/why"] == "because",
                "{kind} {name}: {metadata}"
            );
        }
        Ok(())
    })
    .await
}

/// Merges `change` into the object, and gives its metadata.
async fn edit(namespace: &Namespace, kind: &str, name: &str, change: &Value) -> anyhow::Result<Value> {
    use k8s_openapi::api::core::v1::{Secret, Service};
    let mut object = match kind {
        "StatefulSet" => serde_json::to_value(namespace.merge::<StatefulSet>(name, change).await?)?,
        "Service" => serde_json::to_value(namespace.merge::<Service>(name, change).await?)?,
        _ => serde_json::to_value(namespace.merge::<Secret>(name, change).await?)?,
    };
    Ok(object["metadata"].take())
}
