//! Prometheus as a workload of the pipeline.

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::Prometheus;
use kube::{Client, ResourceExt};
use serde_json::{Value, json};

use super::observe::{self, Observed, Stores, observe};
use super::render::{self, render};
use super::select::Selectors;
use super::{names, statefulset};
use crate::object::ObjectKey;
use crate::pod::metadata::{self, selector_text};
use crate::reconcile::{ControllerLabel, Metrics, Rendered, Retry, Workload, health, object_label};
use crate::selector::ObjectSelector;
use crate::settings::Settings;

/// The controller of Prometheus servers.
pub struct PrometheusServer {
    /// Client of the API server.
    pub client: Client,
    /// Where observations come from.
    pub stores: Stores,
    /// Whether storage classes may be read.
    pub storage_classes: bool,
}

impl Workload for PrometheusServer {
    type Resource = Prometheus;
    type Observed = Observed;
    type ObserveError = observe::Error;
    type RenderError = render::Error;

    const CONTROLLER: ControllerLabel = ControllerLabel {
        controller: "prometheus",
    };
    const ACTION: &'static str = "SelectingConfigurationResources";
    const NUMBERED_SHARDS: bool = true;

    async fn observe(&self, prometheus: Arc<Prometheus>) -> Result<Observed, observe::Error> {
        observe(&self.client, &self.stores, self.storage_classes, prometheus).await
    }

    fn render(observed: &Observed, settings: &Settings) -> Result<Rendered, render::Error> {
        render(observed, settings)
    }

    fn retry(error: &render::Error) -> Retry {
        match error {
            // Neither storage classes nor Services are watched.
            render::Error::Surroundings(_) => Retry::Backoff,
            _ => Retry::OnChange,
        }
    }

    fn takes(prometheus: &Prometheus) -> BTreeMap<&'static str, ObjectSelector> {
        // A wrong selector fails the reconciliation; until it is mended nothing else can concern this Prometheus.
        let Ok(selectors) = Selectors::of(&prometheus.into()) else {
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
            ("ServiceMonitor", service_monitors),
            ("PodMonitor", pod_monitors),
            ("Probe", probes),
            ("ScrapeConfig", scrape_configs),
            ("PrometheusRule", rules),
        ]
        .into()
    }

    fn paused(prometheus: &Prometheus) -> bool {
        prometheus.spec.common.paused.unwrap_or(false)
    }

    fn stateful_sets(prometheus: &Prometheus) -> Vec<String> {
        names::stateful_sets(prometheus)
    }

    fn status(prometheus: &Prometheus, shards: &[health::Shard], settings: &Settings) -> Value {
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
            "selector": selector_text(&metadata::merged([&settings.labels, &statefulset::selector(&prometheus.name_any(), None)])),
        })
    }

    fn gauges(prometheus: &Prometheus, key: &ObjectKey, metrics: &Metrics) {
        let (common, label) = (&prometheus.spec.common, object_label(Self::CONTROLLER, key));
        metrics
            .replicas
            .get_or_create(&label)
            .set(i64::from(statefulset::replicas(common)));
        metrics
            .shards
            .get_or_create(&label)
            .set(i64::from(names::shards(common)));
        let limit = prometheus.spec.common.enforced_sample_limit.unwrap_or_default();
        metrics
            .sample_limit
            .get_or_create(&label)
            .set(i64::try_from(limit).unwrap_or(i64::MAX));
    }

    fn forget(&self, key: &ObjectKey) {
        self.stores.interests.forget(key);
        self.stores.renderings.forget(key);
    }
}
