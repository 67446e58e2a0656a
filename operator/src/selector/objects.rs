//! Which objects a workload selects: by their labels and by the labels of their namespaces. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::Resource;

use super::{Error, Selector};
use crate::object::ByKey;

/// Labels of the namespaces that are known, by name.
pub(crate) type NamespaceLabels = BTreeMap<Arc<str>, BTreeMap<String, String>>;

/// The two selectors of a kind, compiled.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectSelector {
    /// No selector selects nothing.
    objects: Option<Selector>,
    namespaces: Namespaces,
}

#[derive(Debug, Clone, PartialEq)]
enum Namespaces {
    /// No selector selects the workload's own namespace.
    Own(Box<str>),
    Matching(Selector),
}

impl ObjectSelector {
    /// Compiles the selectors of a workload in `namespace`.
    pub fn parse(
        objects: Option<&LabelSelector>,
        namespaces: Option<&LabelSelector>,
        namespace: &str,
    ) -> Result<Self, Error> {
        Ok(Self {
            objects: objects.map(Selector::parse).transpose()?,
            namespaces: match namespaces {
                None => Namespaces::Own(namespace.into()),
                Some(selector) => Namespaces::Matching(Selector::parse(selector)?),
            },
        })
    }

    /// Whether an object with `labels` in `namespace` is selected. A namespace that is not known has no labels to match.
    pub fn selects(&self, namespace: &str, labels: Option<&BTreeMap<String, String>>, known: &NamespaceLabels) -> bool {
        let matches = |objects: &Selector| {
            labels.map_or_else(|| objects.matches(&BTreeMap::new()), |labels| objects.matches(labels))
        };
        self.looks_into(namespace, known) && self.objects.as_ref().is_some_and(matches)
    }

    /// Those of `objects` that are selected. One that is being deleted still counts.
    pub fn among<K: Resource>(&self, mut objects: ByKey<K>, known: &NamespaceLabels) -> ByKey<K> {
        objects.retain(|key, object| self.selects(&key.namespace, object.meta().labels.as_ref(), known));
        objects
    }

    /// Whether there is a selector of objects. Without one nothing is selected.
    pub fn is_given(&self) -> bool {
        self.objects.is_some()
    }

    /// Whether objects of `namespace` are selected at all, as far as their namespace decides.
    pub fn looks_into(&self, namespace: &str, known: &NamespaceLabels) -> bool {
        self.objects.is_some()
            && match &self.namespaces {
                Namespaces::Own(own) => **own == *namespace,
                Namespaces::Matching(selector) if selector.selects_all() => true,
                Namespaces::Matching(selector) => known.get(namespace).is_some_and(|labels| selector.matches(labels)),
            }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn known() -> NamespaceLabels {
        let labels = |team: &str| BTreeMap::from([("team".to_owned(), team.to_owned())]);
        BTreeMap::from([
            ("a".into(), labels("x")),
            ("b".into(), labels("y")),
            ("own".into(), BTreeMap::new()),
        ])
    }

    #[expect(clippy::needless_pass_by_value, reason = "selectors are made for the call")]
    fn selected(objects: Option<LabelSelector>, namespaces: Option<LabelSelector>) -> Vec<&'static str> {
        let selector = ObjectSelector::parse(objects.as_ref(), namespaces.as_ref(), "own").expect("valid selectors");
        let labels = BTreeMap::from([("app".to_owned(), "shop".to_owned())]);
        let selects = |namespace: &&str| selector.selects(namespace, Some(&labels), &known());
        ["a", "b", "own", "unknown"].into_iter().filter(selects).collect()
    }

    #[test]
    fn nothing_selects_nothing_and_empty_selects_everything() {
        let all = LabelSelector::default;
        let team: LabelSelector = serde_json::from_value(json!({"matchLabels": {"team": "x"}})).expect("a selector");
        let other: LabelSelector = serde_json::from_value(json!({"matchLabels": {"app": "bank"}})).expect("a selector");
        assert!(selected(None, Some(all())).is_empty());
        assert_eq!(selected(Some(all()), None), ["own"]);
        assert_eq!(selected(Some(all()), Some(all())), ["a", "b", "own", "unknown"]);
        assert_eq!(selected(Some(all()), Some(team)), ["a"]);
        assert!(selected(Some(other), Some(all())).is_empty());
    }
}
