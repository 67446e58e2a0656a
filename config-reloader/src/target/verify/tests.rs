use super::*;

fn difference(kind: program_kind::Kind, file: &str, running: &str) -> Option<(String, bool)> {
    let parsed = |text: &str| yaml::parse_literal(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let found = compare::difference(&parsed(file), &parsed(running), &Table::of(kind));
    found.map(|found| (found.to_string(), found.depends_on_version()))
}

mod program_kind {
    pub(super) use super::super::table::Kind;
}
use program_kind::Kind::{Alertmanager, Prometheus};

#[test]
fn what_a_target_makes_of_a_file_is_no_difference() {
    let file = "global:\n  scrape_interval: 60s\n  external_labels: {a: $HOME}\nrule_files: [rules/*.yaml]\n\
                scrape_configs:\n- job_name: a\n  bearer_token: abc\n  body_size_limit: 10MB\n  sample_limit: 0\n  \
                static_configs: [{targets: ['a:1'], labels: {country: no, hex: 0x1F}}]\n  \
                basic_auth: {username: b, password: c}\n  honor_labels: yes\n";
    let running = "global:\n  scrape_interval: 1m\n  scrape_timeout: 10s\n  evaluation_interval: 1m\n  \
                   external_labels: {a: /root}\nrule_files: [/etc/rules/*.yaml]\nscrape_configs:\n- job_name: a\n  \
                   honor_labels: true\n  honor_timestamps: true\n  scrape_interval: 1m\n  scrape_timeout: 10s\n  \
                   authorization: {type: Bearer, credentials: <secret>}\n  body_size_limit: 10MiB\n  \
                   static_configs:\n  - targets:\n    - a:1\n    labels: {country: \"no\", hex: \"0x1F\"}\n  \
                   basic_auth: {username: b, password: <secret>}\n";
    assert_eq!(difference(Prometheus, file, running), None);
    let file = "route: {receiver: a}\nreceivers: [{name: a}]\ntime_intervals: [{name: t, time_intervals: [{months: ['1:3']}]}]\n\
                inhibit_rules: [{source_matchers: [c, 'a = b'], target_matchers: ['d=e, f=g']}]\n";
    let running = "global: {resolve_timeout: 5m}\nroute: {receiver: a, continue: false}\nreceivers: [{name: a}]\n\
                   time_intervals: [{name: t, time_intervals: [{months: ['january:march']}]}]\n\
                   inhibit_rules: [{source_matchers: ['a=\"b\"', 'c=\"\"'], target_matchers: ['d=\"e\"', 'f=\"g\"']}]\n";
    let file = file.replace("[c, ", "['c=\"\"', ");
    assert_eq!(difference(Alertmanager, &file, running), None);
}

#[test]
fn what_cannot_come_from_the_file_is_found_with_its_place() {
    let base = "scrape_configs: [{job_name: a, static_configs: [{targets: [b], labels: {c: d}}]}]";
    for (running, place, depends) in [
        (
            base.replace("[b]", "[e]"),
            "at scrape_configs[0].static_configs[0].targets[0]",
            false,
        ),
        (
            base.replace("c: d", "c: D"),
            "at scrape_configs[0].static_configs[0].labels.c",
            false,
        ),
        (
            base.replace("c: d", "f: d"),
            "at scrape_configs[0].static_configs[0].labels.c",
            false,
        ),
        ("scrape_configs: []".to_owned(), "at scrape_configs", false),
        (format!("{base}\nrule_files: [a]"), "at rule_files", true),
        (
            base.replace("{job_name", "{honor_labels: true, job_name"),
            "at scrape_configs[0].honor_labels",
            true,
        ),
    ] {
        let found = difference(Prometheus, base, &running);
        assert_eq!(found, Some((place.to_owned(), depends)), "{running}");
    }
}

#[test]
fn a_file_of_another_program_is_not_compared() {
    let is_for = |text: &str, kind| is_for(&yaml::parse_literal(text).expect("YAML"), &Table::of(kind));
    assert!(is_for("route: {}", Alertmanager) && !is_for("route: {}", Prometheus));
    assert!(is_for("scrape_configs: []", Prometheus) && !is_for("scrape_configs: []", Alertmanager));
    assert!(is_for("global: {}", Alertmanager) && is_for("global: {}", Prometheus));
}

#[test]
fn the_tables_can_be_read_and_know_their_versions() {
    for (kind, known, newer) in [(Prometheus, "3.16.0", "3.17.0"), (Alertmanager, "0.35.0", "v1.0.0")] {
        let table = Table::of(kind);
        assert!(table.knows(known) && table.knows("0.1.0") && !table.knows(newer) && !table.knows("main"));
        assert!(!table.defaults("*", "follow_redirects").is_empty());
    }
}
