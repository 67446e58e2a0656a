//! Whether the relabeling rules of a job keep a target, which one drops it, and whose rule that is. Pure.

use crds::RelabelConfig;
use serde::Serialize;
use serde_json::Value;

use super::discover::Found;
use super::job::Job;
use super::relabel::{Effect, Labels, Trace};
use super::selection::Pair;
use super::step::Outcome;
use crate::cli::input::json;
use crate::cli::world;
use crate::object::ConfigKind;
use crate::prometheus::config::user_rules;

/// Targets that are traced of each job, at most.
pub(super) const TRACED: usize = 10;
/// Labels that only Prometheus knows.
const HIDDEN: [&str; 2] = ["__meta_kubernetes_node_", "__meta_kubernetes_namespace_"];

/// A target on its way through the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Traced {
    /// What it is.
    pub target: String,
    /// What the rules did.
    #[serde(flatten)]
    pub trace: Trace,
}

/// Number of shards of a workload.
pub(super) fn shards(pair: &Pair<'_>) -> usize {
    let shards = pair.workload.value["spec"]["shards"].as_u64().unwrap_or(1);
    usize::try_from(shards).unwrap_or(1).max(1)
}

/// What the rules of `job` do to a target: on the shard that keeps it, if there is one.
///
/// # Errors
/// When a rule cannot be evaluated.
pub(super) fn trace(job: &Job, labels: &Labels, shards: usize) -> Result<Trace, String> {
    let mut last = None;
    for shard in 0..shards {
        let trace = Trace::of(&job.rules(shard)?, labels);
        if trace.after.is_some() {
            return Ok(trace);
        }
        last = last
            .filter(|last: &Trace| last.effects.len() >= trace.effects.len())
            .or(Some(trace));
    }
    last.ok_or_else(|| "there is no shard".to_owned())
}

/// The targets that the rules keep.
pub(super) fn kept<'f>(pair: &Pair<'_>, job: &Job, found: &'f [Found]) -> Vec<&'f Found> {
    let shards = shards(pair);
    let is_kept = |target: &&Found| trace(job, &target.labels, shards).is_ok_and(|trace| trace.after.is_some());
    found.iter().filter(is_kept).collect()
}

/// The step, and the traces of the first targets.
pub(super) fn step(pair: &Pair<'_>, job: &Job, found: &[Found]) -> (Outcome, Vec<Traced>) {
    let shards = shards(pair);
    let mut traced = Vec::new();
    let (mut kept, mut dropped): (usize, Vec<(&Found, Trace)>) = (0, Vec::new());
    for target in found {
        let trace = match trace(job, &target.labels, shards) {
            Ok(trace) => trace,
            Err(reason) => return (Outcome::unknown(reason), traced),
        };
        if traced.len() < TRACED {
            traced.push(Traced {
                target: target.name.clone(),
                trace: trace.clone(),
            });
        }
        if trace.after.is_some() {
            kept += 1;
        } else {
            dropped.push((target, trace));
        }
    }
    if kept > 0 {
        let others = if dropped.is_empty() {
            String::new()
        } else {
            format!(", and drop {}", dropped.len())
        };
        return (
            Outcome::passed(format!("they keep {kept} of {} targets{others}", found.len())),
            traced,
        );
    }
    // The one that came furthest is the one that was meant.
    let furthest = dropped.iter().max_by_key(|(_, trace)| trace.effects.len());
    let Some((target, effect)) = furthest.and_then(|(target, trace)| Some((target, trace.dropped_by()?))) else {
        return (Outcome::unknown("no target is known here"), traced);
    };
    if HIDDEN.iter().any(|prefix| effect.text.contains(prefix)) {
        let why = format!(
            "{} looks at labels that only Prometheus knows",
            rule(pair, job, effect.rule)
        );
        return (Outcome::unknown(why), traced);
    }
    (verdict(pair, job, &target.name, effect), traced)
}

/// That a rule drops a target.
pub(super) fn verdict(pair: &Pair<'_>, job: &Job, target: &str, effect: &Effect) -> Outcome {
    Outcome::failed(
        format!(
            "{} drops {target}: {}, and the value is {:?}",
            rule(pair, job, effect.rule),
            effect.text,
            effect.value
        ),
        format!(
            "change {}; --trace shows the labels after each rule",
            owner(pair, job, effect.rule)
        ),
    )
}

/// A rule by its number, and by its field where the user wrote it.
pub(super) fn rule(pair: &Pair<'_>, job: &Job, place: usize) -> String {
    match field(pair, job, place) {
        Some(field) => format!("rule {place} of job {} ({field})", job.name),
        None => format!("rule {place} of job {}", job.name),
    }
}

fn owner(pair: &Pair<'_>, job: &Job, place: usize) -> String {
    let default = || "what the rule is generated from, or the labels that it looks at".to_owned();
    field(pair, job, place).map_or_else(default, |field| format!("{field}, or the labels that it looks at"))
}

/// The field of the object that a rule comes from.
fn field(pair: &Pair<'_>, job: &Job, place: usize) -> Option<String> {
    let (pointer, path) = written(pair.kind, &job.name)?;
    let spec = &world::stored(pair.object)["spec"];
    let own: Vec<RelabelConfig> = serde_json::from_value(spec.pointer(&pointer)?.clone()).ok()?;
    let rules: Vec<Value> = user_rules(&own).map(|rule| json(&rule)).collect();
    let number = place.checked_sub(job.place_of(&rules)?)?;
    (number < rules.len()).then(|| format!("spec.{path}[{number}]"))
}

/// Where an object has the rules of a job: as a pointer, and as a path.
fn written(kind: ConfigKind, job: &str) -> Option<(String, String)> {
    let index = job.rsplit('/').next().unwrap_or_default();
    let endpoint = |list: &str| {
        (
            format!("/{list}/{index}/relabelings"),
            format!("{list}[{index}].relabelings"),
        )
    };
    Some(match kind {
        ConfigKind::ServiceMonitor => endpoint("endpoints"),
        ConfigKind::PodMonitor => endpoint("podMetricsEndpoints"),
        ConfigKind::Probe => (
            "/targets/staticConfig/relabelingConfigs".to_owned(),
            "targets.staticConfig.relabelingConfigs".to_owned(),
        ),
        ConfigKind::ScrapeConfig => ("/relabelings".to_owned(), "relabelings".to_owned()),
        ConfigKind::PrometheusRule | ConfigKind::AlertmanagerConfig => return None,
    })
}
