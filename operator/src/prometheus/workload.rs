//! Prometheus, server or agent, as a workload of the pipeline.

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::v1alpha1::PrometheusAgent;
use crds::{Prometheus, WorkloadResource};
use serde_json::{Value, json};

use super::cache::Cache;
use super::error::Error;
use super::instance::Kind;
use super::judged::questions;
use super::observe::{self, Observed, observe};
use super::render::render;
use super::select::{ClassNamespaces, Selectors};
use super::{names, pod, statefulset};
use crate::args::Watch;
use crate::assets::Assets;
use crate::object::{ConfigKind, ControllerLabel, LeftOut, ObjectKey, Rejection};
use crate::permissions::Part;
use crate::pod::metadata::{self, selector_text};
use crate::reconcile::bindings::SelectedObject;
use crate::reconcile::judgement::Question;
use crate::reconcile::{Metrics, Rendered, Retry, Sources, Workload, health, object_label};
use crate::selector::{ObjectSelector, Selector};
use crate::settings::Settings;
use crate::watch::{Scope, Scopes};

/// The controller of the objects of a kind that run Prometheus.
pub struct PrometheusWorkload<K> {
    sources: Sources<K>,
}

/// The controller of servers.
pub type PrometheusServer = PrometheusWorkload<Prometheus>;
/// The controller of agents.
pub type PrometheusAgents = PrometheusWorkload<PrometheusAgent>;

impl<K: Kind> Workload for PrometheusWorkload<K> {
    type Resource = K;
    type Observed = Observed;
    type Cache = Cache;
    type ObserveError = observe::Error;
    type RenderError = Error;

    const RESOURCE: WorkloadResource = K::RESOURCE;
    const CONTROLLER: ControllerLabel = K::CONTROLLER;
    const REPORTER: &'static str = K::REPORTER;
    const ACTION: &'static str = "SelectingConfigurationResources";
    const NUMBERED_SHARDS: bool = true;
    const SELECTS: &'static [ConfigKind] = K::SELECTS;
    const PART: Part = K::PART;

    fn new(sources: Sources<K>) -> Self {
        Self { sources }
    }

    fn scope(scopes: &Scopes) -> &Scope {
        &scopes.prometheus
    }

    fn instance_selector(flags: &Watch) -> &str {
        &flags.prometheus_instance_selector
    }

    async fn observe(&self, object: Arc<K>, cache: &mut Cache) -> Result<Observed, observe::Error> {
        observe(&self.sources, object, cache).await
    }

    fn selected(observed: &Observed) -> Vec<SelectedObject> {
        let candidates = observed.candidates.as_ref().ok();
        candidates.map_or_else(Vec::new, |candidates| {
            candidates.selected(observed.object.instance().mode)
        })
    }

    fn leave_out(observed: &mut Observed, left_out: &LeftOut) -> Vec<Rejection> {
        match &mut observed.candidates {
            Ok(candidates) => candidates.leave_out(left_out),
            Err(_) => Vec::new(),
        }
    }

    fn assets(observed: &Observed) -> &Assets {
        &observed.assets
    }

    fn questions(observed: &Observed, rendered: &Rendered) -> Vec<Question> {
        questions(observed, rendered)
    }

    fn render(observed: &Observed, settings: &Settings, cache: &mut Cache) -> Result<Rendered, Error> {
        render(observed, settings, &mut cache.rendered)
    }

    fn retry(error: &Error) -> Retry {
        match error {
            // Neither storage classes nor Services are watched.
            Error::Requirements(_) => Retry::Backoff,
            _ => Retry::OnChange,
        }
    }

    fn selects(object: &K) -> BTreeMap<ConfigKind, ObjectSelector> {
        // A wrong selector fails the reconciliation; until it is mended nothing else can concern this object.
        let Ok(selectors) = Selectors::of(&object.instance()) else {
            return BTreeMap::new();
        };
        let Selectors {
            service_monitors,
            pod_monitors,
            probes,
            scrape_configs,
            rules,
        } = selectors;
        [
            (ConfigKind::ServiceMonitor, service_monitors),
            (ConfigKind::PodMonitor, pod_monitors),
            (ConfigKind::Probe, probes),
            (ConfigKind::ScrapeConfig, scrape_configs),
            (ConfigKind::PrometheusRule, rules),
        ]
        .into()
    }

    fn namespaces(object: &K) -> Vec<Selector> {
        let classes = ClassNamespaces::of(object.instance().common);
        classes.map_or_else(|_| Vec::new(), ClassNamespaces::into_selectors)
    }

    fn paused(object: &K) -> bool {
        object.instance().common.paused.unwrap_or(false)
    }

    fn stateful_sets(object: &K) -> Vec<String> {
        names::stateful_sets(&object.instance())
    }

    fn daemon_set(object: &K) -> Option<String> {
        names::daemon_set(&object.instance())
    }

    fn status(object: &K, shards: &[health::Shard], settings: &Settings) -> Value {
        let statuses: Vec<Value> = shards
            .iter()
            .enumerate()
            .map(|(number, shard)| {
                let counts = shard.counts();
                json!({
                    "shardID": number.to_string(),
                    "replicas": counts.replicas,
                    "updatedReplicas": counts.updated,
                    "availableReplicas": counts.available,
                    "unavailableReplicas": counts.unavailable,
                })
            })
            .collect();
        json!({
            "shards": shards.len(),
            "shardStatuses": statuses,
            "selector": selector_text(&metadata::merged([&settings.labels, &pod::selector(&object.instance(), None)])),
        })
    }

    fn gauges(object: &K, key: &ObjectKey, metrics: &Metrics) {
        let (common, label) = (object.instance().common, object_label(Self::CONTROLLER, key));
        metrics
            .replicas
            .get_or_create(&label)
            .set(i64::from(statefulset::replicas(common)));
        metrics
            .shards
            .get_or_create(&label)
            .set(i64::from(names::shards(common)));
        let limit = common.enforced_sample_limit.unwrap_or_default();
        metrics
            .sample_limit
            .get_or_create(&label)
            .set(i64::try_from(limit).unwrap_or(i64::MAX));
    }

    fn forget(&self, key: &ObjectKey) {
        self.sources.interests.forget(key);
    }
}
