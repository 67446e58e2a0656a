//! Results as `JUnit` XML: a suite for each file, a test for each finding, and one that passes where there is none.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Finding, Report};
use crate::args::Severity;

/// Tests that belong together.
pub struct Suite {
    /// The file that they are about.
    pub name: String,
    /// The tests.
    pub cases: Vec<TestCase>,
}

/// A test.
pub struct TestCase {
    /// Its name.
    pub name: String,
    /// What the tests of this kind have in common.
    pub class: String,
    /// File and line of what it is about.
    pub position: Option<(String, usize)>,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a test ended.
pub enum Outcome {
    /// Well.
    Passed,
    /// Well, with something to say.
    Noted(String),
    /// Badly.
    Failed {
        /// In a line.
        message: String,
        /// What kind of failure it is.
        kind: &'static str,
        /// In full.
        text: String,
    },
}

/// Writes the findings of a report.
pub(super) fn write_report(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let mut by_file: BTreeMap<&str, Vec<TestCase>> = BTreeMap::new();
    for finding in &report.findings {
        let position = finding.position.as_ref();
        let file = position.map_or("cluster", |position| position.file.as_str());
        by_file.entry(file).or_default().push(case(finding, file));
    }
    let suite = |(file, cases): (&str, Vec<TestCase>)| Suite {
        name: file.to_owned(),
        cases,
    };
    let mut suites: Vec<Suite> = by_file.into_iter().map(suite).collect();
    if suites.is_empty() {
        let nothing = TestCase {
            name: format!("{} {}s", report.objects, report.noun),
            class: report.command.to_owned(),
            position: None,
            outcome: Outcome::Passed,
        };
        suites.push(suite((report.command, vec![nothing])));
    }
    write(report.command, &suites, out)
}

fn case(finding: &Finding, file: &str) -> TestCase {
    let text = format!(
        "{}\nwhy: {}\nmend: {}",
        finding.message,
        finding.rule.why,
        finding.mending()
    );
    let line = finding.position.as_ref().map_or(1, |position| position.place.line);
    TestCase {
        name: format!("{} {}", finding.object, finding.field).trim().to_owned(),
        class: finding.rule.id.to_owned(),
        position: Some((file.to_owned(), line)),
        outcome: if finding.rule.severity > Severity::Note {
            Outcome::Failed {
                message: finding.message.clone(),
                kind: finding.rule.severity.as_str(),
                text,
            }
        } else {
            Outcome::Noted(text)
        },
    }
}

/// Writes the results of a command.
///
/// # Errors
/// Those of `out`.
pub fn write(command: &str, suites: &[Suite], out: &mut impl Write) -> io::Result<()> {
    let tests: usize = suites.iter().map(|suite| suite.cases.len()).sum();
    let failures: usize = suites.iter().map(Suite::failures).sum();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"{command}\" tests=\"{tests}\" failures=\"{failures}\">"
    )?;
    for suite in suites {
        suite.write(out)?;
    }
    writeln!(out, "</testsuites>")
}

impl Suite {
    fn failures(&self) -> usize {
        let is_failed = |case: &&TestCase| matches!(case.outcome, Outcome::Failed { .. });
        self.cases.iter().filter(is_failed).count()
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let (name, tests, failures) = (escaped(&self.name), self.cases.len(), self.failures());
        writeln!(
            out,
            "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\">"
        )?;
        for case in &self.cases {
            case.write(out)?;
        }
        writeln!(out, "  </testsuite>")
    }
}

impl TestCase {
    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let (name, class) = (escaped(&self.name), escaped(&self.class));
        write!(out, "    <testcase name=\"{name}\" classname=\"{class}\"")?;
        if let Some((file, line)) = &self.position {
            write!(out, " file=\"{}\" line=\"{line}\"", escaped(file))?;
        }
        match &self.outcome {
            Outcome::Passed => return writeln!(out, "/>"),
            Outcome::Noted(text) => write!(out, "><system-out>{}</system-out>", escaped(text))?,
            Outcome::Failed { message, kind, text } => {
                let (message, text) = (escaped(message), escaped(text));
                write!(out, "><failure message=\"{message}\" type=\"{kind}\">{text}</failure>")?;
            }
        }
        writeln!(out, "</testcase>")
    }
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
