//! Findings for people.

use std::io::{self, Write};

use super::{Finding, Report};
use crate::args::Severity;

const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

const fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "\x1b[1;31m",
        Severity::Warning => "\x1b[1;33m",
        Severity::Note => "\x1b[1;36m",
    }
}

/// Writes `report`.
pub(super) fn write(report: &Report, is_coloured: bool, out: &mut impl Write) -> io::Result<()> {
    let paint = |code: &'static str| if is_coloured { code } else { "" };
    for finding in &report.findings {
        let Finding {
            rule, object, field, ..
        } = finding;
        if let Some(position) = &finding.position {
            let place = position.place;
            write!(
                out,
                "{}{}:{}:{}{}: ",
                paint(BOLD),
                position.file,
                place.line,
                place.column,
                paint(RESET)
            )?;
        }
        let severity = rule.severity;
        write!(
            out,
            "{}{}[{}]{}: ",
            paint(colour(severity)),
            severity.as_str(),
            rule.id,
            paint(RESET)
        )?;
        let subject = [object.as_str(), field].into_iter().filter(|part| !part.is_empty());
        let subject = subject.collect::<Vec<_>>().join(" ");
        let colon = if subject.is_empty() { "" } else { ": " };
        writeln!(out, "{subject}{colon}{}", finding.message)?;
        writeln!(out, "  {}why:{}  {}", paint(DIM), paint(RESET), rule.why)?;
        writeln!(out, "  {}mend:{} {}", paint(DIM), paint(RESET), finding.mending())?;
    }
    let counts = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| {
        let count = report.count(severity);
        format!("{count} {}{}", severity.as_str(), if count == 1 { "" } else { "s" })
    });
    let plural = if report.objects == 1 { "" } else { "s" };
    let counts = counts.join(", ");
    writeln!(out, "{counts} in {} {}{plural}", report.objects, report.noun)
}
