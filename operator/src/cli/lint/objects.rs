//! What is said of single objects: by their schema, and by the checks of the webhooks.

use formats::yaml::Step;
use serde_json::value::to_raw_value;

use super::{Findings, field, rules};
use crate::admission::kinds::KINDS;
use crate::cli::input::Object;
use crate::cli::progress::Progress;
use crate::cli::schema::{self, Checker, Problem, Violation, nearest};
use crate::cli::world::completed;

/// Kinds of workloads: they are judged by rendering them.
const WORKLOADS: [&str; 4] = ["Prometheus", "PrometheusAgent", "Alertmanager", "ThanosRuler"];

/// Checks every object.
pub(super) fn check(findings: &mut Findings<'_>, progress: &mut Progress) {
    let mut checker = Checker::default();
    for (number, object) in findings.objects() {
        progress.step();
        if is_replaced(findings, number, object) {
            let message = format!("another {} of this name is read later and replaces it", object.kind);
            findings.add(&rules::DUPLICATE_OBJECT, number, Vec::new(), message);
        }
        if !object.is_ours() {
            continue;
        }
        let is_readable = shape(findings, &mut checker, number, object);
        if is_readable && !WORKLOADS.contains(&object.kind.as_str()) {
            opinion(findings, number, object);
        }
    }
}

/// Whether another object of the same group, kind and name is read later.
fn is_replaced(findings: &Findings<'_>, number: usize, object: &Object) -> bool {
    let group = |object: &Object| object.api_version.rsplit_once('/').map(|(group, _)| group.to_owned());
    let last = findings.place(&object.kind, &object.key).filter(|last| *last != number);
    let last = last.map(|last| &findings.input.objects[last]);
    !object.key.name.is_empty() && last.is_some_and(|last| group(last) == group(object))
}

/// Checks an object by its schema; whether it can be looked at further.
fn shape(findings: &mut Findings<'_>, checker: &mut Checker, number: usize, object: &Object) -> bool {
    let Some(schema) = schema::of(&object.kind, &object.api_version) else {
        unknown_kind(findings, number, object);
        return false;
    };
    let mut is_readable = true;
    for violation in checker.check(&schema, &object.value) {
        is_readable &= add(findings, number, violation);
    }
    if let Some(unreadable) = findings.world.unreadable.get(&number).filter(|_| is_readable) {
        let path = field::steps(&unreadable.path).unwrap_or_default();
        findings.add(&rules::WRONG_TYPE, number, path, unreadable.cause.to_string());
        return false;
    }
    if object.key.name.is_empty() {
        let path = vec![Step::Field("metadata".to_owned())];
        findings.add(&rules::MISSING_FIELD, number, path, "name is missing");
    }
    is_readable
}

fn unknown_kind(findings: &mut Findings<'_>, number: usize, object: &Object) {
    let known = KINDS.iter().find(|kind| kind.kind == object.kind);
    let (field, message, mend) = if let Some(known) = known {
        let versions: Vec<String> = (known.versions.iter())
            .map(|version| format!("monitoring.coreos.com/{version}"))
            .collect();
        let message = format!("{} has no version {:?}", object.kind, object.api_version);
        (
            "apiVersion",
            message,
            Some(format!("Write apiVersion: {}.", versions.join(" or "))),
        )
    } else {
        let nearest = nearest(&object.kind, KINDS.iter().map(|kind| kind.kind));
        let mend = nearest.map(|nearest| format!("Did you mean {nearest}?"));
        (
            "kind",
            format!("there is no kind {:?} in this group", object.kind),
            mend,
        )
    };
    findings.add_with(
        &rules::UNKNOWN_KIND,
        number,
        vec![Step::Field(field.to_owned())],
        message,
        mend,
    );
}

/// Adds a violation; whether the object can be read all the same.
fn add(findings: &mut Findings<'_>, number: usize, Violation { path, problem }: Violation) -> bool {
    let (rule, message, mend) = match problem {
        Problem::Unknown(nearest) => {
            let name = match path.last() {
                Some(Step::Field(name)) => name.clone(),
                _ => String::new(),
            };
            let mend = nearest.map(|nearest| format!("Did you mean {nearest}?"));
            (&rules::UNKNOWN_FIELD, format!("there is no field {name:?}"), mend)
        }
        Problem::Type(found, expected) => (&rules::WRONG_TYPE, format!("it is {found}, expected {expected}"), None),
        Problem::Missing(name) => (&rules::MISSING_FIELD, format!("{name} is missing"), None),
        Problem::Value(message) => (&rules::INVALID_VALUE, message, None),
        Problem::Deprecated(message) => (&rules::DEPRECATED_FIELD, message, None),
    };
    findings.add_with(rule, number, path, message, mend);
    rule.id == rules::UNKNOWN_FIELD.id || rule.id == rules::DEPRECATED_FIELD.id
}

/// Asks the webhook of the kind.
fn opinion(findings: &mut Findings<'_>, number: usize, object: &Object) {
    let Some(kind) = KINDS.iter().find(|kind| kind.kind == object.kind) else {
        return;
    };
    let version = object.api_version.rsplit('/').next().unwrap_or_default();
    let Ok(raw) = to_raw_value(&completed(object)) else {
        return;
    };
    match kind.opinion(&findings.world.judge, &raw, version) {
        Ok(warnings) => warnings.iter().for_each(|warning| warn(findings, number, warning)),
        Err(causes) => {
            for cause in causes {
                let path = field::steps(&cause.field).unwrap_or_default();
                let (own, message) = field::path_of(&cause.message);
                let path = if path.is_empty() { own } else { path };
                findings.add(&rules::REJECTED, number, path, message);
            }
        }
    }
}

/// Sorts what the author of an object should know although it is fine.
fn warn(findings: &mut Findings<'_>, number: usize, warning: &str) {
    if warning.contains(" would leave it out: ") {
        findings.add(&rules::PARTLY_REJECTED, number, Vec::new(), warning);
    } else if let Some((_, places)) = warning.split_once(" the same labels: ") {
        let last = places.rsplit(", ").next().and_then(field::steps);
        findings.add(&rules::DUPLICATE_RULE, number, last.unwrap_or_default(), warning);
    } else {
        findings.add_text(&rules::SPARSE_INTERVAL, number, warning);
    }
}
