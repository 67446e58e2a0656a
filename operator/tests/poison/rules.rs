//! Rules: expressions, labels, templates and durations, of which those that are accepted are judged by promtool.

use crds::PrometheusRule;
use operator::rules::{Component, RuleTarget, rule_file};
use serde_json::{Value, json};

use crate::choices::Choices;
use crate::judge::Judge;
use crate::random::numbers;
use crate::{FEW, TOGETHER, from_environment};

/// Groups of one file.
const GROUPS: usize = 400;

/// Expressions, good and bad, and some on which readers trip.
const EXPRESSIONS: &[&str] = &[
    "up",
    "up == 0",
    "rate(a[5m])",
    "rate(a[5m:1m] offset 1w)",
    "sum by (a) (b)",
    "{__name__=\"a.b\"}",
    "{\"a.b\"}",
    "a{b=~\"(\"}",
    "a{b=~\"x{1001}\"}",
    "a{b!=\"\"}",
    "{}",
    "{a=~\".*\"}",
    "1 +",
    "vector(1)",
    "histogram_quantile(0.9, a)",
    "label_replace(a, \"b\", \"$1\", \"c\", \"(.*)\")",
    "a @ end()",
    "a[1y]",
    "1e400",
    "0x1f",
    "'",
    "\"text\"",
    "absent(a) or on() b",
    "a and ignoring (b) c",
    "sort_by_label(a, \"b\")",
    "été",
    "",
];

const NAMES: &[&str] = &[
    "a", "a:b", "a.b", "été", "9lives", "{a}", "", "__name__", "le", "a b", "\n",
];

const TEMPLATES: &[&str] = &[
    "fine",
    "{{ $value }}",
    "{{ $labels.a }}",
    "{{ .Labels.a | title }}",
    "{{ unknown }}",
    "{{ end }}",
    "{{ range query \"up\" }}{{ .Value }}{{ end }}",
    "{{ define \"x\" }}{{ end }}",
    "{{",
    "}}",
    "\u{0}",
    "\\",
];

const DURATIONS: &[&str] = &["1m", "0s", "1y", "99999999999y", "5 s", "1d12h", "0"];

fn rule(choices: &mut Choices) -> Value {
    let mut rule = json!({ "expr": *choices.of(EXPRESSIONS) });
    let name = *choices.of(&["alert", "alert", "record"]);
    rule[name] = (*choices.of(NAMES)).into();
    for (field, texts) in [("labels", NAMES), ("annotations", NAMES)] {
        if choices.once_in(3) {
            let (name, text) = (*choices.of(texts), *choices.of(TEMPLATES));
            rule[field] = json!({ name: text });
        }
    }
    for field in ["for", "keep_firing_for"] {
        if choices.once_in(4) {
            rule[field] = (*choices.of(DURATIONS)).into();
        }
    }
    rule
}

fn group(number: usize, choices: &mut Choices) -> Value {
    let mut group = json!({ "name": format!("{} {number}", choices.of(NAMES)), "rules": [rule(choices)] });
    if choices.once_in(3) {
        group["interval"] = (*choices.of(DURATIONS)).into();
    }
    if choices.once_in(4) {
        group["query_offset"] = (*choices.of(DURATIONS)).into();
    }
    if choices.once_in(4) {
        let (name, text) = (*choices.of(NAMES), *choices.of(TEMPLATES));
        group["labels"] = json!({ name: text });
    }
    group
}

fn object(groups: &[Value]) -> PrometheusRule {
    let object = json!({ "metadata": { "name": "a", "namespace": "web", "uid": "1" }, "spec": { "groups": groups } });
    serde_json::from_value(object).expect("a PrometheusRule")
}

#[test]
fn rules_that_are_accepted_are_loaded() {
    let Some(promtool) = Judge::find("PROMTOOL") else {
        return;
    };
    let target = RuleTarget::new(Component::Prometheus, promtool.version());
    let (worlds, seed) = (
        from_environment("POISON_WORLDS", FEW),
        from_environment("POISON_SEED", 1),
    );
    let (mut faults, mut accepted) = (Vec::new(), 0);
    for world in 0..worlds.div_ceil(TOGETHER) {
        let mut choices = numbers(seed + world);
        let mut groups: Vec<_> = (0..GROUPS).map(|number| group(number, &mut choices)).collect();
        groups.retain(|group| rule_file(&target, &object(std::slice::from_ref(group))).is_ok());
        accepted += groups.len();
        let (file, _) = rule_file(&target, &object(&groups)).expect("each of them is accepted");
        if let Err(message) = promtool.judge(&["check", "rules", "--lint=none"], &file) {
            faults.push(format!("{file}\n{message}"));
        }
    }
    assert!(
        accepted > worlds,
        "only {accepted} groups were accepted, which proves little"
    );
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}
