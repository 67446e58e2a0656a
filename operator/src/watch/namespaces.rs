//! The labels of the namespaces, which selectors match. Filled by the watch of namespaces; lock-guarded, client-free.

use std::sync::Arc;

use k8s_openapi::api::core::v1::Namespace;
use kube::ResourceExt;
use kube::api::PartialObjectMeta;

use super::Store;
use crate::object::ObjectKey;
use crate::selector::NamespaceLabels;

/// The namespaces that are watched. A namespace may be seen by more than one watch: of those with configuration objects,
/// of those with workloads.
#[derive(Debug, Clone)]
pub struct Namespaces {
    stores: Vec<Arc<Store<PartialObjectMeta<Namespace>>>>,
}

impl Namespaces {
    /// The namespaces in these stores.
    pub fn new(stores: Vec<Arc<Store<PartialObjectMeta<Namespace>>>>) -> Self {
        Self { stores }
    }

    /// Labels of all namespaces.
    pub fn labels(&self) -> NamespaceLabels {
        let all = self.stores.iter().flat_map(|store| store.all());
        all.map(|namespace| (namespace.name_any().into(), namespace.labels().clone()))
            .collect()
    }

    /// Labels of one namespace.
    pub fn labels_of(&self, name: &str) -> NamespaceLabels {
        let key = ObjectKey::new("", name);
        let found = self.stores.iter().find_map(|store| store.get(&key));
        found
            .map(|namespace| (name.into(), namespace.labels().clone()))
            .into_iter()
            .collect()
    }
}
