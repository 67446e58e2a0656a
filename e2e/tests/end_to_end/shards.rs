//! Shards that come and go: which targets they have, what becomes of those that are left over, and zones.

use std::collections::BTreeSet;

use crds::{Prometheus, ServiceMonitor};
use e2e::{ACTED, LIVE, Namespace, PrometheusServer, STARTED, eventually, fixtures, with_namespace};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{Node, Pod, PodCondition};
use kube::api::{ListParams, Patch, PatchParams};
use kube::{Api, ResourceExt as _};
use serde_json::json;

const SECOND: &str = "prometheus-main-shard-1";
const DEADLINE: &str = "operator.prometheus.io/deletion-deadline";

fn sharded(shards: i32, fields: &serde_json::Value) -> anyhow::Result<Prometheus> {
    let prometheus = fixtures::with(fixtures::prometheus("main"), json!({ "spec": { "shards": shards } }))?;
    fixtures::with(prometheus, json!({ "spec": fields }))
}

// Row 45
#[tokio::test]
async fn targets_move_with_the_shards_but_for_those_that_every_shard_has() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        const APPS: usize = 5;
        fixtures::start_app(namespace, "app", 5).await?;
        namespace.apply(&fixtures::service_monitor("app", "app")).await?;
        fixtures::start_app(namespace, "every", 1).await?;
        let relabelings = json!([{ "targetLabel": "__tmp_disable_sharding", "replacement": "true" }]);
        let change = json!({ "spec": { "endpoints": [{ "port": "http", "relabelings": relabelings }] } });
        namespace
            .apply(&fixtures::with(fixtures::service_monitor("every", "every"), change)?)
            .await?;
        let pool = |name: &str| format!("serviceMonitor/{}/{name}/0", namespace.name);
        let retain = json!({ "shardRetentionPolicy": { "whenScaled": "Retain" } });
        let first = fixtures::start_prometheus(namespace, &sharded(1, &retain)?)
            .await?
            .remove(0);
        first.await_up(&pool("app"), APPS).await?;
        first.await_up(&pool("every"), 1).await?;

        namespace.apply(&sharded(2, &retain)?).await?;
        let second = PrometheusServer::new(namespace, &format!("{SECOND}-0"));
        eventually(STARTED, "the second shard is ready", async || second.ready().await).await?;
        eventually(LIVE, "each target is scraped by one shard", async || {
            let (ours, theirs) = (
                instances(&first, &pool("app")).await?,
                instances(&second, &pool("app")).await?,
            );
            anyhow::ensure!(
                ours.len() + theirs.len() == APPS && ours.is_disjoint(&theirs),
                "{ours:?} and {theirs:?}"
            );
            Ok(())
        })
        .await?;
        for server in [&first, &second] {
            server.await_up(&pool("every"), 1).await?;
        }

        namespace.apply(&sharded(1, &retain)?).await?;
        first.await_up(&pool("app"), APPS).await?;
        second.await_up(&pool("app"), 0).await?;
        eventually(LIVE, "the second shard is kept", async || second.ready().await).await
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

/// By the subresource `scale`, as a person would.
// Row 46
#[tokio::test]
async fn shards_left_over_are_deleted_or_kept_until_their_deadline() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::permit_discovery(namespace, namespace).await?;
        let policy = |when: &str, period: &str| {
            json!({ "replicas": 0, "shardRetentionPolicy": { "whenScaled": when, "retain": { "retentionPeriod": period } } })
        };
        let second = async || namespace.api::<StatefulSet>().get_opt(SECOND).await;
        let await_second = async |there: bool, marked: bool| {
            eventually(ACTED, &format!("the second shard is there: {there}, marked: {marked}"), async || {
                let set = second().await?;
                let found = set.as_ref().map(|set| set.annotations().contains_key(DEADLINE));
                anyhow::ensure!(found == there.then_some(marked), "{:?}", set.map(|set| set.annotations().clone()));
                Ok(())
            })
            .await
        };
        namespace.create(&sharded(2, &policy("Delete", "1h"))?).await?;
        await_second(true, false).await?;
        namespace.scale::<Prometheus>("main", 1).await?;
        await_second(false, false).await?;

        namespace.merge::<Prometheus>("main", &json!({ "spec": policy("Retain", "1h") })).await?;
        namespace.scale::<Prometheus>("main", 2).await?;
        await_second(true, false).await?;
        namespace.scale::<Prometheus>("main", 1).await?;
        await_second(true, true).await?;
        let first = namespace.api::<StatefulSet>().get("prometheus-main").await?;
        anyhow::ensure!(!first.annotations().contains_key(DEADLINE), "the first shard is marked");
        namespace.scale::<Prometheus>("main", 2).await?;
        await_second(true, false).await?;

        namespace.merge::<Prometheus>("main", &json!({ "spec": policy("Retain", "1s") })).await?;
        namespace.scale::<Prometheus>("main", 1).await?;
        await_second(false, false).await
    })
    .await
}

/// One node is in one zone at a time: the shard of the other zone waits, until the node is there.
// Row 158
#[tokio::test]
async fn each_shard_runs_in_its_zone_and_scrapes_what_is_there() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let nodes: Api<Node> = Api::all(namespace.client.clone());
        let names: Vec<_> = nodes
            .list(&ListParams::default())
            .await?
            .iter()
            .map(kube::ResourceExt::name_any)
            .collect();
        let zone = async |zone: Option<&str>| {
            let change = json!({ "metadata": { "labels": { "topology.kubernetes.io/zone": zone } } });
            for name in &names {
                nodes
                    .patch(name, &PatchParams::default(), &Patch::Merge(&change))
                    .await?;
            }
            anyhow::Ok(())
        };
        zone(Some("zone-a")).await?;
        let outcome = in_zones(namespace, &zone).await;
        zone(None).await?;
        outcome
    })
    .await
}

async fn in_zones(
    namespace: &Namespace,
    zone: &impl AsyncFn(Option<&str>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    fixtures::start_app(namespace, "app", 2).await?;
    let services: ServiceMonitor = fixtures::service_monitor("app", "app");
    namespace.apply(&services).await?;
    namespace.apply(&fixtures::pod_monitor("app", "app")).await?;
    let strategy = json!({ "mode": "Topology", "topology": { "values": ["zone-a", "zone-b"] } });
    let zones = json!({ "shardingStrategy": strategy });
    let first = fixtures::start_prometheus(namespace, &sharded(2, &zones)?)
        .await?
        .remove(0);
    let pool = format!("serviceMonitor/{}/app/0", namespace.name);
    first.await_up(&pool, 2).await?;
    eventually(STARTED, "the shard of zone b finds no node", async || {
        let pod = namespace.api::<Pod>().get(&format!("{SECOND}-0")).await?;
        let conditions = pod.status.and_then(|status| status.conditions).unwrap_or_default();
        let is_stuck = |condition: &PodCondition| condition.reason.as_deref() == Some("Unschedulable");
        anyhow::ensure!(conditions.iter().any(is_stuck), "{conditions:?}");
        Ok(())
    })
    .await?;

    zone(Some("zone-b")).await?;
    let second = PrometheusServer::new(namespace, &format!("{SECOND}-0"));
    eventually(STARTED, "the shard of zone b is ready", async || second.ready().await).await
}
