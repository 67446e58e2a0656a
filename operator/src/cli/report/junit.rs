//! Findings as `JUnit` XML: a suite for each file, a test for each finding, and one that passes for a file without any.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Finding, Report};
use crate::args::Severity;

/// Writes `report`.
pub(super) fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let mut suites: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        let file = finding
            .position
            .as_ref()
            .map_or("cluster", |position| position.file.as_str());
        suites.entry(file).or_default().push(finding);
    }
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let failures = failures(report.findings.iter());
    let (tests, command) = (report.findings.len().max(1), report.command);
    writeln!(
        out,
        "<testsuites name=\"{command}\" tests=\"{tests}\" failures=\"{failures}\">"
    )?;
    if suites.is_empty() {
        writeln!(out, "  <testsuite name=\"{command}\" tests=\"1\" failures=\"0\">")?;
        writeln!(
            out,
            "    <testcase name=\"{} {}s\" classname=\"{command}\"/>",
            report.objects, report.noun
        )?;
        writeln!(out, "  </testsuite>")?;
    }
    for (file, findings) in suites {
        suite(file, &findings, out)?;
    }
    writeln!(out, "</testsuites>")
}

fn failures<'a>(findings: impl Iterator<Item = &'a Finding>) -> usize {
    findings
        .filter(|finding| finding.rule.severity > Severity::Note)
        .count()
}

fn suite(file: &str, findings: &[&Finding], out: &mut impl Write) -> io::Result<()> {
    let (tests, failures) = (findings.len(), failures(findings.iter().copied()));
    writeln!(
        out,
        "  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\">",
        escaped(file)
    )?;
    for finding in findings {
        let name = format!("{} {}", finding.object, finding.field);
        let line = finding.position.as_ref().map_or(1, |position| position.place.line);
        write!(
            out,
            "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{line}\">",
            escaped(name.trim()),
            finding.rule.id,
            escaped(file)
        )?;
        let text = format!(
            "{}\nwhy: {}\nmend: {}",
            finding.message,
            finding.rule.why,
            finding.mending()
        );
        if finding.rule.severity > Severity::Note {
            let (message, kind) = (escaped(&finding.message), finding.rule.severity.as_str());
            write!(
                out,
                "<failure message=\"{message}\" type=\"{kind}\">{}</failure>",
                escaped(&text)
            )?;
        } else {
            write!(out, "<system-out>{}</system-out>", escaped(&text))?;
        }
        writeln!(out, "</testcase>")?;
    }
    writeln!(out, "  </testsuite>")
}

/// The text as XML. Characters that XML cannot hold are replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' | '\r' => escaped.push(' '),
            character if character < ' ' || matches!(character, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            character => escaped.push(character),
        }
    }
    escaped
}
