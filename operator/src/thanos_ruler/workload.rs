//! Thanos Ruler as a workload of the pipeline.

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::{ThanosRuler, WorkloadResource};
use kube::ResourceExt;
use serde_json::{Value, json};

use super::observe::{self, Cache, Observed, observe, rule_selector};
use super::render::{self, render};
use super::{names, statefulset};
use crate::args::{Reader, Watch};
use crate::assets::Assets;
use crate::object::{ConfigKind, ControllerLabel, LeftOut, ObjectKey, Rejection};
use crate::permissions::Part;
use crate::reconcile::bindings::SelectedObject;
use crate::reconcile::judgement::{JudgedFile, Question};
use crate::reconcile::{Metrics, Rendered, Retry, Sources, Workload, health, object_label};
use crate::rules;
use crate::selector::ObjectSelector;
use crate::settings::Settings;
use crate::watch::{Scope, Scopes};

/// The controller of Thanos Rulers.
pub struct ThanosRulerSet {
    sources: Sources<ThanosRuler>,
}

impl Workload for ThanosRulerSet {
    type Resource = ThanosRuler;
    type Observed = Observed;
    type Cache = Cache;
    type ObserveError = observe::Error;
    type RenderError = render::Error;

    const RESOURCE: WorkloadResource = WorkloadResource::ThanosRulers;
    const CONTROLLER: ControllerLabel = ControllerLabel { controller: "thanos" };
    const ACTION: &'static str = "SelectingPrometheusRuleResources";
    const NUMBERED_SHARDS: bool = false;
    const REPORTER: &'static str = "thanos-controller";
    const SELECTS: &'static [ConfigKind] = &[ConfigKind::PrometheusRule];
    const PART: Part = Part::ThanosRuler;

    fn new(sources: Sources<ThanosRuler>) -> Self {
        Self { sources }
    }

    fn scope(scopes: &Scopes) -> &Scope {
        &scopes.thanos_ruler
    }

    fn instance_selector(flags: &Watch) -> &str {
        &flags.thanos_ruler_instance_selector
    }

    async fn observe(&self, thanos_ruler: Arc<ThanosRuler>, cache: &mut Cache) -> Result<Observed, observe::Error> {
        observe(&self.sources, thanos_ruler, cache).await
    }

    fn selected(observed: &Observed) -> Vec<SelectedObject> {
        SelectedObject::each(observed.rules.iter().flatten()).collect()
    }

    fn leave_out(observed: &mut Observed, left_out: &LeftOut) -> Vec<Rejection> {
        let objects = observed.rules.as_mut();
        objects.map_or_else(|_| Vec::new(), |objects| rules::leave_out(objects, left_out))
    }

    fn assets(observed: &Observed) -> &Assets {
        &observed.assets
    }

    fn questions(_observed: &Observed, rendered: &Rendered) -> Vec<Question> {
        vec![Question {
            reader: Reader::Thanos,
            arguments: ["tools", "rules-check"].map(str::to_owned).into(),
            prefix: "--rules=",
            files: JudgedFile::all(rules::texts(&rendered.desired.config_maps)),
        }]
    }

    fn render(observed: &Observed, settings: &Settings, cache: &mut Cache) -> Result<Rendered, render::Error> {
        render(observed, settings, &mut cache.rules)
    }

    fn retry(error: &render::Error) -> Retry {
        match error {
            // Neither storage classes nor Services are watched.
            render::Error::Requirements(_) => Retry::Backoff,
            _ => Retry::OnChange,
        }
    }

    fn selects(thanos_ruler: &ThanosRuler) -> BTreeMap<ConfigKind, ObjectSelector> {
        // A wrong selector fails the reconciliation; until it is mended no rule can concern this object.
        let rules = rule_selector(thanos_ruler).ok();
        rules
            .map(|rules| (ConfigKind::PrometheusRule, rules))
            .into_iter()
            .collect()
    }

    fn paused(thanos_ruler: &ThanosRuler) -> bool {
        thanos_ruler.spec.paused.unwrap_or(false)
    }

    fn stateful_sets(thanos_ruler: &ThanosRuler) -> Vec<String> {
        vec![names::prefixed(&thanos_ruler.name_any())]
    }

    fn status(_thanos_ruler: &ThanosRuler, _shards: &[health::Shard], _settings: &Settings) -> Value {
        json!({})
    }

    fn gauges(thanos_ruler: &ThanosRuler, key: &ObjectKey, metrics: &Metrics) {
        let replicas = i64::from(statefulset::replicas(&thanos_ruler.spec));
        metrics
            .replicas
            .get_or_create(&object_label(Self::CONTROLLER, key))
            .set(replicas);
    }

    fn forget(&self, key: &ObjectKey) {
        self.sources.interests.forget(key);
    }
}
