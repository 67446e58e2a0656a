//! The judgement of Prometheus: `promtool check config` loads every configuration that is rendered from the recordings, and
//! `promtool check rules` every rule file. Equal bytes prove only that the original would have written the same.
//!
//! `cargo test -p operator --test promtool` takes the program from `$PROMTOOL`; `e2e/test` names it. Where the program or
//! the recordings are absent it says that it was skipped; under `CI=true` that is a failure.
//!
//! A case is judged as rendered for its own version, and where promtool, which is newer, does not know that any more, as
//! rendered for the version of promtool. Versions before [`OLDEST`] are judged in that way alone. What may be refused, and
//! why: `refusals.yaml`.

#![expect(clippy::print_stdout, reason = "the report is what the suite is for")]

#[path = "../conformance/area.rs"]
#[expect(dead_code, reason = "the conformance suite needs more of it")]
mod area;
#[path = "../conformance/case.rs"]
#[expect(dead_code, reason = "the conformance suite needs more of it")]
mod case;
#[path = "../conformance/corpus.rs"]
#[expect(dead_code, reason = "the conformance suite needs more of it")]
mod corpus;
#[path = "../conformance/diff.rs"]
mod diff;
#[path = "../conformance/encoding.rs"]
#[expect(dead_code, reason = "the conformance suite needs more of it")]
mod encoding;
#[path = "../conformance/exceptions.rs"]
#[expect(dead_code, reason = "the conformance suite needs more of it")]
mod exceptions;
#[path = "../loader/judge.rs"]
mod judge;
mod names;
#[path = "../conformance/areas/prometheus_config.rs"]
mod prometheus_config;
mod promtool;
mod refusals;
#[path = "../conformance/areas/rules.rs"]
mod rules;
#[path = "../conformance/verdict.rs"]
#[expect(dead_code, reason = "the conformance suite needs more of it")]
mod verdict;

use std::num::NonZero;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use formats::version::Version;
use operator::rules::rule_file;

use area::Area;
use case::Case;
use corpus::Filters;
use prometheus_config::Recording;
use promtool::Promtool;
use refusals::Refusals;

/// The oldest version whose configuration is judged as it is.
const OLDEST: Version = Version::new(2, 40, 0);

/// How many programs run at once.
const WORKERS: NonZero<usize> = NonZero::new(4).unwrap();

/// What came of a case.
enum Outcome {
    /// The original refuses the input, and so do we.
    NotRendered,
    /// Loaded as rendered for its own version.
    Loaded,
    /// Loaded as rendered for the version of promtool.
    LoadedAsNewest,
    /// Refused for this reason.
    Refused(String),
}

fn main() -> ExitCode {
    let arguments = std::env::args().skip(1);
    let filters = Filters {
        exact: false,
        texts: arguments.filter(|argument| !argument.starts_with('-')).collect(),
    };
    let Some(root) = corpus::root() else {
        return judge::skipped("promtool", "there are no recordings (../shared/corpus or $CORPUS)");
    };
    let Some(promtool) = Promtool::find() else {
        return judge::skipped("promtool", "there is no promtool ($PROMTOOL)");
    };
    let areas = [
        Area::new("prometheus-config", prometheus_config::run),
        Area::new("prometheus-rules", rules::run),
        Area::new("rules", rules::run),
    ];
    let cases = corpus::cases(&root, &areas, &exceptions::read(), &filters);
    let outcomes = outcomes(&cases, &promtool);
    report(&outcomes, &refusals::read(), filters.texts.is_empty())
}

/// What comes of each case, sorted by name.
fn outcomes(cases: &[Case], promtool: &Promtool) -> Vec<(String, Outcome)> {
    let (next, outcomes) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..WORKERS.get() {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = match case.area.name {
                        "prometheus-config" => outcome(case, promtool),
                        _ => outcome_of_rules(case, promtool),
                    };
                    let outcome = outcome.unwrap_or_else(|failure| Outcome::Refused(failure.0));
                    let mut outcomes = outcomes.lock().unwrap_or_else(PoisonError::into_inner);
                    outcomes.push((case.name.clone(), outcome));
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcomes.sort_by(|(name, _), (other, _)| name.cmp(other));
    outcomes
}

fn outcome(case: &Case, promtool: &Promtool) -> Result<Outcome, verdict::Failure> {
    let mut recording = Recording::read(case)?;
    names::tell_apart(&mut recording.input);
    // Whether the error is right is the matter of the conformance suite.
    let Ok(own) = recording.configuration(recording.version)? else {
        return Ok(Outcome::NotRendered);
    };
    let agent = recording.agent.is_some();
    if recording.version >= OLDEST && promtool.check(&own, agent).is_ok() {
        return Ok(Outcome::Loaded);
    }
    let newest = recording.configuration(promtool.version)?;
    Ok(match newest {
        Err(error) => Outcome::Refused(error.to_string()),
        Ok(newest) => match promtool.check(&newest, agent) {
            Ok(()) if recording.version < Version::candidate(3, 0, 0, 0) => Outcome::LoadedAsNewest,
            Ok(()) => Outcome::Refused("loads for the version of promtool, but not for its own".to_owned()),
            Err(refusal) => Outcome::Refused(refusal),
        },
    })
}

fn outcome_of_rules(case: &Case, promtool: &Promtool) -> Result<Outcome, verdict::Failure> {
    let recording = rules::Recording::read(case)?;
    let Ok((file, _)) = rule_file(&recording.target, &recording.rule) else {
        return Ok(Outcome::NotRendered);
    };
    Ok(match promtool.check_rules(&file) {
        Ok(()) => Outcome::Loaded,
        Err(refusal) => Outcome::Refused(refusal),
    })
}

/// Prints what is wrong and how many were loaded. Entries of the list that have lost their object are wrong too, where the
/// run is `complete`.
fn report(outcomes: &[(String, Outcome)], refusals: &Refusals, complete: bool) -> ExitCode {
    let (mut loaded, mut newest, mut not_rendered, mut expected, mut failed) = (0, 0, 0, 0, 0);
    for (name, outcome) in outcomes {
        match outcome {
            Outcome::Loaded => loaded += 1,
            Outcome::LoadedAsNewest => newest += 1,
            Outcome::NotRendered => not_rendered += 1,
            Outcome::Refused(message) if refusals.expect(name, message) => expected += 1,
            Outcome::Refused(message) => {
                failed += 1;
                println!("  REFUSED {name}\n    {}", message.trim_end().replace('\n', "\n    "));
            }
        }
    }
    if complete {
        for entry in refusals.stale(outcomes) {
            failed += 1;
            println!("  STALE refusals.yaml: {entry}");
        }
    }
    println!(
        "promtool: {} of {} configurations and rule files loaded ({newest} as rendered for the newest version), {expected} refused as \
         expected, {failed} wrong; {not_rendered} inputs make none",
        loaded + newest,
        outcomes.len() - not_rendered,
    );
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
