//! Tells the world how a run went: the status of the custom resource, events about what was rejected, log lines about
//! what was dropped. The only place that writes status.

use std::time::Duration;

use crds::{ConditionStatus, ConditionType};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::{ObjectReference, Pod};
use kube::api::{ListParams, Patch, PatchParams};
use kube::{Resource, ResourceExt};
use serde::Serialize;
use serde_json::{Value, json};

use super::applier::FIELD_MANAGER;
use super::bindings::SelectedObject;
use super::desired::{Desired, Rendered};
use super::events::Warning;
use super::health::{self, Runner, Set, Shard};
use super::metrics::Counts;
use super::obstacle::obstacle;
use super::status::{Attempt, Condition, Seen};
use super::{Access, Controller, Error as RunError, Notice, Workload};
use crate::api::Objects;
use crate::object::{ConfigKind, ObjectKey, Rejection};
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
    pub(super) bound: Vec<SelectedObject>,
    pub(super) rejections: Vec<Rejection>,
    pub(super) dropped: Vec<String>,
    pub(super) selected: Vec<(ConfigKind, usize)>,
    pub(super) notices: Vec<Notice>,
    pub(super) again: Option<Duration>,
}

impl Summary {
    /// What is to be written, and what is to be reported.
    pub(super) fn of(rendered: Rendered, bound: Vec<SelectedObject>) -> (Desired, Self) {
        let Rendered {
            desired,
            rejections,
            dropped,
            selected,
            notices,
            again,
        } = rendered;
        let summary = Self {
            bound,
            rejections,
            dropped,
            selected,
            notices,
            again,
        };
        (desired, summary)
    }

    pub(super) fn counts(&self) -> Counts {
        let mut counts: Counts = self.selected.iter().map(|&(kind, count)| (kind, (count, 0))).collect();
        for rejection in &self.rejections {
            counts.entry(rejection.kind).or_default().1 += 1;
        }
        counts
    }
}

/// What happened.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one of it at a time")]
pub(super) enum Run {
    /// Only the status was asked for.
    StatusOnly,
    /// The user asked to leave the workload alone.
    Paused,
    /// The specification was tried.
    Ended {
        /// How it went.
        outcome: Result<(), RunError>,
        /// Absent where it did not come to a rendering.
        summary: Option<Summary>,
    },
}

impl Run {
    /// A run that did not come to a rendering.
    pub(super) fn failed(error: RunError) -> Self {
        Self::Ended {
            outcome: Err(error),
            summary: None,
        }
    }

    /// Why it failed, if it did.
    pub(super) fn error(&self) -> Option<&RunError> {
        match self {
            Self::Ended { outcome, .. } => outcome.as_ref().err(),
            Self::StatusOnly | Self::Paused => None,
        }
    }

    /// What it left out and has to say, where it came to that.
    pub(super) fn summary(&self) -> Option<&Summary> {
        match self {
            Self::Ended { summary, .. } => summary.as_ref(),
            Self::StatusOnly | Self::Paused => None,
        }
    }

    /// As [`Self::summary`].
    pub(super) fn summary_mut(&mut self) -> Option<&mut Summary> {
        match self {
            Self::Ended { summary, .. } => summary.as_mut(),
            Self::StatusOnly | Self::Paused => None,
        }
    }

    /// The condition `Reconciled` that it ends in.
    fn attempt(&self) -> Attempt {
        let condition = |status, reason: String, message| {
            Attempt::Ended(Condition {
                kind: ConditionType::Reconciled,
                status,
                reason,
                message,
            })
        };
        match self {
            Self::StatusOnly => Attempt::None,
            Self::Paused => Attempt::Paused,
            Self::Ended {
                outcome: Err(error), ..
            } => condition(
                ConditionStatus::False,
                "ReconciliationFailed".to_owned(),
                error.message(),
            ),
            Self::Ended {
                outcome: Ok(()),
                summary,
            } => {
                let notices = summary.as_ref().map_or(&[][..], |summary| &summary.notices);
                let mut reasons: Vec<&str> = notices.iter().map(|notice| notice.reason).collect();
                reasons.sort_unstable();
                reasons.dedup();
                let messages: Vec<&str> = notices.iter().map(|notice| notice.message.as_str()).collect();
                condition(ConditionStatus::True, reasons.join("And"), messages.join("; "))
            }
        }
    }
}

/// Whether the pods still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Health {
    Settled,
    Unsettled,
    /// A set has no pods, and maybe cannot make any.
    Empty,
}

impl<W: Workload> Controller<W> {
    pub(super) async fn report(&self, resource: &W::Resource, run: Run) -> Result<Health, RunError> {
        if let Some(summary) = run.summary() {
            self.tell(resource, summary, run.error().is_none()).await;
        }
        if let Some(error) = run.error() {
            let warning = Warning {
                regarding: resource.object_ref(&()),
                related: None,
                reason: error.reason(),
                action: "Reconciling",
                note: error.message(),
            };
            self.events.warn(warning).await;
        }
        self.update(resource, run.attempt()).await.map_err(RunError::Report)
    }

    /// Looks at the pods, and writes the status unless it is written.
    async fn update(&self, resource: &W::Resource, attempt: Attempt) -> Result<Health, Error> {
        let key = ObjectKey::of(resource);
        let seen_status = status_of(resource);
        let seen = Seen {
            uid: resource.meta().uid.as_deref().unwrap_or_default(),
            resource_version: resource.meta().resource_version.as_deref().unwrap_or_default(),
            generation: resource.meta().generation.unwrap_or_default(),
            status: &seen_status,
        };
        let mut history = self.histories.of(&key, &seen);
        history.attempted(attempt, seen.generation);
        // Also where nothing comes of the rest, so that the next look at the status alone knows.
        self.histories.keep(key.clone(), history.clone());
        let shards = self.shards(resource).await?;
        if !W::paused(resource) {
            self.repair(&shards).await;
        }
        let available = health::available(&shards, W::NUMBERED_SHARDS);
        let counts = health::total(&shards);
        let settled =
            available.status == ConditionStatus::True && counts.updated >= counts.replicas && counts.unavailable == 0;
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
        status["conditions"] = history.conditions(&available, seen.generation, &now);
        self.metrics.conditions.note(W::CONTROLLER, &key, &status["conditions"]);
        if history.is_due(&status, &seen) {
            history.sending(status.clone());
            self.histories.keep(key.clone(), history.clone());
            if let Some(answer) = self.write(resource, status).await? {
                let version = answer.meta().resource_version.clone().unwrap_or_default();
                history.written(version, status_of(&answer));
                self.histories.keep(key, history);
            }
        }
        let is_empty = |shard: &Shard| shard.pods.is_empty() && shard.set.is_some() && !shard.is_ready();
        Ok(match settled {
            true => Health::Settled,
            false if shards.iter().any(is_empty) => Health::Empty,
            false => Health::Unsettled,
        })
    }

    /// What the API server made of it; nothing where the object is gone.
    async fn write(&self, resource: &W::Resource, status: Value) -> Result<Option<W::Resource>, Error> {
        let key = ObjectKey::of(resource);
        let api: Objects<W::Resource> = Objects::in_namespace(&self.client, &key.namespace);
        let patch = json!({
            "apiVersion": W::Resource::api_version(&()),
            "kind": W::Resource::kind(&()),
            // With its identity, so that a new object of the same name is not told what was found of the old one.
            "metadata": {"name": key.name, "namespace": key.namespace, "uid": resource.meta().uid},
            "status": status,
        });
        self.metrics.status_updates.get_or_create(&W::CONTROLLER).inc();
        let params = PatchParams::apply(FIELD_MANAGER).force();
        match api.patch_status(&key.name, &params, &Patch::Apply(&patch)).await {
            Err(kube::Error::Api(answer)) if answer.code == 404 => Ok(None),
            Err(error) => {
                self.metrics.status_failures.get_or_create(&W::CONTROLLER).inc();
                Err(Error::Status {
                    object: key,
                    source: Box::new(error),
                })
            }
            Ok(answer) => Ok(Some(answer)),
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
            obstacle: None,
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
            let pods: Objects<Pod> = Objects::in_namespace(&self.client, &key.namespace);
            let list = pods.list(&ListParams::default().labels(&selector)).await;
            shard.pods = list
                .map_err(|error| Error::Pods {
                    set: shard.key.clone(),
                    source: Box::new(error),
                })?
                .items;
            if shard.pods.is_empty() && set.expected > 0 && self.obstacles == Access::Permitted {
                shard.obstacle = obstacle(&self.client, key, runner, set).await;
            }
        }
        Ok(shard)
    }

    async fn tell(&self, resource: &W::Resource, summary: &Summary, well: bool) {
        let key = ObjectKey::of(resource);
        let workload = resource.object_ref(&());
        let mut told = Vec::new();
        for rejection in &summary.rejections {
            let regarding = ObjectReference {
                api_version: Some(rejection.kind.api_version().to_owned()),
                kind: Some(rejection.kind.to_string()),
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
                tracing::warn!(controller = W::CONTROLLER.controller, object = %key, kind = %rejection.kind, rejected = %rejection.object, error = rejection.message, "skipping object");
            }
        }
        let said: Vec<&Notice> = summary.notices.iter().filter(|notice| notice.is_event).collect();
        if let (Some(first), true) = (said.first(), well) {
            let messages: Vec<&str> = said.iter().map(|notice| notice.message.as_str()).collect();
            let warning = Warning {
                regarding: workload.clone(),
                related: None,
                reason: first.reason,
                action: W::ACTION,
                note: messages.join("; "),
            };
            if self.events.warn(warning).await {
                tracing::warn!(controller = W::CONTROLLER.controller, object = %key, reason = first.reason, notice = messages.join("; "), "reconciled with a remark");
            }
        }
        self.events.resolved(&workload, &told, well && said.is_empty());
        for dropped in &summary.dropped {
            tracing::warn!(controller = W::CONTROLLER.controller, object = %key, reason = dropped, "ignoring field");
        }
    }
}

/// The status of an object, as it is in the API.
fn status_of(resource: &impl Serialize) -> Value {
    crds::to_value(resource)
        .map(|mut value| value["status"].take())
        .unwrap_or_default()
}
