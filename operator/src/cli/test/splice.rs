//! A file of tests with other rule files. Pure.

use std::fmt::Write as _;

use formats::yaml::{Located, ParseError, Step, Yaml};

/// The key that is replaced.
const KEY: &str = "rule_files";

/// The patterns under `rule_files`, and whether the document has tests; `None` where it is no mapping with both.
pub(super) fn patterns(text: &str) -> Result<Option<Vec<String>>, ParseError> {
    let document = Located::parse(text)?.value()?;
    let (Some(files), Some(_)) = (document.value_of(KEY), document.value_of("tests")) else {
        return Ok(None);
    };
    let patterns = files.as_seq().unwrap_or_default().iter();
    Ok(Some(
        patterns
            .filter_map(Yaml::words)
            .map(std::borrow::Cow::into_owned)
            .collect(),
    ))
}

/// `text` with `files` under `rule_files`. All other lines stay as and where they are, so that messages name the right ones.
/// `None` where the keys are not on lines of their own.
pub(super) fn with_rule_files(text: &str, files: &[String]) -> Option<String> {
    let located = Located::parse(text).ok()?;
    let document = located.value().ok()?;
    let keys = document.as_map()?.iter().filter_map(|(key, _)| key.as_str());
    let line = |key: &str| located.place(&[Step::Field(key.to_owned())]).map(|place| place.line);
    let first = line(KEY)?;
    let lines: Vec<&str> = text.lines().collect();
    let others: Vec<usize> = keys.filter(|key| *key != KEY).filter_map(line).collect();
    if others.contains(&first) || !lines.get(first - 1)?.starts_with(KEY) {
        return None;
    }
    let next = others.into_iter().filter(|line| *line > first).min();
    let end = next.unwrap_or(lines.len() + 1);
    let list = serde_json::Value::from(files.to_vec());
    let mut spliced = lines[..first - 1].join("\n");
    if first > 1 {
        spliced.push('\n');
    }
    // Writing to a string cannot fail.
    let _ = write!(spliced, "{KEY}: {list}\n{}", "\n".repeat(end - first - 1));
    for line in &lines[end - 1..] {
        spliced += line;
        spliced.push('\n');
    }
    Some(spliced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_where_they_are() {
        let text = "# tests\nrule_files:\n- a.yaml # one\n- b*.yaml\nevaluation_interval: 1m\ntests:\n- name: x\n";
        assert_eq!(
            patterns(text),
            Ok(Some(vec!["a.yaml".to_owned(), "b*.yaml".to_owned()]))
        );
        let spliced = with_rule_files(text, &["/t/1.yaml".to_owned()]).unwrap();
        assert_eq!(
            spliced,
            "# tests\nrule_files: [\"/t/1.yaml\"]\n\n\nevaluation_interval: 1m\ntests:\n- name: x\n"
        );
        let last = with_rule_files("tests: []\nrule_files:\n- a\n", &[]).unwrap();
        assert_eq!(last, "tests: []\nrule_files: []\n\n");
    }

    #[test]
    fn keys_on_one_line_are_not_touched() {
        let text = "{\"rule_files\": [], \"tests\": []}";
        assert_eq!(patterns(text), Ok(Some(Vec::new())));
        assert_eq!(with_rule_files(text, &[]), None);
        assert_eq!(patterns("groups: []\n"), Ok(None));
    }
}
