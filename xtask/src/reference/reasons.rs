//! The page of events and conditions, from the table of reasons. Pure.

use operator::reasons::{Place, REASONS};

use super::FOLDER;
use super::markdown::{code, prose, table};
use crate::File;

const INTRODUCTION: &str = "\
A workload (Prometheus, PrometheusAgent, Alertmanager, ThanosRuler) has two conditions: `Reconciled` says whether its last change has
been applied, `Available` whether its pods are ready. A configuration object has the condition `Accepted` for each workload that
selects it, where the gate `StatusForConfigurationResources` is on. Events tell what goes wrong in any case.

Several reasons at the same time are joined by `And`. Reasons are stable; messages are for people and may change.
";

/// The page.
pub(super) fn page() -> File {
    let sections = [
        ("Condition `Available`", Place::Available),
        ("Condition `Reconciled`, not `True`", Place::Failure),
        ("Condition `Reconciled`, `True` with a remark", Place::Remark),
        ("Events about workloads", Place::Event),
        (
            "Events about configuration objects, and condition `Accepted`",
            Place::Rejection,
        ),
    ];
    let sections = sections.map(|(title, place)| {
        let rows: Vec<Vec<String>> = (REASONS.iter())
            .filter(|reason| reason.places.contains(&place))
            .map(|reason| vec![code(reason.word), prose(reason.meaning)])
            .collect();
        format!("\n## {title}\n\n{}", table(&["Reason", "Meaning"], &rows))
    });
    let text = INTRODUCTION.to_owned() + &sections.concat();
    super::page(&format!("{FOLDER}/reasons.md"), "Events and conditions", &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_a_line() {
        let text = page().text;
        for reason in REASONS {
            assert!(text.contains(&format!("| `{}` | ", reason.word)), "{}", reason.word);
        }
    }
}
