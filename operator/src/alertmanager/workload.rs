//! Alertmanager as a workload of the pipeline.

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::Alertmanager;
use kube::{Client, ResourceExt};
use serde_json::{Value, json};

use super::config::fragments::KIND;
use super::observe::{self, Observed, Stores, observe, selector};
use super::render::{self, render};
use super::{names, statefulset};
use crate::object::{ControllerLabel, ObjectKey};
use crate::pod::metadata::{self, selector_text};
use crate::reconcile::bindings::Selected;
use crate::reconcile::{Metrics, Rendered, Retry, Workload, health, object_label};
use crate::selector::ObjectSelector;
use crate::settings::Settings;

/// The controller of Alertmanagers.
pub struct AlertmanagerCluster {
    /// Client of the API server.
    pub client: Client,
    /// Where observations come from.
    pub stores: Stores,
    /// Whether storage classes may be read.
    pub storage_classes: bool,
}

impl Workload for AlertmanagerCluster {
    type Resource = Alertmanager;
    type Observed = Observed;
    type ObserveError = observe::Error;
    type RenderError = render::Error;

    const CONTROLLER: ControllerLabel = ControllerLabel {
        controller: "alertmanager",
    };
    const ACTION: &'static str = "SelectingAlertmanagerConfigResources";
    const NUMBERED_SHARDS: bool = false;

    async fn observe(&self, alertmanager: Arc<Alertmanager>) -> Result<Observed, observe::Error> {
        observe(&self.client, &self.stores, self.storage_classes, alertmanager).await
    }

    fn selected(observed: &Observed) -> Vec<Selected> {
        Selected::each(KIND, observed.objects.iter().flatten()).collect()
    }

    fn render(observed: &Observed, settings: &Settings) -> Result<Rendered, render::Error> {
        render(observed, settings)
    }

    fn retry(error: &render::Error) -> Retry {
        match error {
            // Neither storage classes nor Services are watched.
            render::Error::Requirements(_) => Retry::Backoff,
            _ => Retry::OnChange,
        }
    }

    fn selects(alertmanager: &Alertmanager) -> BTreeMap<&'static str, ObjectSelector> {
        // A wrong selector fails the reconciliation; until it is mended no object can concern this one.
        let objects = selector(alertmanager).ok();
        objects.map(|objects| (KIND, objects)).into_iter().collect()
    }

    fn paused(alertmanager: &Alertmanager) -> bool {
        alertmanager.spec.paused.unwrap_or(false)
    }

    fn stateful_sets(alertmanager: &Alertmanager) -> Vec<String> {
        vec![names::prefixed(&alertmanager.name_any())]
    }

    fn status(alertmanager: &Alertmanager, _shards: &[health::Shard], settings: &Settings) -> Value {
        let selector = statefulset::selector(&alertmanager.name_any());
        json!({"selector": selector_text(&metadata::merged([&settings.labels, &selector]))})
    }

    fn gauges(alertmanager: &Alertmanager, key: &ObjectKey, metrics: &Metrics) {
        let replicas = i64::from(names::replicas(&alertmanager.spec));
        metrics
            .replicas
            .get_or_create(&object_label(Self::CONTROLLER, key))
            .set(replicas);
    }

    fn forget(&self, key: &ObjectKey) {
        self.stores.interests.forget(key);
        self.stores.renderings.forget(key);
    }
}
