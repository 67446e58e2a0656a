//! What is kept of the objects that are watched.

use k8s_openapi::api::core::v1::Namespace;
use kube::Client;
use kube::api::PartialObjectMeta;

use crate::watch::{Scope, Source};

/// The namespaces of `scope`, with their labels.
pub(super) fn namespaces(client: &Client, scope: &Scope) -> Source<PartialObjectMeta<Namespace>> {
    Source::cluster_metadata(client, scope.namespace_objects())
}

/// The object without those of its metadata that nobody reads.
pub(super) fn without_annotations<K: kube::ResourceExt>(mut object: K) -> K {
    object.meta_mut().annotations = None;
    object.meta_mut().finalizers = None;
    object.meta_mut().owner_references = None;
    object
}

/// The whole object.
pub(super) fn whole<K>(object: K) -> K {
    object
}
