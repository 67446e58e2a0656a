//! Alertmanager as a workload of the pipeline.

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::{Alertmanager, WorkloadResource};
use kube::ResourceExt;
use serde_json::{Value, json};

use super::config::{fragments, secret};
use super::observe::{self, Cache, Observed, observe, root_key, selector};
use super::render::{self, render};
use super::{names, statefulset};
use crate::args::{Reader, Watch};
use crate::assets::Assets;
use crate::object::{ConfigKind, ControllerLabel, LeftOut, ObjectKey, Rejection};
use crate::permissions::Part;
use crate::pod::metadata::{self, selector_text};
use crate::reconcile::bindings::SelectedObject;
use crate::reconcile::judgement::{JudgedFile, Question};
use crate::reconcile::{Metrics, Rendered, Retry, Sources, Workload, health, object_label};
use crate::selector::ObjectSelector;
use crate::settings::Settings;
use crate::watch::{Scope, Scopes};

/// The controller of Alertmanagers.
pub struct AlertmanagerCluster {
    sources: Sources<Alertmanager>,
}

impl Workload for AlertmanagerCluster {
    type Resource = Alertmanager;
    type Observed = Observed;
    type Cache = Cache;
    type ObserveError = observe::Error;
    type RenderError = render::Error;

    const RESOURCE: WorkloadResource = WorkloadResource::Alertmanagers;
    const CONTROLLER: ControllerLabel = ControllerLabel {
        controller: "alertmanager",
    };
    const ACTION: &'static str = "SelectingAlertmanagerConfigResources";
    const NUMBERED_SHARDS: bool = false;
    const REPORTER: &'static str = "alertmanager-controller";
    const SELECTS: &'static [ConfigKind] = &[ConfigKind::AlertmanagerConfig];
    const PART: Part = Part::Alertmanager;
    const OPTIONAL_BINDINGS: Option<Part> = Some(Part::AlertmanagerBindings);

    fn new(sources: Sources<Alertmanager>) -> Self {
        Self { sources }
    }

    fn scope(scopes: &Scopes) -> &Scope {
        &scopes.alertmanager
    }

    fn instance_selector(flags: &Watch) -> &str {
        &flags.alertmanager_instance_selector
    }

    async fn observe(&self, alertmanager: Arc<Alertmanager>, cache: &mut Cache) -> Result<Observed, observe::Error> {
        observe(&self.sources, alertmanager, cache).await
    }

    fn selected(observed: &Observed) -> Vec<SelectedObject> {
        SelectedObject::each(observed.objects.iter().flatten()).collect()
    }

    fn leave_out(observed: &mut Observed, left_out: &LeftOut) -> Vec<Rejection> {
        let objects = observed.objects.as_mut();
        objects.map_or_else(|_| Vec::new(), |objects| fragments::leave_out(objects, left_out))
    }

    fn assets(observed: &Observed) -> &Assets {
        &observed.assets
    }

    fn questions(observed: &Observed, rendered: &Rendered) -> Vec<Question> {
        let spec = &observed.alertmanager.spec;
        let features = format!("--enable-feature={}", spec.enable_features.join(","));
        let features = (!spec.enable_features.is_empty()).then_some(features);
        let configuration = secret::text(&observed.alertmanager.name_any(), &rendered.desired.secrets);
        vec![Question {
            reader: Reader::Alertmanager,
            arguments: features.into_iter().chain(["check-config".to_owned()]).collect(),
            prefix: "",
            files: JudgedFile::all(
                configuration
                    .into_iter()
                    .map(|text| ("alertmanager.yaml".to_owned(), text))
                    .collect(),
            ),
        }]
    }

    fn render(observed: &Observed, settings: &Settings, cache: &mut Cache) -> Result<Rendered, render::Error> {
        render(observed, settings, &mut cache.rendered)
    }

    fn retry(error: &render::Error) -> Retry {
        match error {
            // Neither storage classes nor Services are watched.
            render::Error::Requirements(_) => Retry::Backoff,
            _ => Retry::OnChange,
        }
    }

    fn selects(alertmanager: &Alertmanager) -> BTreeMap<ConfigKind, ObjectSelector> {
        // A wrong selector fails the reconciliation; until it is mended no object can concern this one.
        let objects = selector(alertmanager).ok();
        let objects = objects.map(|objects| (ConfigKind::AlertmanagerConfig, objects));
        objects.into_iter().collect()
    }

    fn names(alertmanager: &Alertmanager) -> Option<(ConfigKind, ObjectKey)> {
        root_key(alertmanager).map(|root| (ConfigKind::AlertmanagerConfig, root))
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
        self.sources.interests.forget(key);
    }
}
