//! The controllers: what must be there before one runs, and the life of a session, which is one set of watches and
//! queues. When something that was missing appears, the session is replaced by a larger one.

use std::sync::Arc;
use std::time::Duration;

use crds::PrometheusRule;
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::Namespace;
use kube::api::PartialObjectMeta;
use kube::{Client, Resource};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::AllMetrics;
use super::prerequisites::{Availability, available};
use super::server::Readiness;
use super::triggers::{Routes, follow_namespaces, follow_own, follow_selected, tell_malformed};
use super::watches::{Scopes, keep, namespaces, strip_annotations, strip_metadata};
use crate::alertmanager::observe::Stores as AlertmanagerStores;
use crate::alertmanager::workload::AlertmanagerCluster;
use crate::args::Args;
use crate::prometheus::observe::Stores as PrometheusStores;
use crate::prometheus::workload::PrometheusServer;
use crate::reconcile::{Applier, Children, Controller, ControllerLabel, Events, Queue, Trigger, Workload, queue};
use crate::settings::Settings;
use crate::thanos_ruler::observe::Stores as ThanosRulerStores;
use crate::thanos_ruler::workload::ThanosRulerSet;
use crate::watch::{Interests, Namespaces, Scope, Source, Store, Watch, WatchMetrics};

/// Objects that are reconciled at the same time, per controller.
const CONCURRENCY: usize = 4;
/// Pause before missing prerequisites are looked for again.
const PREREQUISITES_PAUSE: Duration = Duration::from_secs(30);
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
    pub(super) stop: CancellationToken,
}

/// Runs all controllers that can run, until the stop. Those that cannot are named in the log, and started when they can.
pub(super) async fn run(start: Start) {
    let mut before: Option<Availability> = None;
    let mut session: Option<(CancellationToken, JoinSet<()>)> = None;
    loop {
        match available(&start.client, &start.scopes).await {
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
                tracing::error!(error = %crate::chain::Chain(&error), "cannot check permissions, trying again");
            }
        }
        let complete = before.as_ref().is_some_and(Availability::is_complete);
        tokio::select! {
            () = start.stop.cancelled() => break,
            () = tokio::time::sleep(PREREQUISITES_PAUSE), if !complete => {}
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
    let mut known = Watch::new(known_namespaces(start, available), keep);
    let children = Children {
        secrets: secrets.store(),
        config_maps: config_maps.store(),
        stateful_sets: stateful_sets.store(),
    };
    let mut session = Session {
        start,
        available,
        stop: start.stop.child_token(),
        tasks: JoinSet::new(),
        applier: Arc::new(Applier::new(client.clone(), children.clone())),
        namespaces: Arc::new(if available.namespaces {
            Namespaces::new(vec![known.store()])
        } else {
            Namespaces::named(&scopes.configuration)
        }),
        children,
    };
    let mut routes = Routes::new(Arc::clone(&session.applier), start.metrics.reconcile.clone());
    let mut rules = session.rules();
    if available.prometheus {
        session.prometheus(&mut routes, &mut rules, &mut known);
    }
    if available.alertmanager {
        session.alertmanager(&mut routes);
    }
    if available.thanos_ruler {
        session.thanos_ruler(&mut routes, &mut rules, &mut known);
    }
    routes.follow_assets(&mut secrets, &mut config_maps);
    routes.follow_stateful_sets(&mut stateful_sets);
    let Session { mut tasks, stop, .. } = session;
    let metrics = &start.metrics.watch;
    secrets.start(&mut tasks, &stop, ALL, metrics);
    config_maps.start(&mut tasks, &stop, ALL, metrics);
    stateful_sets.start(&mut tasks, &stop, ALL, metrics);
    rules.start(&mut tasks, &stop, ALL, metrics);
    known.start(&mut tasks, &stop, ALL, metrics);
    (stop, tasks)
}

/// Every namespace with configuration objects or workloads; none where we may not list them.
fn known_namespaces(start: &Start, available: &Availability) -> Source<PartialObjectMeta<Namespace>> {
    let scope = start.scopes.configuration.union(&start.scopes.workloads());
    if available.namespaces {
        namespaces(&start.client, &scope)
    } else {
        Source::none()
    }
}

impl Session<'_> {
    /// The rules, for all who evaluate them; none where nobody does.
    fn rules(&self) -> Watch<PrometheusRule> {
        let source = if self.available.prometheus || self.available.thanos_ruler {
            self.selected("prometheusrules")
        } else {
            Source::none()
        };
        let mut rules = Watch::new(source, strip_annotations);
        let events = Events::new(&self.start.client, "prometheus-controller", self.available.events);
        tell_malformed(&mut rules, "PrometheusRule", &events);
        rules
    }

    fn prometheus(
        &mut self,
        routes: &mut Routes,
        rules: &mut Watch<PrometheusRule>,
        known: &mut Watch<PartialObjectMeta<Namespace>>,
    ) {
        let (client, scopes) = (&self.start.client, &self.start.scopes);
        let label = PrometheusServer::CONTROLLER;
        let (trigger, queue) = self.queue(label.controller);
        let interests = Arc::new(Interests::default());
        let selector = &self.start.args.watch.prometheus_instance_selector;
        let mut prometheuses = Watch::new(Source::objects(client, &scopes.prometheus, selector, ""), keep);
        let mut service_monitors = Watch::new(self.selected("servicemonitors"), strip_annotations);
        let mut pod_monitors = Watch::new(self.selected("podmonitors"), strip_annotations);
        let mut probes = Watch::new(self.selected("probes"), strip_annotations);
        let mut scrape_configs = Watch::new(self.selected("scrapeconfigs"), strip_annotations);
        let stores = PrometheusStores {
            prometheuses: prometheuses.store(),
            service_monitors: service_monitors.store(),
            pod_monitors: pod_monitors.store(),
            probes: probes.store(),
            scrape_configs: scrape_configs.store(),
            rules: rules.store(),
            namespaces: Arc::clone(&self.namespaces),
            children: self.children.clone(),
            interests: Arc::clone(&interests),
            renderings: Arc::default(),
        };
        let events = Events::new(client, "prometheus-controller", self.available.events);
        let route = routes.add::<PrometheusServer>("Prometheus", trigger, interests);
        follow_own::<PrometheusServer>(&mut prometheuses, &route, &events);
        tell_malformed(&mut service_monitors, "ServiceMonitor", &events);
        tell_malformed(&mut pod_monitors, "PodMonitor", &events);
        tell_malformed(&mut probes, "Probe", &events);
        tell_malformed(&mut scrape_configs, "ScrapeConfig", &events);
        let namespaces = &self.namespaces;
        follow_selected(&mut service_monitors, "ServiceMonitor", &route, namespaces);
        follow_selected(&mut pod_monitors, "PodMonitor", &route, namespaces);
        follow_selected(&mut probes, "Probe", &route, namespaces);
        follow_selected(&mut scrape_configs, "ScrapeConfig", &route, namespaces);
        follow_selected(rules, "PrometheusRule", &route, namespaces);
        follow_namespaces(known, &route);
        let metrics = self.start.metrics.watch.clone();
        let ready = [
            prometheuses.listed(),
            service_monitors.listed(),
            pod_monitors.listed(),
            probes.listed(),
            scrape_configs.listed(),
            rules.listed(),
            known.listed(),
        ];
        self.watch(prometheuses, label, &metrics);
        self.watch(service_monitors, label, &metrics);
        self.watch(pod_monitors, label, &metrics);
        self.watch(probes, label, &metrics);
        self.watch(scrape_configs, label, &metrics);
        let (resources, storage_classes) = (Arc::clone(&stores.prometheuses), self.available.storage_classes);
        let workload = PrometheusServer {
            client: client.clone(),
            stores,
            storage_classes,
        };
        self.controller(workload, resources, events, queue, ready.into());
    }

    fn alertmanager(&mut self, routes: &mut Routes) {
        let (client, scopes) = (&self.start.client, &self.start.scopes);
        let label = AlertmanagerCluster::CONTROLLER;
        let (trigger, queue) = self.queue(label.controller);
        let interests = Arc::new(Interests::default());
        let selector = &self.start.args.watch.alertmanager_instance_selector;
        let mut alertmanagers = Watch::new(Source::objects(client, &scopes.alertmanager, selector, ""), keep);
        let stores = AlertmanagerStores {
            alertmanagers: alertmanagers.store(),
            interests: Arc::clone(&interests),
        };
        let events = Events::new(client, "alertmanager-controller", self.available.events);
        let route = routes.add::<AlertmanagerCluster>("Alertmanager", trigger, interests);
        follow_own::<AlertmanagerCluster>(&mut alertmanagers, &route, &events);
        let ready = vec![alertmanagers.listed()];
        let metrics = self.start.metrics.watch.clone();
        self.watch(alertmanagers, label, &metrics);
        let (resources, storage_classes) = (Arc::clone(&stores.alertmanagers), self.available.storage_classes);
        let workload = AlertmanagerCluster {
            client: client.clone(),
            stores,
            storage_classes,
        };
        self.controller(workload, resources, events, queue, ready);
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
        let events = Events::new(client, "thanos-controller", self.available.events);
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
        self.controller(workload, resources, events, queue, ready);
    }

    fn queue(&self, name: &'static str) -> (Trigger, Queue) {
        queue(CONCURRENCY, self.start.metrics.queues.queue(name))
    }

    /// The objects of a kind that workloads select; none where the cluster does not know the kind.
    fn selected<K>(&self, plural: &str) -> Source<K>
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>
            + Clone
            + serde::de::DeserializeOwned
            + std::fmt::Debug
            + Send
            + Sync
            + 'static,
    {
        let scope: &Scope = &self.start.scopes.configuration;
        if self.available.kinds.contains(plural) {
            Source::objects(&self.start.client, scope, "", "")
        } else {
            Source::none()
        }
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
        queue: Queue,
        mut ready: Vec<crate::watch::Listed>,
    ) {
        let children = &self.children;
        ready.extend([
            children.secrets.listed(),
            children.config_maps.listed(),
            children.stateful_sets.listed(),
        ]);
        let controller = Arc::new(Controller {
            workload,
            resources,
            client: self.start.client.clone(),
            applier: Arc::clone(&self.applier),
            children: children.clone(),
            events,
            metrics: self.start.metrics.reconcile.clone(),
            settings: Arc::clone(&self.start.settings),
        });
        let (stop, readiness) = (self.stop.clone(), self.start.readiness.clone());
        readiness.set(W::CONTROLLER.controller, false);
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
            tracing::info!(controller = W::CONTROLLER.controller, "controller works");
            readiness.set(W::CONTROLLER.controller, true);
            gauge.set(1);
            let handler = move |key, extent| {
                let controller = Arc::clone(&controller);
                async move { controller.reconcile(key, extent).await }
            };
            queue.run(stop, handler).await;
            gauge.set(0);
        });
    }
}
