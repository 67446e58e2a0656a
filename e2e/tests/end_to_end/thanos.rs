//! Prometheuses and Thanos Rulers together with the other programs of Thanos.

use anyhow::Context as _;
use crds::{Prometheus, ThanosRuler};
use e2e::{LIVE, Namespace, PrometheusServer, QueryServer, Served, eventually, fixtures, metric, with_namespace};
use k8s_openapi::api::apps::v1::StatefulSet;
use serde_json::json;

/// A Query over the sidecars and rulers of `namespace`, of the version that the operator runs beside `prometheus-main`.
async fn start_query(namespace: &Namespace, workload: &str) -> anyhow::Result<QueryServer> {
    let set = namespace.api::<StatefulSet>().get(workload).await?;
    let containers = set
        .spec
        .and_then(|spec| spec.template.spec)
        .context("no template")?
        .containers;
    let images = containers.into_iter().filter_map(|container| container.image);
    let image = images
        .into_iter()
        .find(|image| image.contains("thanos"))
        .context("no Thanos")?;
    let endpoint = |service: &str| format!("dnssrv+_grpc._tcp.{service}.{}.svc.cluster.local", namespace.name);
    let endpoints = [endpoint("prometheus-operated"), endpoint("thanos-ruler-operated")];
    fixtures::start_query(namespace, "query", &image, &endpoints.each_ref().map(String::as_str)).await
}

/// Points the ruler's Secret `query` to the Query.
async fn write_query_configuration(namespace: &Namespace) -> anyhow::Result<()> {
    let configuration = "- static_configs: [\"query:9090\"]\n  scheme: http\n";
    namespace.write_secret("query", &[("query.yaml", configuration)]).await
}

// Row 76
#[tokio::test]
async fn a_query_sees_every_replica_through_its_sidecar() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "app", 1).await?;
        namespace.apply(&fixtures::service_monitor("app", "app")).await?;
        let spec = json!({ "spec": { "replicas": 2, "thanos": {} } });
        let prometheus: Prometheus = fixtures::with(fixtures::prometheus("main"), spec)?;
        fixtures::start_prometheus(namespace, &prometheus).await?;
        let query = start_query(namespace, "prometheus-main").await?;
        for (deduplicated, wanted) in [(false, 2), (true, 1)] {
            eventually(LIVE, &format!("the Query has {wanted} series of the app"), async || {
                let series = query.query("up{job=\"app\"}", deduplicated).await?;
                anyhow::ensure!(series.len() == wanted, "{series:?}");
                Ok(())
            })
            .await?;
        }
        Ok(())
    })
    .await
}

/// Blocks go where the sidecar is told to put them: here into a folder of the pod, as an object store there is none.
// Row 76
#[tokio::test]
async fn a_sidecar_has_the_object_storage_of_its_secret() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let storage = "type: FILESYSTEM\nconfig:\n  directory: /prometheus/bucket\n";
        namespace.write_secret("storage", &[("storage.yaml", storage)]).await?;
        let reference = json!({ "name": "storage", "key": "storage.yaml" });
        let spec = json!({ "spec": { "thanos": { "objectStorageConfig": reference } } });
        let prometheus: Prometheus = fixtures::with(fixtures::prometheus("main"), spec)?;
        fixtures::start_prometheus(namespace, &prometheus).await?;
        let sidecar = Served::pod(namespace, "prometheus-main-0", 10902);
        eventually(LIVE, "the sidecar looks for blocks to ship", async || {
            let metrics = sidecar.text("/metrics").await?;
            metric(&metrics, "thanos_shipper_dir_syncs_total", &[])?;
            let failed = metric(&metrics, "thanos_shipper_upload_failures_total", &[])?;
            anyhow::ensure!(failed < 0.5, "{failed} uploads failed");
            Ok(())
        })
        .await
    })
    .await
}

// Row 151
#[tokio::test]
async fn alerts_of_a_ruler_arrive_in_alertmanager() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        namespace
            .apply(&fixtures::alerting_rule("rule", "OfRuler", "vector(1)"))
            .await?;
        fixtures::start_prometheus(namespace, &fixtures::prometheus("main")).await?;
        let alertmanagers = fixtures::start_alertmanager(namespace, &fixtures::alertmanager("main", 1)).await?;
        let target = format!(
            "dnssrv+_web._tcp.alertmanager-operated.{}.svc.cluster.local",
            namespace.name
        );
        let configuration = format!("alertmanagers:\n- static_configs: [\"{target}\"]\n  api_version: v2\n");
        namespace
            .write_secret("alertmanagers", &[("config.yaml", &configuration)])
            .await?;
        let spec = json!({ "spec": { "alertmanagersConfig": { "name": "alertmanagers", "key": "config.yaml" } } });
        let ruler: ThanosRuler = fixtures::with(fixtures::thanos_ruler("main")?, spec)?;
        let ruler = fixtures::start_thanos_ruler(namespace, &ruler).await?;
        ruler.await_firing(&["OfRuler"]).await?;
        eventually(LIVE, "the alert is in Alertmanager", async || {
            let alerts = alertmanagers[0].alerts().await?;
            anyhow::ensure!(alerts.iter().any(|alert| alert == "OfRuler"), "{alerts:?}");
            Ok(())
        })
        .await
    })
    .await
}

// Row 152
#[tokio::test]
async fn a_ruler_asks_a_query_which_sees_its_alerts() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "app", 1).await?;
        namespace.apply(&fixtures::service_monitor("app", "app")).await?;
        namespace
            .apply(&fixtures::alerting_rule("rule", "AppIsUp", "up{job=\"app\"} == 1"))
            .await?;
        let spec = json!({ "spec": { "thanos": {}, "ruleSelector": null } });
        let prometheus: Prometheus = fixtures::with(fixtures::prometheus("main"), spec)?;
        fixtures::start_prometheus(namespace, &prometheus).await?;
        let query = start_query(namespace, "prometheus-main").await?;
        write_query_configuration(namespace).await?;
        let spec =
            json!({ "spec": { "queryEndpoints": null, "queryConfig": { "name": "query", "key": "query.yaml" } } });
        let ruler: ThanosRuler = fixtures::with(fixtures::thanos_ruler("main")?, spec)?;
        let ruler = fixtures::start_thanos_ruler(namespace, &ruler).await?;
        ruler.await_firing(&["AppIsUp"]).await?;
        eventually(LIVE, "the Query has the alert of the ruler", async || {
            let series = query.query("ALERTS{alertname=\"AppIsUp\"}", true).await?;
            anyhow::ensure!(!series.is_empty(), "{series:?}");
            Ok(())
        })
        .await
    })
    .await
}

// Row 155
#[tokio::test]
async fn a_ruler_without_storage_writes_its_series_to_prometheus() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        namespace
            .apply(&fixtures::alerting_rule("rule", "Written", "vector(1)"))
            .await?;
        let spec = json!({ "spec": { "enableRemoteWriteReceiver": true, "ruleSelector": null } });
        let prometheus: Prometheus = fixtures::with(fixtures::prometheus("main"), spec)?;
        let servers: Vec<PrometheusServer> = fixtures::start_prometheus(namespace, &prometheus).await?;
        let configuration = "- static_configs: [\"prometheus-operated:9090\"]\n  scheme: http\n";
        namespace
            .write_secret("query", &[("query.yaml", configuration)])
            .await?;
        let spec = json!({ "spec": {
            "queryEndpoints": null,
            "queryConfig": { "name": "query", "key": "query.yaml" },
            "remoteWrite": [{ "url": "http://prometheus-operated:9090/api/v1/write" }],
        }});
        let ruler: ThanosRuler = fixtures::with(fixtures::thanos_ruler("main")?, spec)?;
        let ruler = fixtures::start_thanos_ruler(namespace, &ruler).await?;
        ruler.await_firing(&["Written"]).await?;
        servers[0].await_series("ALERTS{alertname=\"Written\"}", 1).await?;
        Ok(())
    })
    .await
}
