//! Templates of Go: whether they parse with the functions of Prometheus, of Alertmanager, and of Go alone.

use formats::template::{Functions, check_named};

use crate::case::Case;
use crate::encoding;
use crate::verdict::{Verdict, decision};

pub(crate) fn run(case: &Case) -> Verdict {
    let line = case.line()?;
    let text = String::from_utf8(encoding::content(&line, "in")?)?;
    // Prometheus names its templates after the alert; that of the recordings is called `alert`.
    let (name, functions) = match line["kind"].as_str() {
        Some("prometheus-rule") => ("__alert_alert", Functions::PROMETHEUS),
        Some("alertmanager") => ("", Functions::ALERTMANAGER),
        Some("plain") => ("", Functions::BUILTIN),
        kind => return Err(format!("unknown kind {kind:?}").into()),
    };
    let theirs = match line["ok"].as_bool() {
        Some(true) => Ok(()),
        _ => Err(line["error"].as_str().unwrap_or_default()),
    };
    decision(&check_named(name, &text, &functions), theirs).map_err(|failure| format!("{text:?}: {}", failure.0).into())
}
