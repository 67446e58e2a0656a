//! A session: one set of watches and queues, and the controllers that they feed. Only wiring; what differs between kinds
//! of workloads is said by [`Workload`].

use std::sync::Arc;

use k8s_openapi::api::apps::v1::{DaemonSet, StatefulSet};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Secret};
use kube::api::PartialObjectMeta;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use super::prerequisites::Availability;
use super::queues::Queues;
use super::selected::Selected;
use super::start::Start;
use super::triggers::{Routes, follow_namespaces, follow_own};
use super::watches::{namespaces, whole};
use super::workloads::WORKLOADS;
use crate::assets::Contents;
use crate::cache::Caches;
use crate::object::ControllerLabel;
use crate::permissions::Part;
use crate::pod::requirements::StorageClasses;
use crate::pod::web::own_user;
use crate::reconcile::bindings::Writer;
use crate::reconcile::judgement::Judge;
use crate::reconcile::{Applier, Bindings, Controller, Events, Histories, SILENCE, Sources, Workload, queue};
use crate::watch::{Children, Interests, Listed, Namespaces, Seen, Source, Watch};

/// Objects that are reconciled at the same time, per controller.
const CONCURRENCY: usize = 4;
/// Label of the metrics of watches that all controllers share.
const ALL: ControllerLabel = ControllerLabel { controller: "operator" };
/// Selects what the operator made.
const OWN: &str = "app.kubernetes.io/managed-by=prometheus-operator";

/// A session that runs.
pub(super) struct Running {
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Running {
    /// Returns when a task ended although nothing was stopped: then the session lacks a watch or a controller.
    pub(super) async fn failed(&mut self) -> Option<JoinError> {
        // A session has tasks.
        self.tasks.join_next().await.and_then(Result::err)
    }

    /// Ends it: no new reconciliations, those under way come to their end, then the watches.
    pub(super) async fn end(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// What all parts of a session share while it is put together.
pub(super) struct Session<'a> {
    start: &'a Start,
    available: &'a Availability,
    stop: CancellationToken,
    tasks: JoinSet<()>,
    children: Children,
    contents: Arc<Contents>,
    namespaces: Arc<Namespaces>,
    applier: Arc<Applier>,
    writer: Arc<Writer>,
    routes: Routes,
    selected: Selected,
    known: Watch<PartialObjectMeta<Namespace>>,
}

/// The watches of what controllers make and read besides custom resources.
struct ChildWatches {
    secrets: Watch<PartialObjectMeta<Secret>, Seen<Secret>>,
    config_maps: Watch<PartialObjectMeta<ConfigMap>, Seen<ConfigMap>>,
    stateful_sets: Watch<StatefulSet>,
    daemon_sets: Watch<DaemonSet>,
}

impl ChildWatches {
    fn new(start: &Start, available: &Availability) -> Self {
        let (client, scopes, flags) = (&start.client, &start.scopes, &start.args.watch);
        let (labels, fields) = (&flags.secret_label_selector, &flags.secret_field_selector);
        let secrets = Source::metadata(client, &scopes.assets, labels, fields);
        let (labels, fields) = (&flags.configmap_label_selector, &flags.configmap_field_selector);
        let config_maps = Source::metadata(client, &scopes.assets, labels, fields);
        // Of agents that run on each node.
        let daemon_sets = if available.may(Part::DaemonSets) {
            Source::objects(client, &scopes.prometheus, OWN, "")
        } else {
            Source::none()
        };
        Self {
            secrets: Watch::new(secrets, Seen::from),
            config_maps: Watch::new(config_maps, Seen::from),
            stateful_sets: Watch::new(Source::objects(client, &scopes.workloads(), OWN, ""), whole),
            daemon_sets: Watch::new(daemon_sets, whole),
        }
    }

    fn children(&self) -> Children {
        Children {
            secrets: self.secrets.store(),
            config_maps: self.config_maps.store(),
            stateful_sets: self.stateful_sets.store(),
            daemon_sets: self.daemon_sets.store(),
        }
    }
}

/// Starts a session of all controllers that can run.
pub(super) fn begin(start: &Start, available: &Availability) -> Running {
    let (client, scopes) = (&start.client, &start.scopes);
    let mut watches = ChildWatches::new(start, available);
    let children = watches.children();
    let known = Watch::new(known_namespaces(start, available), whole);
    let namespaces = if available.may(Part::Namespaces) {
        Namespaces::new(vec![known.store()])
    } else {
        Namespaces::named(&scopes.configuration)
    };
    let recreation = start.args.watch.recreation_policy_for_statefulsets;
    let applier = Arc::new(Applier::new(client.clone(), children.clone(), recreation));
    let mut session = Session {
        start,
        available,
        stop: start.stop.child_token(),
        tasks: JoinSet::new(),
        namespaces: Arc::new(namespaces),
        writer: Arc::new(Writer::new(client.clone())),
        routes: Routes::new(Arc::clone(&applier), start.metrics.reconcile.clone()),
        selected: Selected::new(client, scopes, available, &start.elected),
        applier,
        children,
        contents: Arc::default(),
        known,
    };
    start.instances.restart(&session.namespaces);
    for workload in WORKLOADS {
        if available.runs(workload.resource) {
            (workload.begin)(&mut session);
        }
    }
    let routes = &session.routes;
    routes.follow_assets(&mut watches.secrets, &mut watches.config_maps);
    routes.follow_sets(&mut watches.stateful_sets, "StatefulSet");
    routes.follow_sets(&mut watches.daemon_sets, "DaemonSet");
    session.watch(watches)
}

/// Every namespace with configuration objects or workloads; none where we may not list them.
fn known_namespaces(start: &Start, available: &Availability) -> Source<PartialObjectMeta<Namespace>> {
    let configuration = (start.scopes.configuration).union(&start.scopes.alertmanager_configs);
    let scope = configuration.union(&start.scopes.workloads());
    if available.may(Part::Namespaces) {
        namespaces(&start.client, &scope)
    } else {
        Source::none()
    }
}

impl Session<'_> {
    /// Starts the controller of a kind, and the watch of its custom resources.
    pub(super) fn begin_controller<W: Workload>(&mut self) {
        let (client, name) = (&self.start.client, W::CONTROLLER.controller);
        let metrics = &self.start.metrics;
        let (trigger, reconciliations) = queue(CONCURRENCY, metrics.queues.queue(name));
        let pulse = self.start.liveness.pulse(format!("queue {name}"), SILENCE);
        let reconciliations = reconciliations.beating(pulse);
        let interests = Arc::new(Interests::default());
        let selector = W::instance_selector(&self.start.args.watch);
        let source = Source::objects(client, W::scope(&self.start.scopes), selector, "");
        let mut instances: Watch<W::Resource> = Watch::new(source, whole);
        let resources = instances.store();
        self.start.instances.add(&resources);
        let events = Events::new(
            client,
            W::REPORTER,
            self.available.access(Part::Events),
            &self.start.elected,
        );
        let route = self.routes.add::<W>(trigger, Arc::clone(&interests));
        follow_own::<W>(&mut instances, &route, &events);
        follow_namespaces(&mut self.known, &route);
        let mut ready = self.selected.follow(W::SELECTS, &route, &self.namespaces);
        ready.extend([instances.listed(), self.known.listed()]);
        instances.start(&mut self.tasks, &self.stop, W::CONTROLLER, &metrics.watch);
        let sources = Sources {
            client: client.clone(),
            instances: Arc::clone(&resources),
            objects: self.selected.stores(),
            namespaces: Arc::clone(&self.namespaces),
            children: self.children.clone(),
            contents: Arc::clone(&self.contents),
            interests,
            max_references: self.start.args.caps.max_references_per_object,
            new_password: own_user::generated,
            storage_classes: if self.available.may(Part::StorageClasses) {
                StorageClasses::Readable
            } else {
                StorageClasses::Hidden
            },
        };
        let interval = self.start.args.watch.pod_refresh_interval;
        let (queues, triggers) = Queues::new(name, reconciliations, interval, &metrics.queues);
        let has_bindings = self.available.tells_objects(W::RESOURCE, self.start.settings.gates);
        let controller = Controller {
            workload: W::new(sources),
            resources,
            client: client.clone(),
            applier: Arc::clone(&self.applier),
            children: self.children.clone(),
            events,
            bindings: Bindings::new(has_bindings, triggers.bindings),
            kinds: self.selected.bound(),
            writer: Arc::clone(&self.writer),
            caches: Caches::default(),
            histories: Histories::default(),
            metrics: metrics.reconcile.clone(),
            settings: Arc::clone(&self.start.settings),
            judge: self.start.readers.clone().map(Judge::new),
            obstacles: self.available.access(Part::Obstacles),
            repair: self.start.args.watch.repair_policy_for_statefulsets,
            refreshes: (!interval.is_zero()).then_some(triggers.refreshes),
            stop: self.stop.clone(),
        };
        self.run(controller, queues, ready);
    }

    /// Lets a controller work as soon as everything that it reads was listed.
    fn run<W: Workload>(&mut self, controller: Controller<W>, queues: Queues, mut ready: Vec<Listed>) {
        let children = &self.children;
        ready.extend([
            children.secrets.listed(),
            children.config_maps.listed(),
            children.stateful_sets.listed(),
            children.daemon_sets.listed(),
        ]);
        let name = W::CONTROLLER.controller;
        let (stop, elected) = (self.stop.clone(), self.start.elected.clone());
        let readiness = self.start.readiness.clone();
        readiness.set(name, false);
        self.start.metrics.reconcile.begin(W::CONTROLLER);
        let gauge = self.start.metrics.reconcile.ready.get_or_create_owned(&W::CONTROLLER);
        gauge.set(0);
        self.tasks.spawn(async move {
            let listed = async {
                for part in ready {
                    part.wait().await;
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = listed => {}
            }
            tracing::info!(controller = name, elected = elected.is_cancelled(), "controller works");
            readiness.set(name, true);
            gauge.set(1);
            queues.run(Arc::new(controller), elected, stop).await;
            gauge.set(0);
        });
    }

    /// Starts the watches that all controllers share.
    fn watch(self, children: ChildWatches) -> Running {
        let Self {
            start,
            stop,
            mut tasks,
            selected,
            known,
            ..
        } = self;
        let metrics = &start.metrics.watch;
        children.secrets.start(&mut tasks, &stop, ALL, metrics);
        children.config_maps.start(&mut tasks, &stop, ALL, metrics);
        children.stateful_sets.start(&mut tasks, &stop, ALL, metrics);
        children.daemon_sets.start(&mut tasks, &stop, ALL, metrics);
        selected.start(&mut tasks, &stop, ALL, metrics);
        known.start(&mut tasks, &stop, ALL, metrics);
        Running { stop, tasks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_panics_fails_the_session_and_leaves_the_others_to_its_end() {
        let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());
        let other = stop.clone();
        tasks.spawn(async move { other.cancelled().await });
        tasks.spawn(async { panic!("a fault") });
        let mut running = Running { stop, tasks };
        assert!(running.failed().await.is_some_and(|error| error.is_panic()));
        running.end().await;
    }
}
