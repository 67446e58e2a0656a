//! Volumes that outlive pods. The test provides them itself, as folders of the node that one of its pods has made: so they
//! are there on every node, whatever provisioner it has.

use anyhow::Context as _;
use crds::{Alertmanager, Prometheus};
use e2e::status::{await_available, status};
use e2e::{ACTED, Namespace, STARTED, eventually, fixtures, with_namespace};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{Node, PersistentVolume, PersistentVolumeClaim, Pod};
use k8s_openapi::api::storage::v1::StorageClass;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams, PropagationPolicy};
use kube::{Api, ResourceExt as _};
use serde_json::{Value, json};

/// Folder of the node below which the volumes are. The pod that makes and removes them sees it.
const FOLDER: &str = "/var/lib/prometheus-operator-rs-e2e";

async fn first_node(namespace: &Namespace) -> anyhow::Result<Node> {
    let nodes = Api::<Node>::all(namespace.client.clone())
        .list(&ListParams::default())
        .await?;
    nodes.items.into_iter().next().context("no node")
}

/// Provides so many volumes of the class that is named after the namespace, on the first node.
async fn provide(namespace: &Namespace, volumes: usize) -> anyhow::Result<String> {
    let class = namespace.name.clone();
    let node = first_node(namespace).await?;
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
        "allowVolumeExpansion": true,
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

/// Runs `test` with so many volumes of a class of its own, and removes their folders.
async fn with_volumes(
    volumes: usize,
    test: impl AsyncFnOnce(&Namespace, &str) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let class = provide(namespace, volumes).await?;
        let outcome = test(namespace, &class).await;
        outcome.and(remove_folders(namespace, volumes).await)
    })
    .await
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

/// Takes away what [`make_folders`] made, with what is in it.
async fn remove_folders(namespace: &Namespace, volumes: usize) -> anyhow::Result<()> {
    let remover = namespace.beside(&[]).await?;
    remover
        .label("pod-security.kubernetes.io/enforce", Some("privileged"))
        .await?;
    let folders = (0..volumes).map(|number| format!("/volumes/{}-{number}", namespace.name));
    let arguments: Vec<_> = std::iter::once("remove".to_owned()).chain(folders).collect();
    let pod: Pod = serde_json::from_value(json!({
        "metadata": { "name": "remover" },
        "spec": {
            "nodeName": first_node(namespace).await?.name_any(),
            "restartPolicy": "OnFailure",
            "automountServiceAccountToken": false,
            "containers": [{
                "name": "remover",
                "image": fixtures::image("sample-app"),
                "imagePullPolicy": "IfNotPresent",
                "args": arguments,
                "securityContext": { "runAsUser": 0 },
                "volumeMounts": [{ "name": "volumes", "mountPath": "/volumes" }],
            }],
            "volumes": [{ "name": "volumes", "hostPath": { "path": FOLDER } }],
        },
    }))?;
    remover.apply(&pod).await?;
    eventually(STARTED, "the folders are removed", async || {
        let pod = remover.api::<Pod>().get("remover").await?;
        let phase = pod.status.and_then(|status| status.phase);
        anyhow::ensure!(phase.as_deref() == Some("Succeeded"), "{phase:?}");
        Ok(())
    })
    .await
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
    with_volumes(2, async |namespace, class| {
        fixtures::start_prometheus(namespace, &fixtures::prometheus("main")).await?;
        fixtures::start_alertmanager(namespace, &fixtures::alertmanager("main", 1)).await?;
        let sets = ["prometheus-main", "alertmanager-main"];
        let mut before = Vec::new();
        for set in sets {
            before.push(namespace.api::<StatefulSet>().get(set).await?.uid());
        }
        let change = json!({ "spec": { "storage": storage(class, "1Gi") } });
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

/// The steps of the guide on storage. The test is the one who makes the volume larger, as a driver would: it says that it did.
// Row 54
#[tokio::test]
async fn a_volume_is_made_larger_by_the_steps_of_the_guide() -> anyhow::Result<()> {
    with_volumes(1, async |namespace, class| {
        const CLAIM: &str = "prometheus-main-db-prometheus-main-0";
        let main: Prometheus = fixtures::with(
            fixtures::prometheus("main"),
            json!({ "spec": { "storage": storage(class, "1Gi") } }),
        )?;
        fixtures::start_prometheus(namespace, &main).await?;
        await_available::<Prometheus>(namespace, "main", 1).await?;
        let claim = bound(namespace, CLAIM).await?;
        let pod = namespace.api::<Pod>().get("prometheus-main-0").await?.uid();
        let set = namespace.api::<StatefulSet>().get("prometheus-main").await?.uid();

        let paused = async |paused: bool| {
            let change = json!({ "spec": { "paused": paused, "storage": storage(class, "2Gi") } });
            namespace.merge::<Prometheus>("main", &change).await?;
            eventually(ACTED, &format!("it is paused: {paused}"), async || {
                let status = status::<Prometheus>(namespace, "main").await?;
                anyhow::ensure!(status["paused"] == paused, "{status}");
                Ok(())
            })
            .await
        };
        paused(true).await?;
        let larger = json!({ "spec": { "resources": { "requests": { "storage": "2Gi" } } } });
        namespace.edit::<PersistentVolumeClaim>(CLAIM, &larger).await?;
        grow(namespace, &claim, "2Gi").await?;
        let orphan = DeleteParams {
            propagation_policy: Some(PropagationPolicy::Orphan),
            ..DeleteParams::default()
        };
        namespace
            .api::<StatefulSet>()
            .delete("prometheus-main", &orphan)
            .await?;
        paused(false).await?;

        eventually(ACTED, "a new StatefulSet has the size and the pod", async || {
            let new = namespace.api::<StatefulSet>().get("prometheus-main").await?;
            anyhow::ensure!(new.uid() != set, "it is the old one");
            let spec = serde_json::to_value(&new.spec)?;
            let wanted = &spec["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"];
            anyhow::ensure!(*wanted == "2Gi", "it asks for {wanted}");
            let owner = namespace.api::<Pod>().get("prometheus-main-0").await?;
            let owners: Vec<_> = owner.owner_references().iter().map(|owner| owner.uid.clone()).collect();
            anyhow::ensure!(owners == new.uid().as_slice(), "the pod is of {owners:?}");
            Ok(())
        })
        .await?;
        await_available::<Prometheus>(namespace, "main", 1).await?;
        anyhow::ensure!(
            namespace.api::<Pod>().get("prometheus-main-0").await?.uid() == pod,
            "the pod is another one"
        );
        let grown = bound(namespace, CLAIM).await?;
        anyhow::ensure!(grown.uid() == claim.uid(), "the claim is another one");
        let size = serde_json::to_value(&grown)?["status"]["capacity"]["storage"].take();
        anyhow::ensure!(size == "2Gi", "it has {size}");
        Ok(())
    })
    .await
}

/// Says of a claim and its volume what a driver says that has made the volume larger.
async fn grow(namespace: &Namespace, claim: &PersistentVolumeClaim, size: &str) -> anyhow::Result<()> {
    let volume = claim.spec.as_ref().and_then(|spec| spec.volume_name.clone());
    let parameters = PatchParams::default();
    let change = Patch::Merge(json!({ "spec": { "capacity": { "storage": size } } }));
    Api::<PersistentVolume>::all(namespace.client.clone())
        .patch(&volume.context("no volume")?, &parameters, &change)
        .await?;
    let change = Patch::Merge(json!({ "status": { "capacity": { "storage": size } } }));
    namespace
        .api::<PersistentVolumeClaim>()
        .patch_status(&claim.name_any(), &parameters, &change)
        .await?;
    Ok(())
}

/// Data outlives the pod and, unless the policy says otherwise, the Prometheus.
// Row 54
#[tokio::test]
async fn claims_are_kept_or_deleted_with_the_prometheus_and_their_data_with_them() -> anyhow::Result<()> {
    with_volumes(1, async |namespace, class| {
        const CLAIM: &str = "prometheus-main-db-prometheus-main-0";
        let spec = |deleted: &str| {
            json!({ "spec": {
                "storage": storage(class, "1Gi"),
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
