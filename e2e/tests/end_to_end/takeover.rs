//! In the place of the original operator, and back: running pods go on.

use anyhow::Context as _;
use crds::{Alertmanager, Prometheus, ThanosRuler};
use e2e::fixtures::{APP_PORT, Reach};
use e2e::status::await_available;
use e2e::{ACTED, LIVE, Namespace, STARTED, Served, alertmanager, eventually, fixtures, with_namespace};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{Pod, Service};
use kube::ResourceExt as _;
use kube::api::{ListParams, PostParams};
use serde_json::{Value, json};

/// Both operators note here what an object was made from, each by a hash of its own.
const INPUT_HASH: &str = "prometheus-operator-input-hash";
const THEIR_HASH: &str = "1234567890123456789";
/// The name under which the original writes objects, all of them whole.
const ORIGINAL: &str = "PrometheusOperator";

const SETS: [&str; 3] = ["prometheus-main", "alertmanager-main", "thanos-ruler-main"];
const SERVICES: [&str; 3] = ["prometheus-operated", "alertmanager-operated", "thanos-ruler-operated"];

/// Name, identity and restarts of the pods of the workloads.
async fn pods(namespace: &Namespace) -> anyhow::Result<Vec<(String, Option<String>, i32)>> {
    let pods = namespace.api::<Pod>().list(&ListParams::default()).await?;
    let of_a_set = |pod: &&Pod| SETS.iter().any(|set| pod.name_any().starts_with(&format!("{set}-")));
    let restarts = |pod: &Pod| -> i32 {
        let status = pod.status.clone().unwrap_or_default();
        status
            .container_statuses
            .iter()
            .flatten()
            .map(|container| container.restart_count)
            .sum()
    };
    Ok(pods
        .iter()
        .filter(of_a_set)
        .map(|pod| (pod.name_any(), pod.uid(), restarts(pod)))
        .collect())
}

/// Writes every StatefulSet and Service as the original does: whole, by its name, and with its hash. What it writes into a
/// StatefulSet is the same as what we do: that is compared with recordings of it elsewhere.
async fn write_as_the_original(namespace: &Namespace) -> anyhow::Result<()> {
    let parameters = PostParams {
        field_manager: Some(ORIGINAL.to_owned()),
        ..PostParams::default()
    };
    let labels = json!({ "managed-by": "prometheus-operator", "app.kubernetes.io/managed-by": "prometheus-operator" });
    // Again where somebody else wrote in between.
    for name in SETS {
        eventually(ACTED, &format!("{name} is the original's"), async || {
            let mut set = serde_json::to_value(namespace.api::<StatefulSet>().get(name).await?)?;
            own(&mut set);
            set["metadata"]["annotations"][INPUT_HASH] = json!(THEIR_HASH);
            let set = serde_json::from_value(set)?;
            namespace.api::<StatefulSet>().replace(name, &parameters, &set).await?;
            Ok(())
        })
        .await?;
    }
    for name in SERVICES {
        eventually(ACTED, &format!("{name} is the original's"), async || {
            let mut service = serde_json::to_value(namespace.api::<Service>().get(name).await?)?;
            own(&mut service);
            for (key, value) in labels.as_object().context("labels")? {
                service["metadata"]["labels"][key] = value.clone();
            }
            let service = serde_json::from_value(service)?;
            namespace.api::<Service>().replace(name, &parameters, &service).await?;
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// Takes every field from those who had it.
fn own(object: &mut Value) {
    object["metadata"]["managedFields"] = json!([{}]);
}

/// Waits until Kubernetes has seen each StatefulSet as it is now, and no pod of another template is there or to come.
async fn await_settled(namespace: &Namespace) -> anyhow::Result<()> {
    for name in SETS {
        eventually(STARTED, &format!("{name} has its pods"), async || {
            let set = namespace.api::<StatefulSet>().get(name).await?;
            let status = set.status.context("no status")?;
            anyhow::ensure!(
                status.observed_generation == set.metadata.generation
                    && status.current_revision == status.update_revision
                    && status.ready_replicas == Some(1),
                "{status:?}"
            );
            Ok(())
        })
        .await?;
    }
    Ok(())
}

async fn await_taken_over(namespace: &Namespace) -> anyhow::Result<()> {
    for name in SETS {
        eventually(ACTED, &format!("{name} has our hash"), async || {
            let set = namespace.api::<StatefulSet>().get(name).await?;
            let hash = set.annotations().get(INPUT_HASH).context("no hash")?;
            anyhow::ensure!(hash != THEIR_HASH, "it is theirs");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

// Row 159
#[tokio::test]
async fn running_pods_of_the_original_go_on_and_back_again() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "receiver", 1).await?;
        let configuration = format!(
            "route:\n  receiver: webhook\n  group_by: [alertname]\n  group_wait: 1s\n  group_interval: 1h\n  repeat_interval: 1h\n\
             receivers:\n  - name: webhook\n    webhook_configs:\n      - url: http://receiver:{APP_PORT}/alerts\n"
        );
        namespace.write_secret("alertmanager-main", &[("alertmanager.yaml", &configuration)]).await?;
        namespace.apply(&fixtures::alerting_rule("always", "Always", "vector(1)")).await?;
        let operator = fixtures::start_operator(namespace, &[], Reach::Everywhere).await?;
        let mut prometheus = fixtures::prometheus("main");
        prometheus.spec.alerting = Some(fixtures::alerts_to(namespace)?);
        let servers = fixtures::start_prometheus(namespace, &operator.adopt(prometheus)).await?;
        fixtures::start_alertmanager(namespace, &operator.adopt(fixtures::alertmanager("main", 1))).await?;
        namespace.apply(&operator.adopt(fixtures::thanos_ruler("main")?)).await?;
        await_available::<ThanosRuler>(namespace, "main", 1).await?;
        eventually(LIVE, "the alert is at the receiver", async || {
            let notifications = alertmanager::notifications(namespace, "receiver").await?;
            anyhow::ensure!(notifications.len() == 1, "{} notifications", notifications.len());
            Ok(())
        })
        .await?;
        let before = pods(namespace).await?;
        anyhow::ensure!(before.len() == 3, "{before:?}");

        operator.stop().await?;
        write_as_the_original(namespace).await?;
        operator.run(&[]).await?;
        await_taken_over(namespace).await?;
        await_available::<Prometheus>(namespace, "main", 1).await?;
        await_available::<Alertmanager>(namespace, "main", 1).await?;
        operator.stop().await?;
        write_as_the_original(namespace).await?;
        await_settled(namespace).await?;
        servers[0].await_firing(&["Always"]).await?;
        let after = pods(namespace).await?;
        anyhow::ensure!(before == after, "{before:?} became {after:?}");
        for service in &SERVICES[..2] {
            let service = Served::service(namespace, service, "web");
            eventually(LIVE, "the Service leads to its pod", async || service.text("/-/ready").await).await?;
        }
        let notifications = alertmanager::notifications(namespace, "receiver").await?;
        anyhow::ensure!(notifications.len() == 1, "{} notifications", notifications.len());
        // The alert has a sample each second; none is ten seconds late, as it would be where a pod was replaced.
        let gaps = "max_over_time((time() - timestamp(ALERTS{alertstate=\"firing\"}))[5m:1s]) < 10";
        servers[0].await_series(gaps, 1).await?;
        Ok(())
    })
    .await
}
