//! Findings as workflow commands of GitHub Actions: `::error file=…,line=…::message`.

use std::io::{self, Write};

use super::Report;
use crate::args::Severity;

/// Writes `report`.
pub(super) fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    for finding in &report.findings {
        let command = match finding.rule.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        write!(out, "::{command} ")?;
        if let Some(position) = &finding.position {
            let (file, place) = (property(&position.file), position.place);
            write!(out, "file={file},line={},col={},", place.line, place.column)?;
        }
        let subject = format!("{} {}", finding.object, finding.field);
        let message = format!("{}: {}\n{}", subject.trim(), finding.message, finding.mending());
        writeln!(out, "title={}::{}", property(finding.rule.id), data(&message))?;
    }
    Ok(())
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
