//! Objects of other namespaces than that of the workload, for as long as these have the label that it selects.

use crds::{PrometheusRule, ServiceMonitor};
use e2e::status::warning;
use e2e::{ACTED, Namespace, TEST_LABEL, eventually, fixtures, with_namespace};
use serde_json::{Value, json};

fn labelled(first: &Namespace) -> Value {
    json!({ "matchLabels": { TEST_LABEL: first.name } })
}

// Rows 60, 148
#[tokio::test]
async fn rules_of_labelled_namespaces_fire_until_the_labels_go() -> anyhow::Result<()> {
    with_namespace(async |first| {
        let (one, two) = (first.beside(&[]).await?, first.beside(&[]).await?);
        for (namespace, alert) in [(&one, "One"), (&two, "Two")] {
            let rule: PrometheusRule = fixtures::alerting_rule("rule", alert, "vector(1)");
            namespace.apply(&rule).await?;
        }
        let across = json!({ "spec": { "ruleNamespaceSelector": labelled(first) } });
        let prometheus = fixtures::with(fixtures::prometheus("main"), across.clone())?;
        let servers = fixtures::start_prometheus(first, &prometheus).await?;
        let ruler = fixtures::with(fixtures::thanos_ruler("main")?, across)?;
        let ruler = fixtures::start_thanos_ruler(first, &ruler).await?;
        servers[0].await_firing(&["One", "Two"]).await?;
        ruler.await_firing(&["One", "Two"]).await?;

        one.label(TEST_LABEL, None).await?;
        servers[0].await_firing(&["Two"]).await?;
        ruler.await_firing(&["Two"]).await?;
        two.label(TEST_LABEL, None).await?;
        servers[0].await_firing(&[]).await?;
        ruler.await_firing(&[]).await
    })
    .await
}

// Rows 75, 77, 97
#[tokio::test]
async fn monitors_of_another_namespace_use_its_secrets() -> anyhow::Result<()> {
    with_namespace(async |first| {
        let other = first.beside(&[]).await?;
        fixtures::permit_discovery(first, &other).await?;
        fixtures::start_app(&other, "app", 1).await?;
        let basic = json!({
            "username": { "name": "credentials", "key": "user" },
            "password": { "name": "credentials", "key": "password" },
        });
        let bearer = json!({ "credentials": { "name": "credentials", "key": "token" } });
        let endpoints = [
            json!({ "port": "http", "path": "/basic/metrics", "basicAuth": basic }),
            json!({ "port": "http", "path": "/bearer/metrics", "authorization": bearer }),
        ];
        let change = json!({ "spec": { "endpoints": endpoints } });
        let monitor: ServiceMonitor = fixtures::with(fixtures::service_monitor("app", "app"), change)?;
        other.apply(&monitor).await?;
        let across = json!({ "spec": { "serviceMonitorNamespaceSelector": labelled(first) } });
        let prometheus = fixtures::with(fixtures::prometheus("main"), across)?;
        let servers = fixtures::start_prometheus(first, &prometheus).await?;
        let pools = [0, 1].map(|endpoint| format!("serviceMonitor/{}/app/{endpoint}", other.name));
        eventually(ACTED, "an event says that its Secret is missing", async || {
            let note = warning(&other, "app").await?;
            anyhow::ensure!(note.contains("credentials"), "it says {note:?}");
            Ok(())
        })
        .await?;
        let loaded = servers[0].loaded_configuration().await?;
        anyhow::ensure!(!loaded.contains(&pools[0]), "a job without its Secret:\n{loaded}");

        let entries = [("user", "user"), ("password", "password"), ("token", "token")];
        other.write_secret("credentials", &entries).await?;
        for pool in &pools {
            servers[0].await_up(pool, 1).await?;
        }
        let loaded = servers[0].loaded_configuration().await?;
        for pool in &pools {
            let jobs = loaded.matches(&format!("job_name: {pool}\n")).count();
            anyhow::ensure!(jobs == 1, "{pool} is there {jobs} times:\n{loaded}");
        }

        other
            .remove::<k8s_openapi::api::core::v1::Secret>("credentials")
            .await?;
        for pool in &pools {
            servers[0].await_up(pool, 0).await?;
        }
        Ok(())
    })
    .await
}
