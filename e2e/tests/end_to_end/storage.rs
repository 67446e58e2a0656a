//! Volumes that outlive pods. The test provides them itself, as folders of the node that one of its pods has made: so they
//! are there on every node, whatever provisioner it has.

use anyhow::Context as _;
use crds::{Alertmanager, Prometheus};
use e2e::status::await_available;
use e2e::{ACTED, Namespace, STARTED, eventually, fixtures, with_namespace};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{Node, PersistentVolume, PersistentVolumeClaim, Pod};
use k8s_openapi::api::storage::v1::StorageClass;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use kube::{Api, ResourceExt as _};
use serde_json::{Value, json};

/// Folder of the node below which the volumes are. The pod that makes and removes them sees it.
const FOLDER: &str = "/var/lib/prometheus-operator-rs-e2e";

/// Provides so many volumes of the class that is named after the namespace, on the first node.
async fn provide(namespace: &Namespace, volumes: usize) -> anyhow::Result<String> {
    let class = namespace.name.clone();
    let nodes = Api::<Node>::all(namespace.client.clone())
        .list(&ListParams::default())
        .await?;
    let node = nodes.items.first().context("no node")?;
    let host = node
        .labels()
        .get("kubernetes.io/hostname")
        .cloned()
        .unwrap_or_else(|| node.name_any());
    make_folders(namespace, &node.name_any(), volumes).await?;
    let volumes_of_the_cluster: Api<PersistentVolume> = Api::all(namespace.client.clone());
    for number in 0..volumes {
        let name = format!("{class}-{number}");
        let mut volume: PersistentVolume = serde_json::from_value(json!({
            "metadata": { "name": name },
            "spec": {
                "capacity": { "storage": "1Gi" },
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": class,
                "persistentVolumeReclaimPolicy": "Retain",
                "local": { "path": format!("{FOLDER}/{name}") },
                "nodeAffinity": { "required": { "nodeSelectorTerms": [{ "matchExpressions": [
                    { "key": "kubernetes.io/hostname", "operator": "In", "values": [host] },
                ]}]}},
            },
        }))?;
        volume.owner_references_mut().push(namespace.owner());
        let parameters = PatchParams::apply("e2e").force();
        volumes_of_the_cluster
            .patch(&name, &parameters, &Patch::Apply(&volume))
            .await?;
    }
    let mut storage_class: StorageClass = serde_json::from_value(json!({
        "metadata": { "name": class },
        "provisioner": "kubernetes.io/no-provisioner",
        "volumeBindingMode": "WaitForFirstConsumer",
    }))?;
    storage_class.owner_references_mut().push(namespace.owner());
    Api::<StorageClass>::all(namespace.client.clone())
        .patch(
            &class,
            &PatchParams::apply("e2e").force(),
            &Patch::Apply(&storage_class),
        )
        .await?;
    Ok(class)
}

/// The kubelet makes the folder of a `hostPath` volume for the pod that asks for it.
async fn make_folders(namespace: &Namespace, node: &str, volumes: usize) -> anyhow::Result<()> {
    let maker = namespace.beside(&[]).await?;
    maker
        .label("pod-security.kubernetes.io/enforce", Some("privileged"))
        .await?;
    let name = |number: usize| format!("volume-{number}");
    let volume = |number: usize| {
        let path = format!("{FOLDER}/{}-{number}", namespace.name);
        json!({ "name": name(number), "hostPath": { "path": path, "type": "DirectoryOrCreate" } })
    };
    let mount = |number: usize| json!({ "name": name(number), "mountPath": format!("/{}", name(number)) });
    let pod: Pod = serde_json::from_value(json!({
        "metadata": { "name": "maker" },
        "spec": {
            "nodeName": node,
            "terminationGracePeriodSeconds": 1,
            "automountServiceAccountToken": false,
            "containers": [{
                "name": "maker",
                "image": fixtures::image("sample-app"),
                "imagePullPolicy": "IfNotPresent",
                "volumeMounts": (0..volumes).map(mount).collect::<Vec<_>>(),
            }],
            "volumes": (0..volumes).map(volume).collect::<Vec<_>>(),
        },
    }))?;
    maker.apply(&pod).await?;
    eventually(STARTED, "the folders are made", async || {
        let pod = maker.api::<Pod>().get("maker").await?;
        let phase = pod.status.and_then(|status| status.phase);
        anyhow::ensure!(phase.as_deref() == Some("Running"), "{phase:?}");
        Ok(())
    })
    .await?;
    maker.remove::<Pod>("maker").await
}

fn storage(class: &str, size: &str) -> Value {
    json!({ "volumeClaimTemplate": {
        "metadata": { "labels": { "kept": "yes" }, "annotations": { "example.test/kept": "yes" } },
        "spec": { "storageClassName": class, "resources": { "requests": { "storage": size } } },
    }})
}

async fn bound(namespace: &Namespace, claim: &str) -> anyhow::Result<PersistentVolumeClaim> {
    eventually(STARTED, &format!("{claim} is bound"), async || {
        let claim = namespace.api::<PersistentVolumeClaim>().get(claim).await?;
        let phase = claim.status.as_ref().and_then(|status| status.phase.as_deref());
        anyhow::ensure!(phase == Some("Bound"), "{phase:?}");
        Ok(claim)
    })
    .await
}

// Rows 9, 53, 54
#[tokio::test]
async fn storage_is_added_to_running_pods_and_its_metadata_is_kept() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let class = provide(namespace, 2).await?;
        fixtures::start_prometheus(namespace, &fixtures::prometheus("main")).await?;
        fixtures::start_alertmanager(namespace, &fixtures::alertmanager("main", 1)).await?;
        let sets = ["prometheus-main", "alertmanager-main"];
        let mut before = Vec::new();
        for set in sets {
            before.push(namespace.api::<StatefulSet>().get(set).await?.uid());
        }
        let change = json!({ "spec": { "storage": storage(&class, "1Gi") } });
        namespace
            .apply(&fixtures::with(fixtures::prometheus("main"), change.clone())?)
            .await?;
        namespace
            .apply(&fixtures::with(fixtures::alertmanager("main", 1), change)?)
            .await?;
        for (set, old) in sets.iter().zip(before) {
            let new = eventually(ACTED, &format!("{set} is another one"), async || {
                let set = namespace.api::<StatefulSet>().get(set).await?;
                anyhow::ensure!(set.uid() != old, "it is the old one");
                Ok(set)
            })
            .await?;
            let templates = new
                .spec
                .and_then(|spec| spec.volume_claim_templates)
                .unwrap_or_default();
            let template = templates.first().context("no template of claims")?;
            anyhow::ensure!(template.labels().get("kept").is_some(), "{:?}", template.labels());
            anyhow::ensure!(
                template.annotations().get("example.test/kept").is_some(),
                "{:?}",
                template.annotations()
            );
        }
        for claim in [
            "prometheus-main-db-prometheus-main-0",
            "alertmanager-main-db-alertmanager-main-0",
        ] {
            bound(namespace, claim).await?;
        }
        await_available::<Prometheus>(namespace, "main", 1).await?;
        await_available::<Alertmanager>(namespace, "main", 1).await
    })
    .await
}

/// Data outlives the pod and, unless the policy says otherwise, the Prometheus.
// Row 54
#[tokio::test]
async fn claims_are_kept_or_deleted_with_the_prometheus_and_their_data_with_them() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        const CLAIM: &str = "prometheus-main-db-prometheus-main-0";
        let class = provide(namespace, 1).await?;
        let spec = |deleted: &str| {
            json!({ "spec": {
                "storage": storage(&class, "1Gi"),
                "persistentVolumeClaimRetentionPolicy": { "whenDeleted": deleted, "whenScaled": "Retain" },
            }})
        };
        let kept: Prometheus = fixtures::with(fixtures::prometheus("main"), spec("Retain"))?;
        namespace
            .apply(&fixtures::alerting_rule("always", "Always", "vector(1)"))
            .await?;
        let servers = fixtures::start_prometheus(namespace, &kept).await?;
        bound(namespace, CLAIM).await?;
        servers[0].await_series("ALERTS", 1).await?;
        let written = servers[0].query("timestamp(ALERTS)").await?;
        let written = written.first().context("no series")?.1;
        namespace.remove::<Prometheus>("main").await?;
        eventually(STARTED, "the pod is gone", async || {
            anyhow::ensure!(
                namespace.api::<Pod>().get_opt("prometheus-main-0").await?.is_none(),
                "it is there"
            );
            Ok(())
        })
        .await?;
        bound(namespace, CLAIM).await?;

        let deleted: Prometheus = fixtures::with(fixtures::prometheus("main"), spec("Delete"))?;
        let servers = fixtures::start_prometheus(namespace, &deleted).await?;
        servers[0].await_series(&format!("ALERTS @ {written}"), 1).await?;
        namespace
            .api::<Prometheus>()
            .delete("main", &DeleteParams::default())
            .await?;
        eventually(STARTED, "the claim is deleted with the Prometheus", async || {
            let claim = namespace.api::<PersistentVolumeClaim>().get_opt(CLAIM).await?;
            anyhow::ensure!(claim.is_none(), "it is there");
            Ok(())
        })
        .await
    })
    .await
}
