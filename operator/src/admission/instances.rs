//! The Prometheuses, agents and Thanos Rulers that the operator knows, for those who ask which of them select an object.
//! Reads the stores of the watches; knows nobody where it was given none.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use crds::v1alpha1::PrometheusAgent;
use crds::{Prometheus, PrometheusRule, ThanosRuler};
use formats::version::Version;
use kube::api::ObjectMeta;

use crate::object::ObjectKey;
use crate::prometheus::instance::{Kind, Object};
use crate::prometheus::render;
use crate::prometheus::select::Selectors;
use crate::rules::RuleTarget;
use crate::selector::{NamespaceLabels, ObjectSelector};
use crate::settings::Settings;
use crate::thanos_ruler;
use crate::watch::{Namespaces, Store};

/// Who selects objects. A copy knows the same.
#[derive(Clone, Default)]
pub struct Instances(Arc<RwLock<KnownInstances>>);

#[derive(Default)]
struct KnownInstances {
    namespaces: Option<Arc<Namespaces>>,
    prometheuses: Option<Arc<Store<Prometheus>>>,
    agents: Option<Arc<Store<PrometheusAgent>>>,
    thanos_rulers: Option<Arc<Store<ThanosRuler>>>,
}

impl fmt::Debug for Instances {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Instances").finish_non_exhaustive()
    }
}

impl Instances {
    /// Forgets everybody, and learns to whom `namespaces` belong.
    pub fn restart(&self, namespaces: &Arc<Namespaces>) {
        let known = KnownInstances {
            namespaces: Some(Arc::clone(namespaces)),
            ..KnownInstances::default()
        };
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = known;
    }

    /// Learns to know those of a kind. Kinds that select nothing of what is judged do not matter.
    pub fn add<K: Send + Sync + 'static>(&self, store: &Arc<Store<K>>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.prometheuses = of_kind(store).or(known.prometheuses.take());
        known.agents = of_kind(store).or(known.agents.take());
        known.thanos_rulers = of_kind(store).or(known.thanos_rulers.take());
    }

    /// For what rule files would be written of `rule`, with the name of who loads them.
    pub(super) fn targets(&self, rule: &PrometheusRule, settings: &Settings) -> Vec<(String, RuleTarget)> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let selecting = known.selecting(&rule.metadata, |selectors| &selectors.rules);
        let prometheuses = selecting.into_iter().filter_map(|(who, object, version)| {
            let target = RuleTarget::prometheus(object.instance().server()?, version);
            Some((who, target.with_settings(settings)))
        });
        prometheuses
            .chain(known.thanos_targets(&rule.metadata, settings))
            .collect()
    }

    /// Labels of a namespace, as far as they are known.
    pub(super) fn namespace_labels(&self, namespace: &str) -> NamespaceLabels {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let namespaces = known.namespaces.as_ref();
        namespaces.map_or_else(NamespaceLabels::new, |namespaces| namespaces.labels_of(namespace))
    }

    /// Who scrapes an object with such `metadata`, with its version.
    pub(super) fn scraping(
        &self,
        metadata: &ObjectMeta,
        selector: fn(&Selectors) -> &ObjectSelector,
    ) -> Vec<(String, Object, Version)> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.selecting(metadata, selector)
    }
}

/// The store, if it is one of that kind.
fn of_kind<K: Send + Sync + 'static, T: Send + Sync + 'static>(store: &Arc<Store<K>>) -> Option<Arc<Store<T>>> {
    let store: Arc<dyn Any + Send + Sync> = store.clone();
    store.downcast().ok()
}

impl KnownInstances {
    /// All that run Prometheus.
    fn prometheuses(&self) -> impl Iterator<Item = Object> {
        let servers = self.prometheuses.iter().flat_map(|store| store.all().into_values());
        let agents = self.agents.iter().flat_map(|store| store.all().into_values());
        servers.map(Kind::object).chain(agents.map(Kind::object))
    }

    /// An instance whose selectors or version are wrong selects nothing: it is not run.
    fn selecting(
        &self,
        metadata: &ObjectMeta,
        selector: fn(&Selectors) -> &ObjectSelector,
    ) -> Vec<(String, Object, Version)> {
        let labels = self.labels(metadata);
        self.prometheuses()
            .filter_map(|object| {
                let instance = object.instance();
                let (selectors, version) = (Selectors::of(&instance).ok()?, render::version(instance.common).ok()?);
                let who = format!("{} {}", object.kind(), instance.key());
                selects(selector(&selectors), metadata, &labels).then_some((who, object, version))
            })
            .collect()
    }

    fn thanos_targets(&self, metadata: &ObjectMeta, settings: &Settings) -> Vec<(String, RuleTarget)> {
        let labels = self.labels(metadata);
        let all = self.thanos_rulers.iter().flat_map(|store| store.all().into_values());
        all.filter_map(|ruler| {
            let selector = thanos_ruler::observe::rule_selector(&ruler).ok()?;
            let version = thanos_ruler::render::version(&ruler).ok()?;
            let target = RuleTarget::thanos_ruler(&ruler.spec, version).with_settings(settings);
            let who = format!("ThanosRuler {}", ObjectKey::of(&*ruler));
            selects(&selector, metadata, &labels).then_some((who, target))
        })
        .collect()
    }

    fn labels(&self, metadata: &ObjectMeta) -> NamespaceLabels {
        let namespace = metadata.namespace.as_deref().unwrap_or_default();
        let namespaces = self.namespaces.as_ref();
        namespaces.map_or_else(NamespaceLabels::new, |namespaces| namespaces.labels_of(namespace))
    }
}

fn selects(selector: &ObjectSelector, metadata: &ObjectMeta, labels: &NamespaceLabels) -> bool {
    let namespace = metadata.namespace.as_deref().unwrap_or_default();
    selector.selects(namespace, metadata.labels.as_ref(), labels)
}
