//! What users install, as it is, on a node: the rendered distributions that bring the original, with the names of our images
//! in the place of the original's. Each is installed with the flags, permissions, monitors and rules that its authors gave it.
//!
//! They have fixed names, and the operator of each serves every namespace, so they need the cluster for themselves: `e2e/test`
//! removes the operator of the other tests before. The distributions are not part of this repository. They are read from
//! `../shared/distributions` beside the checkout, or from the folder in `DISTRIBUTIONS`; where there are none, the tests say
//! that they are skipped.

mod changes;
mod manifests;
mod observed;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use changes::{Certificates, Reloader, changed};
use e2e::original::{self, await_taken_over, pods, write_as_the_original};
use e2e::{ACTED, Namespace, STARTED, eventually, say};
use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::core::v1::{Namespace as NamespaceObject, Pod, Service};
use kube::api::{DeleteParams, ListParams};
use kube::{Api, ResourceExt as _};
use manifests::{Cluster, Manifests, name};
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// Where both distributions are.
const NAMESPACE: &str = "monitoring";
/// One distribution at a time.
static CLUSTER: Mutex<()> = Mutex::const_new(());

/// The distribution, unless there is none.
fn distribution(path: &str) -> anyhow::Result<Option<Manifests>> {
    let root = match std::env::var_os("DISTRIBUTIONS") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/distributions"),
    };
    if root.is_dir() {
        return Manifests::read(&root.join(path)).map(Some);
    }
    say("skipped: there are no distributions (../shared/distributions or $DISTRIBUTIONS)");
    Ok(None)
}

/// The namespace of both, which exists afterwards, and nothing is in it.
async fn empty_namespace() -> anyhow::Result<Namespace> {
    let namespace = Namespace::of_name(NAMESPACE).await?;
    let object = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": NAMESPACE } });
    Cluster::new(&namespace.client).apply(&Manifests(vec![object])).await?;
    Ok(namespace)
}

/// Deletes a distribution, what its operator made outside of the namespace, and the namespace.
async fn uninstall(namespace: &Namespace, manifests: &Manifests) -> anyhow::Result<()> {
    Cluster::new(&namespace.client)
        .remove(manifests, &Manifests(Vec::new()))
        .await?;
    let namespaces = Api::<NamespaceObject>::all(namespace.client.clone());
    // The Service of the kubelets, which an operator does not delete.
    let system = Namespace::of_name("kube-system").await?;
    let made = ListParams::default().labels("app.kubernetes.io/name=kubelet");
    for service in system.api::<Service>().list(&made).await? {
        system.remove::<Service>(&service.name_any()).await?;
    }
    if namespaces.get_opt(NAMESPACE).await?.is_some() {
        namespaces.delete(NAMESPACE, &DeleteParams::default()).await?;
    }
    eventually(STARTED, "the namespace is gone", async || {
        anyhow::ensure!(namespaces.get_opt(NAMESPACE).await?.is_none(), "it is there");
        Ok(())
    })
    .await
}

/// Ends the operator, and waits until its pod is gone.
async fn stop_operator(namespace: &Namespace, manifests: &Manifests) -> anyhow::Result<()> {
    let deployment = changes::operator(manifests).context("no operator")?;
    namespace.scale::<Deployment>(name(deployment), 0).await?;
    eventually(ACTED, "the operator is gone", async || {
        let pods = namespace.api::<Pod>().list(&ListParams::default()).await?;
        let left = pods.iter().find(|pod| pod.name_any().starts_with(name(deployment)));
        anyhow::ensure!(left.is_none(), "it is there");
        Ok(())
    })
    .await
}

/// Pod templates of the StatefulSets, by name, with the original's reloader in the place of ours.
async fn templates(namespace: &Namespace) -> anyhow::Result<Vec<(String, Value)>> {
    let sets = namespace.api::<StatefulSet>().list(&ListParams::default()).await?;
    let template = |set: &StatefulSet| {
        let mut template = serde_json::to_value(set.spec.as_ref().map(|spec| &spec.template))?;
        for kind in ["initContainers", "containers"] {
            let containers = template["spec"][kind].as_array_mut();
            for container in containers
                .into_iter()
                .flatten()
                .filter(|container| container["image"].as_str().is_some_and(changes::is_ours))
            {
                container["image"] = json!(changes::THEIR_RELOADER);
            }
        }
        Ok((set.name_any(), template))
    };
    sets.iter().map(template).collect()
}

const KUBE_PROMETHEUS: [&str; 5] = [
    "prometheus-operator",
    "prometheus-k8s",
    "alertmanager-main",
    "kubelet",
    "kube-apiserver",
];

#[tokio::test]
async fn kube_prometheus_is_taken_over_and_nothing_restarts_but_for_the_reloader() -> anyhow::Result<()> {
    let Some(distribution) = distribution("kube-prometheus")? else {
        return Ok(());
    };
    let _alone = CLUSTER.lock().await;
    let namespace = empty_namespace().await?;
    let mut cluster = Cluster::new(&namespace.client);

    // What runs before: objects in the shape of the original, with its reloader.
    let before = changed(distribution.clone(), Reloader::Theirs);
    cluster.apply(&before).await?;
    observed::all_is_well(&namespace, &mut cluster, &before, &KUBE_PROMETHEUS).await?;
    stop_operator(&namespace, &before).await?;
    write_as_the_original(&namespace).await?;
    let (running, rendered) = (pods(&namespace).await?, templates(&namespace).await?);

    // The operator's image alone.
    cluster.apply(&before).await?;
    await_taken_over(&namespace).await?;
    observed::all_is_well(&namespace, &mut cluster, &before, &KUBE_PROMETHEUS).await?;
    let kept = pods(&namespace).await?;
    anyhow::ensure!(running == kept, "{running:?} became {kept:?}");

    // The reloader's as well.
    let after = changed(distribution, Reloader::Ours);
    cluster.apply(&after).await?;
    eventually(STARTED, "every pod is replaced", async || {
        let new = pods(&namespace).await?;
        let is_old = |pod: &&original::PodState| running.iter().any(|old| old.1 == pod.1);
        let old: Vec<_> = new.iter().filter(is_old).collect();
        anyhow::ensure!(new.len() == running.len() && old.is_empty(), "of before: {old:?}");
        Ok(())
    })
    .await?;
    observed::all_is_well(&namespace, &mut cluster, &after, &KUBE_PROMETHEUS).await?;
    let new = templates(&namespace).await?;
    anyhow::ensure!(
        rendered == new,
        "more than the image of the reloader has changed: {rendered:?} became {new:?}"
    );
    uninstall(&namespace, &after).await
}

/// Variants of the chart, each an upgrade of the one before, with the number of those of `CHART` that have targets.
const VARIANTS: [(&str, usize); 5] = [
    ("default", 5),
    ("webhooks-deployment", 5),
    ("thanos-ruler", 5),
    ("webhooks-cert-manager", 5),
    ("agent", 4),
];
const CHART: [&str; 5] = [
    "kps-kube-prometheus-stack-operator",
    "kps-kube-prometheus-stack-prometheus",
    "kps-kube-prometheus-stack-kubelet",
    "kps-kube-prometheus-stack-apiserver",
    "kps-kube-prometheus-stack-alertmanager",
];
/// What the chart's Jobs and its objects of cert-manager make, and for whom.
const SECRET: &str = "kps-kube-prometheus-stack-admission";
const WEBHOOKS: [&str; 2] = [
    "kps-kube-prometheus-stack-operator",
    "kps-kube-prometheus-stack-operator-webhook",
];

#[tokio::test]
async fn kube_prometheus_stack_runs_in_every_variant() -> anyhow::Result<()> {
    let _alone = CLUSTER.lock().await;
    let certificates = Certificates::new(&WEBHOOKS)?;
    let mut installed: Option<(Namespace, Manifests)> = None;
    for (variant, monitors) in VARIANTS {
        let Some(distribution) = distribution(&format!("kube-prometheus-stack/{variant}.yaml"))? else {
            return Ok(());
        };
        let mut next = changed(distribution, Reloader::Ours);
        next.0.insert(0, certificates.secret(SECRET));
        let (mut webhooks, others) = next.webhooks_apart();
        certificates.inject(&mut webhooks);
        let (namespace, last) = match installed.take() {
            Some(installed) => installed,
            None => (empty_namespace().await?, Manifests(Vec::new())),
        };
        let mut cluster = Cluster::new(&namespace.client);
        let upgrade = async {
            cluster.apply(&others).await?;
            cluster.remove(&last, &next).await?;
            observed::await_workloads(&mut cluster, &others).await?;
            cluster.apply(&webhooks).await?;
            observed::await_refusal(&namespace).await?;
            observed::all_is_well(&namespace, &mut cluster, &next, &CHART[..monitors]).await
        };
        upgrade.await.with_context(|| variant.to_owned())?;
        say(&format!("kube-prometheus-stack: {variant} is well"));
        installed = Some((namespace, next));
    }
    let (namespace, last) = installed.context("no variant")?;
    uninstall(&namespace, &last).await
}
