//! Expressions of relabeling rules: whether Prometheus compiles them. What they match is the business of Prometheus.

use formats::regular_expression;

use crate::case::Case;
use crate::encoding;
use crate::verdict::{Verdict, decision};

pub(crate) fn run(case: &Case) -> Verdict {
    let line = case.line()?;
    let theirs = match line["ok"].as_bool() {
        Some(true) => Ok(()),
        _ => Err(line["error"].as_str().unwrap_or("invalid UTF-8")),
    };
    match String::from_utf8(encoding::content(&line, "in")?) {
        Ok(text) => decision(&regular_expression::check(&text), theirs),
        // An object of the API cannot hold such a text.
        Err(error) => decision(&Err::<(), _>(error), theirs),
    }
}
