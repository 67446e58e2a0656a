//! Findings, and the formats in which they are written. Pure but for the writer that is given.

mod github;
mod human;
pub mod junit;
mod sarif;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::input::Position;
use crate::args::{Format, Severity};
use crate::object::yaml;

/// A rule that objects can be against.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Why it matters.
    pub why: &'static str,
    /// How it is mended, where the finding does not say it better.
    pub mend: &'static str,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which rule it is against.
    pub rule: &'static Rule,
    /// Kind, namespace and name of the object; empty for a document that is none.
    pub object: String,
    /// Path of the field; empty for the object as a whole.
    pub field: String,
    /// Where it is written.
    pub position: Option<Position>,
    /// What was found.
    pub message: String,
    /// How this one is mended, where the rule does not say.
    pub mend: Option<String>,
}

impl Finding {
    /// How it is mended.
    pub fn mending(&self) -> &str {
        self.mend.as_deref().unwrap_or(self.rule.mend)
    }
}

/// All findings.
#[derive(Debug, Default)]
pub struct Report {
    /// The command that found them.
    pub command: &'static str,
    /// What was looked at, in the singular.
    pub noun: &'static str,
    /// In the order of their places.
    pub findings: Vec<Finding>,
    /// How many of these were looked at.
    pub objects: usize,
    /// All rules that were applied.
    pub rules: Vec<&'static Rule>,
}

impl Report {
    /// How many findings are of that severity.
    pub fn count(&self, severity: Severity) -> usize {
        let of = |finding: &&Finding| finding.rule.severity == severity;
        self.findings.iter().filter(of).count()
    }

    /// Writes the report.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, format: Format, is_coloured: bool, out: &mut impl Write) -> io::Result<()> {
        match format {
            Format::Human => human::write(self, is_coloured, out),
            Format::Json => writeln!(out, "{:#}", self.document()),
            Format::Yaml => out.write_all(yaml(&self.document()).as_bytes()),
            Format::Sarif => writeln!(out, "{:#}", sarif::document(self)),
            Format::Junit => junit::write_report(self, out),
            Format::Github => github::write(self, out),
        }
    }

    fn document(&self) -> Value {
        let findings = self.findings.iter().map(|finding| {
            let place = finding.position.as_ref().map(|position| position.place);
            json!(Entry {
                rule: finding.rule.id,
                severity: finding.rule.severity.as_str(),
                file: finding.position.as_ref().map(|position| position.file.as_str()),
                line: place.map(|place| place.line),
                column: place.map(|place| place.column),
                object: &finding.object,
                field: &finding.field,
                message: &finding.message,
                why: finding.rule.why,
                mend: finding.mending(),
            })
        });
        let mut document = json!({ "findings": findings.collect::<Vec<Value>>() });
        document[format!("{}s", self.noun)] = self.objects.into();
        document
    }
}

#[derive(Serialize)]
struct Entry<'a> {
    rule: &'a str,
    severity: &'a str,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    object: &'a str,
    field: &'a str,
    message: &'a str,
    why: &'a str,
    mend: &'a str,
}
