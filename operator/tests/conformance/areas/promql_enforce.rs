//! Expressions of rules that are bound to a namespace.

use formats::promql::{Options, enforce};

use crate::case::Case;
use crate::encoding;
use crate::verdict::{Verdict, bytes, decision};

pub(crate) fn run(case: &Case) -> Verdict {
    let line = case.line()?;
    let text = encoding::content(&line, "expr")?;
    let (label, value) = (line["label"].as_str(), line["value"].as_str());
    let (label, value) = label.zip(value).ok_or("no label and value")?;
    let ours = enforce(&String::from_utf8_lossy(&text), Options::default(), label, value);
    decision(&ours, line["error"].as_str().map_or(Ok(()), Err))?;
    match ours {
        Ok(expression) => bytes(
            expression.as_bytes(),
            line["out"].as_str().unwrap_or_default().as_bytes(),
        ),
        Err(_) => Ok(()),
    }
}
