//! One object is moved through versions of its program. Images must be on the node or in reach of it, so which versions is
//! told by the environment: `E2E_PROMETHEUS_VERSIONS` and `E2E_ALERTMANAGER_VERSIONS`, separated by commas, such as
//! `v2.55.1,v3.5.0,v3.13.2`. The last one is always the version by default, which is all there is without them.

use anyhow::Context as _;
use crds::{Alertmanager, Prometheus};
use e2e::status::await_available;
use e2e::{Namespace, STARTED, eventually, fixtures, say, with_namespace};
use k8s_openapi::api::apps::v1::StatefulSet;
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

/// Waits until the pod of the StatefulSet is of the image that it should be of, whose version is `wanted` if there is one, and
/// gives that version.
async fn await_image(
    namespace: &Namespace,
    set: &str,
    container: &str,
    wanted: Option<&str>,
) -> anyhow::Result<String> {
    eventually(STARTED, &format!("the pod of {set} is of its image"), async || {
        let set = namespace.api::<StatefulSet>().get(set).await?;
        let (spec, status) = (set.spec.unwrap_or_default(), set.status.unwrap_or_default());
        anyhow::ensure!(
            status.observed_generation == set.metadata.generation
                && status.current_revision == status.update_revision
                && status.ready_replicas == Some(1),
            "{status:?}"
        );
        let containers = spec.template.spec.unwrap_or_default().containers;
        let image = containers.into_iter().find(|found| found.name == container);
        let image = image.and_then(|container| container.image).context("no image")?;
        let (_, version) = image.rsplit_once(':').context("no version")?;
        anyhow::ensure!(wanted.is_none_or(|wanted| wanted == version), "the image is {image}");
        Ok(version.trim_start_matches('v').to_owned())
    })
    .await
}

// Row 51
#[tokio::test]
async fn prometheus_is_moved_through_its_versions() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        for version in versions("E2E_PROMETHEUS_VERSIONS") {
            let change = json!({ "spec": { "version": version } });
            let prometheus: Prometheus = fixtures::with(fixtures::prometheus("main"), change)?;
            let servers = fixtures::start_prometheus(namespace, &prometheus).await?;
            await_available::<Prometheus>(namespace, "main", 1).await?;
            let wanted = await_image(namespace, "prometheus-main", "prometheus", version.as_deref()).await?;
            eventually(STARTED, &format!("{wanted} runs"), async || {
                servers[0].ready().await?;
                let runs = servers[0].version().await?;
                anyhow::ensure!(runs == wanted, "{runs} runs");
                Ok(())
            })
            .await?;
            say(&format!("Prometheus {wanted} runs"));
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
            await_available::<Alertmanager>(namespace, "main", 1).await?;
            let wanted = await_image(namespace, "alertmanager-main", "alertmanager", version.as_deref()).await?;
            eventually(STARTED, &format!("{wanted} runs"), async || {
                servers[0].ready().await?;
                let runs = servers[0].version().await?;
                anyhow::ensure!(runs == wanted, "{runs} runs");
                Ok(())
            })
            .await?;
            say(&format!("Alertmanager {wanted} runs"));
        }
        Ok(())
    })
    .await
}
