//! The objects stay what the custom resource says: edits are reverted, immutable fields replaced, leftovers removed.

use anyhow::Context as _;
use crds::{PodManagementPolicy, Prometheus};
use e2e::{ACTED, Namespace, STARTED, eventually, fixtures, with_namespace};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{ConfigMap, Pod, Secret, Service};
use kube::api::{DeleteParams, ListParams};
use kube::{Resource, ResourceExt as _};
use serde_json::json;

const STATEFUL_SET: &str = "prometheus-main";
const POD: &str = "prometheus-main-0";

// Row 23
#[tokio::test]
async fn an_edited_stateful_set_is_reverted() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let servers = fixtures::start_prometheus(namespace, &fixtures::prometheus("main")).await?;
        let wanted = pod_spec(namespace).await?;
        let edit = json!({ "spec": { "template": { "spec": { "containers": [
            { "name": "prometheus", "image": "localhost/no-such-image:1", "env": [{ "name": "ADDED", "value": "1" }] },
        ]}}}});
        let edited: StatefulSet = namespace.edit(STATEFUL_SET, &edit).await?;
        anyhow::ensure!(
            edited.spec.and_then(|spec| spec.template.spec) != Some(wanted.clone()),
            "the edit had no effect"
        );

        eventually(ACTED, "the template is as before", async || {
            let template = pod_spec(namespace).await?;
            anyhow::ensure!(template == wanted, "it is {}", serde_json::to_string(&template)?);
            Ok(())
        })
        .await?;
        eventually(STARTED, "its pod is one of that template again", async || {
            let set = namespace.api::<StatefulSet>().get(STATEFUL_SET).await?;
            let status = set.status.context("no status")?;
            anyhow::ensure!(
                status.observed_generation == set.metadata.generation,
                "the edit back was not seen yet"
            );
            anyhow::ensure!(
                status.ready_replicas == Some(1),
                "ready replicas: {:?}",
                status.ready_replicas
            );
            let pod = namespace.api::<Pod>().get(POD).await?;
            let revision = pod.labels().get("controller-revision-hash");
            anyhow::ensure!(
                revision == status.update_revision.as_ref(),
                "the pod is of {revision:?}"
            );
            servers[0].ready().await
        })
        .await
    })
    .await
}

async fn pod_spec(namespace: &Namespace) -> anyhow::Result<k8s_openapi::api::core::v1::PodSpec> {
    let set = namespace.api::<StatefulSet>().get(STATEFUL_SET).await?;
    set.spec.and_then(|spec| spec.template.spec).context("no template")
}

// Row 54
#[tokio::test]
async fn an_immutable_field_is_changed_by_a_new_stateful_set() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let mut prometheus = fixtures::prometheus("main");
        let servers = fixtures::start_prometheus(namespace, &prometheus).await?;
        let old = namespace.api::<StatefulSet>().get(STATEFUL_SET).await?;

        prometheus.spec.common.pod.pod_management_policy = Some(PodManagementPolicy::OrderedReady);
        namespace.apply(&prometheus).await?;
        eventually(STARTED, "another StatefulSet has the new policy", async || {
            let new = namespace.api::<StatefulSet>().get(STATEFUL_SET).await?;
            let policy = new.spec.as_ref().and_then(|spec| spec.pod_management_policy.as_deref());
            anyhow::ensure!(
                new.uid() != old.uid() && policy == Some("OrderedReady"),
                "policy is {policy:?}"
            );
            let ready = new.status.as_ref().and_then(|status| status.ready_replicas);
            anyhow::ensure!(ready == Some(1), "ready replicas: {ready:?}");
            Ok(())
        })
        .await?;
        eventually(STARTED, "Prometheus serves", async || servers[0].ready().await).await
    })
    .await
}

// Rows 48, 67
#[tokio::test]
async fn a_deleted_prometheus_leaves_nothing() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        namespace
            .apply(&fixtures::alerting_rule("rules", "Always", "vector(1)"))
            .await?;
        fixtures::start_prometheus(namespace, &fixtures::prometheus("main")).await?;
        let prometheuses = namespace.api::<Prometheus>();
        let owner = prometheuses.get("main").await?.uid().context("no uid")?;
        eventually(ACTED, "it has objects of each kind", async || {
            let made = children(namespace, &owner).await?;
            for kind in ["StatefulSet", "Secret", "ConfigMap", "Service"] {
                anyhow::ensure!(
                    made.iter().any(|child| child.starts_with(kind)),
                    "no {kind} in {made:?}"
                );
            }
            Ok(())
        })
        .await?;

        prometheuses.delete("main", &DeleteParams::default()).await?;
        eventually(STARTED, "its objects and pods are gone", async || {
            let left = children(namespace, &owner).await?;
            anyhow::ensure!(left.is_empty(), "{left:?}");
            let pods = namespace.api::<Pod>().list(&ListParams::default()).await?;
            anyhow::ensure!(pods.items.is_empty(), "{} pods", pods.items.len());
            Ok(())
        })
        .await
    })
    .await
}

/// Kind and name of what `owner` owns.
async fn children(namespace: &Namespace, owner: &str) -> anyhow::Result<Vec<String>> {
    let mut children = owned::<StatefulSet>(namespace, owner).await?;
    children.extend(owned::<Secret>(namespace, owner).await?);
    children.extend(owned::<ConfigMap>(namespace, owner).await?);
    children.extend(owned::<Service>(namespace, owner).await?);
    Ok(children)
}

async fn owned<K>(namespace: &Namespace, owner: &str) -> anyhow::Result<Vec<String>>
where
    K: Resource<Scope = k8s_openapi::NamespaceResourceScope, DynamicType = ()>,
    K: Clone + std::fmt::Debug + serde::de::DeserializeOwned,
{
    let objects = namespace.api::<K>().list(&ListParams::default()).await?;
    let is_owned = |object: &&K| object.owner_references().iter().any(|reference| reference.uid == owner);
    let name = |object: &K| format!("{} {}", K::kind(&()), object.name_any());
    Ok(objects.iter().filter(is_owned).map(name).collect())
}
