//! The page of metrics, from what the programs register. Pure.

use operator::args::Args;
use process::register::{Catalogue, Family};

use super::FOLDER;
use super::markdown::{code, prose, table};
use crate::File;

const INTRODUCTION: &str = "\
What `/metrics` of each program shows. A family has no samples before there is something to count; counters of failures exist from zero
on. Labels: `controller` is `prometheus`, `prometheus-agent`, `alertmanager` or `thanos`.
";

/// The page.
pub(super) fn page() -> File {
    let mut text = INTRODUCTION.to_owned();
    for (title, families) in [
        ("Operator", of_operator()),
        ("Program admission-webhook", of_webhook()),
        ("Config-reloader", of_reloader()),
    ] {
        let rows: Vec<Vec<String>> = families
            .iter()
            .map(|family| vec![code(&family.name), family.kind.to_owned(), prose(&family.help)])
            .collect();
        text += &format!("\n## {title}\n\n{}", table(&["Name", "Type", "Meaning"], &rows));
    }
    super::page(&format!("{FOLDER}/metrics.md"), "Metrics", &text)
}

/// The families of all programs.
#[must_use]
pub fn families() -> Vec<Family> {
    [of_operator(), of_webhook(), of_reloader()].concat()
}

fn of_operator() -> Vec<Family> {
    let args = Args::try_from_arguments(["prometheus-operator".into()]).expect("no flag is needed");
    let mut catalogue = Catalogue::default();
    operator::run::register_metrics(&mut catalogue, &args);
    catalogue.families()
}

fn of_webhook() -> Vec<Family> {
    let mut catalogue = Catalogue::default();
    drop(operator::run::webhook::register_metrics(&mut catalogue));
    catalogue.families()
}

fn of_reloader() -> Vec<Family> {
    let mut catalogue = Catalogue::default();
    drop(config_reloader::metrics::Metrics::register(&mut catalogue, "http"));
    catalogue.families()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_says_its_type() {
        let text = page().text;
        for line in [
            "| `prometheus_operator_reconcile_operations_total` | counter | Reconciliations |",
            "| `prometheus_operator_managed_resources` | gauge | ",
            "| `prometheus_operator_reconcile_duration_seconds` | histogram | ",
            "| `prometheus_operator_admission_webhook_build_info` | gauge | ",
            "| `reloader_last_reload_successful` | gauge | ",
            "| `process_cpu_seconds_total` | counter | ",
        ] {
            assert!(text.lines().any(|written| written.starts_with(line)), "{line}\n{text}");
        }
    }
}
