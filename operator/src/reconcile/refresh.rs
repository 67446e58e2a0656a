//! Has the kubelets bring what changed in Secrets and ConfigMaps into running pods at once: a change of a pod's annotation
//! makes its kubelet look at the pod's volumes, which it does every minute or so else (`--pod-refresh-interval`). The queue
//! that leads here lets a burst of changes pass at once, and of a storm one in each interval.

use futures::StreamExt;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use kube::api::{ListParams, Patch, PatchParams, ResourceExt};
use serde_json::json;

use super::health::Set;
use super::{Controller, Extent, FIELD_MANAGER, Outcome, Workload};
use crate::api::Objects;
use crate::object::ObjectKey;
use crate::pod::metadata::selector_text;
use crate::watch::controller;
use process::causes::Causes;

/// Annotation of a pod with the time of the last refresh.
pub(crate) const REFRESHED_AT: &str = "operator.prometheus.io/refreshed-at";
/// Pods that are annotated at the same time.
const CONCURRENCY: usize = 8;

impl<W: Workload> Controller<W> {
    /// Annotates the running pods of one workload, and says when to come back.
    pub(crate) async fn refresh(&self, key: ObjectKey) -> Outcome {
        let Some(resource) = self.resources.get(&key) else {
            return Outcome::Done;
        };
        #[expect(clippy::disallowed_methods, reason = "the time of the refresh is what is written")]
        let now = Timestamp::now().to_string();
        let pods: Objects<Pod> = Objects::in_namespace(&self.client, &key.namespace);
        for selector in self.selectors(resource.meta(), &key) {
            if let Err(error) = annotate(&pods, &selector, &now).await {
                tracing::warn!(controller = W::CONTROLLER.controller, object = %key, error = %Causes(&error), "cannot annotate pods, trying again");
                return Outcome::Failed(Extent::Everything);
            }
        }
        tracing::debug!(controller = W::CONTROLLER.controller, object = %key, "refreshed the volumes of pods");
        Outcome::Done
    }

    /// What selects the pods of a workload: of each StatefulSet and DaemonSet that it has.
    pub(super) fn selectors(&self, owner: &ObjectMeta, key: &ObjectKey) -> Vec<String> {
        let is_owned = |metadata: &ObjectMeta| {
            metadata.namespace.as_deref() == Some(&*key.namespace)
                && controller(metadata).is_some_and(|controller| Some(&controller.uid) == owner.uid.as_ref())
        };
        let stateful_sets = self.children.stateful_sets.filtered(|_, set| is_owned(&set.metadata));
        let daemon_sets = self.children.daemon_sets.filtered(|_, set| is_owned(&set.metadata));
        let sets = (stateful_sets.values().map(|set| Set::from(&**set)))
            .chain(daemon_sets.values().map(|set| Set::from(&**set)));
        sets.filter_map(|set| set.selector.match_labels.as_ref().map(selector_text))
            .collect()
    }
}

async fn annotate(pods: &Objects<Pod>, selector: &str, now: &str) -> Result<(), kube::Error> {
    let running = ListParams::default().labels(selector).fields("status.phase=Running");
    let names = (pods.list_metadata(&running).await?.items.into_iter())
        .filter(|pod| pod.metadata.deletion_timestamp.is_none())
        .map(|pod| pod.name_any());
    let params = PatchParams {
        field_manager: Some(FIELD_MANAGER.to_owned()),
        ..PatchParams::default()
    };
    let patch = Patch::Merge(json!({"metadata": {"annotations": {REFRESHED_AT: now}}}));
    let (params, patch) = (&params, &patch);
    let patches =
        futures::stream::iter(names).map(|name| async move { pods.patch_metadata(&name, params, patch).await });
    let mut patches = std::pin::pin!(patches.buffer_unordered(CONCURRENCY));
    while let Some(patched) = patches.next().await {
        match patched {
            // It is gone.
            Err(kube::Error::Api(status)) if status.code == 404 => {}
            outcome => drop(outcome?),
        }
    }
    Ok(())
}
