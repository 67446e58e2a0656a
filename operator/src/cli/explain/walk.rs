//! All steps of an object with each workload that could take it, and what they amount to. Pure.

use serde::Serialize;
use serde_json::Value;

use super::discover::{self, Found};
use super::job::Job;
use super::relabel::Labels;
use super::relabeling::{self, Traced};
use super::scene::Scene;
use super::selection::{Pair, able};
use super::step::{Ended, Name, Outcome, Step, Steps};
use super::subject::Subject;
use super::{loaded, permissions, pods, policies, prometheus, routing, rules, services, written};
use crate::cli::input::Object;
use crate::object::{ConfigKind, ObjectKey};
use crate::reconcile::Rendered;
use crate::selector::Selector;

/// Steps that only a cluster can take.
pub(super) fn only_in_cluster(subject: &Subject) -> Vec<Name> {
    let scrape = [
        Name::Permissions,
        Name::NetworkPolicy,
        Name::Running,
        Name::Configuration,
        Name::Discovery,
        Name::Connection,
        Name::Scrape,
    ];
    match subject {
        Subject::Config(ConfigKind::PrometheusRule, _) => vec![Name::Running, Name::Configuration, Name::Evaluation],
        Subject::Config(ConfigKind::AlertmanagerConfig, _) => vec![Name::Running, Name::Configuration],
        _ => scrape.into(),
    }
}

/// An object, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// Kind and name.
    pub object: String,
    /// The object, where it exists.
    #[serde(skip)]
    pub identity: Option<(ConfigKind, ObjectKey)>,
    /// The steps of the object by itself, where it goes no further.
    #[serde(skip_serializing_if = "Steps::is_empty")]
    pub steps: Steps,
    /// What each workload makes of it.
    pub workloads: Vec<Walk>,
}

/// The steps with one workload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Walk {
    /// Kind and name of the workload.
    pub workload: String,
    /// The steps that the object takes as a whole.
    pub steps: Steps,
    /// Those of each of its jobs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub jobs: Vec<JobWalk>,
}

/// The steps of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobWalk {
    /// Its name.
    pub job: String,
    /// The steps.
    pub steps: Steps,
    /// What its rules do to the first targets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub traces: Vec<Traced>,
}

impl Walk {
    /// The step that is to blame.
    pub fn failed(&self) -> Option<&Step> {
        let jobs = || self.jobs.iter().find_map(|job| job.steps.failed());
        self.steps.failed().or_else(jobs)
    }

    /// Whether the workload selects the object.
    pub fn is_selected(&self) -> bool {
        self.failed().is_none_or(|step| step.step > Name::LabelSelector)
    }
}

impl Explained {
    /// The step that is to blame: that of a workload which selects the object; where none does, that of the workload which comes
    /// nearest to it.
    pub fn failed(&self) -> Option<(&str, &Step)> {
        if let Some(step) = self.steps.failed() {
            return Some(("", step));
        }
        let failed = |walk: &'_ Walk| walk.failed().map(|step| step.step);
        let selecting = || self.workloads.iter().filter(|walk| walk.is_selected());
        let walk = match selecting().next() {
            Some(_) => selecting().find(|walk| walk.failed().is_some()),
            None => self.workloads.iter().max_by_key(|walk| failed(walk)),
        };
        walk.and_then(|walk| Some((walk.workload.as_str(), walk.failed()?)))
    }
}

/// What becomes of an object that exists.
pub(super) fn object(scene: &Scene<'_>, kind: ConfigKind, object: &Object, traced: bool) -> Explained {
    let name = format!("{kind} {}", object.key);
    let able = able(kind);
    let mut workloads: Vec<Walk> = pairs(scene, kind, object)
        .iter()
        .map(|pair| walk(pair, traced))
        .collect();
    workloads.sort_by(|one, other| one.workload.cmp(&other.workload));
    let mut steps = Steps::default();
    if workloads.is_empty() {
        let _ = steps.take(Name::Object, Outcome::passed(scene.origin(object)));
        let why = format!("there is no {} in the input", able.join(" or "));
        let _ = steps.take(
            Name::Workload,
            Outcome::failed(why, "make one, or name the files that have it"),
        );
    }
    Explained {
        object: name,
        identity: Some((kind, object.key.clone())),
        steps,
        workloads,
    }
}

/// The object with each workload that could take it.
pub(super) fn pairs<'a>(scene: &'a Scene<'a>, kind: ConfigKind, object: &'a Object) -> Vec<Pair<'a>> {
    let able = able(kind);
    let mut pairs: Vec<Pair<'_>> = Vec::new();
    // Of several of one name the last one counts.
    for workload in scene
        .input
        .objects
        .iter()
        .rev()
        .filter(|object| able.contains(&object.kind.as_str()))
    {
        let is_same = |pair: &Pair<'_>| pair.workload.kind == workload.kind && pair.workload.key == workload.key;
        if !pairs.iter().any(is_same) {
            pairs.push(Pair {
                scene,
                kind,
                object,
                workload,
            });
        }
    }
    pairs
}

/// An object that does not exist.
pub(super) fn missing(kind: &str, key: &ObjectKey, near: Option<String>) -> Explained {
    let mut steps = Steps::default();
    let mend = near.map_or_else(
        || "check its name and --namespace, and that the sources have it".to_owned(),
        |near| format!("did you mean {near}?"),
    );
    let _ = steps.take(Name::Object, Outcome::failed(format!("there is no {kind} {key}"), mend));
    Explained {
        object: format!("{kind} {key}"),
        identity: None,
        steps,
        workloads: Vec::new(),
    }
}

fn walk(pair: &Pair<'_>, traced: bool) -> Walk {
    let mut walk = Walk {
        workload: pair.who(),
        steps: Steps::default(),
        jobs: Vec::new(),
    };
    let Ok(rendered) = pair.walk(&mut walk.steps) else {
        return walk;
    };
    // What ended the steps is the last of them.
    let _ = further(pair, rendered, &mut walk);
    if !traced {
        walk.jobs.iter_mut().for_each(|job| job.traces.clear());
    }
    walk
}

fn further(pair: &Pair<'_>, rendered: &Rendered, walk: &mut Walk) -> Result<(), Ended> {
    match pair.kind {
        ConfigKind::PrometheusRule => {
            let (file, (name, outcome)) = rules::file(pair, rendered);
            walk.steps.take(name, outcome)?;
            match (file, pair.said()) {
                (Some(file), Some(said)) => loaded::rules(pair, &file, said, &mut walk.steps),
                _ => Ok(()),
            }
        }
        ConfigKind::AlertmanagerConfig => {
            let receivers = routing::walk(pair, rendered, &mut walk.steps)?;
            match pair.said() {
                Some(said) => loaded::receivers(pair, &receivers, said, &mut walk.steps),
                None => Ok(()),
            }
        }
        ConfigKind::PodMonitor | ConfigKind::Probe | ConfigKind::ScrapeConfig | ConfigKind::ServiceMonitor => {
            let jobs = pair.jobs(rendered);
            let names: Vec<String> = jobs.iter().map(|job| job.name.clone()).collect();
            let outcome = if jobs.is_empty() {
                jobless(pair)
            } else {
                Outcome::passed(services::listed(&names))
            };
            walk.steps.take(Name::Job, outcome)?;
            walk.jobs = jobs.into_iter().map(|job| job_walk(pair, job)).collect();
            Ok(())
        }
    }
}

fn job_walk(pair: &Pair<'_>, job: &Job) -> JobWalk {
    let mut walk = JobWalk {
        job: job.name.clone(),
        steps: Steps::default(),
        traces: Vec::new(),
    };
    let _ = job_steps(pair, job, &mut walk);
    walk
}

fn job_steps(pair: &Pair<'_>, job: &Job, walk: &mut JobWalk) -> Result<(), Ended> {
    let steps = &mut walk.steps;
    let found = targets(pair, job);
    match pair.kind {
        ConfigKind::ServiceMonitor => of_service_monitor(pair, job, steps)?,
        ConfigKind::PodMonitor => of_pod_monitor(pair, job, steps)?,
        _ => written::walk(pair, job, &found, steps)?,
    }
    let (outcome, traces) = relabeling::step(pair, job, &found);
    walk.traces = traces;
    let steps = &mut walk.steps;
    steps.take(Name::Relabeling, outcome)?;
    let Some(said) = pair.said() else {
        return Ok(());
    };
    steps.take(Name::Permissions, permissions::permissions(pair, job, said))?;
    let kept = relabeling::kept(pair, job, &found);
    steps.take(
        Name::NetworkPolicy,
        policies::policies(pair, &kept, pair.scene.facts, said),
    )?;
    let (traces, ended) = prometheus::walk(pair, job, said, steps);
    // What Prometheus knows of the labels is better.
    if !traces.is_empty() {
        walk.traces = traces;
    }
    ended
}

/// Which endpoint a job is of.
fn index(job: &Job) -> usize {
    let last = job.name.rsplit('/').next();
    last.and_then(|last| last.parse().ok()).unwrap_or_default()
}

/// Why no job is generated.
fn jobless(pair: &Pair<'_>) -> Outcome {
    let spec = &pair.object.value["spec"];
    let endpoints = [&spec["endpoints"], &spec["podMetricsEndpoints"]];
    if endpoints.into_iter().filter_map(Value::as_array).any(Vec::is_empty) {
        return Outcome::failed("it has no endpoints, so that no job is generated", "add an endpoint");
    }
    Outcome::failed(
        format!("{} makes no job of {} objects", pair.who(), pair.kind),
        "use a Prometheus; an agent on each node scrapes what PodMonitors select and nothing else",
    )
}

/// The jobs of an object, each with the targets that are known.
pub(super) fn found<'a>(pair: &Pair<'a>, rendered: &Rendered) -> Vec<(&'a Job, Vec<Found>)> {
    let jobs = pair.jobs(rendered);
    jobs.into_iter().map(|job| (job, targets(pair, job))).collect()
}

/// The targets of a job that are known, of what its object selects.
fn targets(pair: &Pair<'_>, job: &Job) -> Vec<Found> {
    let (objects, key) = (&pair.scene.world.objects, &pair.object.key);
    let selector = match pair.kind {
        ConfigKind::ServiceMonitor => objects
            .service_monitors
            .get(key)
            .map(|monitor| monitor.spec.selector.clone()),
        ConfigKind::PodMonitor => objects
            .pod_monitors
            .get(key)
            .map(|monitor| monitor.spec.selector.clone()),
        _ => None,
    };
    let selector = Selector::parse(&selector.unwrap_or_default()).unwrap_or_default();
    discover::targets(job, pair.scene.facts, &|labels: &Labels| selector.matches(labels))
}

fn of_service_monitor(pair: &Pair<'_>, job: &Job, steps: &mut Steps) -> Result<(), Ended> {
    let (index, facts) = (index(job), pair.scene.facts);
    let monitor = pair
        .scene
        .world
        .objects
        .service_monitors
        .get(&pair.object.key)
        .ok_or(Ended)?;
    let endpoint = monitor.spec.endpoints.get(index).ok_or(Ended)?;
    let scraped = services::Scraped {
        facts,
        monitor: &monitor,
        endpoint,
        index,
        job,
    };
    scraped.walk(steps)
}

fn of_pod_monitor(pair: &Pair<'_>, job: &Job, steps: &mut Steps) -> Result<(), Ended> {
    let (index, facts) = (index(job), pair.scene.facts);
    let monitor = pair
        .scene
        .world
        .objects
        .pod_monitors
        .get(&pair.object.key)
        .ok_or(Ended)?;
    let endpoint = monitor.spec.pod_metrics_endpoints.get(index).ok_or(Ended)?;
    let scraped = pods::Scraped {
        facts,
        monitor: &monitor,
        endpoint,
        index,
        job,
    };
    scraped.walk(steps)
}
