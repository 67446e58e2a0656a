use serde_json::{Value, json};

use super::*;

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// What the rule makes of `a=foo`, `b=bar`, `c=baz`, which the documentation of Prometheus takes as its example.
fn after(rule: &Value) -> Option<Labels> {
    let rules = [Rule::read(rule).unwrap()];
    Trace::of(&rules, &labels(&[("a", "foo"), ("b", "bar"), ("c", "baz")])).after
}

/// A rule, and the labels after it as `a=foo b=bar`; nothing where it drops the target.
type Row = (&'static str, &'static str);

const ALL: &str = "a=foo b=bar c=baz";

const ACTIONS: [Row; 20] = [
    (
        "{source_labels: [a], regex: 'f(.*)', target_label: d, replacement: 'ch${1}-ch${1}'}",
        "a=foo b=bar c=baz d=choo-choo",
    ),
    // Anchored: a part of the value is not enough.
    ("{source_labels: [a], regex: f, target_label: d, replacement: x}", ALL),
    (
        "{source_labels: [a, b], regex: 'f(.*);(.*)r', target_label: a, replacement: 'b${1}${2}m'}",
        "a=boobam b=bar c=baz",
    ),
    // The name of the target label may hold groups, too; one that is no name sets nothing.
    (
        "{source_labels: [a], regex: '(f).*', target_label: '${1}_x', replacement: z}",
        "a=foo b=bar c=baz f_x=z",
    ),
    (
        "{source_labels: [a], regex: 'x(.*)|.*', target_label: '${1}', replacement: z}",
        ALL,
    ),
    // An empty result removes.
    ("{source_labels: [none], target_label: a}", "b=bar c=baz"),
    ("{target_label: e, replacement: f}", "a=foo b=bar c=baz e=f"),
    ("{source_labels: [a], regex: foo, action: keep}", ALL),
    ("{source_labels: [a], regex: fo, action: keep}", ""),
    ("{source_labels: [a], regex: '.*o.*', action: drop}", ""),
    ("{source_labels: [a], regex: o, action: Drop}", ALL),
    ("{source_labels: [a], target_label: b, action: keepequal}", ""),
    ("{source_labels: [a], target_label: a, action: keepequal}", ALL),
    ("{source_labels: [a], target_label: a, action: dropequal}", ""),
    ("{source_labels: [a], target_label: b, action: dropequal}", ALL),
    (
        "{source_labels: [a], target_label: u, action: uppercase}",
        "a=foo b=bar c=baz u=FOO",
    ),
    ("{source_labels: [a], target_label: a, action: lowercase}", ALL),
    (
        "{regex: '(a|b)', replacement: 'x_${1}', action: labelmap}",
        "a=foo b=bar c=baz x_a=foo x_b=bar",
    ),
    ("{regex: 'a|b', action: labeldrop}", "c=baz"),
    ("{regex: 'a|b', action: labelkeep}", "a=foo b=bar"),
];

#[test]
fn each_action() {
    for (rule, expected) in ACTIONS {
        let labels = after(&crate::cli::input::json(&formats::yaml::parse(rule).unwrap())).unwrap_or_default();
        let pairs: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(pairs.join(" "), expected, "{rule}");
    }
}

/// The sum of "foo" is what `md5sum` prints.
#[test]
fn hashes_are_the_lower_half_of_the_sum() {
    // printf foo | md5sum: acbd18db4cc2f85c edef654fccc4a4d8
    let expected = 0xedef_654f_ccc4_a4d8_u64;
    for modulus in [1, 2, 7, 1000] {
        let rule = json!({"source_labels": ["a"], "target_label": "d", "modulus": modulus, "action": "hashmod"});
        let after = after(&rule);
        assert_eq!(after.unwrap()["d"], (expected % modulus).to_string());
    }
}

#[test]
fn a_trace_says_what_each_rule_did_and_which_one_dropped() {
    let rules = [
        json!({"source_labels": ["a"], "target_label": "b"}),
        json!({"source_labels": ["b"], "regex": "bar", "action": "keep"}),
        json!({"target_label": "c", "replacement": "never"}),
    ];
    let rules: Vec<Rule> = rules.iter().map(|rule| Rule::read(rule).unwrap()).collect();
    let trace = Trace::of(&rules, &labels(&[("a", "foo"), ("b", "bar")]));
    assert_eq!(trace.effects.len(), 2);
    assert_eq!(trace.effects[0].set, labels(&[("b", "foo")]));
    let dropped = trace.dropped_by().unwrap();
    assert_eq!((dropped.rule, dropped.value.as_str()), (1, "foo"));
    assert_eq!(dropped.text, "keep if b matches \"bar\"");
    assert_eq!(trace.target(), None);
}

#[test]
fn a_target_has_an_instance_and_nothing_that_is_meant_for_prometheus_alone() {
    let before = labels(&[
        ("__address__", "a:1"),
        ("__metrics_path__", "m"),
        ("__meta_x", "y"),
        ("job", "j"),
    ]);
    let trace = Trace::of(&[], &before);
    assert_eq!(trace.target(), Some(labels(&[("instance", "a:1"), ("job", "j")])));
    assert_eq!(trace.url().as_deref(), Some("http://a:1/m"));
}

#[test]
fn what_is_no_rule_is_said() {
    assert!(matches!(
        Rule::read(&json!({"action": "explode"})),
        Err(Error::Shape(_))
    ));
    assert!(matches!(Rule::read(&json!({"source_labels": 1})), Err(Error::Shape(_))));
    assert!(matches!(Rule::read(&json!({"regex": "("})), Err(Error::Expression(_))));
    // What is too much for the reader is not all quoted.
    let error = Rule::read(&json!({"regex": "a{900}".repeat(10_000)})).unwrap_err();
    assert!(error.to_string().len() < 300, "{error}");
}
