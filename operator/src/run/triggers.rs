//! The ways from a change in the cluster to the workloads that it concerns. Synchronous: a listener looks into indexes
//! and queues; it lists nothing and waits for nothing.

use std::borrow::Cow;
use std::sync::Arc;

use k8s_openapi::api::core::v1::{ConfigMap, Namespace, ObjectReference, Secret};
use kube::api::PartialObjectMeta;
use kube::{Resource, ResourceExt};

use crate::assets::{Reference, ReferenceKind};
use crate::object::{ConfigObject, ControllerLabel, ObjectKey};
use crate::reconcile::{Applier, Child, Events, Extent, Metrics, Trigger, TriggerLabel, Warning, Workload};
use crate::selector::NamespaceLabels;
use crate::watch::{Change, Interests, Malformed, Namespaces, Owned, Seen, Watch};

/// The way to the queue of one controller.
#[derive(Clone)]
pub(super) struct Route {
    kind: Cow<'static, str>,
    label: ControllerLabel,
    trigger: Trigger,
    interests: Arc<Interests>,
    metrics: Metrics,
}

impl Route {
    fn send<K>(
        &self,
        triggered_by: impl Into<Cow<'static, str>>,
        change: &Change<K>,
        owner: ObjectKey,
        extent: Extent,
    ) {
        let action = match (&change.old, &change.new) {
            (None, _) => "add",
            (Some(_), None) => "delete",
            (Some(_), Some(_)) => "update",
        };
        let label = TriggerLabel {
            controller: self.label.controller,
            triggered_by: triggered_by.into(),
            action,
        };
        self.metrics.triggered.get_or_create(&label).inc();
        self.trigger.send(owner, extent);
    }
}

/// The ways to all controllers of a session.
pub(super) struct Routes {
    applier: Arc<Applier>,
    metrics: Metrics,
    to_controllers: Vec<Route>,
}

impl Routes {
    /// No way yet.
    pub(super) fn new(applier: Arc<Applier>, metrics: Metrics) -> Self {
        Self {
            applier,
            metrics,
            to_controllers: Vec::new(),
        }
    }

    /// Adds the way to the controller of a kind.
    pub(super) fn add<W: Workload>(&mut self, trigger: Trigger, interests: Arc<Interests>) -> Route {
        let route = Route {
            kind: W::Resource::kind(&()),
            label: W::CONTROLLER,
            trigger,
            interests,
            metrics: self.metrics.clone(),
        };
        self.to_controllers.push(route.clone());
        route
    }

    /// Secrets and `ConfigMap`s concern who refers to them, and who owns them.
    pub(super) fn follow_assets(
        &self,
        secrets: &mut Watch<PartialObjectMeta<Secret>, Seen<Secret>>,
        config_maps: &mut Watch<PartialObjectMeta<ConfigMap>, Seen<ConfigMap>>,
    ) {
        self.follow_asset(secrets, "Secret", ReferenceKind::Secret);
        self.follow_asset(config_maps, "ConfigMap", ReferenceKind::ConfigMap);
    }

    fn follow_asset<K: Child>(
        &self,
        watch: &mut Watch<PartialObjectMeta<K>, Seen<K>>,
        kind: &'static str,
        reference: ReferenceKind,
    ) {
        let (routes, applier) = (self.to_controllers.clone(), Arc::clone(&self.applier));
        watch.on_change(move |change| {
            let edition = |object: &Option<Arc<Seen<K>>>| object.as_ref().map(|object| object.edition());
            if edition(&change.old) == edition(&change.new) {
                return;
            }
            if let Ok(reference) = Reference::new(reference, change.key.clone()) {
                for route in &routes {
                    for owner in route.interests.of_reference(&reference) {
                        route.send(kind, change, owner, Extent::Everything);
                    }
                }
            }
            let ours = change
                .new
                .as_ref()
                .is_some_and(|new| applier.wrote::<K>(&change.key, new.edition()));
            if !ours && let Some((route, owner)) = owner(&routes, change) {
                route.send(kind, change, owner, Extent::Everything);
            }
        });
    }

    /// What runs pods concerns its owner: its status, or everything where somebody else changed the StatefulSet or
    /// DaemonSet.
    pub(super) fn follow_sets<K: Child + Owned>(&self, watch: &mut Watch<K>, kind: &'static str) {
        let (routes, applier) = (self.to_controllers.clone(), Arc::clone(&self.applier));
        watch.on_change(move |change| {
            let Some((route, owner)) = owner(&routes, change) else {
                return;
            };
            let ours = change
                .new
                .as_ref()
                .is_some_and(|new| applier.wrote::<K>(&change.key, K::edition(new.meta())));
            let extent = if ours || !change.concerns_metadata() {
                Extent::Status
            } else {
                Extent::Everything
            };
            route.send(kind, change, owner, extent);
        });
    }
}

/// The controller in charge of an object, and the workload that owns the object.
fn owner<'a, V: Owned>(routes: &'a [Route], change: &Change<V>) -> Option<(&'a Route, ObjectKey)> {
    let owner = change.latest()?.controller()?;
    let route = routes.iter().find(|route| route.kind == owner.kind)?;
    Some((route, ObjectKey::new(change.key.namespace.clone(), owner.name.as_str())))
}

/// The custom resources of a controller: any change of their specification, labels or annotations, and edits of their status.
pub(super) fn follow_own<W: Workload>(watch: &mut Watch<W::Resource>, route: &Route, events: &Events) {
    let own = route.clone();
    watch.on_change(move |change| match &change.new {
        Some(object) if change.concerns_metadata() => {
            own.interests.selects(&change.key, W::selects(object), W::names(object));
            own.interests.namespaces(&change.key, W::namespaces(object));
            own.send(own.kind.clone(), change, change.key.clone(), Extent::Everything);
        }
        // The status alone: our own write, which is remembered and costs a look, or an edit of somebody else, which is undone.
        Some(object) if is_another_version(change.old.as_deref(), object) => {
            own.trigger.send(change.key.clone(), Extent::Status);
        }
        Some(_) => {}
        None => {
            own.interests.forget(&change.key);
            own.send(own.kind.clone(), change, change.key.clone(), Extent::Everything);
        }
    });
    report_malformed(watch, events);
}

/// Whether the object has changed at all: a list shows again what is known.
fn is_another_version<K: ResourceExt>(old: Option<&K>, new: &K) -> bool {
    old.is_none_or(|old| old.resource_version() != new.resource_version())
}

/// Configuration objects concern the workloads that name them, selected them, or select them now.
pub(super) fn follow_selected<K>(watch: &mut Watch<K>, route: &Route, namespaces: &Arc<Namespaces>)
where
    K: ConfigObject + Send + Sync + 'static,
{
    let (route, namespaces) = (route.clone(), Arc::clone(namespaces));
    watch.on_change(move |change| {
        if !change.concerns_configuration() {
            return;
        }
        let labels: Vec<_> = change
            .old
            .iter()
            .chain(&change.new)
            .map(|object| object.labels())
            .collect();
        let known = namespaces.labels_of(&change.key.namespace);
        for owner in route.interests.of_object(K::KIND, &change.key, &known, &labels) {
            route.send(K::KIND.as_str(), change, owner, Extent::Everything);
        }
    });
}

/// Labels of namespaces concern the workloads whose selection they change.
pub(super) fn follow_namespaces(watch: &mut Watch<PartialObjectMeta<Namespace>>, route: &Route) {
    let route = route.clone();
    watch.on_change(move |change| {
        let name = &change.key.name;
        let labels = |object: &Option<Arc<PartialObjectMeta<Namespace>>>| -> NamespaceLabels {
            object
                .iter()
                .map(|object| (name.clone(), object.labels().clone()))
                .collect()
        };
        let (old, new) = (labels(&change.old), labels(&change.new));
        if old == new {
            return;
        }
        for owner in route.interests.of_namespace(name, &old, &new) {
            route.send("Namespace", change, owner, Extent::Everything);
        }
    });
}

/// A malformed object is reported in an event on it; everybody else goes on.
pub(super) fn report_malformed<K>(watch: &mut Watch<K>, events: &Events)
where
    K: ResourceExt + Resource<DynamicType = ()> + Send + Sync + 'static,
{
    let events = events.clone();
    watch.on_malformed(move |malformed: &Malformed| {
        let metadata = &malformed.metadata;
        let warning = Warning {
            regarding: ObjectReference {
                api_version: Some(K::api_version(&()).into_owned()),
                kind: Some(K::kind(&()).into_owned()),
                namespace: metadata.namespace.clone(),
                name: metadata.name.clone(),
                uid: metadata.uid.clone(),
                ..ObjectReference::default()
            },
            related: None,
            reason: "InvalidConfiguration",
            action: "ReadingObject",
            note: malformed.to_string(),
        };
        let (events, object, cause) = (events.clone(), malformed.key(), malformed.cause.clone());
        tokio::spawn(async move {
            if events.warn(warning).await {
                tracing::warn!(kind = %K::kind(&()), %object, error = %cause, "skipping malformed object");
            }
        });
    });
}
