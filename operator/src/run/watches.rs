//! What is kept of the objects that are watched.

use k8s_openapi::api::core::v1::Namespace;
use kube::api::PartialObjectMeta;
use kube::{Client, Resource};

use crate::reconcile::controller;
use crate::watch::{Scope, Source};

/// How the API version of the owners of our objects begins.
const OWNER_GROUP: &str = "monitoring.coreos.com/";

/// The namespaces of `scope`, with their labels.
pub(super) fn namespaces(client: &Client, scope: &Scope) -> Source<PartialObjectMeta<Namespace>> {
    Source::cluster_metadata(client, scope.namespace_objects())
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
