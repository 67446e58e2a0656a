//! The objects of a namespace as the original operator leaves them: whole, by its name, and with a hash of its own. What it writes
//! into them is the same as what we do; that is compared with recordings of it elsewhere.

use std::fmt::Debug;

use anyhow::Context as _;
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{ConfigMap, Pod, Secret, Service};
use kube::api::{ListParams, PostParams};
use kube::{Resource, ResourceExt as _};
use serde_json::{Value, json};

use crate::{ACTED, Namespace, STARTED, eventually};

/// Both operators note here what an object was made from, each by a hash of its own.
const INPUT_HASH: &str = "prometheus-operator-input-hash";
const THEIR_HASH: &str = "1234567890123456789";
/// The name under which the original writes objects, all of them whole.
const ORIGINAL: &str = "PrometheusOperator";
/// What both operators make has this label.
const MADE: &str = "managed-by=prometheus-operator";

/// Name, identity and restarts of a pod.
pub type PodState = (String, Option<String>, i32);

/// Writes every StatefulSet, Service, Secret and ConfigMap of the operator as the original does.
pub async fn write_as_the_original(namespace: &Namespace) -> anyhow::Result<()> {
    let made = ListParams::default().labels(MADE);
    let hash = |set: &mut Value| set["metadata"]["annotations"][INPUT_HASH] = json!(THEIR_HASH);
    rewrite::<StatefulSet>(namespace, &made, hash).await?;
    rewrite::<Secret>(namespace, &made, |_| {}).await?;
    rewrite::<ConfigMap>(namespace, &made, |_| {}).await?;
    rewrite::<Service>(namespace, &made, |_| {}).await
}

/// Replaces the objects, changed, and takes every field from those who had it.
async fn rewrite<K>(namespace: &Namespace, which: &ListParams, change: impl Fn(&mut Value)) -> anyhow::Result<()>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    K: Clone + Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    let parameters = PostParams {
        field_manager: Some(ORIGINAL.to_owned()),
        ..PostParams::default()
    };
    for object in namespace.api::<K>().list(which).await? {
        let name = object.name_any();
        let what = format!("{} {name} is the original's", K::kind(&()));
        // Again where somebody else wrote in between.
        eventually(ACTED, &what, async || {
            let mut object = serde_json::to_value(namespace.api::<K>().get(&name).await?)?;
            object["metadata"]["managedFields"] = json!([{}]);
            change(&mut object);
            let object = serde_json::from_value(object)?;
            namespace.api::<K>().replace(&name, &parameters, &object).await?;
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// Waits until Kubernetes has seen each StatefulSet as it is now, and no pod of another template is there or to come.
pub async fn await_settled(namespace: &Namespace) -> anyhow::Result<()> {
    eventually(STARTED, "every StatefulSet has its pods", async || {
        for set in made_sets(namespace).await? {
            let name = set.name_any();
            let wanted = set.spec.and_then(|spec| spec.replicas);
            let status = set.status.context("no status")?;
            anyhow::ensure!(
                status.observed_generation == set.metadata.generation
                    && status.current_revision == status.update_revision
                    && status.ready_replicas == wanted,
                "{name}: {status:?}"
            );
        }
        Ok(())
    })
    .await
}

async fn made_sets(namespace: &Namespace) -> anyhow::Result<Vec<StatefulSet>> {
    let made = ListParams::default().labels(MADE);
    let sets = namespace.api::<StatefulSet>().list(&made).await?.items;
    anyhow::ensure!(!sets.is_empty(), "there are none");
    Ok(sets)
}

/// Waits until no StatefulSet has the hash of the original.
pub async fn await_taken_over(namespace: &Namespace) -> anyhow::Result<()> {
    eventually(ACTED, "every StatefulSet has our hash", async || {
        for set in made_sets(namespace).await? {
            let hash = set.annotations().get(INPUT_HASH).map_or("", String::as_str);
            anyhow::ensure!(!["", THEIR_HASH].contains(&hash), "{}: {hash:?}", set.name_any());
        }
        Ok(())
    })
    .await
}

/// The pods of StatefulSets.
pub async fn pods(namespace: &Namespace) -> anyhow::Result<Vec<PodState>> {
    let pods = namespace.api::<Pod>().list(&ListParams::default()).await?;
    let is_of_a_set = |pod: &&Pod| pod.owner_references().iter().any(|owner| owner.kind == "StatefulSet");
    Ok(pods
        .iter()
        .filter(is_of_a_set)
        .map(|pod| (pod.name_any(), pod.uid(), restarts(pod)))
        .collect())
}

/// How often the containers of a pod were restarted.
pub fn restarts(pod: &Pod) -> i32 {
    let status = pod.status.iter();
    let containers = status.flat_map(|status| {
        let init = status.init_container_statuses.iter().flatten();
        init.chain(status.container_statuses.iter().flatten())
    });
    containers.map(|container| container.restart_count).sum()
}
