//! Conformance: every recorded case of the original that an area covers, input in, output compared.
//!
//! `cargo test -p operator --test conformance [AREA|AREA/CASE]...` prints one line per area (`AREA passed/total`) and a
//! short difference for the cases that fail; `CONFORMANCE_VERBOSE=1` prints all of each, `-- --exact AREA/CASE` runs one. The recordings are read from
//! `../shared/corpus` beside the workspace, or from `$CORPUS`. Where they are absent the suite says that it was skipped;
//! under `CI=true` that is a failure. Which cases may fail, or differ on purpose, and why: `differences.yaml`.
//!
//! # Adding an area
//!
//! One file `areas/<area>.rs` and one entry in [`areas::AREAS`]:
//!
//! ```ignore
//! //! Containers merged by name.
//! use crate::case::Case;
//! use crate::verdict::{Verdict, content};
//!
//! pub(crate) fn run(case: &Case) -> Verdict {
//!     let input = case.input()?;                       // input.yaml as JSON; `case.line()?` in a cases.jsonl
//!     let ours = merge(&input["parameters"]["base"]);  // the code under test
//!     content(&serde_json::to_value(ours)?, &case.expected_content()?)
//! }
//! ```
//!
//! [`verdict::bytes`] compares texts, [`verdict::content`] trees, [`verdict::decision`] accepted or rejected; `?` turns
//! any error into a failure, and a panic fails its case alone.

mod area;
mod areas;
mod case;
mod corpus;
mod diff;
mod encoding;
mod exceptions;
mod report;
mod runner;
mod verdict;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let exact = arguments.iter().any(|argument| argument == "--exact");
    let texts: Vec<String> = arguments
        .into_iter()
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let filters = corpus::Filters { exact, texts };
    let Some(root) = corpus::root() else {
        return report::skipped();
    };
    let exceptions = exceptions::read();
    let cases = corpus::cases(&root, areas::AREAS, &exceptions, &filters);
    let results = runner::run(&cases);
    report::print(&root, &cases, &results, &exceptions, filters.texts.is_empty())
}
