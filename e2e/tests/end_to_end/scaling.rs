//! How many pods there are: by the object, by its subresource `scale`, and after somebody meddled with the StatefulSet.

use crds::v1alpha1::PrometheusAgent;
use crds::{Alertmanager, Prometheus, ThanosRuler};
use e2e::status::{await_available, await_condition, status};
use e2e::{ACTED, Namespace, STARTED, eventually, fixtures, with_namespace};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::Service;
use kube::ResourceExt as _;
use serde_json::json;

// Rows 31, 49, 102
#[tokio::test]
async fn servers_and_agents_have_as_many_pods_as_they_are_to_have() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::permit_discovery(namespace, namespace).await?;
        for replicas in [1, 2, 1] {
            let change = json!({ "spec": { "replicas": replicas } });
            namespace
                .apply(&fixtures::with(fixtures::prometheus("main"), change.clone())?)
                .await?;
            namespace
                .apply(&fixtures::with(fixtures::agent("main")?, change)?)
                .await?;
            await_available::<Prometheus>(namespace, "main", replicas).await?;
            await_available::<PrometheusAgent>(namespace, "main", replicas).await?;
        }
        namespace.remove::<PrometheusAgent>("main").await?;
        eventually(STARTED, "a deleted agent has no StatefulSet", async || {
            let set = namespace.api::<StatefulSet>().get_opt("prom-agent-main").await?;
            anyhow::ensure!(set.is_none(), "it is there");
            Ok(())
        })
        .await
    })
    .await
}

// Rows 7, 95, 106
#[tokio::test]
async fn the_subresource_scale_is_followed_and_reported() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::permit_discovery(namespace, namespace).await?;
        // Each shard of no pod, as the number of StatefulSets is what shards are about.
        let none = json!({ "spec": { "replicas": 0, "shards": 1 } });
        namespace
            .create(&fixtures::with(fixtures::prometheus("main"), none.clone())?)
            .await?;
        namespace
            .create(&fixtures::with(fixtures::agent("main")?, none)?)
            .await?;
        namespace.create(&fixtures::alertmanager("main", 1)).await?;
        await_available::<Alertmanager>(namespace, "main", 1).await?;
        namespace.scale::<Prometheus>("main", 2).await?;
        namespace.scale::<PrometheusAgent>("main", 2).await?;
        namespace.scale::<Alertmanager>("main", 2).await?;
        await_available::<Alertmanager>(namespace, "main", 2).await?;
        eventually(ACTED, "each shard has its StatefulSet and is reported", async || {
            for set in ["prometheus-main-shard-1", "prom-agent-main-shard-1"] {
                namespace.api::<StatefulSet>().get(set).await?;
            }
            let shards = [
                status::<Prometheus>(namespace, "main").await?["shards"].take(),
                status::<PrometheusAgent>(namespace, "main").await?["shards"].take(),
            ];
            anyhow::ensure!(shards == [json!(2), json!(2)], "{shards:?}");
            Ok(())
        })
        .await?;
        namespace.scale::<Prometheus>("main", 1).await?;
        eventually(ACTED, "a shard less is a StatefulSet less", async || {
            let set = namespace
                .api::<StatefulSet>()
                .get_opt("prometheus-main-shard-1")
                .await?;
            anyhow::ensure!(set.is_none(), "it is there");
            Ok(())
        })
        .await
    })
    .await
}

/// One of each kind with these fields and no pods.
async fn apply_without_pods(namespace: &Namespace, fields: &serde_json::Value) -> anyhow::Result<()> {
    let change = json!({ "spec": fixtures::with(json!({ "replicas": 0 }), fields.clone())? });
    fixtures::permit_discovery(namespace, namespace).await?;
    namespace
        .apply(&fixtures::with(fixtures::prometheus("main"), change.clone())?)
        .await?;
    namespace
        .apply(&fixtures::with(fixtures::agent("main")?, change.clone())?)
        .await?;
    namespace
        .apply(&fixtures::with(fixtures::alertmanager("main", 0), change.clone())?)
        .await?;
    namespace
        .apply(&fixtures::with(fixtures::thanos_ruler("main")?, change)?)
        .await?;
    Ok(())
}

/// The StatefulSets that the four kinds have.
const SETS: [&str; 4] = [
    "prometheus-main",
    "prom-agent-main",
    "alertmanager-main",
    "thanos-ruler-main",
];

// Rows 25, 84, 150
#[tokio::test]
async fn changed_seconds_of_readiness_reach_every_stateful_set() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        for seconds in [5, 10] {
            apply_without_pods(namespace, &json!({ "minReadySeconds": seconds })).await?;
            for name in SETS {
                eventually(ACTED, &format!("{name} has {seconds} s"), async || {
                    let set = namespace.api::<StatefulSet>().get(name).await?;
                    let found = set.spec.and_then(|spec| spec.min_ready_seconds);
                    anyhow::ensure!(found == Some(seconds), "it has {found:?}");
                    Ok(())
                })
                .await?;
            }
        }
        Ok(())
    })
    .await
}

// Rows 28, 96, 111, 154
#[tokio::test]
async fn a_governing_service_of_the_user_takes_the_place_of_the_operators() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let kinds = ["prometheus", "prometheus-agent", "alertmanager", "thanos-ruler"];
        let labels = [
            ("app.kubernetes.io/name", "prometheus"),
            ("app.kubernetes.io/name", "prometheus-agent"),
            ("app.kubernetes.io/name", "alertmanager"),
            ("app.kubernetes.io/name", "thanos-ruler"),
        ];
        for (kind, (key, value)) in kinds.iter().zip(labels) {
            let service: Service = serde_json::from_value(json!({
                "metadata": { "name": format!("own-{kind}") },
                "spec": { "clusterIP": "None", "selector": { key: value }, "ports": [{ "port": 80 }] },
            }))?;
            namespace.apply(&service).await?;
        }
        let change = |kind: &str| json!({ "spec": { "replicas": 0, "serviceName": format!("own-{kind}") } });
        fixtures::permit_discovery(namespace, namespace).await?;
        namespace
            .apply(&fixtures::with(fixtures::prometheus("main"), change(kinds[0]))?)
            .await?;
        namespace
            .apply(&fixtures::with(fixtures::agent("main")?, change(kinds[1]))?)
            .await?;
        namespace
            .apply(&fixtures::with(fixtures::alertmanager("main", 0), change(kinds[2]))?)
            .await?;
        namespace
            .apply(&fixtures::with(fixtures::thanos_ruler("main")?, change(kinds[3]))?)
            .await?;
        for (name, kind) in SETS.iter().zip(kinds) {
            eventually(
                ACTED,
                &format!("{name} is governed by the Service of the user"),
                async || {
                    let set = namespace.api::<StatefulSet>().get(name).await?;
                    let service = set.spec.and_then(|spec| spec.service_name).unwrap_or_default();
                    anyhow::ensure!(service == format!("own-{kind}"), "by {service}");
                    Ok(())
                },
            )
            .await?;
        }
        await_condition::<Prometheus>(namespace, "main", ("Reconciled", "True"), ACTED).await?;
        await_condition::<PrometheusAgent>(namespace, "main", ("Reconciled", "True"), ACTED).await?;
        await_condition::<Alertmanager>(namespace, "main", ("Reconciled", "True"), ACTED).await?;
        await_condition::<ThanosRuler>(namespace, "main", ("Reconciled", "True"), ACTED).await?;
        for name in [
            "prometheus-operated",
            "prometheus-agent-operated",
            "alertmanager-operated",
            "thanos-ruler-operated",
        ] {
            let made = namespace.api::<Service>().get_opt(name).await?;
            anyhow::ensure!(made.is_none(), "the operator made {name}");
        }
        Ok(())
    })
    .await
}

// Rows 29, 100, 156
#[tokio::test]
async fn stateful_sets_without_their_labels_are_scaled_and_labelled_again() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        apply_without_pods(namespace, &json!({})).await?;
        for name in SETS {
            eventually(ACTED, &format!("{name} is there"), async || {
                Ok(namespace.api::<StatefulSet>().get(name).await?)
            })
            .await?;
            let none: StatefulSet = namespace
                .merge(name, &json!({ "metadata": { "labels": null } }))
                .await?;
            anyhow::ensure!(none.labels().len() < 3, "{name} has {:?}", none.labels());
        }
        apply_without_pods(namespace, &json!({ "replicas": 1 })).await?;
        for name in SETS {
            eventually(STARTED, &format!("{name} has its labels and its pod"), async || {
                let set = namespace.api::<StatefulSet>().get(name).await?;
                anyhow::ensure!(
                    set.labels().get("managed-by").map(String::as_str) == Some("prometheus-operator"),
                    "it has {:?}",
                    set.labels()
                );
                let ready = set.status.and_then(|status| status.ready_replicas);
                anyhow::ensure!(ready == Some(1), "ready replicas: {ready:?}");
                Ok(())
            })
            .await?;
        }
        Ok(())
    })
    .await
}

// Row 23
#[tokio::test]
async fn replicas_set_by_hand_are_put_back() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_alertmanager(namespace, &fixtures::alertmanager("main", 1)).await?;
        namespace.scale::<StatefulSet>("alertmanager-main", 0).await?;
        // The status is that of before the edit for as long as the operator has not seen it.
        eventually(ACTED, "the edit is taken back", async || {
            let set = namespace.api::<StatefulSet>().get("alertmanager-main").await?;
            let replicas = set.spec.and_then(|spec| spec.replicas);
            anyhow::ensure!(replicas == Some(1), "replicas: {replicas:?}");
            Ok(())
        })
        .await?;
        await_available::<Alertmanager>(namespace, "main", 1).await
    })
    .await
}

// Row 157
#[tokio::test]
async fn a_status_edited_by_hand_is_put_back() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        namespace.apply(&fixtures::thanos_ruler("main")?).await?;
        await_available::<ThanosRuler>(namespace, "main", 1).await?;
        let edit = kube::api::Patch::Merge(json!({ "status": { "updatedReplicas": 0 } }));
        let edited = namespace
            .api::<ThanosRuler>()
            .patch_status("main", &kube::api::PatchParams::default(), &edit)
            .await?;
        let edited = serde_json::to_value(edited)?;
        anyhow::ensure!(edited["status"]["updatedReplicas"] == 0, "the edit had no effect");
        await_available::<ThanosRuler>(namespace, "main", 1).await
    })
    .await
}
