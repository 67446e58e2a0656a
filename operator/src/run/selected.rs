//! The configuration objects that workloads select: one watch per kind, for all controllers that select objects of it.

use std::sync::Arc;

use crds::ConfigResourceStatus;
use k8s_openapi::NamespaceResourceScope;
use kube::core::object::HasStatus;
use kube::{Client, Resource};
use serde::de::DeserializeOwned;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::prerequisites::Availability;
use super::triggers::{Route, follow_selected, report_malformed};
use super::watches::without_annotations;
use super::workloads::WORKLOADS;
use crate::object::{ConfigKind, ConfigObject, ControllerLabel};
use crate::permissions::Part;
use crate::reconcile::Events;
use crate::reconcile::bindings::Kinds;
use crate::watch::{ConfigStores, Listed, Namespaces, Scopes, Source, Store, Watch, WatchMetrics};

/// What can be done with the watch of any kind.
trait SelectedWatch {
    fn kind(&self) -> ConfigKind;

    /// Changes reach the controller at the end of `route`, as far as its workloads select the objects.
    fn follow(&mut self, route: &Route, namespaces: &Arc<Namespaces>);

    /// Waits for the first list.
    fn listed(&self) -> Listed;

    /// Starts to follow the API server.
    fn start(
        self: Box<Self>,
        tasks: &mut JoinSet<()>,
        stop: &CancellationToken,
        label: ControllerLabel,
        metrics: &WatchMetrics,
    );
}

impl<K: ConfigObject + DeserializeOwned + Send + Sync + 'static> SelectedWatch for Watch<K> {
    fn kind(&self) -> ConfigKind {
        K::KIND
    }

    fn follow(&mut self, route: &Route, namespaces: &Arc<Namespaces>) {
        follow_selected(self, route, namespaces);
    }

    fn listed(&self) -> Listed {
        Self::listed(self)
    }

    fn start(
        self: Box<Self>,
        tasks: &mut JoinSet<()>,
        stop: &CancellationToken,
        label: ControllerLabel,
        metrics: &WatchMetrics,
    ) {
        Self::start(*self, tasks, stop, label, metrics);
    }
}

/// The watches.
pub(super) struct Selected {
    watches: Vec<Box<dyn SelectedWatch>>,
    stores: Arc<ConfigStores>,
    bound: Arc<Kinds>,
}

impl Selected {
    /// Watches of the kinds that a controller which runs selects; none of the others.
    pub(super) fn new(client: &Client, scopes: &Scopes, available: &Availability, elected: &CancellationToken) -> Self {
        let mut building = Building {
            client,
            scopes,
            available,
            elected,
            watches: Vec::new(),
            bound: Kinds::default(),
        };
        let stores = ConfigStores {
            alertmanager_configs: building.watch(),
            pod_monitors: building.watch(),
            probes: building.watch(),
            rules: building.watch(),
            scrape_configs: building.watch(),
            service_monitors: building.watch(),
        };
        Self {
            watches: building.watches,
            stores: Arc::new(stores),
            bound: Arc::new(building.bound),
        }
    }

    /// The objects.
    pub(super) fn stores(&self) -> Arc<ConfigStores> {
        Arc::clone(&self.stores)
    }

    /// The kinds whose objects are informed who selects them.
    pub(super) fn bound(&self) -> Arc<Kinds> {
        Arc::clone(&self.bound)
    }

    /// Changes of these kinds reach the controller at the end of `route`. Gives their first lists to wait for.
    pub(super) fn follow(&mut self, kinds: &[ConfigKind], route: &Route, namespaces: &Arc<Namespaces>) -> Vec<Listed> {
        let followed = self.watches.iter_mut().filter(|watch| kinds.contains(&watch.kind()));
        let follow = |watch: &mut Box<dyn SelectedWatch>| {
            watch.follow(route, namespaces);
            watch.listed()
        };
        followed.map(follow).collect()
    }

    /// Starts to follow the API server.
    pub(super) fn start(
        self,
        tasks: &mut JoinSet<()>,
        stop: &CancellationToken,
        label: ControllerLabel,
        metrics: &WatchMetrics,
    ) {
        for watch in self.watches {
            watch.start(tasks, stop, label, metrics);
        }
    }
}

struct Building<'a> {
    client: &'a Client,
    scopes: &'a Scopes,
    available: &'a Availability,
    elected: &'a CancellationToken,
    watches: Vec<Box<dyn SelectedWatch>>,
    bound: Kinds,
}

impl Building<'_> {
    /// Watches the objects of a kind, where a controller needs them and the cluster knows the kind; gives their store.
    fn watch<K>(&mut self) -> Arc<Store<K>>
    where
        K: ConfigObject
            + Resource<Scope = NamespaceResourceScope>
            + HasStatus<Status = ConfigResourceStatus>
            + Clone
            + DeserializeOwned
            + std::fmt::Debug
            + Send
            + Sync
            + 'static,
    {
        let mut selecting = WORKLOADS.iter().filter(|workload| workload.selects.contains(&K::KIND));
        let is_needed = selecting.clone().any(|workload| self.available.runs(workload.resource));
        let source = if is_needed && self.available.kinds.contains(&K::KIND) {
            Source::objects(self.client, self.scopes.of_objects(K::KIND), "", "")
        } else {
            Source::none()
        };
        let mut watch = Watch::new(source, without_annotations);
        let reporter = selecting
            .next()
            .map_or_else(Default::default, |workload| workload.reporter);
        let events = Events::new(self.client, reporter, self.available.access(Part::Events), self.elected);
        report_malformed(&mut watch, &events);
        let store = watch.store();
        self.bound.add(Arc::clone(&store));
        self.watches.push(Box::new(watch));
        store
    }
}
