//! Relabeling as `explain` evaluates it, against that of Prometheus: `promtool check service-discovery` prints the labels of static
//! targets before and after.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::process::Command;

use operator::cli::explain::relabel::{Labels, Rule, Trace};
use operator::cli::input::json as json_of;
use serde_json::{Value, json};

use super::judge::Judge;

/// Lists of rules, each of which is applied to every target.
fn lists() -> Vec<Value> {
    let rule = |text: &str| json_of(&formats::yaml::parse(text).expect("a rule"));
    let alone = [
        "{source_labels: [a], target_label: new}",
        "{source_labels: [a, b], target_label: new, separator: '-'}",
        "{source_labels: [a, b], regex: '(.+);(.*)', replacement: '${2}x$1', target_label: new}",
        "{source_labels: [a], regex: '(?P<head>.)(.*)', replacement: '${head}-$2$$', target_label: new}",
        "{source_labels: [a], regex: 'f', replacement: never, target_label: new}",
        "{source_labels: [a], regex: '(f)oo', replacement: x, target_label: 'n_${1}'}",
        "{source_labels: [a], regex: 'f(.*)|.*', replacement: x, target_label: '${1}'}",
        "{source_labels: [none], target_label: a}",
        "{source_labels: [none], regex: '', replacement: set, target_label: new}",
        "{source_labels: [__address__], regex: '([^:]+)(?::\\d+)?', replacement: '$1:99', target_label: __address__}",
        "{target_label: __metrics_path__, replacement: /m}",
        "{target_label: new, replacement: '$1'}",
        "{source_labels: [a], regex: 'foo|x.*', action: keep}",
        "{source_labels: [a], regex: 'oo', action: drop}",
        "{source_labels: [c], regex: '', action: drop}",
        "{source_labels: [a], regex: 'a.b', action: keep}",
        "{source_labels: [a], target_label: b, action: keepequal}",
        "{source_labels: [a], target_label: b, action: dropequal}",
        "{source_labels: [a, b, c], target_label: h, modulus: 13, action: hashmod}",
        "{source_labels: [none], target_label: h, modulus: 1000000007, action: hashmod}",
        "{regex: '__meta_label_(.+)', action: labelmap}",
        "{regex: '__meta_label_(.+)', replacement: 'x_${1}', action: labelmap}",
        "{regex: 'b|c', action: labeldrop}",
        "{regex: '__.*|a|job', action: labelkeep}",
        "{source_labels: [a], target_label: a, action: uppercase}",
        "{source_labels: [b, a], separator: '', target_label: new, action: lowercase}",
    ];
    let mut lists: Vec<Value> = alone.iter().map(|text| json!([rule(text)])).collect();
    // All that keep something, one after another.
    let all = alone
        .iter()
        .filter(|text| !text.contains("keep") && !text.contains("drop"));
    lists.push(all.map(|text| rule(text)).collect());
    lists
}

/// Labels of targets.
fn targets() -> Vec<Labels> {
    let table: [&[(&str, &str)]; 7] = [
        &[],
        &[("a", "foo"), ("b", "bar")],
        &[("a", "foo"), ("b", "foo"), ("c", "x")],
        &[("a", "FöO"), ("b", "ß$1"), ("__meta_label_team", "x")],
        &[("a", "a\nb"), ("c", ";")],
        &[("a", "x y"), ("__meta_label_a", "over"), ("__meta_label_", "empty")],
        &[("a", "oo"), ("b", "1"), ("c", "2")],
    ];
    let labels = |(number, pairs): (usize, &&[(&str, &str)])| {
        let mut labels: Labels = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        labels.insert("__meta_case".to_owned(), number.to_string());
        labels.insert("__address__".to_owned(), format!("host-{number}:1"));
        labels
    };
    table.iter().enumerate().map(labels).collect()
}

/// What promtool prints of a list of rules: the labels before and after, by the number of the target.
fn printed(promtool: &OsStr, rules: &Value) -> BTreeMap<String, (Labels, Labels)> {
    let entries = targets().into_iter().map(|mut labels| {
        let address = labels.remove("__address__");
        json!({"targets": [address], "labels": labels})
    });
    let job = json!({"job_name": "j", "static_configs": entries.collect::<Vec<_>>(), "relabel_configs": rules});
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("prometheus.yaml");
    std::fs::write(&file, json!({"scrape_configs": [job]}).to_string()).expect("a file");
    let arguments = ["check", "service-discovery", "--timeout=1s"];
    let output = Command::new(promtool)
        .args(arguments)
        .arg(&file)
        .arg("j")
        .output()
        .expect("it runs");
    let results: Vec<Value> = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {rules}: {}", String::from_utf8_lossy(&output.stderr)));
    let labels = |value: &Value| {
        serde_json::from_value::<Option<Labels>>(value.clone())
            .expect("labels")
            .unwrap_or_default()
    };
    let pair = |result: &Value| (labels(&result["discoveredLabels"]), labels(&result["labels"]));
    results
        .iter()
        .map(pair)
        .map(|pair| (pair.0["__meta_case"].clone(), pair))
        .collect()
}

#[test]
fn rules_do_what_prometheus_does() {
    // Whether it may be absent.
    if Judge::find("PROMTOOL").is_none() {
        return;
    }
    let promtool = std::env::var_os("PROMTOOL").unwrap_or_default();
    let lists = lists();
    let differing: Vec<String> = std::thread::scope(|scope| {
        let check = |rules: &Value| {
            let own: Vec<Rule> = (rules.as_array().into_iter().flatten())
                .map(|rule| Rule::read(rule).expect("a rule"))
                .collect();
            let printed = printed(&promtool, rules);
            assert_eq!(printed.len(), targets().len(), "{rules}");
            let compare = |(before, mut after): (Labels, Labels)| {
                let ours = Trace::of(&own, &before).target().unwrap_or_default();
                after.retain(|name, _| !name.starts_with("__"));
                (ours != after).then(|| format!("{rules} of {before:?}: expected {after:?}, found {ours:?}"))
            };
            printed.into_values().filter_map(compare).collect::<Vec<_>>()
        };
        let running: Vec<_> = lists.iter().map(|rules| scope.spawn(move || check(rules))).collect();
        running
            .into_iter()
            .flat_map(|running| running.join().expect("no panic"))
            .collect()
    });
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
