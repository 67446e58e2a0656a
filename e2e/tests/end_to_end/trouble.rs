//! What is wrong stops nothing else: a bad object, a configuration that does not load, an operator that dies.

use e2e::status::warning;
use e2e::{ACTED, LIVE, Namespace, OperatorPod, STARTED, eventually, fixtures, metric, with_namespace};
use k8s_openapi::api::core::v1::SecretKeySelector;

#[tokio::test]
async fn an_invalid_monitor_stops_no_other_and_an_event_says_why() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "app", 1).await?;
        let mut invalid = fixtures::service_monitor("invalid", "app");
        invalid.spec.endpoints[0].interval = Some("5s".into());
        invalid.spec.endpoints[0].scrape_timeout = Some("10s".into());
        namespace.apply(&invalid).await?;
        namespace.apply(&fixtures::service_monitor("valid", "app")).await?;
        let servers = fixtures::start_prometheus(namespace, &fixtures::prometheus("main")).await?;
        let pool = format!("serviceMonitor/{}/valid/0", namespace.name);
        eventually(LIVE, "the valid one is scraped", async || servers[0].up(&pool, 1).await).await?;
        eventually(ACTED, "an event names the trouble", async || {
            let note = warning(namespace, "invalid").await?;
            anyhow::ensure!(note.to_lowercase().contains("timeout"), "it says {note:?}");
            Ok(())
        })
        .await?;
        let pools = servers[0].targets().await?;
        anyhow::ensure!(pools.iter().all(|target| target.pool == pool), "targets are {pools:?}");
        Ok(())
    })
    .await
}

// Rows 55, 56
#[tokio::test]
async fn a_configuration_that_does_not_load_leaves_the_last_good_one() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let mut prometheus = fixtures::prometheus("main");
        prometheus.spec.common.additional_scrape_configs = Some(Box::new(SecretKeySelector {
            name: "additional".to_owned(),
            key: "jobs.yaml".to_owned(),
            optional: None,
        }));
        write_job(namespace, "good", "").await?;
        let servers = fixtures::start_prometheus(namespace, &prometheus).await?;
        let server = &servers[0];
        eventually(LIVE, "the job is scraped", async || server.up("good", 1).await).await?;

        // What no single key shows is left to Prometheus.
        write_job(namespace, "bad", "  scrape_interval: 5s\n  scrape_timeout: 20s\n").await?;
        eventually(
            LIVE,
            "Prometheus has refused it, and the reloader says so",
            async || {
                let loaded = metric(
                    &server.metrics().await?,
                    "prometheus_config_last_reload_successful",
                    &[],
                )?;
                let reloaded = metric(
                    &server.reloader_metrics().await?,
                    "reloader_last_reload_successful",
                    &[],
                )?;
                anyhow::ensure!(loaded + reloaded < 0.5, "{loaded} and {reloaded}");
                Ok(())
            },
        )
        .await?;
        eventually(LIVE, "the job of the last good configuration is scraped", async || {
            server.up("good", 1).await
        })
        .await?;

        write_job(namespace, "repaired", "").await?;
        eventually(LIVE, "the repaired job is scraped", async || {
            server.up("repaired", 1).await
        })
        .await?;
        Ok(())
    })
    .await
}

/// A job by which Prometheus scrapes itself.
async fn write_job(namespace: &Namespace, name: &str, rest: &str) -> anyhow::Result<()> {
    let job = format!("- job_name: {name}\n  static_configs: [{{targets: ['localhost:9090']}}]\n{rest}");
    namespace.write_secret("additional", &[("jobs.yaml", &job)]).await
}

#[tokio::test]
async fn a_change_survives_the_death_of_the_operator() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "app", 1).await?;
        let servers = fixtures::start_prometheus(namespace, &fixtures::prometheus("main")).await?;
        let operator = eventually(ACTED, "an operator works", async || {
            OperatorPod::find(&namespace.client).await
        })
        .await?;
        namespace.apply(&fixtures::service_monitor("before", "app")).await?;
        operator.kill().await?;
        namespace.apply(&fixtures::service_monitor("after", "app")).await?;

        for monitor in ["before", "after"] {
            let pool = format!("serviceMonitor/{}/{monitor}/0", namespace.name);
            eventually(LIVE, &format!("{monitor} is scraped"), async || {
                servers[0].up(&pool, 1).await
            })
            .await?;
        }
        let successor = eventually(STARTED, "another operator is ready", async || {
            let pod = OperatorPod::find(&namespace.client).await?;
            pod.served().text("/readyz").await?;
            Ok(pod)
        })
        .await?;
        anyhow::ensure!(successor.name != operator.name, "the operator was not killed");
        Ok(())
    })
    .await
}
