//! From the object to the workload that takes it: scope, selectors, validity. The verdicts are those of the operator's own
//! functions; here is only why. Pure.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use serde_json::Value;

use super::job::Job;
use super::live::Said;
use super::scene::Scene;
use super::step::{Ended, Name, Outcome, Steps};
use crate::cli::input::Object;
use crate::cli::world::{self, Selects};
use crate::object::ConfigKind;
use crate::reconcile::Rendered;
use crate::selector::unmet;
use crate::watch::Scope;

/// Annotation by which an object belongs to one of several operators.
const CONTROLLER_ID: &str = "operator.prometheus.io/controller-id";
/// What the labels of an object without labels are called.
const NO_LABELS: &str = "none";

/// Which workloads could take an object of a kind.
pub(super) const fn able(kind: ConfigKind) -> &'static [&'static str] {
    match kind {
        ConfigKind::AlertmanagerConfig => &["Alertmanager"],
        ConfigKind::PrometheusRule => &["Prometheus", "ThanosRuler"],
        ConfigKind::PodMonitor | ConfigKind::Probe | ConfigKind::ScrapeConfig | ConfigKind::ServiceMonitor => {
            &["Prometheus", "PrometheusAgent"]
        }
    }
}

/// What the fields of a workload with the selectors of a kind begin with.
const fn field(kind: ConfigKind) -> &'static str {
    match kind {
        ConfigKind::AlertmanagerConfig => "alertmanagerConfig",
        ConfigKind::PodMonitor => "podMonitor",
        ConfigKind::Probe => "probe",
        ConfigKind::PrometheusRule => "rule",
        ConfigKind::ScrapeConfig => "scrapeConfig",
        ConfigKind::ServiceMonitor => "serviceMonitor",
    }
}

/// An object and a workload that could take it.
pub(super) struct Pair<'a> {
    /// What is known.
    pub scene: &'a Scene<'a>,
    /// Kind of the object.
    pub kind: ConfigKind,
    /// The object.
    pub object: &'a Object,
    /// The workload.
    pub workload: &'a Object,
}

impl<'a> Pair<'a> {
    /// Takes the steps up to where the workload accepts the object, and gives what is rendered of the workload.
    ///
    /// # Errors
    /// When a step fails.
    pub(super) fn walk(&self, steps: &mut Steps) -> Result<&'a Rendered, Ended> {
        steps.take(Name::Object, Outcome::passed(self.scene.origin(self.object)))?;
        steps.take(Name::OperatorScope, self.scope())?;
        let (rendered, outcome) = self.workload();
        steps.take(Name::Workload, outcome)?;
        let (Some(selects), Some(rendered)) = (self.selects(), rendered) else {
            return Err(Ended);
        };
        if selects.is_named(self.kind, &self.object.key) {
            steps.take(Name::LabelSelector, Outcome::passed("the workload names it"))?;
        } else {
            steps.take(Name::NamespaceSelector, self.namespace(selects))?;
            steps.take(Name::LabelSelector, self.labels(selects))?;
        }
        steps.take(Name::Validity, self.validity(rendered))?;
        Ok(rendered)
    }

    /// What a cluster has said of the object and the workload.
    pub(super) fn said(&self) -> Option<&'a Said> {
        self.scene.live.get(&self.identity())
    }

    /// The two of them.
    pub(super) fn identity(&self) -> (String, String) {
        (self.who(), format!("{} {}", self.kind, self.object.key))
    }

    /// The scrape jobs of the object in what is rendered of the workload.
    pub(super) fn jobs(&self, rendered: &Rendered) -> Vec<&'a Job> {
        self.scene.jobs.of(rendered, self.kind, &self.object.key)
    }

    /// The workload's kind and name.
    pub(super) fn who(&self) -> String {
        format!("{} {}", self.workload.kind, self.workload.key)
    }

    fn selects(&self) -> Option<&'a Selects> {
        let mut all = self.scene.selects.iter();
        all.find(|selects| selects.kind == self.workload.kind && selects.key == self.workload.key)
    }

    fn scope(&self) -> Outcome {
        let namespace = &*self.object.key.namespace;
        let scope = self.scene.world.scopes.of_objects(self.kind);
        if scope.contains(namespace) {
            return Outcome::passed(match scope {
                Scope::All => "it watches all namespaces".to_owned(),
                Scope::Only(_) | Scope::Except(_) => format!("namespace {namespace} is one of those that it watches"),
            });
        }
        let flag = match (scope, self.kind) {
            (Scope::Except(_), _) => "--deny-namespaces",
            (_, ConfigKind::AlertmanagerConfig) => "--namespaces or --alertmanager-config-namespaces",
            _ => "--namespaces",
        };
        Outcome::failed(
            format!(
                "the operator does not watch namespace {namespace} for {} objects",
                self.kind
            ),
            format!("change {flag} of the operator, or move the object to a namespace that it watches"),
        )
    }

    /// Whether the operator runs the workload, and what it makes of it.
    fn workload(&self) -> (Option<&'a Rendered>, Outcome) {
        let (who, key) = (self.who(), &self.workload.key);
        let Some(selects) = self.selects() else {
            return (None, self.unwatched());
        };
        let flags = &self.scene.args.watch;
        let id = self.workload.annotation(CONTROLLER_ID).unwrap_or_default();
        if id != flags.controller_id {
            let outcome = Outcome::failed(
                format!(
                    "{who} belongs to the operator {id:?}, and this one is {:?}",
                    flags.controller_id
                ),
                format!("change the annotation {CONTROLLER_ID} of the workload, or --controller-id of the operator"),
            );
            return (None, outcome);
        }
        let found =
            (self.scene.outcomes.iter()).find(|outcome| outcome.kind == self.workload.kind && outcome.key == *key);
        match found.map(|outcome| &outcome.rendered) {
            None => (None, self.unwatched()),
            Some(Err(error)) => {
                let outcome = Outcome::failed(
                    format!(
                        "{who} cannot be rendered, so it keeps its last configuration: {}",
                        error.message()
                    ),
                    "correct the workload, or what it refers to".to_owned(),
                );
                (None, outcome)
            }
            Some(Ok(rendered)) if selects.paused => {
                let outcome = Outcome::hint(
                    format!("{who} is paused: the operator changes nothing of it"),
                    "set spec.paused of the workload to false".to_owned(),
                );
                (Some(rendered), outcome)
            }
            Some(Ok(rendered)) => (Some(rendered), Outcome::passed(self.scene.origin(self.workload))),
        }
    }

    /// Why the operator does not know the workload.
    fn unwatched(&self) -> Outcome {
        let who = self.who();
        if let Some(unreadable) = self.scene.unreadable(self.workload) {
            return Outcome::failed(
                format!("{who} cannot be read: {unreadable}"),
                "correct that field of the workload",
            );
        }
        Outcome::failed(
            format!(
                "the operator does not watch namespace {} for {} objects",
                self.workload.key.namespace, self.workload.kind
            ),
            "change --namespaces, --deny-namespaces or the flag for the instances of this kind",
        )
    }

    fn namespace(&self, selects: &Selects) -> Outcome {
        let (who, own) = (self.who(), &self.workload.key.namespace);
        let name = &self.object.key.namespace;
        let field = format!("spec.{}NamespaceSelector", field(self.kind));
        let Some(selector) = selects.selectors.get(&self.kind) else {
            return Outcome::failed(
                format!("{who} does not take {} objects", self.kind),
                "use another kind of workload",
            );
        };
        let raw = self.raw(&field);
        // Without a selector of objects nothing is decided by the namespace; the next step says so.
        if !selector.is_given() || selector.looks_into(name, &self.scene.facts.namespaces) {
            return Outcome::passed(match raw {
                None => format!("{field} is absent, which selects its own namespace"),
                Some(_) => format!("{field} selects namespace {name}"),
            });
        }
        let Some(raw) = raw else {
            return Outcome::failed(
                format!("{field} of {who} is absent, so it selects namespace {own} only"),
                format!(
                    "set {field} of {who} to {{}} for all namespaces, or to a selector of the labels of namespace {name}"
                ),
            );
        };
        let none = BTreeMap::new();
        let labels = self.scene.facts.namespaces.get(name).unwrap_or(&none);
        let missing = unmet(&raw, labels);
        Outcome::failed(
            format!(
                "namespace {name} does not meet {} of {field} of {who}; its labels are {}",
                missing.join(", "),
                shown(labels)
            ),
            relabelled(&missing, &format!("namespace {name}"), &format!("{field} of {who}")),
        )
    }

    fn labels(&self, selects: &Selects) -> Outcome {
        let who = self.who();
        let field = format!("spec.{}Selector", field(self.kind));
        let labels = labels(self.object);
        let known = &self.scene.facts.namespaces;
        if selects.takes(self.kind, &self.object.key, Some(&labels), known) {
            return Outcome::passed(format!("{field} selects its labels"));
        }
        let Some(raw) = self.raw(&field) else {
            return Outcome::failed(
                format!("{field} of {who} is absent, which selects nothing"),
                format!("set {field} of {who} to {{}} for all objects, or to a selector of the labels of this one"),
            );
        };
        let missing = unmet(&raw, &labels);
        let (kind, key) = (self.kind.as_str().to_lowercase(), &self.object.key);
        Outcome::failed(
            format!(
                "its labels do not meet {} of {field} of {who}; they are {}",
                missing.join(", "),
                shown(&labels)
            ),
            relabelled(
                &missing,
                &format!("--namespace {} {kind} {}", key.namespace, key.name),
                &format!("{field} of {who}"),
            ),
        )
    }

    /// A selector of the workload, as it is written.
    fn raw(&self, field: &str) -> Option<LabelSelector> {
        let name = field.strip_prefix("spec.")?;
        let value = world::stored(self.workload)["spec"][name].clone();
        if value.is_null() {
            None
        } else {
            crds::from_value(&value).ok()
        }
    }

    fn validity(&self, rendered: &Rendered) -> Outcome {
        let (who, key) = (self.who(), &self.object.key);
        if let Some(unreadable) = self.scene.unreadable(self.object) {
            return Outcome::failed(format!("it cannot be read: {unreadable}"), "correct that field");
        }
        let mut rejections = rendered.rejections.iter();
        let rejection = rejections.find(|rejection| rejection.kind == self.kind && rejection.object == *key);
        if let Some(rejection) = rejection {
            return Outcome::failed(
                format!("{who} leaves it out: {}", rejection.message),
                "correct that field; `lint` finds everything that is wrong with the object",
            );
        }
        let subjects = [
            format!("{} {key}: ", self.kind),
            format!("{}/{key}", super::job::prefix(self.kind)),
        ];
        let is_about = |dropped: &&String| subjects.iter().any(|subject| dropped.starts_with(subject));
        let dropped: Vec<&str> = rendered.dropped.iter().filter(is_about).map(String::as_str).collect();
        Outcome::passed(dropped.join("; "))
    }
}

/// The labels of an object.
pub(super) fn labels(object: &Object) -> BTreeMap<String, String> {
    let labels = object.value["metadata"]["labels"].as_object().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    labels.map(|(name, value)| (name.clone(), text(value))).collect()
}

/// Labels as kubectl shows them.
pub(super) fn shown(labels: &BTreeMap<String, String>) -> String {
    if labels.is_empty() {
        return NO_LABELS.to_owned();
    }
    let pairs = labels.iter().map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().join(",")
}

/// How labels are made to meet requirements: by a command where that is possible.
pub(super) fn relabelled(missing: &[String], object: &str, selector: &str) -> String {
    let is_label = |requirement: &String| requirement.contains('=') && !requirement.contains(' ');
    if !missing.is_empty() && missing.iter().all(is_label) {
        return format!(
            "kubectl label --overwrite {object} {}; or change {selector}",
            missing.join(" ")
        );
    }
    format!("change its labels, or {selector}")
}
