//! Tells the world how a run went: the status of the custom resource, events about what was rejected, log lines about
//! what was dropped. The only place that writes status.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::{ObjectReference, Pod};
use kube::api::{Api, ListParams, Patch, PatchParams};
use kube::{Resource, ResourceExt};
use serde_json::{Value, json};

use super::applier::FIELD_MANAGER;
use super::bindings::Selected;
use super::events::Warning;
use super::health::{self, Condition, Runner, Set, Shard};
use super::metrics::Counts;
use super::{Controller, Error as RunError, Notice, Workload};
use crate::object::{ObjectKey, Rejection};
use crate::pod::metadata::selector_text;
use crate::watch::Children;

/// Why the status could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The pods could not be read.
    #[error("cannot list the pods of {set}")]
    Pods {
        /// StatefulSet or DaemonSet whose pods were asked for.
        set: String,
        /// The answer.
        #[source]
        source: Box<kube::Error>,
    },
    /// The API server refused the status.
    #[error("cannot update the status of {object}")]
    Status {
        /// The custom resource.
        object: ObjectKey,
        /// The answer.
        #[source]
        source: Box<kube::Error>,
    },
}

/// What a run left out of the configuration, and what it has to say.
#[derive(Debug, Default)]
pub(super) struct Summary {
    pub(super) bound: Vec<Selected>,
    pub(super) rejections: Vec<Rejection>,
    pub(super) dropped: Vec<String>,
    pub(super) selected: Vec<(&'static str, usize)>,
    pub(super) notices: Vec<Notice>,
    pub(super) again: Option<Duration>,
}

impl Summary {
    pub(super) fn counts(&self) -> Counts {
        let mut counts: BTreeMap<&'static str, (usize, usize)> =
            self.selected.iter().map(|&(kind, count)| (kind, (count, 0))).collect();
        for rejection in &self.rejections {
            counts.entry(rejection.kind).or_default().1 += 1;
        }
        counts
    }
}

/// What happened: nothing was tried where `result` is absent (paused, or only the status was asked for).
#[derive(Debug, Default)]
pub(super) struct Run {
    pub(super) result: Option<Result<(), RunError>>,
    pub(super) rendered: Option<Summary>,
}

/// Whether the pods still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Health {
    Settled,
    Unsettled,
}

impl<W: Workload> Controller<W> {
    pub(super) async fn report(&self, resource: &W::Resource, run: Run) -> Result<Health, RunError> {
        if let Some(summary) = &run.rendered {
            self.tell(resource, summary, matches!(run.result, Some(Ok(())))).await;
        }
        if let Some(Err(error)) = &run.result {
            let (regarding, note) = (resource.object_ref(&()), error.message());
            let warning = Warning {
                regarding,
                related: None,
                reason: error.reason(),
                action: "Reconciling",
                note,
            };
            self.events.warn(warning).await;
        }
        let shards = self.shards(resource).await.map_err(RunError::Report)?;
        if !W::paused(resource) {
            self.repair(&shards).await;
        }
        let available = health::available(&shards, W::NUMBERED_SHARDS);
        let counts = health::total(&shards);
        let settled = available.status == "True" && counts.updated >= counts.replicas && counts.unavailable == 0;
        let previous = serde_json::to_value(resource)
            .map(|value| value["status"].clone())
            .unwrap_or_default();
        let reconciled = reconciled(&run, &previous["conditions"]);
        let generation = resource.meta().generation.unwrap_or_default();
        let mut status = W::status(resource, &shards, &self.settings);
        status["paused"] = json!(W::paused(resource));
        status["replicas"] = json!(counts.replicas);
        status["updatedReplicas"] = json!(counts.updated);
        status["availableReplicas"] = json!(counts.available);
        status["unavailableReplicas"] = json!(counts.unavailable);
        #[expect(
            clippy::disallowed_methods,
            reason = "the transition times of conditions are the time of the report"
        )]
        let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        status["conditions"] = health::conditions(&[available, reconciled], &previous["conditions"], generation, &now);
        if status != previous {
            self.write(resource, status).await.map_err(RunError::Report)?;
        }
        Ok(if settled { Health::Settled } else { Health::Unsettled })
    }

    async fn write(&self, resource: &W::Resource, status: Value) -> Result<(), Error> {
        let key = ObjectKey::of(resource);
        let api: Api<W::Resource> = Api::namespaced(self.client.clone(), &key.namespace);
        let patch = json!({
            "apiVersion": W::Resource::api_version(&()),
            "kind": W::Resource::kind(&()),
            "metadata": {"name": key.name, "namespace": key.namespace},
            "status": status,
        });
        self.metrics.status_updates.get_or_create(&W::CONTROLLER).inc();
        match api
            .patch_status(
                &key.name,
                &PatchParams::apply(FIELD_MANAGER).force(),
                &Patch::Apply(&patch),
            )
            .await
        {
            Err(kube::Error::Api(answer)) if answer.code == 404 => Ok(()),
            Err(error) => {
                self.metrics.status_failures.get_or_create(&W::CONTROLLER).inc();
                Err(Error::Status {
                    object: key,
                    source: Box::new(error),
                })
            }
            Ok(_) => Ok(()),
        }
    }

    async fn shards(&self, resource: &W::Resource) -> Result<Vec<Shard>, Error> {
        let namespace = resource.namespace().unwrap_or_default();
        let Children {
            stateful_sets,
            daemon_sets,
            ..
        } = &self.children;
        let mut shards = Vec::new();
        for name in W::stateful_sets(resource) {
            let key = ObjectKey::new(namespace.as_str(), name);
            let set = stateful_sets.get(&key).map(|set| Set::from(&*set));
            shards.push(self.shard(&key, Runner::StatefulSet, set).await?);
        }
        if let Some(name) = W::daemon_set(resource) {
            let key = ObjectKey::new(namespace.as_str(), name);
            let set = daemon_sets.get(&key).map(|set| Set::from(&*set));
            shards.push(self.shard(&key, Runner::DaemonSet, set).await?);
        }
        Ok(shards)
    }

    /// One of them, with its pods unless all are ready.
    async fn shard(&self, key: &ObjectKey, runner: Runner, set: Option<Set>) -> Result<Shard, Error> {
        let mut shard = Shard {
            key: key.to_string(),
            runner,
            set,
            pods: Vec::new(),
        };
        if let Some(set) = &shard.set
            && !shard.is_ready()
        {
            let selector = set
                .selector
                .match_labels
                .as_ref()
                .map(selector_text)
                .unwrap_or_default();
            let pods: Api<Pod> = Api::namespaced(self.client.clone(), &key.namespace);
            let list = pods.list(&ListParams::default().labels(&selector)).await;
            shard.pods = list
                .map_err(|error| Error::Pods {
                    set: shard.key.clone(),
                    source: Box::new(error),
                })?
                .items;
        }
        Ok(shard)
    }

    async fn tell(&self, resource: &W::Resource, summary: &Summary, well: bool) {
        let key = ObjectKey::of(resource);
        let workload = resource.object_ref(&());
        let mut told = Vec::new();
        for rejection in &summary.rejections {
            let regarding = ObjectReference {
                api_version: Some(rejection.api_version().to_owned()),
                kind: Some(rejection.kind.to_owned()),
                namespace: Some(rejection.object.namespace.to_string()),
                name: Some(rejection.object.name.to_string()),
                uid: rejection.uid.clone(),
                ..ObjectReference::default()
            };
            told.push(regarding.clone());
            let note = format!(
                "{:?} was rejected due to invalid configuration: {}",
                rejection.object.to_string(),
                rejection.message
            );
            let warning = Warning {
                regarding,
                related: Some(workload.clone()),
                reason: "InvalidConfiguration",
                action: W::ACTION,
                note,
            };
            if self.events.warn(warning).await {
                tracing::warn!(controller = W::CONTROLLER.controller, object = %key, kind = rejection.kind, rejected = %rejection.object, error = rejection.message, "skipping object");
            }
        }
        self.events.resolved(&workload, &told, well);
        for dropped in &summary.dropped {
            tracing::warn!(controller = W::CONTROLLER.controller, object = %key, reason = dropped, "ignoring field");
        }
    }
}

/// The condition `Reconciled`; as it was where nothing was tried.
fn reconciled(run: &Run, previous: &Value) -> Condition {
    let condition = |status, reason: String, message| Condition {
        kind: "Reconciled",
        status,
        reason,
        message,
    };
    match &run.result {
        Some(Err(error)) => condition("False", "ReconciliationFailed".to_owned(), error.message()),
        Some(Ok(())) => {
            let notices = run.rendered.as_ref().map_or(&[][..], |summary| &summary.notices);
            let mut reasons: Vec<&str> = notices.iter().map(|notice| notice.reason).collect();
            reasons.sort_unstable();
            reasons.dedup();
            let messages: Vec<&str> = notices.iter().map(|notice| notice.message.as_str()).collect();
            condition("True", reasons.join("And"), messages.join("; "))
        }
        None => {
            let old = previous
                .as_array()
                .into_iter()
                .flatten()
                .find(|old| old["type"] == "Reconciled");
            let text = |key: &str| old.and_then(|old| old[key].as_str()).unwrap_or_default().to_owned();
            let status = match text("status").as_str() {
                "True" => "True",
                "False" => "False",
                _ => "Unknown",
            };
            let reason = if old.is_none() {
                "NotFound".to_owned()
            } else {
                text("reason")
            };
            condition(status, reason, text("message"))
        }
    }
}
