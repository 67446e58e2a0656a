//! The labels of the namespaces, which selectors match. Filled by the watch of namespaces; lock-guarded, client-free.

use std::sync::Arc;

use k8s_openapi::api::core::v1::Namespace;
use kube::ResourceExt;
use kube::api::PartialObjectMeta;

use super::scope::NAME_LABEL;
use super::{Scope, Store};
use crate::object::ObjectKey;
use crate::selector::NamespaceLabels;

/// The namespaces that are watched. A namespace may be seen by more than one watch: of those with configuration objects,
/// of those with workloads.
#[derive(Debug, Clone)]
pub struct Namespaces {
    stores: Vec<Arc<Store<PartialObjectMeta<Namespace>>>>,
    named: NamespaceLabels,
}

impl Namespaces {
    /// The namespaces in these stores.
    pub fn new(stores: Vec<Arc<Store<PartialObjectMeta<Namespace>>>>) -> Self {
        Self {
            stores,
            named: NamespaceLabels::new(),
        }
    }

    /// The namespaces that `scope` names, where they may not be read: each with the one label that every namespace has.
    pub fn named(scope: &Scope) -> Self {
        let names = match scope {
            Scope::Only(names) => names.iter(),
            Scope::All | Scope::Except(_) => return Self::new(Vec::new()),
        };
        let labels = |name: &String| (name.as_str().into(), [(NAME_LABEL.to_owned(), name.clone())].into());
        Self {
            stores: Vec::new(),
            named: names.map(labels).collect(),
        }
    }

    /// Labels of all namespaces.
    pub fn labels(&self) -> NamespaceLabels {
        let all = self.stores.iter().flat_map(|store| store.all().into_values());
        all.map(|namespace| (namespace.name_any().into(), namespace.labels().clone()))
            .chain(self.named.clone())
            .collect()
    }

    /// Labels of one namespace.
    pub fn labels_of(&self, name: &str) -> NamespaceLabels {
        let key = ObjectKey::new("", name);
        let found = self.stores.iter().find_map(|store| store.get(&key));
        found
            .map(|namespace| (name.into(), namespace.labels().clone()))
            .or_else(|| {
                self.named
                    .get_key_value(name)
                    .map(|(name, labels)| (name.clone(), labels.clone()))
            })
            .into_iter()
            .collect()
    }
}
