//! The judgement of Alertmanager: `amtool check-config` loads every configuration that is generated from the recordings.
//! Equal bytes prove only that the original would have written the same. It is also asked what it takes a null for
//! (`nulls.yaml`).
//!
//! `cargo test -p operator --test amtool` takes the program from `$AMTOOL`; `e2e/test` names it. Where the program or the
//! recordings are absent it says that it was skipped; under `CI=true` that is a failure. A configuration for an older
//! version is one for the version of amtool, too: Alertmanager has not forgotten a key yet.

#![expect(clippy::print_stdout, reason = "the report is what the suite is for")]

#[path = "../conformance/areas/alertmanager_config.rs"]
mod alertmanager_config;
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
mod nulls;
#[path = "../conformance/areas/objects.rs"]
#[expect(dead_code, reason = "the conformance suite needs more of it")]
mod objects;
#[path = "../conformance/verdict.rs"]
mod verdict;

use std::process::ExitCode;

use area::Area;
use case::Case;
use corpus::Filters;
use judge::Judge;
use verdict::Failure;

/// Functions of the original that give a whole file. The others give a part of one.
const WHOLE: [&str; 3] = [
    "ConfigBuilder.AddAlertmanagerConfigs",
    "ConfigBuilder.initializeFromAlertmanagerConfig",
    "alertmanagerConfigFromBytes",
];

fn main() -> ExitCode {
    let arguments = std::env::args().skip(1);
    let filters = Filters {
        exact: false,
        texts: arguments.filter(|argument| !argument.starts_with('-')).collect(),
    };
    let Some(root) = corpus::root() else {
        return judge::skipped("amtool", "there are no recordings (../shared/corpus or $CORPUS)");
    };
    let Some(amtool) = Judge::find("AMTOOL") else {
        return judge::skipped("amtool", "there is no amtool ($AMTOOL)");
    };
    let areas = [Area::new("alertmanager-config", alertmanager_config::run)];
    let (mut loaded, mut none, mut wrong) = (0, 0, 0);
    for case in corpus::cases(&root, &areas, &exceptions::read(), &filters) {
        match judged(&case, &amtool) {
            Ok(None) => none += 1,
            Ok(Some(Ok(()))) => loaded += 1,
            Ok(Some(Err(message))) | Err(Failure(message)) => {
                wrong += 1;
                println!(
                    "  REFUSED {}\n    {}",
                    case.name,
                    message.trim_end().replace('\n', "\n    ")
                );
            }
        }
    }
    println!("amtool: {loaded} configurations loaded, {wrong} refused; {none} recordings make no whole file");
    wrong += nulls::wrong(&amtool);
    if wrong == 0 && loaded > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Whether Alertmanager would load what comes of a case; if not, why. `None`: nothing comes of it.
fn judged(case: &Case, amtool: &Judge) -> Result<Option<Result<(), String>>, Failure> {
    let function = case.meta()?;
    if !WHOLE.contains(&function["function"].as_str().unwrap_or_default()) {
        return Ok(None);
    }
    // Whether the error is right is the matter of the conformance suite.
    let Ok(file) = alertmanager_config::ours(case)? else {
        return Ok(None);
    };
    Ok(Some(amtool.judge(&["check-config"], &file)))
}
