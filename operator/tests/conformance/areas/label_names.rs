//! Names of labels and metrics: valid or not, sanitized, quoted.
//!
//! A name that is not UTF-8 never gets as far as being sanitized or quoted, since the API server refuses it: only that
//! the original calls it invalid is checked.

use formats::label::{Scheme, quoted, sanitized};
use serde_json::{Value, json};

use crate::case::Case;
use crate::encoding;
use crate::verdict::{Verdict, content};

const VERDICTS: [&str; 6] = [
    "label_legacy",
    "label_utf8",
    "metric_legacy",
    "metric_utf8",
    "label_value",
    "alertmanager_utf8",
];

pub(crate) fn run(case: &Case) -> Verdict {
    let line = case.line()?;
    let Ok(name) = String::from_utf8(encoding::content(&line, "in")?) else {
        let valid: Vec<&str> = VERDICTS
            .into_iter()
            .filter(|key| line[*key] != Value::Bool(false))
            .collect();
        return if valid.is_empty() {
            Ok(())
        } else {
            Err(format!("valid without being UTF-8: {valid:?}").into())
        };
    };
    let ours = json!({
        "in": name,
        "label_legacy": Scheme::Legacy.allows_label(&name),
        "label_utf8": Scheme::Utf8.allows_label(&name),
        "metric_legacy": Scheme::Legacy.allows_metric(&name),
        "metric_utf8": Scheme::Utf8.allows_metric(&name),
        "label_value": true,
        "alertmanager_utf8": Scheme::Utf8.allows_label(&name),
        "sanitized": sanitized(&name),
        "quoted_meta": quoted(&name),
    });
    content(&ours, &line)
}
