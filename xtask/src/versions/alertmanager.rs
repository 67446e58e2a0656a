//! `docs/alertmanager-versions.md`: keys of the configuration. Pure.

use operator::alertmanager::config::gates::gates;

use super::table;

const INTRODUCTION: &str = "\
# Versions of Alertmanager

<!-- Generated from the tables of the operator by `make generate`. -->

What the operator writes into the configuration for some versions of Alertmanager only. What is not listed, every version gets. A
key that is set and that the version (`spec.version`) does not know is left out, and reported. Without some keys the configuration
would mean something else: receivers of a service, matchers, `authorization` and `oauth2` are refused instead.
";

/// The document.
pub(super) fn document() -> String {
    let mut document = INTRODUCTION.to_owned();
    table(&mut document, "Configuration", "Part | Key", &gates());
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gate_is_a_line() {
        let document = document();
        for line in [
            "| receivers | `incidentio_configs` | 0.29.0 |  |",
            "| slack_configs | `update_message` | 0.32.0 |  |",
            "| sigv4 | `external_id` | 0.33.0 |  |",
        ] {
            assert!(document.lines().any(|written| written == line), "{line}");
        }
        assert!(!document.contains("`webhook_configs`"), "every version knows it");
    }
}
