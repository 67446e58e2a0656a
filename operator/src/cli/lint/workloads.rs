//! What comes out of rendering the workloads: whether they can be, what they leave out, what they ignore, what they miss.

use formats::yaml::Step;

use super::{Findings, field, rules};
use crate::cli::world::Outcome;
use crate::object::ObjectKey;
use crate::reconcile::Rendered;

/// Checks every workload.
pub(super) fn check(findings: &mut Findings<'_>) {
    for outcome in findings.outcomes {
        let Some(number) = findings.place(&outcome.kind, &outcome.key) else {
            continue;
        };
        for reference in &outcome.placeholders {
            let message = format!("{reference} is not in the input");
            findings.add(&rules::MISSING_REFERENCE, number, Vec::new(), message);
        }
        match &outcome.rendered {
            Err(error) => findings.add_text(&rules::INVALID_WORKLOAD, number, &error.message()),
            Ok(rendered) => remarks(findings, number, outcome, rendered),
        }
        service_account(findings, number, outcome);
    }
}

fn remarks(findings: &mut Findings<'_>, number: usize, outcome: &Outcome, rendered: &Rendered) {
    for rejection in &rendered.rejections {
        if let Some(object) = findings.place(rejection.kind.as_str(), &rejection.object) {
            let (path, message) = field::path_of(&rejection.message);
            // What the webhook says of the same fault names the field more exactly.
            if !findings.is_told(object, message) {
                findings.add(&rules::REJECTED, object, path, message);
            }
        }
    }
    for dropped in &rendered.dropped {
        match subject(findings, dropped) {
            Some((object, text)) => {
                let (path, message) = field::path_of(text);
                let message = format!("{message} (for {} {})", outcome.kind, outcome.key);
                findings.add(&rules::IGNORED_FIELD, object, path, message);
            }
            None => findings.add_text(&rules::IGNORED_FIELD, number, dropped),
        }
    }
    for notice in &rendered.notices {
        let rule = match notice.reason {
            "NoSelectedResources" => &rules::SELECTS_NOTHING,
            "IgnoredFields" => &rules::IGNORED_FIELD,
            _ => &rules::NOTICE,
        };
        let first = notice.message.split(' ').next().and_then(field::steps);
        let path = first.filter(|steps| steps.len() > 1).unwrap_or_default();
        findings.add(rule, number, path, &*notice.message);
    }
}

/// The object that a text is about: `PrometheusRule a/b: …`, or the name of a job, `serviceMonitor/a/b/0: …`; and the rest.
fn subject<'t>(findings: &Findings<'_>, text: &'t str) -> Option<(usize, &'t str)> {
    const JOBS: [(&str, &str); 4] = [
        ("serviceMonitor", "ServiceMonitor"),
        ("podMonitor", "PodMonitor"),
        ("probe", "Probe"),
        ("scrapeConfig", "ScrapeConfig"),
    ];
    let (subject, rest) = text.split_once(": ")?;
    let (kind, key) = if let Some((kind, key)) = subject.split_once(' ') {
        (kind, key)
    } else {
        let (job, key) = subject.split_once('/')?;
        let (_, kind) = JOBS.iter().find(|(name, _)| *name == job)?;
        (*kind, key)
    };
    let mut words = key.split('/');
    let key = ObjectKey::new(words.next()?, words.next()?);
    Some((findings.place(kind, &key)?, rest))
}

/// Notes a service account that is not in the input although others of its namespace are.
fn service_account(findings: &mut Findings<'_>, number: usize, outcome: &Outcome) {
    let object = &findings.input.objects[number];
    let Some(name) = object.value["spec"]["serviceAccountName"].as_str() else {
        return;
    };
    let mut accounts = (findings.input.objects.iter()).filter(|other| other.kind == "ServiceAccount");
    let of_namespace = |key: &ObjectKey| key.namespace == outcome.key.namespace;
    let mut same = accounts
        .by_ref()
        .filter(|account| of_namespace(&account.key))
        .peekable();
    if same.peek().is_some() && !same.any(|account| *account.key.name == *name) {
        let path = ["spec", "serviceAccountName"].map(|field| Step::Field(field.to_owned()));
        let message = format!("service account {}/{name} is not in the input", outcome.key.namespace);
        findings.add(&rules::MISSING_REFERENCE, number, path.into(), message);
    }
}
