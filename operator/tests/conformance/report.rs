//! What the suite prints, and how it ends.

#![expect(clippy::print_stdout, reason = "the report is what the suite is for")]

use std::path::Path;
use std::process::ExitCode;

use crate::area::Area;
use crate::areas::AREAS;
use crate::case::Case;
use crate::corpus;
use crate::exceptions::Exceptions;
use crate::verdict::Verdict;

/// Failing cases of an area that are shown, and lines of each.
const MOST_CASES: usize = 5;
const MOST_LINES: usize = 16;

/// Says that there are no recordings.
pub(crate) fn skipped() -> ExitCode {
    println!("conformance: skipped, there are no recordings (../shared/corpus or $CORPUS)");
    if std::env::var("CI").as_deref() == Ok("true") {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

#[derive(Default)]
struct Count {
    total: usize,
    passed: usize,
    differ: usize,
    pending: usize,
}

/// Prints one line per area, then what is wrong; `complete`: no case was filtered out.
pub(crate) fn print(
    root: &Path,
    cases: &[Case],
    results: &[Verdict],
    exceptions: &Exceptions,
    complete: bool,
) -> ExitCode {
    let mut sum = Count::default();
    let mut failed = 0;
    for area in AREAS {
        let (count, failures) = tally(area, cases, results, exceptions);
        if count.total > 0 {
            println!("{}", line(area, &count));
        } else if complete {
            println!("{} has no recorded cases", area.name);
            failed += 1;
        }
        show(&failures);
        failed += failures.len();
        sum.passed += count.passed;
        sum.pending += count.pending;
    }
    if complete {
        for stale in stale(cases, results, exceptions) {
            println!("differences.yaml: {stale}");
            failed += 1;
        }
        let uncovered = uncovered(root);
        if !uncovered.is_empty() {
            println!("recorded, without a test yet: {}", uncovered.join(", "));
        }
    }
    println!(
        "conformance: {} passed, {failed} failed, {} skipped",
        sum.passed, sum.pending
    );
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn tally<'a>(
    area: &Area,
    cases: &'a [Case],
    results: &'a [Verdict],
    exceptions: &Exceptions,
) -> (Count, Vec<(&'a Case, &'a str)>) {
    let mut count = Count::default();
    let mut failures = Vec::new();
    for (case, result) in cases
        .iter()
        .zip(results)
        .filter(|(case, _)| case.area.name == area.name)
    {
        count.total += 1;
        match result {
            Ok(()) => {
                count.passed += 1;
                count.differ += usize::from(case.differs);
            }
            Err(_) if exceptions.pending(case).is_some() => count.pending += 1,
            Err(failure) => failures.push((case, failure.0.as_str())),
        }
    }
    (count, failures)
}

fn line(area: &Area, count: &Count) -> String {
    let mut parts = vec![format!("{} {}/{}", area.name, count.passed, count.total)];
    if count.pending > 0 {
        parts.push(format!("{} pending", count.pending));
    }
    if count.differ > 0 {
        parts.push(format!("{} differ on purpose", count.differ));
    }
    parts.join(", ")
}

fn show(failures: &[(&Case, &str)]) {
    let verbose = std::env::var_os("CONFORMANCE_VERBOSE").is_some();
    let (most_cases, most_lines) = if verbose {
        (usize::MAX, usize::MAX)
    } else {
        (MOST_CASES, MOST_LINES)
    };
    for (case, failure) in failures.iter().take(most_cases) {
        println!("  FAILED {}", case.full_name());
        for line in failure.lines().take(most_lines) {
            println!("    {line}");
        }
        if failure.lines().count() > most_lines {
            println!("    ... (CONFORMANCE_VERBOSE=1 shows all)");
        }
    }
    if failures.len() > most_cases {
        println!("  ... and {} more", failures.len() - most_cases);
    }
}

/// Entries of the list that have lost their object: it must not rot.
fn stale(cases: &[Case], results: &[Verdict], exceptions: &Exceptions) -> Vec<String> {
    let mut stale = Vec::new();
    for entry in &exceptions.differs {
        if !cases.iter().any(|case| case.full_name() == entry.name()) {
            stale.push(format!("{} does not exist", entry.name()));
        }
    }
    for entry in &exceptions.pending {
        stale.extend(entry.unknown(cases).map(|name| format!("{name} does not exist")));
        let covered = || cases.iter().zip(results).filter(|(case, _)| entry.covers(case));
        if covered().next().is_none() {
            stale.push(format!("no case is pending by {}", entry.name()));
        } else if covered().all(|(_, result)| result.is_ok()) {
            stale.push(format!("every case passes that is pending by {}", entry.name()));
        } else if entry.is_by_name() {
            let passing = covered().filter(|(_, result)| result.is_ok());
            stale.extend(passing.map(|(case, _)| format!("{} is pending and passes", case.full_name())));
        }
    }
    stale
}

fn uncovered(root: &Path) -> Vec<String> {
    corpus::recorded_areas(root)
        .into_iter()
        .filter(|name| AREAS.iter().all(|area| area.name != name))
        .collect()
}
