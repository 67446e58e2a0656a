//! Users' YAML read as go-yaml v2 reads it: into maps, strictly, in order, and as a list of mappings.
//!
//! Of a text of several documents only the first is read, as by Prometheus; `docs` is left aside.

use formats::yaml::{ParseError, Yaml, parse, parse_mappings, parse_strict, parse_verbatim};
use serde_json::Value;

use crate::case::Case;
use crate::encoding::{self, encoded};
use crate::verdict::{Failure, Verdict, content, decision};

pub(crate) fn run(case: &Case) -> Verdict {
    let line = case.line()?;
    let text = encoding::content(&line, "text")?;
    let named =
        |name: &'static str| move |failure: Failure| Failure(format!("{name} of {}: {}", line_text(case), failure.0));
    compare(parse(&text), &line["value"], line["error"].as_str(), false).map_err(named("value"))?;
    if let Some(error) = line["error"].as_str().or(line["strict_error"].as_str()) {
        decision(&parse_strict(&text), Err(error)).map_err(named("strict"))?;
    } else {
        compare(parse_strict(&text), &line["value"], None, false).map_err(named("strict"))?;
    }
    if line.get("mapslice").is_some() {
        compare(parse_verbatim(&text), &line["mapslice"], None, true).map_err(named("mapslice"))?;
    }
    let list_error = line["mapslice_list_error"].as_str();
    if line.get("mapslice_list").is_some() || list_error.is_some() {
        compare(
            parse_mappings(&text).map(Yaml::Seq),
            &line["mapslice_list"],
            list_error,
            true,
        )
        .map_err(named("mapslice_list"))?;
    }
    Ok(())
}

fn line_text(case: &Case) -> String {
    case.line().map_or_else(
        |_| String::new(),
        |line| line["text"].to_string().chars().take(120).collect(),
    )
}

fn compare(ours: Result<Yaml, ParseError>, theirs: &Value, error: Option<&str>, ordered: bool) -> Verdict {
    decision(&ours, error.map_or(Ok(()), Err))?;
    match ours {
        Ok(tree) => content(&encoded(&tree, ordered), theirs),
        Err(_) => Ok(()),
    }
}
