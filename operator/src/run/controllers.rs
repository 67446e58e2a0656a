//! The controllers: what must be there before one runs, and the life of a session, which is one set of watches and
//! queues. When something that was missing appears, the session is replaced by a larger one.

use std::sync::Arc;
use std::time::Duration;

use crds::v1alpha1::{AlertmanagerConfig, PrometheusAgent};
use crds::{Prometheus, PrometheusRule};
use k8s_openapi::api::apps::v1::{DaemonSet, StatefulSet};
use k8s_openapi::api::core::v1::Namespace;
use kube::api::PartialObjectMeta;
use kube::{Client, Resource};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::AllMetrics;
use super::prerequisites::{Availability, available};
use super::queues::Queues;
use super::selected::Selected;
use super::server::Readiness;
use super::triggers::{Routes, follow_namespaces, follow_own, follow_roots, follow_selected, report_malformed};
use super::watches::{Scopes, keep, namespaces, strip_metadata};
use crate::alertmanager::config::fragments::KIND;
use crate::alertmanager::observe::Stores as AlertmanagerStores;
use crate::alertmanager::workload::AlertmanagerCluster;
use crate::args::Args;
use crate::object::ControllerLabel;
use crate::prometheus::instance::Kind;
use crate::prometheus::observe::Stores as PrometheusStores;
use crate::prometheus::workload::PrometheusWorkload;
use crate::reconcile::bindings::{Kinds, Writer};
use crate::reconcile::{Applier, Bindings, Controller, Events, Histories, Queue, Trigger, Workload, queue};
use crate::settings::Settings;
use crate::thanos_ruler::observe::Stores as ThanosRulerStores;
use crate::thanos_ruler::workload::ThanosRulerSet;
use crate::watch::{Children, Interests, Namespaces, Source, Store, Watch, WatchMetrics};

/// Objects that are reconciled at the same time, per controller.
const CONCURRENCY: usize = 4;
/// Pause before missing prerequisites are looked for again.
const PREREQUISITES_PAUSE: Duration = Duration::from_secs(30);
/// Pause after the API server did not answer.
const UNANSWERED_PAUSE: Duration = Duration::from_secs(5);
/// Label of the metrics of watches that all controllers share.
const ALL: ControllerLabel = ControllerLabel { controller: "operator" };

/// What controllers are started with.
pub(super) struct Start {
    pub(super) args: Args,
    pub(super) client: Client,
    pub(super) settings: Arc<Settings>,
    pub(super) scopes: Scopes,
    pub(super) metrics: AllMetrics,
    pub(super) readiness: Readiness,
    /// Is cancelled when this process may write.
    pub(super) elected: CancellationToken,
    pub(super) stop: CancellationToken,
}

/// Runs all controllers that can run, until the stop. Those that cannot are named in the log, and started when they can.
pub(super) async fn run(start: Start) {
    let mut before: Option<Availability> = None;
    let mut session: Option<(CancellationToken, JoinSet<()>)> = None;
    loop {
        let mut pause = PREREQUISITES_PAUSE;
        match available(&start.client, &start.scopes, start.settings.gates).await {
            Ok(now) if before.as_ref() != Some(&now) => {
                now.log();
                end(session.take()).await;
                if now.runs_any() {
                    session = Some(begin(&start, &now));
                }
                before = Some(now);
            }
            Ok(_) => {}
            Err(error) => {
                pause = UNANSWERED_PAUSE;
                tracing::error!(error = %process::causes::Causes(&error), "cannot check permissions, trying again");
            }
        }
        let complete = before.as_ref().is_some_and(Availability::is_complete);
        tokio::select! {
            () = start.stop.cancelled() => break,
            () = tokio::time::sleep(pause), if !complete => {}
        }
    }
    end(session).await;
}

/// Ends a session: no new reconciliations, those under way come to their end, then the watches.
async fn end(session: Option<(CancellationToken, JoinSet<()>)>) {
    let Some((stop, mut tasks)) = session else { return };
    stop.cancel();
    while tasks.join_next().await.is_some() {}
}

/// What all parts of a session share.
struct Session<'a> {
    start: &'a Start,
    available: &'a Availability,
    stop: CancellationToken,
    tasks: JoinSet<()>,
    children: Children,
    namespaces: Arc<Namespaces>,
    applier: Arc<Applier>,
    kinds: Arc<Kinds>,
    writer: Arc<Writer>,
}

fn begin(start: &Start, available: &Availability) -> (CancellationToken, JoinSet<()>) {
    let (client, scopes, flags) = (&start.client, &start.scopes, &start.args.watch);
    let assets = &scopes.assets;
    let secret_flags = (&flags.secret_label_selector, &flags.secret_field_selector);
    let config_map_flags = (&flags.configmap_label_selector, &flags.configmap_field_selector);
    let mut secrets = Watch::new(
        Source::metadata(client, assets, secret_flags.0, secret_flags.1),
        strip_metadata,
    );
    let mut config_maps = Watch::new(
        Source::metadata(client, assets, config_map_flags.0, config_map_flags.1),
        strip_metadata,
    );
    let own = "app.kubernetes.io/managed-by=prometheus-operator";
    let mut stateful_sets = Watch::new(
        Source::objects(client, &scopes.workloads(), own, ""),
        keep::<StatefulSet>,
    );
    let mut daemon_sets = Watch::new(owned_daemon_sets(start, available, own), keep::<DaemonSet>);
    let mut selected = Selected::new(client, scopes, available, &start.elected);
    let mut known = Watch::new(known_namespaces(start, available), keep);
    let children = Children {
        secrets: secrets.store(),
        config_maps: config_maps.store(),
        stateful_sets: stateful_sets.store(),
        daemon_sets: daemon_sets.store(),
    };
    let mut session = Session {
        start,
        available,
        stop: start.stop.child_token(),
        tasks: JoinSet::new(),
        applier: Arc::new(Applier::new(
            client.clone(),
            children.clone(),
            flags.recreation_policy_for_statefulsets,
        )),
        kinds: Arc::new(selected.kinds()),
        writer: Arc::new(Writer::new(client.clone())),
        namespaces: Arc::new(if available.namespaces {
            Namespaces::new(vec![known.store()])
        } else {
            Namespaces::named(&scopes.configuration)
        }),
        children,
    };
    let mut routes = Routes::new(Arc::clone(&session.applier), start.metrics.reconcile.clone());
    if available.prometheus {
        session.prometheus::<Prometheus>(&mut routes, &mut selected, &mut known);
    }
    if available.agents {
        session.prometheus::<PrometheusAgent>(&mut routes, &mut selected, &mut known);
    }
    if available.alertmanager {
        session.alertmanager(&mut routes, &mut selected.alertmanager_configs, &mut known);
    }
    if available.thanos_ruler {
        session.thanos_ruler(&mut routes, &mut selected.rules, &mut known);
    }
    routes.follow_assets(&mut secrets, &mut config_maps);
    routes.follow_sets(&mut stateful_sets, "StatefulSet");
    routes.follow_sets(&mut daemon_sets, "DaemonSet");
    let Session { mut tasks, stop, .. } = session;
    let metrics = &start.metrics.watch;
    secrets.start(&mut tasks, &stop, ALL, metrics);
    config_maps.start(&mut tasks, &stop, ALL, metrics);
    stateful_sets.start(&mut tasks, &stop, ALL, metrics);
    daemon_sets.start(&mut tasks, &stop, ALL, metrics);
    selected.start(&mut tasks, &stop, ALL, metrics);
    known.start(&mut tasks, &stop, ALL, metrics);
    (stop, tasks)
}

/// The DaemonSets of agents; none where agents do not run on each node.
fn owned_daemon_sets(start: &Start, available: &Availability, labels: &str) -> Source<DaemonSet> {
    if available.daemon_sets {
        Source::objects(&start.client, &start.scopes.prometheus, labels, "")
    } else {
        Source::none()
    }
}

/// Every namespace with configuration objects or workloads; none where we may not list them.
fn known_namespaces(start: &Start, available: &Availability) -> Source<PartialObjectMeta<Namespace>> {
    let configuration = (start.scopes.configuration).union(&start.scopes.alertmanager_configs);
    let scope = configuration.union(&start.scopes.workloads());
    if available.namespaces {
        namespaces(&start.client, &scope)
    } else {
        Source::none()
    }
}

impl Session<'_> {
    /// The controller of servers, or that of agents.
    fn prometheus<K: Kind>(
        &mut self,
        routes: &mut Routes,
        selected: &mut Selected,
        known: &mut Watch<PartialObjectMeta<Namespace>>,
    ) {
        let (client, scopes) = (&self.start.client, &self.start.scopes);
        let (trigger, queue) = self.queue(K::CONTROLLER.controller);
        let interests = Arc::new(Interests::default());
        let selector = &self.start.args.watch.prometheus_instance_selector;
        let mut instances = Watch::new(Source::objects(client, &scopes.prometheus, selector, ""), keep::<K>);
        let stores = PrometheusStores {
            instances: instances.store(),
            service_monitors: selected.service_monitors.store(),
            pod_monitors: selected.pod_monitors.store(),
            probes: selected.probes.store(),
            scrape_configs: selected.scrape_configs.store(),
            rules: selected.rules.store(),
            namespaces: Arc::clone(&self.namespaces),
            children: self.children.clone(),
            interests: Arc::clone(&interests),
            renderings: Arc::default(),
        };
        let events = Events::new(client, K::REPORTER, self.available.events, &self.start.elected);
        let route = routes.add::<PrometheusWorkload<K>>(K::NAME, trigger, interests);
        follow_own::<PrometheusWorkload<K>>(&mut instances, &route, &events);
        selected.follow(&route, &self.namespaces);
        follow_namespaces(known, &route);
        let mut ready = selected.listed();
        ready.extend([instances.listed(), known.listed(), self.children.daemon_sets.listed()]);
        let metrics = self.start.metrics.watch.clone();
        self.watch(instances, K::CONTROLLER, &metrics);
        let (resources, storage_classes) = (Arc::clone(&stores.instances), self.available.storage_classes);
        let workload = PrometheusWorkload {
            client: client.clone(),
            stores,
            storage_classes,
        };
        self.controller(
            workload,
            resources,
            events,
            self.start.settings.gates.bindings,
            queue,
            ready,
        );
    }

    fn alertmanager(
        &mut self,
        routes: &mut Routes,
        configs: &mut Watch<AlertmanagerConfig>,
        known: &mut Watch<PartialObjectMeta<Namespace>>,
    ) {
        let (client, scopes) = (&self.start.client, &self.start.scopes);
        let label = AlertmanagerCluster::CONTROLLER;
        let (trigger, queue) = self.queue(label.controller);
        let interests = Arc::new(Interests::default());
        let selector = &self.start.args.watch.alertmanager_instance_selector;
        let mut alertmanagers = Watch::new(Source::objects(client, &scopes.alertmanager, selector, ""), keep);
        let stores = AlertmanagerStores {
            alertmanagers: alertmanagers.store(),
            configs: configs.store(),
            namespaces: Arc::clone(&self.namespaces),
            children: self.children.clone(),
            interests: Arc::clone(&interests),
            renderings: Arc::default(),
        };
        let events = Events::new(
            client,
            "alertmanager-controller",
            self.available.events,
            &self.start.elected,
        );
        let route = routes.add::<AlertmanagerCluster>("Alertmanager", trigger, interests);
        follow_own::<AlertmanagerCluster>(&mut alertmanagers, &route, &events);
        follow_selected(configs, KIND, &route, &self.namespaces);
        follow_roots(configs, &route, &stores.alertmanagers);
        report_malformed(configs, KIND, &events);
        follow_namespaces(known, &route);
        let ready = vec![alertmanagers.listed(), configs.listed(), known.listed()];
        let metrics = self.start.metrics.watch.clone();
        self.watch(alertmanagers, label, &metrics);
        let (resources, storage_classes) = (Arc::clone(&stores.alertmanagers), self.available.storage_classes);
        let workload = AlertmanagerCluster {
            client: client.clone(),
            stores,
            storage_classes,
        };
        self.controller(
            workload,
            resources,
            events,
            self.available.alertmanager_bindings,
            queue,
            ready,
        );
    }

    fn thanos_ruler(
        &mut self,
        routes: &mut Routes,
        rules: &mut Watch<PrometheusRule>,
        known: &mut Watch<PartialObjectMeta<Namespace>>,
    ) {
        let (client, scopes) = (&self.start.client, &self.start.scopes);
        let label = ThanosRulerSet::CONTROLLER;
        let (trigger, queue) = self.queue(label.controller);
        let interests = Arc::new(Interests::default());
        let selector = &self.start.args.watch.thanos_ruler_instance_selector;
        let mut thanos_rulers = Watch::new(Source::objects(client, &scopes.thanos_ruler, selector, ""), keep);
        let stores = ThanosRulerStores {
            thanos_rulers: thanos_rulers.store(),
            rules: rules.store(),
            namespaces: Arc::clone(&self.namespaces),
            interests: Arc::clone(&interests),
            renderings: Arc::default(),
        };
        let events = Events::new(client, "thanos-controller", self.available.events, &self.start.elected);
        let route = routes.add::<ThanosRulerSet>("ThanosRuler", trigger, interests);
        follow_own::<ThanosRulerSet>(&mut thanos_rulers, &route, &events);
        follow_selected(rules, "PrometheusRule", &route, &self.namespaces);
        follow_namespaces(known, &route);
        let ready = vec![thanos_rulers.listed(), rules.listed(), known.listed()];
        let metrics = self.start.metrics.watch.clone();
        self.watch(thanos_rulers, label, &metrics);
        let (resources, storage_classes) = (Arc::clone(&stores.thanos_rulers), self.available.storage_classes);
        let workload = ThanosRulerSet {
            client: client.clone(),
            stores,
            storage_classes,
        };
        self.controller(
            workload,
            resources,
            events,
            self.start.settings.gates.bindings,
            queue,
            ready,
        );
    }

    fn queue(&self, name: &'static str) -> (Trigger, Queue) {
        queue(CONCURRENCY, self.start.metrics.queues.queue(name))
    }

    fn watch<K>(&mut self, watch: Watch<K>, label: ControllerLabel, metrics: &WatchMetrics)
    where
        K: kube::ResourceExt + Resource<DynamicType = ()> + Send + Sync + 'static,
    {
        watch.start(&mut self.tasks, &self.stop, label, metrics);
    }

    /// Starts a controller, which begins to work when everything that it reads was listed.
    fn controller<W: Workload>(
        &mut self,
        workload: W,
        resources: Arc<Store<W::Resource>>,
        events: Events,
        has_bindings: bool,
        reconciliations: Queue,
        mut ready: Vec<crate::watch::Listed>,
    ) {
        let children = &self.children;
        ready.extend([
            children.secrets.listed(),
            children.config_maps.listed(),
            children.stateful_sets.listed(),
        ]);
        let name = W::CONTROLLER.controller;
        let interval = self.start.args.watch.pod_refresh_interval;
        let (queues, triggers) = Queues::new(name, reconciliations, interval, &self.start.metrics.queues);
        let controller = Arc::new(Controller {
            workload,
            resources,
            client: self.start.client.clone(),
            applier: Arc::clone(&self.applier),
            children: children.clone(),
            events,
            bindings: Bindings::new(has_bindings, triggers.bindings),
            kinds: Arc::clone(&self.kinds),
            writer: Arc::clone(&self.writer),
            histories: Histories::default(),
            metrics: self.start.metrics.reconcile.clone(),
            settings: Arc::clone(&self.start.settings),
            repair: self.start.args.watch.repair_policy_for_statefulsets,
            refreshes: (!interval.is_zero()).then_some(triggers.refreshes),
            stop: self.stop.clone(),
        });
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
            queues.run(controller, elected, stop).await;
            gauge.set(0);
        });
    }
}
