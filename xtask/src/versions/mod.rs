//! Documents that say which version of a program knows what the operator writes, made from the very tables that the files
//! and command lines are rendered by.

mod alertmanager;
mod prometheus;

use std::fmt::Write;

use formats::version::{Gate, Range, Version};

use crate::{File, Output};

/// All documents.
pub fn output() -> Output {
    let file = |path: &str, text| File {
        path: path.to_owned(),
        text,
    };
    Output {
        files: vec![
            file("docs/prometheus-versions.md", prometheus::document()),
            file("docs/alertmanager-versions.md", alertmanager::document()),
        ],
        folders: Vec::new(),
    }
}

fn table(document: &mut String, title: &str, columns: &str, parts: &[(&str, Vec<Gate>)]) {
    let version = |version: Option<Version>| version.map_or(String::new(), |version| version.to_string());
    // Writing to a string cannot fail.
    let _ = write!(
        document,
        "\n## {title}\n\n| {columns} | from | before |\n|---|---|---|---|\n"
    );
    for (part, gates) in parts {
        for Gate { key, versions } in gates {
            let Range { since, until } = versions;
            let (since, until) = (version(*since), version(*until));
            let _ = writeln!(document, "| {part} | `{key}` | {since} | {until} |");
        }
    }
}
