//! Which workloads a change concerns, without listing anything: per workload, what it selects and what it refers to.
//! Lock-guarded, synchronous, client-free. Behaviour: selection semantics of the original (an absent object selector
//! takes nothing, an empty one everything; an absent namespace selector takes the workload's own namespace).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{PoisonError, RwLock};

use crate::assets::{Reference, References};
use crate::object::ObjectKey;
use crate::selector::Selector;

type Labels = BTreeMap<String, String>;

/// What a workload takes of one kind of configuration object.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Taken {
    /// Which objects; `None`: none.
    pub objects: Option<Selector>,
    /// In which namespaces; `None`: in the workload's own.
    pub namespaces: Option<Selector>,
}

impl Taken {
    /// Whether objects of `namespace`, which has these labels, are looked at by a workload of namespace `own`.
    pub fn namespace(&self, own: &str, namespace: &str, labels: Option<&Labels>) -> bool {
        match &self.namespaces {
            None => own == namespace,
            Some(selector) => selector.selects_all() || labels.is_some_and(|labels| selector.matches(labels)),
        }
    }

    /// Whether an object with these labels is taken, if its namespace is.
    pub fn object(&self, labels: &Labels) -> bool {
        self.objects.as_ref().is_some_and(|selector| selector.matches(labels))
    }
}

/// What one workload depends on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Interest {
    /// By kind of configuration object, such as `ServiceMonitor`.
    pub takes: BTreeMap<&'static str, Taken>,
    /// Secrets and `ConfigMap`s that it, or an object that it takes, refers to. Missing ones are among them.
    pub references: References,
}

/// The interests of all workloads of a controller.
#[derive(Debug, Default)]
pub struct Interests(RwLock<BTreeMap<ObjectKey, Interest>>);

impl Interests {
    /// Notes what a workload selects, from its specification.
    pub fn takes(&self, workload: &ObjectKey, takes: BTreeMap<&'static str, Taken>) {
        self.write().entry(workload.clone()).or_default().takes = takes;
    }

    /// Notes what a workload and the objects that it takes refer to.
    pub fn refers(&self, workload: &ObjectKey, references: References) {
        self.write().entry(workload.clone()).or_default().references = references;
    }

    /// Forgets a workload that is gone.
    pub fn forget(&self, workload: &ObjectKey) {
        self.write().remove(workload);
    }

    /// The workloads that take an object of that kind and namespace with any of these labels: those that it had, those
    /// that it has.
    pub fn of_object(
        &self,
        kind: &str,
        namespace: &str,
        namespace_labels: Option<&Labels>,
        labels: &[&Labels],
    ) -> Vec<ObjectKey> {
        self.filtered(|workload, interest| {
            interest.takes.get(kind).is_some_and(|taken| {
                taken.namespace(&workload.namespace, namespace, namespace_labels)
                    && labels.iter().any(|labels| taken.object(labels))
            })
        })
    }

    /// The workloads that refer to the Secret or `ConfigMap`.
    pub fn of_reference(&self, reference: &Reference) -> Vec<ObjectKey> {
        self.filtered(|_, interest| interest.references.contains(reference))
    }

    /// The workloads for which it makes a difference that the labels of a namespace changed.
    pub fn of_namespace(&self, namespace: &str, old: Option<&Labels>, new: Option<&Labels>) -> Vec<ObjectKey> {
        self.filtered(|workload, interest| {
            let takes = |taken: &Taken, labels| taken.namespace(&workload.namespace, namespace, labels);
            interest.takes.values().any(|taken| taken.objects.is_some() && takes(taken, old) != takes(taken, new))
        })
    }

    /// All workloads that take objects of that kind at all.
    pub fn of_kind(&self, kind: &str) -> BTreeSet<ObjectKey> {
        self.filtered(|_, interest| interest.takes.get(kind).is_some_and(|taken| taken.objects.is_some()))
            .into_iter()
            .collect()
    }

    fn filtered(&self, accept: impl Fn(&ObjectKey, &Interest) -> bool) -> Vec<ObjectKey> {
        let interests = self.0.read().unwrap_or_else(PoisonError::into_inner);
        interests.iter().filter(|(workload, interest)| accept(workload, interest)).map(|(key, _)| key.clone()).collect()
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
        pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    fn selector(pairs: &[(&str, &str)]) -> Option<Selector> {
        let selector = LabelSelector { match_labels: Some(labels(pairs)), ..LabelSelector::default() };
        Some(Selector::parse(&selector).unwrap())
    }

    fn interests(taken: Taken) -> Interests {
        let interests = Interests::default();
        interests.takes(&ObjectKey::new("own", "x"), BTreeMap::from([("ServiceMonitor", taken)]));
        interests
    }

    #[test]
    fn absent_and_empty_selectors_differ() {
        let none = labels(&[]);
        let concerned = |taken: Taken, namespace: &str| {
            !interests(taken).of_object("ServiceMonitor", namespace, Some(&none), &[&none]).is_empty()
        };
        assert!(!concerned(Taken { objects: None, namespaces: selector(&[]) }, "own"));
        assert!(concerned(Taken { objects: selector(&[]), namespaces: None }, "own"));
        assert!(!concerned(Taken { objects: selector(&[]), namespaces: None }, "other"));
        assert!(concerned(Taken { objects: selector(&[]), namespaces: selector(&[]) }, "other"));
        assert!(!concerned(Taken { objects: selector(&[]), namespaces: selector(&[("team", "a")]) }, "own"));
    }

    #[test]
    fn labels_before_and_after_a_change_count() {
        let interests = interests(Taken { objects: selector(&[("app", "a")]), namespaces: None });
        let (taken, other) = (labels(&[("app", "a")]), labels(&[("app", "b")]));
        let of = |labels: &[&Labels]| interests.of_object("ServiceMonitor", "own", None, labels).len();
        assert_eq!((of(&[&taken, &other]), of(&[&other, &taken]), of(&[&other])), (1, 1, 0));
        assert!(interests.of_object("PodMonitor", "own", None, &[&taken]).is_empty());
    }

    #[test]
    fn a_namespace_concerns_those_whose_selection_flips() {
        let interests = interests(Taken { objects: selector(&[]), namespaces: selector(&[("team", "a")]) });
        let (inside, outside) = (labels(&[("team", "a")]), labels(&[("team", "b")]));
        assert_eq!(interests.of_namespace("n", Some(&outside), Some(&inside)).len(), 1);
        assert_eq!(interests.of_namespace("n", Some(&inside), Some(&outside)).len(), 1);
        assert_eq!(interests.of_namespace("n", Some(&outside), None).len(), 0);
    }

    #[test]
    fn a_missing_secret_concerns_who_refers_to_it() {
        let interests = Interests::default();
        let (workload, secret) = (ObjectKey::new("own", "x"), Reference::secret(ObjectKey::new("own", "s")));
        let mut references = References::default();
        references.insert(secret.clone());
        interests.refers(&workload, references);
        assert_eq!(interests.of_reference(&secret), [workload.clone()]);
        assert!(interests.of_reference(&Reference::config_map(ObjectKey::new("own", "s"))).is_empty());
        interests.forget(&workload);
        assert!(interests.of_reference(&secret).is_empty());
    }
}
