//! What objects say about themselves in their status, and waiting until they say it. Only what is said of the object as it
//! is now counts: the status of before a change looks like success for as long as the operator has not seen the change.

use std::fmt::Debug;
use std::time::Duration;

use anyhow::Context as _;
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::events::v1::Event;
use kube::Resource;
use kube::api::ListParams;
use serde_json::Value;

use crate::{ACTED, Namespace, STARTED, eventually};

/// A condition of a workload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// `True`, `False`, `Unknown` or `Degraded`.
    pub status: String,
    /// One word.
    pub reason: String,
    /// A sentence.
    pub message: String,
    /// When `status` became what it is.
    pub since: String,
}

/// The status of an object, as JSON.
pub async fn status<K>(namespace: &Namespace, name: &str) -> anyhow::Result<Value>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    K: Clone + Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    let object = namespace.api::<K>().get(name).await?;
    Ok(serde_json::to_value(object)?["status"].take())
}

/// A condition of an object; an error unless it is about the object as it is now.
pub async fn condition<K>(namespace: &Namespace, name: &str, kind: &str) -> anyhow::Result<Condition>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    K: Clone + Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    let object = serde_json::to_value(namespace.api::<K>().get(name).await?)?;
    let conditions = object["status"]["conditions"].as_array().context("no conditions")?;
    let found = conditions.iter().find(|condition| condition["type"] == kind);
    let found = found.with_context(|| format!("no condition {kind} in {conditions:?}"))?;
    let generation = &object["metadata"]["generation"];
    anyhow::ensure!(
        found["observedGeneration"] == *generation,
        "not about generation {generation}: {found}"
    );
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    Ok(Condition {
        status: text("status"),
        reason: text("reason"),
        message: text("message"),
        since: text("lastTransitionTime"),
    })
}

/// Waits until the condition has this status, and gives the whole of it.
pub async fn await_condition<K>(
    namespace: &Namespace,
    name: &str,
    (kind, wanted): (&str, &str),
    deadline: Duration,
) -> anyhow::Result<Condition>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    K: Clone + Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    let what = format!("{kind} of {} {name} is {wanted}", K::kind(&()));
    eventually(deadline, &what, async || {
        let found = condition::<K>(namespace, name, kind).await?;
        anyhow::ensure!(found.status == wanted, "{found:?}");
        Ok(found)
    })
    .await
}

/// Waits until the object is not reconciled for a reason that has these words, and gives the condition.
pub async fn await_refusal<K>(namespace: &Namespace, name: &str, words: &str) -> anyhow::Result<Condition>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    K: Clone + Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    let what = format!("{} {name} is not reconciled because of {words:?}", K::kind(&()));
    eventually(ACTED, &what, async || {
        let found = condition::<K>(namespace, name, "Reconciled").await?;
        anyhow::ensure!(found.status == "False" && found.message.contains(words), "{found:?}");
        Ok(found)
    })
    .await
}

/// The note of a Warning event about the object of this name.
pub async fn warning(namespace: &Namespace, name: &str) -> anyhow::Result<String> {
    let events = namespace.api::<Event>().list(&ListParams::default()).await?;
    let event = events.items.into_iter().find(|event| {
        let regarding = event.regarding.as_ref().and_then(|object| object.name.as_deref());
        regarding == Some(name) && event.type_.as_deref() == Some("Warning")
    });
    event.and_then(|event| event.note).context("no event")
}

/// Waits until the object as it is now is reconciled and available, as the operator reports it, with so many pods.
pub async fn await_available<K>(namespace: &Namespace, name: &str, pods: i64) -> anyhow::Result<()>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    K: Clone + Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    let what = format!("{} {name} is available with {pods} pods", K::kind(&()));
    eventually(STARTED, &what, async || {
        let status = status::<K>(namespace, name).await?;
        let (replicas, available) = (&status["replicas"], &status["availableReplicas"]);
        anyhow::ensure!(
            *replicas == pods && *available == pods && status["updatedReplicas"] == pods,
            "{status}"
        );
        for kind in ["Reconciled", "Available"] {
            let found = condition::<K>(namespace, name, kind).await?;
            anyhow::ensure!(found.status == "True", "{kind}: {found:?}");
        }
        Ok(())
    })
    .await
}
