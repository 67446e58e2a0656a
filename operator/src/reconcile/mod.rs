//! The one pipeline that every workload goes through: observe (reads only) → render (pure) → apply (writes) → report
//! (status, events, metrics). A workload kind is an implementation of [`Workload`]; this module knows none of them.

mod applier;
pub(crate) mod bindings;
pub(crate) mod child;
mod conditions;
mod desired;
mod events;
pub(crate) mod health;
pub(crate) mod judgement;
mod metrics;
mod obstacle;
mod queue;
pub mod reasons;
pub(crate) mod refresh;
mod repair;
mod report;
mod status;
mod workload;
mod write_cache;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use formats::changed_at;
use kube::{Client, Resource, ResourceExt};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub(crate) use applier::{Applied, Applier, DELETION_DEADLINE, FIELD_MANAGER, Owner};
pub(crate) use bindings::Bindings;
pub(crate) use child::Child;
pub(crate) use desired::{Desired, Notice, Rendered};
pub(crate) use events::{Access, Events, Warning};
pub(crate) use metrics::{Metrics, TriggerLabel, object_label};
pub(crate) use queue::{Extent, Outcome, Queue, QueueFamilies, SILENCE, Trigger, queue};
pub(crate) use status::{Condition, Histories};
pub(crate) use workload::{Retry, Sources, Workload};

use crate::args::RepairPolicy;
use crate::cache::Caches;
use crate::object::ObjectKey;
use crate::settings::Settings;
use crate::watch::{Children, Store};
use judgement::Judge;
use process::causes::Causes;
use report::{Health, Run, Summary};

/// While pods are not ready their messages change without an event that we watch: look again after this time.
const STATUS_POLL: Duration = Duration::from_mins(1);
/// The same while there is no pod: the event that says why comes without a change of the set.
const EMPTY_POLL: Duration = Duration::from_secs(10);
/// Longest name of a StatefulSet whose pods can exist: with a hash of up to ten digits it is a label of theirs, which has 63
/// characters at most.
const STATEFUL_SET_NAME_LIMIT: usize = 52;
/// Annotation of a custom resource that names the operator in charge of it.
const CONTROLLER_ID: &str = "operator.prometheus.io/controller-id";

/// Why a run failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something could not be read.
    #[error("cannot read the objects that the configuration needs")]
    Observe(#[source] Box<dyn StdError + Send + Sync>),
    /// The custom resource is wrong.
    #[error("the specification cannot be rendered")]
    Render(#[source] Box<dyn StdError + Send + Sync>, Retry),
    /// The StatefulSet could exist, its pods could not.
    #[error(
        "metadata.name: StatefulSet {stateful_set:?} would have a name of {} characters, of which labels of its pods allow \
         {STATEFUL_SET_NAME_LIMIT}: choose a name of at most {allowed} characters", .stateful_set.len()
    )]
    Name {
        /// The longest one.
        stateful_set: String,
        /// How long the name of the custom resource may be.
        allowed: usize,
    },
    /// What was rendered is not what its reader accepts.
    #[error("the generated files are not accepted")]
    Judgement(#[from] judgement::Error),
    /// A child could not be written.
    #[error("cannot write the workload's objects")]
    Apply(#[source] applier::Error),
    /// The status could not be written.
    #[error("cannot write the status")]
    Report(#[source] report::Error),
}

impl Error {
    /// Word for conditions, events and logs.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Observe(_) => "ObserveFailed",
            Self::Name { .. } | Self::Render(..) => "InvalidSpecification",
            Self::Judgement(_) => "ConfigurationRefused",
            Self::Apply(_) => "ApplyFailed",
            Self::Report(_) => "StatusUpdateFailed",
        }
    }

    /// When to try again.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Name { .. } | Self::Judgement(judgement::Error::NoObject(_)) => Retry::OnChange,
            Self::Render(_, retry) => *retry,
            Self::Observe(_) | Self::Judgement(_) | Self::Apply(_) | Self::Report(_) => Retry::Backoff,
        }
    }

    /// Whether the namespace is being deleted, and the object with it.
    fn is_end_of_namespace(&self) -> bool {
        matches!(self, Self::Apply(error) if error.is_end_of_namespace())
    }

    /// What is wrong, with all causes on one line, for people.
    pub fn message(&self) -> String {
        self.source()
            .map_or_else(|| self.to_string(), |cause| Causes(cause).to_string())
    }
}

/// What all runs of one controller share.
pub(crate) struct Controller<W: Workload> {
    /// The kind.
    pub workload: W,
    /// Its custom resources.
    pub resources: Arc<Store<W::Resource>>,
    /// Client of the API server.
    pub client: Client,
    /// Writes children; one for all controllers.
    pub applier: Arc<Applier>,
    /// The children that exist.
    pub children: Children,
    /// Sends events in the controller's name.
    pub events: Events,
    /// What the workloads want to be written into the status of configuration objects.
    pub bindings: Bindings,
    /// The configuration objects; one list for all controllers.
    pub kinds: Arc<bindings::Kinds>,
    /// Writes their status; one for all controllers.
    pub writer: Arc<bindings::Writer>,
    /// What is kept of each workload.
    pub caches: Caches<W::Cache>,
    /// What was reported of each workload.
    pub histories: Histories,
    /// Metrics of all controllers.
    pub metrics: Metrics,
    /// What the flags mean for rendering.
    pub settings: Arc<Settings>,
    /// Has what was rendered judged, where that is wanted.
    pub judge: Option<Judge>,
    /// Whether events may be read that say why a set has no pods.
    pub obstacles: Access,
    /// What to do with pods that a failed update left behind.
    pub repair: RepairPolicy,
    /// Has pods see what changed in their volumes, where that is wanted.
    pub refreshes: Option<Trigger>,
    /// Says when to come to an end.
    pub stop: CancellationToken,
}

/// Whether this operator is in charge of an object with these annotations (`--controller-id`).
fn is_managed(settings: &Settings, annotations: &BTreeMap<String, String>) -> bool {
    annotations.get(CONTROLLER_ID).map_or("", String::as_str) == settings.controller_id
}

/// Whether pods of its StatefulSets can exist.
fn check_names<W: Workload>(resource: &W::Resource) -> Result<(), Error> {
    let longest = W::stateful_sets(resource).into_iter().max_by_key(String::len);
    match longest {
        Some(stateful_set) if stateful_set.len() > STATEFUL_SET_NAME_LIMIT => Err(Error::Name {
            allowed: (resource.name_any().len() + STATEFUL_SET_NAME_LIMIT).saturating_sub(stateful_set.len()),
            stateful_set,
        }),
        _ => Ok(()),
    }
}

/// What `resource` is rendered from.
async fn observed<W: Workload>(
    workload: &W,
    resource: &Arc<W::Resource>,
    cache: &mut W::Cache,
) -> Result<W::Observed, Error> {
    check_names::<W>(resource)?;
    let observed = workload.observe(Arc::clone(resource), cache).await;
    observed.map_err(|error| Error::Observe(error.into()))
}

/// What should exist for `resource`, and what that was made from. `complete` may add to what was observed.
///
/// # Errors
/// When something cannot be read, or the custom resource is wrong.
pub(crate) async fn rendered<W: Workload>(
    workload: &W,
    resource: &Arc<W::Resource>,
    settings: &Settings,
    cache: &mut W::Cache,
    complete: impl FnOnce(&mut W::Observed),
) -> Result<(Rendered, W::Observed), Error> {
    let mut observed = observed(workload, resource, cache).await?;
    complete(&mut observed);
    let rendered = judgement::render::<W>(&observed, settings, cache)?;
    Ok((rendered, observed))
}

impl<W: Workload> Controller<W> {
    /// Brings one object to its wanted state, or only its status up to date, and says when to come back. It has been wanted
    /// `since`.
    pub(crate) async fn reconcile(&self, key: ObjectKey, extent: Extent, since: Instant) -> Outcome {
        let Some(resource) = self.resources.get(&key) else {
            self.workload.forget(&key);
            self.caches.forget(&key);
            self.metrics.forget(W::CONTROLLER, &key);
            self.histories.forget(&key);
            if let Some(judge) = &self.judge {
                judge.forget(&key);
            }
            self.applier.forget_gone();
            return Outcome::Done;
        };
        if !is_managed(&self.settings, resource.annotations()) {
            return Outcome::Done;
        }
        if resource.meta().deletion_timestamp.is_some() {
            self.metrics.conditions.forget(W::CONTROLLER, &key);
            if resource.finalizers().iter().any(|name| name == bindings::FINALIZER) {
                self.bindings.leave(&key);
            }
            return Outcome::Done;
        }
        W::gauges(&resource, &key, &self.metrics);
        let mut run = match extent {
            Extent::Status => Run::StatusOnly,
            Extent::Everything if W::paused(&resource) => Run::Paused,
            Extent::Everything => self.timed(&key, &resource, since).await,
        };
        if run.error().is_some_and(Error::is_end_of_namespace) {
            tracing::debug!(controller = W::CONTROLLER.controller, object = %key, "namespace is being deleted");
            return Outcome::Done;
        }
        if self.bindings.is_on()
            && let Some(summary) = run.summary_mut()
        {
            let bound = std::mem::take(&mut summary.bound);
            self.bindings.entries(&key, bound, &summary.rejections);
        }
        let again = run.summary().and_then(|summary| summary.again);
        let failed = run.error().is_some_and(|error| error.retry() == Retry::Backoff);
        match self.report(&resource, run).await {
            Err(error) => {
                tracing::error!(controller = W::CONTROLLER.controller, object = %key, error = error.message(), "status update failed");
                Outcome::Failed(if failed { Extent::Everything } else { Extent::Status })
            }
            Ok(_) if failed => Outcome::Failed(Extent::Everything),
            Ok(health) => match (again, health) {
                (Some(again), _) => Outcome::Again(again.min(STATUS_POLL), Extent::Everything),
                (None, Health::Empty) => Outcome::Again(EMPTY_POLL, Extent::Status),
                (None, Health::Unsettled) => Outcome::Again(STATUS_POLL, Extent::Status),
                (None, Health::Settled) => Outcome::Done,
            },
        }
    }

    async fn timed(&self, key: &ObjectKey, resource: &Arc<W::Resource>, since: Instant) -> Run {
        let started = Instant::now();
        let run = self.everything(key, resource, since).await;
        let controller = W::CONTROLLER;
        self.metrics.reconciled.get_or_create(&controller).inc();
        self.metrics
            .duration
            .get_or_create(&controller)
            .observe(started.elapsed().as_secs_f64());
        let counts = run.summary().map(Summary::counts);
        self.metrics.synced(controller, key, run.error().is_none(), counts);
        if let Some(error) = run.error().filter(|error| !error.is_end_of_namespace()) {
            self.metrics.failed.get_or_create(&controller).inc();
            tracing::error!(controller = controller.controller, object = %key, reason = error.reason(), error = error.message(), "reconciliation failed");
        } else {
            tracing::debug!(controller = controller.controller, object = %key, duration = ?started.elapsed(), "reconciled");
        }
        run
    }

    /// The pipeline up to the report.
    async fn everything(&self, key: &ObjectKey, resource: &Arc<W::Resource>, since: Instant) -> Run {
        let mut cache = self.caches.take(key);
        let rendered = self.rendered(resource, &mut cache).await;
        self.caches.put(key, cache);
        let (desired, summary) = match rendered {
            Ok((rendered, bound)) => Summary::of(rendered, bound),
            Err(error) => return Run::failed(error),
        };
        self.metrics.rendered(W::CONTROLLER, key, &desired);
        let outcome = self.apply(resource, desired, since).await;
        Run::Ended {
            outcome: outcome.map_err(Error::Apply),
            summary: Some(summary),
        }
    }

    /// What should exist, and the objects that it is made from, where their status shows it.
    async fn rendered(
        &self,
        resource: &Arc<W::Resource>,
        cache: &mut W::Cache,
    ) -> Result<(Rendered, Vec<bindings::SelectedObject>), Error> {
        let observed = observed(&self.workload, resource, cache).await?;
        let settings = &self.settings;
        let rendered = match &self.judge {
            None => judgement::render::<W>(&observed, settings, cache)?,
            Some(judge) => {
                let generation = resource.meta().generation.unwrap_or_default();
                let workload = (&ObjectKey::of(&**resource), generation);
                (judge.rendered::<W>(workload, &observed, settings, cache)).await?
            }
        };
        let bound = if self.bindings.is_on() {
            W::selected(&observed)
        } else {
            Vec::new()
        };
        Ok((rendered, bound))
    }

    /// Writes the children, and has pods see what they may have mounted.
    async fn apply(&self, resource: &W::Resource, desired: Desired, since: Instant) -> Result<(), applier::Error> {
        let owner = Owner {
            key: ObjectKey::of(resource),
            uid: resource.meta().uid.clone().unwrap_or_default(),
            changed_at: changed_at::text(SystemTime::now() - since.elapsed()),
        };
        // Before the first set exists there is no pod.
        let refreshes = (self.refreshes.as_ref()).filter(|_| !self.selectors(resource.meta(), &owner.key).is_empty());
        let Applied {
            mounted,
            recreated,
            outcome,
        } = Box::pin(self.applier.apply(&owner, desired)).await;
        self.metrics.recreated.get_or_create(&W::CONTROLLER).inc_by(recreated);
        if mounted && let Some(refreshes) = refreshes {
            refreshes.send(owner.key, Extent::Everything);
        }
        outcome
    }
}
