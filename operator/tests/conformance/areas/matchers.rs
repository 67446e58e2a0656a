//! Matchers of Alertmanager: the verdict in each mode, what they are read as, and the text that Alertmanager writes.
//!
//! A text that is not UTF-8 never gets as far, since the API server and the reader of YAML refuse it. Where the original
//! replaces what is not UTF-8 itself, so that its result is a text, that is compared.

use formats::matcher::{Matcher, Mode, matcher, matchers};
use serde_json::{Map, Value, json};

use crate::case::Case;
use crate::encoding;
use crate::verdict::{Verdict, content};

const MODES: [(&str, Mode); 3] = [
    ("classic", Mode::Classic),
    ("utf8", Mode::Utf8),
    ("fallback", Mode::Fallback),
];

pub(crate) fn run(case: &Case) -> Verdict {
    let line = case.line()?;
    let bytes = encoding::content(&line, "in")?;
    let text = String::from_utf8_lossy(&bytes);
    let is_list = match line["kind"].as_str() {
        Some("matchers") => true,
        Some("matcher") => false,
        kind => return Err(format!("unknown kind {kind:?}").into()),
    };
    let (mut ours, mut theirs) = (Map::new(), Map::new());
    for (name, mode) in MODES {
        let recorded = &line[name];
        if *text.as_bytes() != *bytes && !recorded["string"].is_string() {
            continue;
        }
        ours.insert(name.to_owned(), read(&text, is_list, mode));
        theirs.insert(name.to_owned(), without_error(recorded));
    }
    content(&ours.into(), &theirs.into())
}

fn read(text: &str, is_list: bool, mode: Mode) -> Value {
    let read = if is_list {
        matchers(text, mode)
    } else {
        matcher(text, mode).map(|matcher| vec![matcher])
    };
    let Ok(matchers) = read else {
        return json!({ "ok": false });
    };
    let texts: Vec<String> = matchers.iter().map(Matcher::to_string).collect();
    let texts = texts.join(",");
    json!({
        "ok": true,
        "matchers": matchers.iter().map(shown).collect::<Vec<_>>(),
        "string": if is_list { format!("{{{texts}}}") } else { texts },
    })
}

fn shown(matcher: &Matcher) -> Value {
    json!({ "name": matcher.name, "type": matcher.operator.text(), "value": matcher.value })
}

/// What is recorded of a mode without the text of the error, which is informative.
fn without_error(recorded: &Value) -> Value {
    if recorded["ok"] == true {
        recorded.clone()
    } else {
        json!({ "ok": false })
    }
}
