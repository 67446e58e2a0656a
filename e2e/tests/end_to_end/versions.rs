//! One object is moved through versions of its program. Images must be on the node or in reach of it, so which versions is
//! told by the environment: `E2E_PROMETHEUS_VERSIONS` and `E2E_ALERTMANAGER_VERSIONS`, separated by commas, such as
//! `v2.55.1,v3.5.0,v3.13.2`. Without them it is the version by default alone.

use crds::{Alertmanager, Prometheus};
use e2e::{STARTED, eventually, fixtures, say, with_namespace};
use serde_json::json;

/// The versions of the variable; `None` is the one by default.
fn versions(variable: &str) -> Vec<Option<String>> {
    let listed = std::env::var(variable).unwrap_or_default();
    let listed = listed.split(',').map(str::trim).filter(|version| !version.is_empty());
    let mut versions: Vec<_> = listed.map(|version| Some(version.to_owned())).collect();
    if versions.is_empty() {
        say(&format!("{variable} is not set: one version is tried"));
    }
    versions.push(None);
    versions
}

// Row 51
#[tokio::test]
async fn prometheus_is_moved_through_its_versions() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        for version in versions("E2E_PROMETHEUS_VERSIONS") {
            let change = json!({ "spec": { "version": version } });
            let prometheus: Prometheus = fixtures::with(fixtures::prometheus("main"), change)?;
            let servers = fixtures::start_prometheus(namespace, &prometheus).await?;
            eventually(STARTED, &format!("{version:?} runs"), async || {
                servers[0].ready().await?;
                let runs = servers[0].version().await?;
                let wanted = version.as_deref().unwrap_or(&runs).trim_start_matches('v');
                anyhow::ensure!(runs == wanted, "{runs} runs");
                Ok(())
            })
            .await?;
        }
        Ok(())
    })
    .await
}

// Row 8
#[tokio::test]
async fn alertmanager_is_moved_through_its_versions() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        for version in versions("E2E_ALERTMANAGER_VERSIONS") {
            let change = json!({ "spec": { "version": version } });
            let alertmanager: Alertmanager = fixtures::with(fixtures::alertmanager("main", 1), change)?;
            let servers = fixtures::start_alertmanager(namespace, &alertmanager).await?;
            eventually(STARTED, &format!("{version:?} runs"), async || {
                servers[0].ready().await?;
                let runs = servers[0].version().await?;
                let wanted = version.as_deref().unwrap_or(&runs).trim_start_matches('v');
                anyhow::ensure!(runs == wanted, "{runs} runs");
                Ok(())
            })
            .await?;
        }
        Ok(())
    })
    .await
}
