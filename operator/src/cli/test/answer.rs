//! Results of tests, and how they are written. Pure but for the writer that is given.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::args::{Format, Severity};
use crate::cli::input::Position;
use crate::cli::report::junit::{self, Outcome, Suite, TestCase};
use crate::cli::report::{Finding, Report, Rule};
use crate::object::yaml;

static FAILED: Rule = Rule {
    id: "failed-test",
    severity: Severity::Error,
    why: "The rules do not do what the test expects.",
    mend: "Change the rule, or what the test expects.",
};

/// A rule that a test is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RuleName {
    /// Kind, namespace and name of its object; or its file.
    pub(super) object: String,
    /// Name of the alert or the series.
    pub(super) name: String,
    pub(super) is_alert: bool,
    /// Its group and its place in the group.
    pub(super) place: (usize, usize),
    /// Its path in the object.
    pub(super) field: String,
    /// Where it is written.
    pub(super) position: Option<Position>,
}

/// Why a test has failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) rules: Vec<RuleName>,
    pub(super) position: Option<Position>,
}

/// A test; it has passed if it has no faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) faults: Vec<Fault>,
}

/// The results of all files, in their order.
#[derive(Debug, Default)]
pub(super) struct Results {
    pub(super) suites: Vec<(String, Vec<Case>)>,
}

impl Results {
    fn cases(&self) -> impl Iterator<Item = (&str, &Case)> {
        (self.suites.iter()).flat_map(|(file, cases)| cases.iter().map(|case| (file.as_str(), case)))
    }

    /// How many tests have failed.
    pub(super) fn failed(&self) -> usize {
        self.cases().filter(|(_, case)| !case.faults.is_empty()).count()
    }

    /// Writes the results.
    pub(super) fn write(&self, format: Format, is_coloured: bool, out: &mut impl Write) -> io::Result<()> {
        match format {
            Format::Human => self.write_human(is_coloured, out),
            Format::Json => writeln!(out, "{:#}", self.document()),
            Format::Yaml => out.write_all(yaml(&self.document()).as_bytes()),
            Format::Junit => junit::write("test", &self.junit(), out),
            Format::Sarif | Format::Github => self.report().write(format, is_coloured, out),
        }
    }

    fn write_human(&self, is_coloured: bool, out: &mut impl Write) -> io::Result<()> {
        let paint = |code: &'static str| if is_coloured { code } else { "" };
        let (red, green, reset) = (paint("\x1b[1;31m"), paint("\x1b[1;32m"), paint("\x1b[0m"));
        for (file, case) in self.cases() {
            if case.faults.is_empty() {
                writeln!(out, "{green}ok{reset}     {file}: {}", case.name)?;
                continue;
            }
            writeln!(out, "{red}FAILED{reset} {file}: {}", case.name)?;
            for fault in &case.faults {
                for line in fault.text().lines() {
                    writeln!(out, "    {line}")?;
                }
            }
        }
        let (tests, failed) = (self.cases().count(), self.failed());
        let plural = if tests == 1 { "" } else { "s" };
        writeln!(out, "{tests} test{plural}, {failed} failed")
    }

    fn document(&self) -> Value {
        let suite = |(file, cases): &(String, Vec<Case>)| {
            let cases: Vec<Value> = cases.iter().map(Case::document).collect();
            json!({ "file": file, "tests": cases })
        };
        json!({
            "tests": self.cases().count(),
            "failed": self.failed(),
            "files": self.suites.iter().map(suite).collect::<Vec<_>>(),
        })
    }

    fn junit(&self) -> Vec<Suite> {
        let case = |case: &Case| {
            let position = case.faults.iter().find_map(|fault| fault.position.clone());
            let text: Vec<String> = case.faults.iter().map(Fault::text).collect();
            let first = case.faults.first().and_then(|fault| fault.message.lines().next());
            TestCase {
                name: case.name.clone(),
                class: "promtool".to_owned(),
                position: position.map(|position| (position.file, position.place.line)),
                outcome: first.map_or(Outcome::Passed, |first| Outcome::Failed {
                    message: first.to_owned(),
                    kind: "failed-test",
                    text: text.join("\n"),
                }),
            }
        };
        let suite = |(file, cases): &(String, Vec<Case>)| Suite {
            name: file.clone(),
            cases: cases.iter().map(case).collect(),
        };
        self.suites.iter().map(suite).collect()
    }

    fn report(&self) -> Report {
        let finding = |file: &str, case: &Case, fault: &Fault| {
            let rule = fault.rules.first();
            Finding {
                rule: &FAILED,
                object: rule.map_or_else(String::new, |rule| rule.object.clone()),
                field: rule.map_or_else(String::new, |rule| rule.field.clone()),
                position: fault.position.clone(),
                message: format!("{file}: {}: {}", case.name, fault.message),
                mend: None,
            }
        };
        let findings = self.cases().flat_map(|(file, case)| {
            let of_fault = move |fault| finding(file, case, fault);
            case.faults.iter().map(of_fault)
        });
        Report {
            command: "test",
            noun: "test",
            findings: findings.collect(),
            objects: self.cases().count(),
            rules: vec![&FAILED],
        }
    }
}

impl Case {
    fn document(&self) -> Value {
        let faults = self.faults.iter().map(|fault| {
            let rules: Vec<Value> = fault.rules.iter().map(RuleName::document).collect();
            json!({ "message": fault.message, "rules": rules })
        });
        json!({ "name": self.name, "failures": faults.collect::<Vec<_>>() })
    }
}

impl RuleName {
    fn document(&self) -> Value {
        let place = self.position.as_ref().map(|position| position.place);
        json!({
            "object": self.object,
            "name": self.name,
            "field": self.field,
            "file": self.position.as_ref().map(|position| position.file.as_str()),
            "line": place.map(|place| place.line),
            "column": place.map(|place| place.column),
        })
    }

    /// The rule, and where it is.
    fn text(&self) -> String {
        let place = self.position.as_ref().map_or_else(String::new, |position| {
            let place = position.place;
            format!(" ({}:{}:{})", position.file, place.line, place.column)
        });
        format!("rule: {} of {}, {}{place}", self.name, self.object, self.field)
    }
}

impl Fault {
    fn text(&self) -> String {
        let rules = self.rules.iter().map(RuleName::text);
        [self.message.clone()]
            .into_iter()
            .chain(rules)
            .collect::<Vec<_>>()
            .join("\n")
    }
}
