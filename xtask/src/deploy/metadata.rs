//! Names, labels and the namespace that all objects of the installation share. Pure.

use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use operator::permissions::manifest::metadata;
pub(super) use operator::permissions::manifest::{labels, selector};

/// Name of every object of the installation, as the original's.
pub(super) const NAME: &str = "prometheus-operator";
/// Where it is installed unless kustomize says otherwise.
pub(super) const NAMESPACE: &str = "monitoring";

/// Metadata of an object in the namespace.
pub(super) fn namespaced() -> ObjectMeta {
    metadata(NAME, Some(NAMESPACE))
}

/// Metadata of an object that belongs to no namespace.
pub(super) fn cluster_wide(name: &str) -> ObjectMeta {
    metadata(name, None)
}

/// The namespace. Without labels: others may use it, too, and it may exist.
pub(super) fn namespace() -> Namespace {
    Namespace {
        metadata: ObjectMeta {
            name: Some(NAMESPACE.to_owned()),
            ..ObjectMeta::default()
        },
        ..Namespace::default()
    }
}
