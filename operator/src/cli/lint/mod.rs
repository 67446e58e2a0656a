//! `lint`: everything that the API server and the operator would say against objects, before they are applied. The verdicts are
//! those of the schemas, of the webhooks and of the renderers; only what needs several files is decided here.

mod field;
mod jobs;
mod objects;
mod rules;
mod selection;
mod services;
mod workloads;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use formats::yaml::Step;

use super::input::{Input, Object, Position};
use super::progress::Progress;
use super::report::{Finding, Report, Rule};
use super::world::{Outcome, World};
use super::{Answer, Failure, Session};
use crate::args::Lint;
use crate::object::ObjectKey;
use field::path_of;
pub use field::shown;

/// Annotation of an object with the ids of the rules that are off for it.
const DISABLE: &str = "lint.operator.prometheus.io/disable";

/// What was found, by the place of the object in the input.
struct Found {
    rule: &'static Rule,
    object: usize,
    path: Vec<Step>,
    message: String,
    mend: Option<String>,
}

/// What the checks look at, and what they have found.
struct Findings<'a> {
    input: &'a Input,
    world: &'a World,
    outcomes: &'a [Outcome],
    places: BTreeMap<(&'a str, &'a ObjectKey), usize>,
    found: Vec<Found>,
    told: BTreeSet<(usize, Vec<Step>, String)>,
}

/// Checks all objects.
pub(super) fn run(session: &Session<'_>, options: &Lint, out: &mut impl Write) -> Result<Answer, Failure> {
    if options.list_rules {
        list(out)?;
        return Ok(Answer::Nothing);
    }
    if let Some(unknown) = (options.disable.iter()).find(|id| rules::ALL.iter().all(|rule| rule.id != **id)) {
        return Err(Failure::Rule(unknown.clone()));
    }
    let sources = options.sources.with_paths(&options.paths);
    let input = session.input(&sources)?;
    let world = session.world(&input);
    let outcomes = session.wait(world.outcomes());
    let report = report(&input, &world, &outcomes, options);
    report.write(options.output, session.is_coloured(), out)?;
    let is_bad = |finding: &Finding| finding.rule.severity >= options.fail_on;
    Ok(Answer::of(report.findings.iter().any(is_bad)))
}

fn list(out: &mut impl Write) -> io::Result<()> {
    for rule in rules::ALL {
        writeln!(
            out,
            "{} ({})\n  {}\n  {}",
            rule.id,
            rule.severity.as_str(),
            rule.why,
            rule.mend
        )?;
    }
    Ok(())
}

fn report(input: &Input, world: &World, outcomes: &[Outcome], options: &Lint) -> Report {
    let mut findings = Findings {
        input,
        world,
        outcomes,
        places: BTreeMap::new(),
        found: Vec::new(),
        told: BTreeSet::new(),
    };
    for (number, object) in input.objects.iter().enumerate() {
        findings.places.insert((&object.kind, &object.key), number);
    }
    let mut progress = Progress::of("checking objects", input.objects.len());
    objects::check(&mut findings, &mut progress);
    workloads::check(&mut findings);
    selection::check(&mut findings);
    services::check(&mut findings);
    jobs::check(&mut findings);
    let is_on = |rule: &Rule, object: Option<&Object>| {
        let disabled = object.and_then(|object| object.annotation(DISABLE)).unwrap_or_default();
        !options.disable.iter().any(|id| id == rule.id) && !disabled.split(',').any(|id| id.trim() == rule.id)
    };
    // Beside files, a cluster is what they are held against.
    let has_files = input.objects.iter().any(|object| object.origin.is_some());
    let mut found = findings.found;
    found.retain(|found| {
        let object = &input.objects[found.object];
        is_on(found.rule, Some(object)) && (!has_files || object.origin.is_some())
    });
    let wanted: Vec<_> = (found.iter())
        .map(|found| (input.objects[found.object].origin.as_ref(), found.path.as_slice()))
        .collect();
    let positions = input.positions(&wanted);
    let mut report = Report {
        command: "lint",
        noun: "object",
        objects: input.objects.len(),
        rules: rules::ALL.to_vec(),
        findings: faults(input).filter(|finding| is_on(finding.rule, None)).collect(),
    };
    let finding = |(found, position): (Found, Option<Position>)| {
        let object = &input.objects[found.object];
        Finding {
            rule: found.rule,
            object: format!("{} {}", object.kind, object.key),
            field: shown(&found.path),
            position,
            message: found.message,
            mend: found.mend,
        }
    };
    report.findings.extend(found.into_iter().zip(positions).map(finding));
    let place = |finding: &Finding| (finding.position.clone(), finding.object.clone(), finding.field.clone());
    report.findings.sort_by_cached_key(place);
    report
}

/// The documents that are not YAML.
fn faults(input: &Input) -> impl Iterator<Item = Finding> {
    input.faults.iter().map(|fault| Finding {
        rule: &rules::SYNTAX,
        object: String::new(),
        field: String::new(),
        position: Some(fault.position.clone()),
        message: fault.cause.clone(),
        mend: None,
    })
}

impl<'a> Findings<'a> {
    /// Adds a finding about a field, unless the same was said of the object before.
    fn add(&mut self, rule: &'static Rule, object: usize, path: Vec<Step>, message: impl Into<String>) {
        let message = message.into();
        if self.told.insert((object, path.clone(), message.clone())) {
            self.found.push(Found {
                rule,
                object,
                path,
                message,
                mend: None,
            });
        }
    }

    /// The same, with how it is mended.
    fn add_with(&mut self, rule: &'static Rule, object: usize, path: Vec<Step>, message: String, mend: Option<String>) {
        let before = self.found.len();
        self.add(rule, object, path, message);
        if let Some(found) = self.found.get_mut(before) {
            found.mend = mend;
        }
    }

    /// Adds a finding whose message names the field first: `spec.x: it is wrong`.
    fn add_text(&mut self, rule: &'static Rule, object: usize, text: &str) {
        let (path, message) = path_of(text);
        self.add(rule, object, path, message);
    }

    /// Whether that was said of the object, or of one of its fields.
    fn is_told(&self, object: usize, message: &str) -> bool {
        let is_same = |found: &Found| found.object == object && found.message == message;
        self.found.iter().any(is_same)
    }

    /// The place of an object in the input.
    fn place(&self, kind: &str, key: &ObjectKey) -> Option<usize> {
        self.places.get(&(kind, key)).copied()
    }

    /// The objects, with their places.
    fn objects(&self) -> impl Iterator<Item = (usize, &'a Object)> + use<'a> {
        self.input.objects.iter().enumerate()
    }
}
