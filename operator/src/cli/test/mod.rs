//! `test`: unit tests of rules, in the format of promtool, on the objects as they are. The rules are rendered as for a Prometheus,
//! promtool runs the tests, and what it says is brought back to objects and rules. Reads and writes files, and runs promtool.

mod answer;
mod promtool;
mod splice;
mod suite;

use std::io::Write;
use std::path::PathBuf;

use super::{Answer, Failure, Session, input};
use crate::args::Test;
use crate::rules::{self, Component, RuleTarget};
use crate::settings::versions;
use answer::{Case, Fault, Results};
use suite::Suite;

/// Why tests cannot run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such program.
    #[error(
        "cannot run {}: install Prometheus, which brings promtool, or name the program with --promtool",
        program.display()
    )]
    Absent {
        /// Its name.
        program: PathBuf,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// It has ended without results.
    #[error("promtool reports no results, for which version 3.0 or newer is needed: {0}")]
    NoResults(String),
    /// What it reports is not what is known.
    #[error("cannot read what promtool reports")]
    Results(#[from] roxmltree::Error),
    /// There are no tests in the input.
    #[error("no tests in {0}: name files with rule_files and tests, as for promtool test rules")]
    NoTests(String),
    /// A file of tests.
    #[error("{file}: {reason}")]
    File {
        /// Which one.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// A file for promtool.
    #[error("cannot write the files for promtool")]
    Write(#[source] std::io::Error),
}

/// Runs all tests.
pub(super) fn run(session: &Session<'_>, options: &Test, out: &mut impl Write) -> Result<Answer, Failure> {
    let folder = tempfile::tempdir().map_err(Error::Write)?;
    let features = rules::options(&options.enable_feature);
    let target = RuleTarget::new(Component::Prometheus, versions::PROMETHEUS).with_options(features);
    let reader = suite::Reader {
        session,
        target,
        namespace: &options.namespace,
        folder: folder.path(),
    };
    let suites = reader.suites(&options.paths)?;
    if suites.is_empty() {
        let names: Vec<String> = options.paths.iter().map(|path| input::name(path)).collect();
        return Err(Error::NoTests(names.join(", ")).into());
    }
    // Without one of its objects, a test says nothing.
    let runnable: Vec<&Suite> = suites.iter().filter(|suite| suite.refused.is_empty()).collect();
    let mut reported = promtool::results(options, folder.path(), &runnable)?;
    let mut results = Results::default();
    for suite in &suites {
        let refused = suite.refused.iter().map(|refused| Case {
            name: refused.object.clone(),
            faults: vec![Fault {
                message: format!("it is not loaded, so no test of this file runs: {}", refused.reason),
                rules: Vec::new(),
                position: refused.position.clone(),
            }],
        });
        let mut cases: Vec<Case> = refused.collect();
        for (name, messages) in reported.remove(&suite.path).unwrap_or_default() {
            let faults = messages.iter().map(|message| suite.fault(message));
            cases.push(Case {
                name,
                faults: faults.collect(),
            });
        }
        results.suites.push((suite.name.clone(), cases));
    }
    results.write(options.output, session.is_coloured(), out)?;
    Ok(Answer::of(results.failed() > 0))
}
