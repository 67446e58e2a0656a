//! Expressions under every set of options: taken or not, type, normal form. Of a text that is not UTF-8 the verdict alone:
//! the language treats such bytes as it does the replacement character.

use formats::promql::{Options, parse};
use serde_json::{Value, json};

use crate::case::Case;
use crate::encoding;
use crate::verdict::{Failure, Verdict, content, decision};

pub(crate) fn run(case: &Case) -> Verdict {
    let line = case.line()?;
    let text = encoding::content(&line, "expr")?;
    let ours = parse(&String::from_utf8_lossy(&text), options(&line)?);
    decision(&ours, line["error"].as_str().map_or(Ok(()), Err))?;
    match ours {
        Ok(expression) if line["expr"].is_string() => content(
            &json!({ "printed": expression.to_string(), "type": expression.value_type().to_string() }),
            &json!({ "printed": line["printed"], "type": line["type"] }),
        ),
        _ => Ok(()),
    }
}

fn options(line: &Value) -> Result<Options, Failure> {
    let mut options = Options::default();
    for name in line["options"].as_array().into_iter().flatten() {
        let option = match name.as_str() {
            Some("enableExperimentalFunctions") => &mut options.experimental_functions,
            Some("experimentalDurationExpr") => &mut options.duration_expressions,
            Some("enableExtendedRangeSelectors") => &mut options.extended_range_selectors,
            Some("enableBinopFillModifiers") => &mut options.fill_modifiers,
            _ => return Err(format!("unknown option {name}").into()),
        };
        *option = true;
    }
    Ok(options)
}
