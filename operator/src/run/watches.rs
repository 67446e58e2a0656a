//! Which kinds are watched in which namespaces, and what is kept of their objects.

use k8s_openapi::api::core::v1::Namespace;
use kube::api::PartialObjectMeta;
use kube::{Api, Client, Resource};

use crate::args::{Names, Watch as Flags};
use crate::reconcile::controller;
use crate::watch::{Scope, ScopeError, Source};

/// How the API version of the owners of our objects begins.
const OWNER_GROUP: &str = "monitoring.coreos.com/";

/// The namespaces of each role.
#[derive(Debug, Clone)]
pub(super) struct Scopes {
    /// Of monitors and rules.
    pub(super) configuration: Scope,
    /// Of Prometheuses.
    pub(super) prometheus: Scope,
    /// Of Alertmanagers.
    pub(super) alertmanager: Scope,
    /// Of `AlertmanagerConfig`s.
    pub(super) alertmanager_configs: Scope,
    /// Of Thanos Rulers.
    pub(super) thanos_ruler: Scope,
    /// Of Secrets and ConfigMaps.
    pub(super) assets: Scope,
}

impl Scopes {
    /// The scopes that the flags ask for.
    pub(super) fn of(flags: &Flags) -> Result<Self, ScopeError> {
        let scope = |own: &Names| {
            let allowed = if own.is_empty() { &flags.namespaces } else { own };
            Scope::new(allowed, &flags.deny_namespaces)
        };
        let configuration = scope(&Names::new())?;
        let prometheus = scope(&flags.prometheus_instance_namespaces)?;
        let alertmanager = scope(&flags.alertmanager_instance_namespaces)?;
        let alertmanager_configs = scope(&flags.alertmanager_config_namespaces)?;
        let thanos_ruler = scope(&flags.thanos_ruler_instance_namespaces)?;
        let workloads = prometheus.union(&alertmanager).union(&thanos_ruler);
        let assets = if flags.watch_referenced_objects_in_all_namespaces {
            workloads.union(&configuration).union(&alertmanager_configs)
        } else {
            workloads
        };
        Ok(Self {
            configuration,
            prometheus,
            alertmanager,
            alertmanager_configs,
            thanos_ruler,
            assets,
        })
    }

    /// Namespaces of workloads.
    pub(super) fn workloads(&self) -> Scope {
        self.prometheus.union(&self.alertmanager).union(&self.thanos_ruler)
    }
}

/// The namespaces of `scope`, with their labels.
pub(super) fn namespaces(client: &Client, scope: &Scope) -> Source<PartialObjectMeta<Namespace>> {
    Source::cluster_metadata(Api::all(client.clone()), scope.namespace_objects())
}

/// Takes out of the metadata of a Secret or `ConfigMap` what nobody reads. Of our own objects the owner stays, so that
/// an edit of them is noticed, also one that takes their labels away.
pub(super) fn strip_metadata<K: Resource<DynamicType = ()>>(object: &mut PartialObjectMeta<K>) {
    let metadata = &mut object.metadata;
    if controller(metadata).is_none_or(|owner| !owner.api_version.starts_with(OWNER_GROUP)) {
        metadata.owner_references = None;
    }
    metadata.labels = None;
    metadata.annotations = None;
    metadata.finalizers = None;
    metadata.creation_timestamp = None;
    metadata.generate_name = None;
}

/// Takes out of an object's metadata what nobody reads of it.
pub(super) fn strip_annotations<K: kube::ResourceExt>(object: &mut K) {
    object.meta_mut().annotations = None;
    object.meta_mut().finalizers = None;
    object.meta_mut().owner_references = None;
}

/// Nothing is taken out.
pub(super) fn keep<K>(_object: &mut K) {}
