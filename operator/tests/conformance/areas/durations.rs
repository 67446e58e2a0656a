//! Durations of Prometheus and of Go: accepted or not, length, normal form.

use formats::duration::{GoDuration, PrometheusDuration};
use serde_json::json;

use crate::case::Case;
use crate::encoding;
use crate::verdict::{Verdict, content, decision};

pub(crate) fn run(case: &Case) -> Verdict {
    let line = case.line()?;
    let Ok(text) = String::from_utf8(encoding::content(&line, "in")?) else {
        // No object holds such a text: only that the original refuses it too is checked.
        return if line["error"].is_string() {
            Ok(())
        } else {
            Err("accepted without being UTF-8".into())
        };
    };
    let text = text.as_str();
    let prometheus = |duration: PrometheusDuration| (duration.nanoseconds(), duration.to_string());
    let ours = match line["kind"].as_str() {
        Some("prometheus") => PrometheusDuration::parse(text).map(prometheus),
        Some("prometheus-allow-negative") => PrometheusDuration::parse_signed(text).map(prometheus),
        Some("go") => GoDuration::parse(text).map(|duration| (duration.nanoseconds(), duration.to_string())),
        kind => return Err(format!("unknown kind {kind:?}").into()),
    };
    decision(&ours, line["error"].as_str().map_or(Ok(()), Err))
        .map_err(|failure| format!("{text:?}: {}", failure.0))?;
    match ours {
        Ok((nanoseconds, normal)) => content(
            &json!({ "ns": nanoseconds, "string": normal }),
            &json!({ "ns": line["ns"], "string": line["string"] }),
        ),
        Err(_) => Ok(()),
    }
}
