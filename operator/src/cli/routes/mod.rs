//! `routes`: which receivers of each Alertmanager get an alert, along which routes, and what mutes it.

mod interval;
mod tree;

use std::collections::BTreeMap;
use std::io::{self, Write};

use formats::yaml::parse;
use jiff::Timestamp;
use kube::ResourceExt;
use serde::Serialize;
use serde_json::{Value, json};

use super::input::json as as_json;
use super::render::config_files;
use super::world::{Outcome, World, add_stand_in};
use super::{Answer, Failure, Session};
use crate::args::{Format, Routes};
use crate::object::{ObjectKey, yaml};
use tree::{Labels, Step, Tree};

/// The file that is looked at.
const FILE: &str = "alertmanager.yaml";

/// What an Alertmanager would do with the alert.
#[derive(Debug, Serialize)]
struct Routing {
    alertmanager: String,
    receivers: Vec<Receiver>,
}

/// A receiver that gets the alert.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Receiver {
    #[serde(rename = "receiver")]
    name: String,
    route: Vec<Step>,
    group_by: Vec<String>,
    /// The time interval because of which nobody is notified.
    #[serde(skip_serializing_if = "Option::is_none")]
    muted_by: Option<String>,
}

/// Follows the alert through all Alertmanagers.
pub(super) fn run(session: &Session<'_>, options: &Routes, out: &mut impl Write) -> Result<Answer, Failure> {
    let sources = options.sources.with_paths(&options.paths);
    let mut input = session.input(&sources)?;
    if input.objects.iter().all(|object| object.kind != "Alertmanager") {
        session.remark("no Alertmanager is in the input: as one would do that selects every AlertmanagerConfig");
        add_stand_in("Alertmanager", &mut input);
    }
    let world = session.world(&input);
    let labels: Labels = options.labels.iter().cloned().collect();
    let at = options.at.unwrap_or_else(now);
    let mut answer = Answer::Nothing;
    let mut routings = Vec::new();
    for outcome in session.wait(world.outcomes()) {
        if outcome.kind != "Alertmanager" {
            continue;
        }
        match routing(&outcome, &world, &labels, at) {
            Ok(routing) => routings.push(routing),
            Err(message) => {
                session.remark(&format!("Alertmanager {}: {message}", outcome.key));
                answer = Answer::Findings;
            }
        }
        for rejection in outcome.rendered.iter().flat_map(|rendered| &rendered.rejections) {
            session.remark(&format!(
                "AlertmanagerConfig {} is left out: {}",
                rejection.object, rejection.message
            ));
            answer = Answer::Findings;
        }
    }
    match options.output {
        Format::Json => writeln!(out, "{:#}", json!(routings))?,
        Format::Yaml => out.write_all(yaml(&routings).as_bytes())?,
        _ => routings.iter().try_for_each(|routing| write(routing, out))?,
    }
    Ok(answer)
}

#[expect(clippy::disallowed_methods, reason = "what is muted now is the question")]
fn now() -> Timestamp {
    Timestamp::now()
}

fn routing(outcome: &Outcome, world: &World, labels: &Labels, at: Timestamp) -> Result<Routing, String> {
    let rendered = outcome.rendered.as_ref().map_err(crate::reconcile::Error::message)?;
    let files = config_files(rendered);
    let text = files.get(FILE).ok_or("it has no configuration")?;
    let document = as_json(&parse(text).map_err(|error| error.to_string())?);
    let tree = Tree::new(&document["route"])?;
    let intervals = intervals(&document);
    let mut receivers = Vec::new();
    for matched in tree.matched(labels) {
        let mut route = matched.steps;
        mark_injected(&mut route, &matched.receiver, world);
        receivers.push(Receiver {
            muted_by: muted_by(&matched.muting, &matched.active, &intervals, at)?,
            name: matched.receiver,
            group_by: matched.group_by,
            route,
        });
    }
    Ok(Routing {
        alertmanager: outcome.key.to_string(),
        receivers,
    })
}

/// The intervals by name. Older versions have them under another key.
fn intervals(document: &Value) -> BTreeMap<String, Value> {
    ["time_intervals", "mute_time_intervals"]
        .iter()
        .flat_map(|key| document[*key].as_array().into_iter().flatten())
        .filter_map(|named| Some((named["name"].as_str()?.to_owned(), named["time_intervals"].clone())))
        .collect()
}

/// Which of the intervals keeps the alert from being told at that time.
fn muted_by(
    muting: &[String],
    active: &[String],
    intervals: &BTreeMap<String, Value>,
    at: Timestamp,
) -> Result<Option<String>, String> {
    let holds = |name: &String| {
        let all = intervals.get(name).and_then(Value::as_array).into_iter().flatten();
        let holds: Result<Vec<bool>, String> = all.map(|one| interval::contains(one, at)).collect();
        holds.map(|holds| holds.contains(&true))
    };
    for name in muting {
        if holds(name)? {
            return Ok(Some(name.clone()));
        }
    }
    for name in active {
        if holds(name)? {
            return Ok(None);
        }
    }
    Ok((!active.is_empty()).then(|| format!("not active: {}", active.join(", "))))
}

/// Marks the condition that the operator adds to confine an object to its namespace.
fn mark_injected(route: &mut [Step], receiver: &str, world: &World) {
    let mut words = receiver.split('/');
    let (Some(namespace), Some(name)) = (words.next(), words.next()) else {
        return;
    };
    let configs = &world.objects.alertmanager_configs;
    let Some(object) = configs.get(&ObjectKey::new(namespace, name)) else {
        return;
    };
    let own = object.spec.route.as_ref().map(|route| &route.matchers);
    let has_own = own.is_some_and(|matchers| matchers.iter().any(|matcher| &*matcher.name == "namespace"));
    if let Some(step) = route.get_mut(1).filter(|_| !has_own) {
        let added = format!("namespace=\"{namespace}\"");
        step.injected = step.conditions.iter().find(|condition| **condition == added).cloned();
        step.object = Some(format!(
            "{}/{}",
            object.namespace().unwrap_or_default(),
            object.name_any()
        ));
    }
}

fn write(routing: &Routing, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "Alertmanager {}", routing.alertmanager)?;
    for receiver in &routing.receivers {
        writeln!(out, "  receiver {}", receiver.name)?;
        for (depth, step) in receiver.route.iter().enumerate() {
            let indentation = "  ".repeat(depth);
            let conditions = if step.conditions.is_empty() {
                "every alert".to_owned()
            } else {
                step.conditions.join(", ")
            };
            write!(out, "    {indentation}route {}: {conditions}", step.place)?;
            if let (Some(added), Some(object)) = (&step.injected, &step.object) {
                write!(
                    out,
                    " ({added} is added by the operator to AlertmanagerConfig {object})"
                )?;
            }
            writeln!(out)?;
        }
        match &receiver.muted_by {
            Some(interval) => writeln!(out, "    muted by {interval}")?,
            None => writeln!(out, "    not muted")?,
        }
    }
    Ok(())
}
