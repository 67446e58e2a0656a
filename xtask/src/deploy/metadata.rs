//! Names, labels and the namespace that all objects of the installation share. Pure.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use operator::pod::metadata::map;

/// Name of every object of the installation, as the original's.
pub(super) const NAME: &str = "prometheus-operator";
/// Where it is installed unless kustomize says otherwise.
pub(super) const NAMESPACE: &str = "monitoring";

/// The labels that select the pods of the operator. They must never change: a Deployment cannot change its selector.
pub(super) fn selector() -> BTreeMap<String, String> {
    map([
        ("app.kubernetes.io/name", NAME),
        ("app.kubernetes.io/component", "controller"),
    ])
}

/// The labels of every object.
pub(super) fn labels() -> BTreeMap<String, String> {
    let mut labels = selector();
    labels.extend(map([("app.kubernetes.io/version", env!("CARGO_PKG_VERSION"))]));
    labels
}

/// Metadata of an object in the namespace.
pub(super) fn namespaced() -> ObjectMeta {
    ObjectMeta {
        namespace: Some(NAMESPACE.to_owned()),
        ..cluster_wide(NAME)
    }
}

/// Metadata of an object that belongs to no namespace.
pub(super) fn cluster_wide(name: &str) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.to_owned()),
        labels: Some(labels()),
        ..ObjectMeta::default()
    }
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
