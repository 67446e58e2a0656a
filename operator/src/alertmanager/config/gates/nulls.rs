//! A null in each mapping whose keys are the user's: the table is beside the suite that asks amtool the same.

use std::collections::BTreeSet;

use formats::matcher::Mode;
use formats::yaml::{self, Yaml};

use super::all_sections;
use crate::alertmanager::config::file::FILE;
use crate::alertmanager::config::schema::Kind;
use crate::alertmanager::config::{load, read};

/// The table: section, key, part, whether it is loaded.
fn table() -> Vec<[String; 4]> {
    let tree = yaml::parse_strict(include_bytes!("../../../../tests/amtool/nulls.yaml")).expect("YAML");
    let Yaml::Seq(rows) = tree else {
        panic!("a list of rows")
    };
    let text = |row: &Yaml, name: &'static str| {
        let mut pairs = row.as_map().expect("a row").iter();
        let (_, value) = pairs.find(|(key, _)| *key == Yaml::from(name)).expect(name);
        value.words().expect("a scalar").into_owned()
    };
    let row = |row: &Yaml| ["section", "key", "part", "loads"].map(|name| text(row, name));
    rows.iter().map(row).collect()
}

fn file(section: &str, part: &str) -> String {
    match section {
        "routes" => format!("route: {{receiver: a, routes: [{{{part}}}]}}\nreceivers: [{{name: a}}]\n"),
        "inhibit_rules" => format!("route: {{receiver: a}}\nreceivers: [{{name: a}}]\ninhibit_rules: [{{{part}}}]\n"),
        "receivers" => format!("route: {{receiver: a}}\nreceivers:\n- name: a\n  {part}\n"),
        _ => format!("route: {{receiver: a}}\nreceivers: [{{name: a}}]\n{part}\n"),
    }
}

#[test]
fn a_null_is_taken_where_alertmanager_takes_it() {
    for [section, key, part, loads] in table() {
        let read = read::read(&FILE, file(&section, &part).as_bytes()).map_err(|error| error.to_string());
        let loaded =
            read.and_then(|file| load::check_file(&file, None, Mode::Fallback).map_err(|error| error.to_string()));
        assert_eq!(loaded.is_ok().to_string(), loads, "{section} {key}: {part}: {loaded:?}");
    }
}

#[test]
fn no_mapping_is_missing_in_the_table() {
    let is_map = |kind: Kind| {
        matches!(
            kind,
            Kind::TextMap | Kind::ExpressionMap | Kind::TextsMap | Kind::AnyMap | Kind::SectionMap(_)
        )
    };
    let known: BTreeSet<String> = table().into_iter().map(|[_, key, ..]| key).collect();
    let sections = all_sections();
    let keys = sections.iter().flat_map(|(_, section)| section.keys());
    let missing: Vec<_> = keys
        .filter(|key| is_map(key.kind) && !known.contains(key.name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
