//! The config-reloader without the operator, as the example for Kubernetes has it.

use std::path::Path;

use anyhow::Context as _;
use e2e::{LIVE, Namespace, PrometheusServer, STARTED, eventually, with_namespace};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{Secret, Service, ServiceAccount};
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kube::ResourceExt as _;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[tokio::test]
async fn the_example_for_kubernetes_runs_where_pods_are_restricted() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        for object in example()? {
            apply(namespace, object).await?;
        }
        let server = PrometheusServer::new(namespace, "prometheus-0");
        eventually(STARTED, "both containers serve", async || server.ready().await).await?;
        eventually(LIVE, "the job of the example is scraped", async || {
            server.up("prometheus", 1).await
        })
        .await?;

        let secret = example()?.into_iter().find(|object| object["kind"] == "Secret");
        let mut secret: Secret = typed(secret.context("no Secret")?)?;
        let file = secret
            .string_data
            .as_mut()
            .and_then(|data| data.get_mut("prometheus.yml"));
        let file = file.context("no prometheus.yml")?;
        *file = file.replace("job_name: prometheus", "job_name: renamed");
        namespace.apply(&secret).await?;
        eventually(LIVE, "the renamed job is scraped", async || {
            server.up("renamed", 1).await
        })
        .await?;
        Ok(())
    })
    .await
}

/// The objects of `deploy/reloader/kubernetes.yaml`, in their order.
#[expect(clippy::disallowed_methods, reason = "nothing in an example is secret")]
fn example() -> anyhow::Result<Vec<Value>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/reloader/kubernetes.yaml");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(serde_saphyr::from_multiple(&text)?)
}

async fn apply(namespace: &Namespace, object: Value) -> anyhow::Result<()> {
    match object["kind"].as_str() {
        Some("ServiceAccount") => drop(namespace.apply(&typed::<ServiceAccount>(object)?).await?),
        Some("Role") => drop(namespace.apply(&typed::<Role>(object)?).await?),
        Some("RoleBinding") => drop(namespace.apply(&typed::<RoleBinding>(object)?).await?),
        Some("Secret") => drop(namespace.apply(&typed::<Secret>(object)?).await?),
        Some("Service") => drop(namespace.apply(&typed::<Service>(object)?).await?),
        Some("StatefulSet") => drop(namespace.apply(&typed::<StatefulSet>(object)?).await?),
        kind => anyhow::bail!("the example has a new kind: {kind:?}"),
    }
    Ok(())
}

fn typed<K: DeserializeOwned + kube::Resource>(object: Value) -> anyhow::Result<K> {
    let object: K = serde_json::from_value(object)?;
    anyhow::ensure!(!object.name_any().is_empty(), "an object has no name");
    Ok(object)
}
