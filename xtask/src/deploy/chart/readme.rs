//! The README of the chart: how it is installed, and a table of its values, made from the comments in `values.yaml`. Pure.
//!
//! A comment that begins with `# -- ` describes the key below it. A key with a description is a row, with all that is below
//! it as its default; keys without one are only names of groups.

use std::fmt::Write as _;

const ABOVE: &str = include_str!("above.md");

/// A described key.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    path: String,
    default: String,
    description: String,
}

/// The README for `values`.
pub(super) fn readme(values: &str) -> String {
    let mut text = format!("<!-- Generated: make generate -->\n{ABOVE}\n## Values\n");
    let mut group = "";
    let rows = rows(values);
    for Row {
        path,
        default,
        description,
    } in &rows
    {
        let first = path.split('.').next().unwrap_or_default();
        if first != group {
            group = first;
            let _ = write!(text, "\n### {group}\n\n| Key | Default | |\n|---|---|---|\n");
        }
        let _ = writeln!(text, "| `{path}` | `{default}` | {} |", description.replace('|', "\\|"));
    }
    text
}

fn rows(values: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut path: Vec<(usize, &str)> = Vec::new();
    let mut described: Option<String> = None;
    for line in values.lines() {
        let content = line.trim_start();
        if let Some(comment) = content.strip_prefix('#') {
            let comment = comment.trim();
            match (comment.strip_prefix("-- "), &mut described) {
                (Some(first), _) => described = Some(first.to_owned()),
                (None, Some(text)) => *text = format!("{text} {comment}"),
                (None, None) => {}
            }
            continue;
        }
        let Some((key, default)) = content.split_once(':') else {
            continue;
        };
        let depth = line.len() - content.len();
        path.retain(|(of_other, _)| *of_other < depth);
        path.push((depth, key));
        if let Some(description) = described.take() {
            let names: Vec<&str> = path.iter().map(|(_, name)| *name).collect();
            rows.push(Row {
                path: names.join("."),
                default: default.trim().to_owned(),
                description,
            });
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_a_row() {
        let values = "# A group.\ngroup:\n  # -- What it is,\n  # and more.\n  key: {a: 1}\nother:\n  # -- Another.\n  key: \"\"\n";
        let row = |path: &str, default: &str, description: &str| Row {
            path: path.to_owned(),
            default: default.to_owned(),
            description: description.to_owned(),
        };
        assert_eq!(
            rows(values),
            [
                row("group.key", "{a: 1}", "What it is, and more."),
                row("other.key", "\"\"", "Another."),
            ]
        );
    }

    /// Every key that a user may set is in the table.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "nothing in the values is secret")]
    fn every_value_is_described() {
        let values: serde_json::Value = serde_saphyr::from_str(super::super::VALUES).unwrap();
        let described: Vec<String> = rows(super::super::VALUES).into_iter().map(|row| row.path).collect();
        let mut missing = Vec::new();
        let mut open = vec![(String::new(), &values)];
        while let Some((path, value)) = open.pop() {
            if described.contains(&path) {
                continue;
            }
            match value.as_object() {
                Some(below) if !below.is_empty() => open.extend(below.iter().map(|(key, value)| {
                    let separator = if path.is_empty() { "" } else { "." };
                    (format!("{path}{separator}{key}"), value)
                })),
                _ => missing.push(path),
            }
        }
        assert!(missing.is_empty(), "without a description: {missing:?}");
    }
}
