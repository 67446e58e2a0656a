//! What monitors of Services and of pods describe is scraped.

use std::time::Instant;

use anyhow::Context as _;
use crds::v1alpha1::ScrapeConfig;
use e2e::{LIVE, Namespace, PrometheusServer, Served, eventually, fixtures, say, with_namespace};
use k8s_openapi::api::authentication::v1::TokenRequest;
use k8s_openapi::api::core::v1::{Node, ServiceAccount};
use kube::Api;
use kube::api::{ListParams, PostParams};
use serde_json::json;

// Rows 68, 73
#[tokio::test]
async fn monitors_are_scraped_without_help() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "app", 2).await?;
        namespace.apply(&fixtures::service_monitor("first", "app")).await?;
        let servers = fixtures::start_prometheus(namespace, &fixtures::prometheus("main")).await?;
        let pool = format!("serviceMonitor/{}/first/0", namespace.name);
        await_up(&servers[0], &pool).await?;

        // The Service that is shared by all Prometheuses of the namespace leads there, too.
        let service = Served::service(namespace, "prometheus-operated", "web");
        eventually(LIVE, "the Service leads to Prometheus", async || {
            service.text("/-/ready").await
        })
        .await?;

        let applied = Instant::now();
        namespace.apply(&fixtures::service_monitor("second", "app")).await?;
        let pool = format!("serviceMonitor/{}/second/0", namespace.name);
        await_up(&servers[0], &pool).await?;
        tell("ServiceMonitor", applied);

        let applied = Instant::now();
        namespace.apply(&fixtures::pod_monitor("pods", "app")).await?;
        let pool = format!("podMonitor/{}/pods/0", namespace.name);
        await_up(&servers[0], &pool).await?;
        tell("PodMonitor", applied);

        unscraped_when_deleted(namespace, &servers[0]).await
    })
    .await
}

// Rows 81, 118
#[tokio::test]
async fn probes_and_scrape_configs_are_scraped() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "app", 1).await?;
        namespace.apply(&fixtures::probe("outside", "app")?).await?;
        let servers = fixtures::start_prometheus(namespace, &fixtures::prometheus("main")).await?;
        let pool = format!("probe/{}/outside", namespace.name);
        for target in servers[0].await_up(&pool, 2).await? {
            let asked = target.url.contains("/metrics?module=http_2xx&target=https%3A%2F%2F");
            anyhow::ensure!(asked && target.instance.starts_with("https://"), "{target:?}");
        }

        let applied = Instant::now();
        namespace.apply(&fixtures::scrape_config("others", "app")?).await?;
        await_up(&servers[0], &format!("scrapeConfig/{}/others", namespace.name)).await?;
        tell("ScrapeConfig", applied);
        Ok(())
    })
    .await
}

/// The kubelet of each node, with the token of an account that may read its metrics.
// Row 121
#[tokio::test]
async fn nodes_are_discovered_and_scraped_with_a_token() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let read = ["get", "list", "watch"];
        let rules = vec![
            fixtures::rule("", &["nodes"], &read),
            fixtures::rule("", &["nodes/metrics"], &["get"]),
        ];
        fixtures::permit_in_cluster(namespace, fixtures::ACCOUNT, "nodes", rules).await?;
        let servers = fixtures::start_prometheus(namespace, &fixtures::prometheus("main")).await?;
        let request = namespace
            .api::<ServiceAccount>()
            .create_token_request(fixtures::ACCOUNT, &PostParams::default(), &TokenRequest::default())
            .await?;
        let token = request.status.and_then(|status| status.token).context("no token")?;
        namespace.write_secret("token", &[("token", &token)]).await?;
        let spec = json!({
            "kubernetesSDConfigs": [{ "role": "Node" }],
            "scheme": "HTTPS",
            "authorization": { "credentials": { "name": "token", "key": "token" } },
            // A kubelet may sign its certificate itself.
            "tlsConfig": { "insecureSkipVerify": true },
            // The kubelet answers in its own time.
            "scrapeInterval": "5s",
        });
        namespace
            .apply(&ScrapeConfig::new("nodes", serde_json::from_value(spec)?))
            .await?;
        let nodes = Api::<Node>::all(namespace.client.clone())
            .list(&ListParams::default())
            .await?
            .items
            .len();
        let pool = format!("scrapeConfig/{}/nodes", namespace.name);
        servers[0].await_up(&pool, nodes).await?;
        namespace.remove::<ScrapeConfig>("nodes").await?;
        servers[0].await_up(&pool, 0).await?;
        Ok(())
    })
    .await
}

// Rows 50, 102, 104
#[tokio::test]
async fn an_agent_scrapes_and_hands_on() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "app", 2).await?;
        namespace.apply(&fixtures::service_monitor("apps", "app")).await?;
        let mut receiver = fixtures::prometheus("main");
        receiver.spec.common.enable_remote_write_receiver = Some(true);
        receiver.spec.common.service_monitor_selector = None;
        let servers = fixtures::start_prometheus(namespace, &receiver).await?;
        let agent = fixtures::start_agent(namespace, &fixtures::agent("main")?).await?;
        await_up(&agent, &format!("serviceMonitor/{}/apps/0", namespace.name)).await?;
        eventually(LIVE, "the Prometheus has what the agent scrapes", async || {
            let series = servers[0].series("up").await?;
            anyhow::ensure!(series == 2, "it has {series} series");
            Ok(())
        })
        .await
    })
    .await
}

async fn unscraped_when_deleted(namespace: &Namespace, server: &PrometheusServer) -> anyhow::Result<()> {
    let monitors = namespace.api::<crds::ServiceMonitor>();
    monitors.delete("first", &kube::api::DeleteParams::default()).await?;
    let pool = format!("serviceMonitor/{}/first/0", namespace.name);
    eventually(LIVE, "a deleted ServiceMonitor is not scraped", async || {
        server.up(&pool, 0).await
    })
    .await?;
    Ok(())
}

async fn await_up(server: &PrometheusServer, pool: &str) -> anyhow::Result<()> {
    eventually(LIVE, &format!("both targets of {pool} are up"), async || {
        server.up(pool, 2).await
    })
    .await?;
    Ok(())
}

fn tell(kind: &str, applied: Instant) {
    let elapsed = applied.elapsed().as_secs_f64();
    say(&format!("{kind}: from apply to up in {elapsed:.1} s"));
}
