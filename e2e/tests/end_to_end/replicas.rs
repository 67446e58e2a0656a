//! Several pods: replicas that differ by a label, shards that divide the targets.

use std::collections::BTreeSet;

use crds::{Prometheus, PrometheusStatus};
use e2e::{ACTED, LIVE, Namespace, PrometheusServer, STARTED, eventually, fixtures, with_namespace};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::Pod;

// Row 49
#[tokio::test]
async fn replicas_have_labels_of_their_own() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let mut prometheus = fixtures::prometheus("main");
        prometheus.spec.common.replicas = Some(2);
        let servers = fixtures::start_prometheus(namespace, &prometheus).await?;
        for (replica, server) in servers.iter().enumerate() {
            let label = format!("prometheus_replica: prometheus-main-{replica}\n");
            eventually(LIVE, &format!("the loaded configuration has {label:?}"), async || {
                let loaded = server.loaded_configuration().await?;
                anyhow::ensure!(loaded.contains(&label), "it is\n{loaded}");
                Ok(())
            })
            .await?;
        }
        Ok(())
    })
    .await
}

// Rows 70, 71
#[tokio::test]
async fn shards_divide_the_targets_and_go_when_there_are_fewer() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "app", 3).await?;
        namespace.apply(&fixtures::service_monitor("app", "app")).await?;
        let mut prometheus = fixtures::prometheus("main");
        prometheus.spec.common.shards = Some(2);
        let first = fixtures::start_prometheus(namespace, &prometheus).await?.remove(0);
        let second = PrometheusServer::new(namespace, "prometheus-main-shard-1-0");
        eventually(STARTED, "the second shard is ready", async || second.ready().await).await?;

        let pool = format!("serviceMonitor/{}/app/0", namespace.name);
        eventually(LIVE, "each target is scraped by one shard", async || {
            let (of_first, of_second) = (instances(&first, &pool).await?, instances(&second, &pool).await?);
            let all = of_first.union(&of_second).count();
            let both = of_first.intersection(&of_second).count();
            anyhow::ensure!(all == 3 && both == 0, "{of_first:?} and {of_second:?}");
            Ok(())
        })
        .await?;
        await_status(namespace, 2).await?;

        prometheus.spec.common.shards = Some(1);
        namespace.apply(&prometheus).await?;
        eventually(STARTED, "the second StatefulSet and its pod are gone", async || {
            let set = namespace
                .api::<StatefulSet>()
                .get_opt("prometheus-main-shard-1")
                .await?;
            anyhow::ensure!(set.is_none(), "the StatefulSet is there");
            let pod = namespace.api::<Pod>().get_opt("prometheus-main-shard-1-0").await?;
            anyhow::ensure!(pod.is_none(), "the pod is there");
            Ok(())
        })
        .await?;
        eventually(LIVE, "the remaining shard scrapes all", async || {
            first.up(&pool, 3).await
        })
        .await?;
        await_status(namespace, 1).await
    })
    .await
}

async fn instances(server: &PrometheusServer, pool: &str) -> anyhow::Result<BTreeSet<String>> {
    let targets = server.targets().await?.into_iter();
    Ok(targets
        .filter(|target| target.pool == pool && target.health == "up")
        .map(|target| target.instance)
        .collect())
}

async fn await_status(namespace: &Namespace, shards: usize) -> anyhow::Result<()> {
    eventually(
        ACTED,
        &format!("the status shows {shards} available shards"),
        async || {
            let status: PrometheusStatus = namespace
                .api::<Prometheus>()
                .get("main")
                .await?
                .status
                .unwrap_or_default();
            let available = status
                .shard_statuses
                .iter()
                .filter(|shard| shard.available_replicas == 1);
            let right = status.shard_statuses.len() == shards && available.count() == shards;
            anyhow::ensure!(right && status.shards == i32::try_from(shards).ok(), "it is {status:?}");
            Ok(())
        },
    )
    .await
}
