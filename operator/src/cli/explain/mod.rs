//! `explain`: why an object has not the effect that somebody expects. It walks from the object to its samples and names the first
//! step that fails. The verdicts are those of the operator's functions; what is decided here is only how to say it.

mod addresses;
mod ask;
mod backwards;
mod discover;
mod facts;
mod human;
mod job;
mod live;
mod loaded;
mod permissions;
mod pods;
mod policies;
mod prometheus;
pub mod relabel;
mod relabeling;
mod routing;
mod rules;
mod scene;
mod selection;
mod services;
mod step;
pub mod subject;
mod target;
mod walk;
mod written;

use std::collections::BTreeSet;
use std::io::Write;

use kube::Client;
use serde::Serialize;
use serde_json::json;

use super::input::{Input, Object};
use super::schema::nearest;
use super::world::add_stand_in;
use super::{Answer, Failure, Session};
use crate::args::{Explain, Format};
use crate::object::{ConfigKind, ObjectKey, yaml};
use facts::Facts;
use job::Jobs;
use live::Live;
use scene::Scene;
use selection::able;
use step::{Name, Outcome, Steps};
use subject::Subject;
use walk::Explained;

/// An explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// What is to blame; `None`: no step fails.
    pub failed: Option<Verdict>,
    /// Steps of what was asked for, where it is no configuration object.
    #[serde(skip_serializing_if = "Steps::is_empty")]
    pub steps: Steps,
    /// Objects that could be meant, and why they are not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub near: Vec<Near>,
    /// The configuration objects.
    pub objects: Vec<Explained>,
    /// Steps that were not taken, because only a cluster knows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only_in_cluster: Vec<Name>,
}

/// The first step that fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Which one.
    pub step: Name,
    /// The object.
    pub object: String,
    /// The workload, where it is about one.
    pub workload: String,
    /// Why.
    pub why: String,
    /// What would change that.
    pub mend: String,
}

/// An object that comes near.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Near {
    /// Kind and name.
    pub object: String,
    /// What is different.
    pub why: String,
}

/// Explains, and writes the explanation.
pub(super) fn run(session: &Session<'_>, options: &Explain, out: &mut impl Write) -> Result<Answer, Failure> {
    let explanation = explanation(session, options)?;
    match options.output {
        Format::Json => writeln!(out, "{:#}", json!(explanation))?,
        Format::Yaml => out.write_all(yaml(&explanation).as_bytes())?,
        _ => human::write(&explanation, session.is_coloured(), out)?,
    }
    Ok(Answer::of(explanation.failed.is_some()))
}

/// The explanation of what `options` ask for.
///
/// # Errors
/// When it is nothing that can be explained, or the sources cannot be read.
pub fn explanation(session: &Session<'_>, options: &Explain) -> Result<Explanation, Failure> {
    let (subject, rest) = Subject::read(&options.words)?;
    let paths: Vec<_> = rest.iter().map(Into::into).collect();
    let sources = options.sources.with_paths(&paths);
    if sources.filenames.is_empty() && !sources.cluster {
        return Err(Failure::NoSources);
    }
    let mut input = session.input(&sources)?;
    if !sources.cluster {
        stand_in(session, &subject, &mut input);
    }
    let world = session.world(&input);
    let outcomes = session.wait(world.outcomes());
    let selects = world.selects();
    let facts = |beside: &Input, is_live| Facts::of(&input, beside, &outcomes, world.namespaces.labels(), is_live);
    let (beside, none) = (Input::default(), Live::new());
    let (written, namespace) = (facts(&beside, sources.cluster), sources.namespace.as_str());
    let scene = Scene {
        args: session.args(),
        input: &input,
        world: &world,
        outcomes: &outcomes,
        jobs: &Jobs::new(&outcomes),
        selects: &selects,
        facts: &written,
        live: &none,
    };
    if !sources.cluster {
        let mut explanation = explained(&scene, &subject, namespace, options.trace);
        explanation.only_in_cluster = walk::only_in_cluster(&subject);
        return Ok(explanation);
    }
    let client = session.cluster()?;
    let mut beside = Input::default();
    let places = places(&scene, &subject, namespace);
    let hidden = session.wait(ask::beside(&client, places.as_ref(), &mut beside));
    for hidden in &hidden {
        session.remark(&format!("{hidden}: what is there is not known"));
    }
    let known = facts(&beside, hidden.is_empty());
    let scene = Scene { facts: &known, ..scene };
    let live = session.wait(answers(
        &client,
        &scene,
        &explained(&scene, &subject, namespace, false),
        options,
    ));
    let scene = Scene { live: &live, ..scene };
    Ok(explained(&scene, &subject, namespace, options.trace))
}

/// Adds a workload to files that have none, as those of an application often do.
fn stand_in(session: &Session<'_>, subject: &Subject, input: &mut Input) {
    let able = match subject {
        Subject::Config(kind, _) => able(*kind),
        Subject::Service(_) | Subject::Pod(_) | Subject::Target(_) => able(ConfigKind::ServiceMonitor),
    };
    if input.objects.iter().any(|object| able.contains(&object.kind.as_str())) {
        return;
    }
    session.remark(&format!(
        "no {} is in the input: as one would do that selects every object",
        able[0]
    ));
    add_stand_in(able[0], input);
}

/// The namespaces of which pods and endpoints are needed; `None`: all.
fn places(scene: &Scene<'_>, subject: &Subject, namespace: &str) -> Option<BTreeSet<String>> {
    let (kind, name) = match subject {
        Subject::Config(ConfigKind::PrometheusRule | ConfigKind::AlertmanagerConfig, _) => return Some(BTreeSet::new()),
        Subject::Config(kind @ (ConfigKind::ServiceMonitor | ConfigKind::PodMonitor), name) => (*kind, name),
        _ => return None,
    };
    let mut places = BTreeSet::new();
    let object = located(scene.input, kind.as_str(), namespace, name).ok();
    for pair in object.iter().flat_map(|object| walk::pairs(scene, kind, object)) {
        let Ok(rendered) = pair.walk(&mut Steps::default()) else {
            continue;
        };
        for discovery in pair.jobs(rendered).iter().flat_map(|job| &job.discoveries) {
            if discovery.namespaces.is_empty() {
                return None;
            }
            places.extend(discovery.namespaces.iter().cloned());
        }
    }
    Some(places)
}

/// What the cluster says of the objects of `explanation`.
async fn answers(client: &Client, scene: &Scene<'_>, explanation: &Explanation, options: &Explain) -> Live {
    let mut live = Live::new();
    for (kind, key) in explanation.objects.iter().filter_map(|object| object.identity.as_ref()) {
        let object = scene.object(kind.as_str(), key);
        for pair in object.iter().flat_map(|object| walk::pairs(scene, *kind, object)) {
            if let Some(said) = ask::said(client, &pair, options.prometheus_url.as_deref()).await {
                live.insert(pair.identity(), said);
            }
        }
    }
    live
}

/// What `subject` amounts to.
fn explained(scene: &Scene<'_>, subject: &Subject, namespace: &str, traced: bool) -> Explanation {
    let mut explanation = Explanation {
        failed: None,
        steps: Steps::default(),
        near: Vec::new(),
        objects: Vec::new(),
        only_in_cluster: if scene.facts.is_live {
            Vec::new()
        } else {
            walk::only_in_cluster(subject)
        },
    };
    match subject {
        Subject::Config(kind, name) => {
            let explained = match located(scene.input, kind.as_str(), namespace, name) {
                Ok(object) => walk::object(scene, *kind, object, traced),
                Err(near) => walk::missing(kind.as_str(), &ObjectKey::new(namespace, name.as_str()), near),
            };
            explanation.objects.push(explained);
        }
        Subject::Service(name) => backwards::service(scene, namespace, name, traced, &mut explanation),
        Subject::Pod(name) => backwards::pod(scene, namespace, name, traced, &mut explanation),
        Subject::Target(url) => target::target(scene, url, traced, &mut explanation),
    }
    explanation.failed = verdict(&explanation);
    explanation
}

/// The object of that name: in the namespace, or in another one if it is the only one of its name. Else the nearest one.
fn located<'a>(input: &'a Input, kind: &str, namespace: &str, name: &str) -> Result<&'a Object, Option<String>> {
    let of_kind = || input.objects.iter().rev().filter(|object| object.kind == kind);
    let named = || of_kind().filter(|object| *object.key.name == *name);
    if let Some(object) = named().find(|object| *object.key.namespace == *namespace) {
        return Ok(object);
    }
    let mut keys: Vec<&ObjectKey> = named().map(|object| &object.key).collect();
    keys.dedup();
    match keys.as_slice() {
        [_] => named().next().ok_or(None),
        [] => {
            let inside = of_kind().filter(|object| *object.key.namespace == *namespace);
            Err(nearest(name, inside.map(|object| &*object.key.name)))
        }
        keys => {
            let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
            Err(Some(keys.join(" or ")))
        }
    }
}

/// The first step that fails, of what was asked for and then of the objects.
fn verdict(explanation: &Explanation) -> Option<Verdict> {
    let said = |object: &str, workload: &str, step: &step::Step| {
        let (Outcome::Failed { why, mend } | Outcome::Hint { why, mend }) = &step.outcome else {
            return None;
        };
        Some(Verdict {
            step: step.step,
            object: object.to_owned(),
            workload: workload.to_owned(),
            why: why.clone(),
            mend: mend.clone(),
        })
    };
    if let Some(step) = explanation.steps.failed() {
        return said("", "", step);
    }
    let mut objects = explanation.objects.iter();
    let (object, (workload, step)) = objects.find_map(|object| Some((object, object.failed()?)))?;
    said(&object.object, workload, step)
}

/// The configuration objects that make scrape jobs.
const SCRAPE: [ConfigKind; 4] = [
    ConfigKind::ServiceMonitor,
    ConfigKind::PodMonitor,
    ConfigKind::Probe,
    ConfigKind::ScrapeConfig,
];
