//! Which workloads a change concerns, without listing anything: per workload, what it selects and what it refers to.
//! Lock-guarded, synchronous, client-free. Behaviour: selection semantics of the original (an absent object selector
//! takes nothing, an empty one everything; an absent namespace selector takes the workload's own namespace).

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use crate::assets::{Reference, References};
use crate::object::{ConfigKind, ObjectKey};
use crate::selector::{NamespaceLabels, ObjectSelector, Selector};

type Labels = BTreeMap<String, String>;

/// What one workload depends on.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Interest {
    /// By kind of configuration object.
    pub selects: BTreeMap<ConfigKind, ObjectSelector>,
    /// A configuration object that it names, whatever its selectors say.
    pub names: Option<(ConfigKind, ObjectKey)>,
    /// What it asks of namespaces besides.
    pub namespaces: Vec<Selector>,
    /// Secrets and `ConfigMap`s that it, or an object that it takes, refers to. Missing ones are among them.
    pub references: References,
}

/// The interests of all workloads of a controller.
#[derive(Debug, Default)]
pub struct Interests(RwLock<BTreeMap<ObjectKey, Interest>>);

impl Interests {
    /// Notes what a workload selects and names, from its specification.
    pub fn selects(
        &self,
        workload: &ObjectKey,
        selects: BTreeMap<ConfigKind, ObjectSelector>,
        names: Option<(ConfigKind, ObjectKey)>,
    ) {
        let mut interests = self.write();
        let interest = interests.entry(workload.clone()).or_default();
        (interest.selects, interest.names) = (selects, names);
    }

    /// Notes what a workload asks of namespaces besides selecting objects in them.
    pub fn namespaces(&self, workload: &ObjectKey, namespaces: Vec<Selector>) {
        self.write().entry(workload.clone()).or_default().namespaces = namespaces;
    }

    /// Notes what a workload and the objects that it takes refer to.
    pub fn references(&self, workload: &ObjectKey, references: References) {
        self.write().entry(workload.clone()).or_default().references = references;
    }

    /// Forgets a workload that is gone.
    pub fn forget(&self, workload: &ObjectKey) {
        self.write().remove(workload);
    }

    /// The workloads that name an object, or take it with any of these labels: those that it had, those that it has.
    pub fn of_object(
        &self,
        kind: ConfigKind,
        object: &ObjectKey,
        known: &NamespaceLabels,
        labels: &[&Labels],
    ) -> Vec<ObjectKey> {
        self.filtered(|_, interest| {
            let names = (interest.names.as_ref()).is_some_and(|(named, key)| *named == kind && key == object);
            let takes = |selector: &ObjectSelector| {
                let mut labels = labels.iter();
                labels.any(|labels| selector.selects(&object.namespace, Some(labels), known))
            };
            names || interest.selects.get(&kind).is_some_and(takes)
        })
    }

    /// The workloads that refer to the Secret or `ConfigMap`.
    pub fn of_reference(&self, reference: &Reference) -> Vec<ObjectKey> {
        self.filtered(|_, interest| interest.references.contains(reference))
    }

    /// The workloads for which it makes a difference that the labels of a namespace changed.
    pub fn of_namespace(&self, namespace: &str, old: &NamespaceLabels, new: &NamespaceLabels) -> Vec<ObjectKey> {
        self.filtered(|_, interest| {
            let flips =
                |selector: &ObjectSelector| selector.looks_into(namespace, old) != selector.looks_into(namespace, new);
            let matches = |selector: &Selector, known: &NamespaceLabels| {
                known.get(namespace).is_some_and(|labels| selector.matches(labels))
            };
            let flips_besides = |selector: &Selector| matches(selector, old) != matches(selector, new);
            interest.selects.values().any(flips) || interest.namespaces.iter().any(flips_besides)
        })
    }

    fn filtered(&self, accept: impl Fn(&ObjectKey, &Interest) -> bool) -> Vec<ObjectKey> {
        let interests = self.0.read().unwrap_or_else(PoisonError::into_inner);
        interests
            .iter()
            .filter(|(workload, interest)| accept(workload, interest))
            .map(|(key, _)| key.clone())
            .collect()
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, BTreeMap<ObjectKey, Interest>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs
            .iter()
            .map(|&(key, value)| (key.to_owned(), value.to_owned()))
            .collect()
    }

    fn selector(pairs: &[(&str, &str)]) -> LabelSelector {
        LabelSelector {
            match_labels: Some(labels(pairs)),
            ..LabelSelector::default()
        }
    }

    fn known(namespace: &str, pairs: &[(&str, &str)]) -> NamespaceLabels {
        [(namespace.into(), labels(pairs))].into()
    }

    fn interests(objects: &LabelSelector, namespaces: Option<&LabelSelector>) -> Interests {
        let interests = Interests::default();
        let selector = ObjectSelector::parse(Some(objects), namespaces, "own").unwrap();
        interests.selects(
            &ObjectKey::new("own", "x"),
            BTreeMap::from([(ConfigKind::ServiceMonitor, selector)]),
            None,
        );
        interests
    }

    #[test]
    fn labels_before_and_after_a_change_count() {
        let interests = interests(&selector(&[("app", "a")]), None);
        let (taken, other) = (labels(&[("app", "a")]), labels(&[("app", "b")]));
        let known = NamespaceLabels::new();
        let object = ObjectKey::new("own", "m");
        let of_kind =
            |kind, object: &ObjectKey, labels: &[&Labels]| interests.of_object(kind, object, &known, labels).len();
        let of = |labels: &[&Labels]| of_kind(ConfigKind::ServiceMonitor, &object, labels);
        assert_eq!((of(&[&taken, &other]), of(&[&other, &taken]), of(&[&other])), (1, 1, 0));
        assert_eq!(of_kind(ConfigKind::PodMonitor, &object, &[&taken]), 0);
        let elsewhere = ObjectKey::new("other", "m");
        assert_eq!(of_kind(ConfigKind::ServiceMonitor, &elsewhere, &[&taken]), 0);
    }

    #[test]
    fn an_object_that_is_named_needs_no_labels() {
        let (interests, object) = (Interests::default(), ObjectKey::new("own", "root"));
        let names = Some((ConfigKind::AlertmanagerConfig, object.clone()));
        interests.selects(&ObjectKey::new("own", "x"), BTreeMap::new(), names);
        let of = |kind, object: &ObjectKey| interests.of_object(kind, object, &NamespaceLabels::new(), &[]).len();
        assert_eq!(of(ConfigKind::AlertmanagerConfig, &object), 1);
        assert_eq!(of(ConfigKind::AlertmanagerConfig, &ObjectKey::new("own", "other")), 0);
        assert_eq!(of(ConfigKind::ScrapeConfig, &object), 0);
    }

    #[test]
    fn a_namespace_concerns_those_whose_selection_flips() {
        let interests = interests(&selector(&[]), Some(&selector(&[("team", "a")])));
        let (inside, outside) = (known("n", &[("team", "a")]), known("n", &[("team", "b")]));
        assert_eq!(interests.of_namespace("n", &outside, &inside).len(), 1);
        assert_eq!(interests.of_namespace("n", &inside, &outside).len(), 1);
        assert_eq!(interests.of_namespace("n", &outside, &NamespaceLabels::new()).len(), 0);
    }

    #[test]
    fn a_namespace_concerns_those_who_ask_for_its_labels() {
        let interests = interests(&selector(&[]), None);
        let (inside, outside) = (known("n", &[("team", "a")]), known("n", &[("team", "b")]));
        assert_eq!(interests.of_namespace("n", &outside, &inside).len(), 0);
        let team = Selector::parse(&selector(&[("team", "a")])).unwrap();
        interests.namespaces(&ObjectKey::new("own", "x"), vec![team]);
        assert_eq!(interests.of_namespace("n", &outside, &inside).len(), 1);
        assert_eq!(interests.of_namespace("n", &outside, &NamespaceLabels::new()).len(), 0);
    }

    #[test]
    fn a_missing_secret_concerns_who_refers_to_it() {
        let interests = Interests::default();
        let (workload, secret) = (
            ObjectKey::new("own", "x"),
            Reference::secret(ObjectKey::new("own", "s")).expect("a name"),
        );
        let mut references = References::default();
        references.insert(secret.clone());
        interests.references(&workload, references);
        assert_eq!(interests.of_reference(&secret), std::slice::from_ref(&workload));
        assert!(
            interests
                .of_reference(&Reference::config_map(ObjectKey::new("own", "s")).expect("a name"))
                .is_empty()
        );
        interests.forget(&workload);
        assert!(interests.of_reference(&secret).is_empty());
    }
}
