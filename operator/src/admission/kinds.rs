//! The kinds whose objects are reviewed, as a table, with the check of each. Pure.
//!
//! The first two are those of the original, with its words; they are always served. What is refused is refused by the
//! functions by which the operator leaves objects out, and in the same words.

use crds::v1alpha1::{self, ScrapeConfig};
use crds::{PodMonitor, Probe, PrometheusRule, ServiceMonitor, v1beta1};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::fault::{Fault, read};
use super::judge::Judge;
use super::review::{Cause, Refusal, Request, Resource, Verdict};
use super::{lint, workloads};
use crate::alertmanager::config::admission;

const GROUP: &str = "monitoring.coreos.com";

/// A kind whose objects are reviewed.
#[derive(Debug)]
pub struct ReviewedKind {
    /// The kind.
    pub kind: &'static str,
    /// Its plural name.
    pub plural: &'static str,
    /// Its versions.
    pub versions: &'static [&'static str],
    /// Where reviews are sent to.
    pub path: &'static str,
    unreadable: &'static str,
    invalid: &'static str,
    judge: Check,
}

/// Looks at an object of a version; gives what its author should know although it is fine.
type Check = fn(&Judge, &RawValue, &str) -> Result<Vec<String>, Fault>;

const fn kind(
    kind: &'static str,
    plural: &'static str,
    version: &'static [&'static str],
    path: &'static str,
    judge: Check,
) -> ReviewedKind {
    ReviewedKind {
        kind,
        plural,
        versions: version,
        path,
        unreadable: "Cannot read the object",
        invalid: "The object is invalid",
        judge,
    }
}

/// All of them. The word `unmarhsal` is the original's: somebody may look for it.
#[rustfmt::skip]
pub const KINDS: [ReviewedKind; 10] = [
    ReviewedKind {
        unreadable: "Cannot unmarshal rules from spec",
        invalid: "Rules are not valid",
        ..kind("PrometheusRule", "prometheusrules", &["v1"], "/admission-prometheusrules/validate", rule)
    },
    ReviewedKind {
        unreadable: "Cannot unmarhsal config from spec",
        invalid: "AlertmanagerConfig is invalid",
        ..kind("AlertmanagerConfig", "alertmanagerconfigs", &["v1alpha1", "v1beta1"],
            "/admission-alertmanagerconfigs/validate", alertmanager_config)
    },
    kind("ServiceMonitor", "servicemonitors", &["v1"], "/admission-servicemonitors/validate", service_monitor),
    kind("PodMonitor", "podmonitors", &["v1"], "/admission-podmonitors/validate", pod_monitor),
    kind("Probe", "probes", &["v1"], "/admission-probes/validate", probe),
    kind("ScrapeConfig", "scrapeconfigs", &["v1alpha1"], "/admission-scrapeconfigs/validate", scrape_config),
    kind("Prometheus", "prometheuses", &["v1"], "/admission-prometheuses/validate", workloads::prometheus),
    kind("PrometheusAgent", "prometheusagents", &["v1alpha1"], "/admission-prometheusagents/validate", workloads::agent),
    kind("Alertmanager", "alertmanagers", &["v1"], "/admission-alertmanagers/validate", workloads::alertmanager),
    kind("ThanosRuler", "thanosrulers", &["v1"], "/admission-thanosrulers/validate", workloads::thanos_ruler),
];

/// How many of [`KINDS`] are always served.
pub const ALWAYS: usize = 2;

/// The rules among [`KINDS`], which are also changed before they are checked.
pub const RULES: &ReviewedKind = &KINDS[0];

impl ReviewedKind {
    /// The verdict on a request.
    pub fn verdict(&self, judge: &Judge, request: &Request<'_>) -> Verdict {
        if let Some(verdict) = self.at_once(request) {
            return verdict;
        }
        let Some(object) = request.object else {
            return self.refused(Fault::Unreadable(Cause::new("the request has no object")));
        };
        match (self.judge)(judge, object, &request.resource.version) {
            Ok(warnings) => Verdict::Allowed(warnings),
            Err(fault) => match self.refused(fault) {
                Verdict::Refused(refusal) if request.operation == "UPDATE" => tolerated(request, refusal),
                verdict => verdict,
            },
        }
    }

    /// What is said of an object that nobody asks to store: what its author should know, or why it would be refused.
    pub(crate) fn opinion(&self, judge: &Judge, object: &RawValue, version: &str) -> Result<Vec<String>, Vec<Cause>> {
        (self.judge)(judge, object, version).map_err(|fault| match fault {
            Fault::Unreadable(cause) => vec![cause],
            Fault::Invalid(causes) => causes,
        })
    }

    /// The verdict on a request whose object need not be checked.
    pub(super) fn at_once(&self, request: &Request<'_>) -> Option<Verdict> {
        let Resource {
            group,
            version,
            resource,
        } = &request.resource;
        let is_known = self.versions.contains(&version.as_str());
        if group != GROUP || resource != self.plural || (!is_known && self.versions.len() == 1) {
            let cause = format!(
                "expected {}.{GROUP}, version {}; got {resource:?} of group {group:?}, version {version:?}",
                self.plural,
                self.versions.join(" or ")
            );
            return Some(self.refusal("Unexpected resource kind", vec![Cause::new(cause)]));
        }
        if !is_known {
            let cause = format!("expected {}, got {version:?}", self.versions.join(" or "));
            return Some(self.refusal("Unexpected resource version", vec![Cause::new(cause)]));
        }
        // The status is not what is checked, and nothing is wrong with an object that goes away.
        let passes = !request.sub_resource.is_empty() || ["DELETE", "CONNECT"].contains(&request.operation.as_str());
        passes.then_some(Verdict::Allowed(Vec::new()))
    }

    /// The verdict on an object with a fault.
    pub(super) fn refused(&self, fault: Fault) -> Verdict {
        match fault {
            Fault::Unreadable(cause) => self.refusal(self.unreadable, vec![cause]),
            Fault::Invalid(causes) => self.refusal(self.invalid, causes),
        }
    }

    fn refusal(&self, message: &str, causes: Vec<Cause>) -> Verdict {
        Verdict::Refused(Refusal {
            message: message.to_owned(),
            resource: self.plural,
            causes,
        })
    }
}

/// What two states of an object are compared by.
#[derive(Default, Deserialize)]
#[serde(default)]
struct State {
    metadata: Metadata,
    spec: Value,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata {
    deletion_timestamp: Option<String>,
}

/// Lets an update pass that does not touch what is wrong: an object that was stored before somebody looked could lose
/// neither a label nor a finalizer else, and could never go away.
fn tolerated(request: &Request<'_>, refusal: Refusal) -> Verdict {
    let state = |object: Option<&RawValue>| object.and_then(|object| serde_json::from_str::<State>(object.get()).ok());
    let (old, new) = (state(request.old_object), state(request.object));
    let goes = (new.as_ref()).is_some_and(|new| new.metadata.deletion_timestamp.is_some());
    let stays = old.zip(new).is_some_and(|(old, new)| old.spec == new.spec);
    if !goes && !stays {
        return Verdict::Refused(refusal);
    }
    let causes = refusal
        .causes
        .iter()
        .take(1)
        .map(|cause| format!("{}: {}", refusal.message, cause.message));
    Verdict::Allowed(causes.collect())
}

fn rule(judge: &Judge, object: &RawValue, _version: &str) -> Result<Vec<String>, Fault> {
    let object: PrometheusRule = read(object)?;
    let mut warnings = judge.rule(&object).map_err(|refusals| {
        let cause = |refusal: crate::rules::Refusal| Cause::new(refusal.error.to_string()).at(refusal.path);
        Fault::Invalid(refusals.into_iter().map(cause).collect())
    })?;
    warnings.extend(lint::duplicate_rules(&object));
    Ok(warnings)
}

fn alertmanager_config(_judge: &Judge, object: &RawValue, version: &str) -> Result<Vec<String>, Fault> {
    let mut tree: Value = serde_json::from_str(object.get()).map_err(unreadable)?;
    if let Value::Object(fields) = &mut tree {
        let version = || format!("{GROUP}/{version}").into();
        fields.entry("apiVersion").or_insert_with(version);
    }
    match admission::check(tree) {
        Ok(()) => Ok(Vec::new()),
        Err(admission::Error::Invalid(invalid)) => Err(invalid.into()),
        Err(admission::Error::Kind(error)) => Err(misshapen(object, version).unwrap_or_else(|| unreadable(error))),
        Err(admission::Error::Unreadable(error)) => {
            Err(misshapen(object, version).unwrap_or_else(|| unreadable(error)))
        }
    }
}

/// Which field of an `AlertmanagerConfig` has not the shape of its version.
fn misshapen(object: &RawValue, version: &str) -> Option<Fault> {
    if version == "v1beta1" {
        read::<v1beta1::AlertmanagerConfig>(object).err()
    } else {
        read::<v1alpha1::AlertmanagerConfig>(object).err()
    }
}

fn unreadable(error: impl std::error::Error) -> Fault {
    Fault::Unreadable(Cause::new(error.to_string()))
}

fn service_monitor(judge: &Judge, object: &RawValue, _version: &str) -> Result<Vec<String>, Fault> {
    let object: ServiceMonitor = read(object)?;
    let mut warnings = judge.scraped(&object, |selectors| &selectors.service_monitors)?;
    let intervals = object
        .spec
        .endpoints
        .iter()
        .map(|endpoint| endpoint.interval.as_deref());
    let field = |index| format!("spec.endpoints[{index}].interval");
    warnings.extend(lint::long_intervals((0..).map(field).zip(intervals)));
    Ok(warnings)
}

fn pod_monitor(judge: &Judge, object: &RawValue, _version: &str) -> Result<Vec<String>, Fault> {
    let object: PodMonitor = read(object)?;
    let mut warnings = judge.scraped(&object, |selectors| &selectors.pod_monitors)?;
    let endpoints = object.spec.pod_metrics_endpoints.iter();
    let intervals = endpoints.map(|endpoint| endpoint.interval.as_deref());
    let field = |index| format!("spec.podMetricsEndpoints[{index}].interval");
    warnings.extend(lint::long_intervals((0..).map(field).zip(intervals)));
    Ok(warnings)
}

fn probe(judge: &Judge, object: &RawValue, _version: &str) -> Result<Vec<String>, Fault> {
    let object: Probe = read(object)?;
    let mut warnings = judge.scraped(&object, |selectors| &selectors.probes)?;
    let interval = ("spec.interval".to_owned(), object.spec.interval.as_deref());
    warnings.extend(lint::long_intervals([interval].into_iter()));
    Ok(warnings)
}

fn scrape_config(judge: &Judge, object: &RawValue, _version: &str) -> Result<Vec<String>, Fault> {
    let object: ScrapeConfig = read(object)?;
    let mut warnings = judge.scraped(&object, |selectors| &selectors.scrape_configs)?;
    let interval = ("spec.scrapeInterval".to_owned(), object.spec.scrape_interval.as_deref());
    warnings.extend(lint::long_intervals([interval].into_iter()));
    Ok(warnings)
}
