//! `docs/prometheus-versions.md`: keys of the configuration and arguments of the command line. Pure.

use formats::version::Gate;
use operator::pod::argument::Argument;
use operator::prometheus::arguments::{AGENT, COMMON, SERVER};
use operator::prometheus::compaction;
use operator::prometheus::config::gates;

use super::table;

const INTRODUCTION: &str = "\
# Versions of Prometheus

<!-- Generated from the tables of the operator by `make generate`. -->

What the operator writes for some versions of Prometheus only. What is not listed, every version from 2.0 on gets. A field that is
set and that the version of the object (`spec.version`) does not know is left out, and reported in the log and as an event.

*from* is the first version that gets it, *before* the first one that does not any more.
";

/// The document.
pub(super) fn document() -> String {
    let mut document = INTRODUCTION.to_owned();
    table(&mut document, "Configuration", "Part | Key", &gates());
    let arguments = [
        ("server and agent", arguments(COMMON)),
        ("server", arguments(SERVER)),
        ("agent", arguments(AGENT)),
        ("server with Thanos", arguments(compaction::ARGUMENTS)),
    ];
    table(&mut document, "Command line", "Of | Argument", &arguments);
    document
}

fn arguments<T>(table: &[Argument<T>]) -> Vec<Gate> {
    table.iter().filter_map(Argument::gate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gate_is_a_line() {
        let document = document();
        for line in [
            "| global | `scrape_protocols` | 2.49.0 |  |",
            "| native histograms | `scrape_classic_histograms` | 2.45.0 | 3.0.0-rc.0 |",
            "| queue_config | `max_retries` |  | 2.11.0 |",
            "| server and agent | `web.enable-otlp-receiver` | 3.0.0 |  |",
            "| server | `storage.tsdb.retention.time` | 2.7.0 | 3.11.0 |",
        ] {
            assert!(document.lines().any(|written| written == line), "{line}");
        }
        assert!(!document.contains("`storage.tsdb.path`"), "every version knows it");
    }
}
