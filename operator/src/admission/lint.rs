//! What is accepted and still not what its author wants: the findings of `promtool check … --lint`. Pure.

use std::collections::BTreeMap;

use crds::{PrometheusRule, Rule, RuleGroup};
use formats::duration::PrometheusDuration;

/// Prometheus looks back so far for a sample (`--query.lookback-delta`): a series with a longer interval has gaps.
const LOOKBACK: PrometheusDuration = PrometheusDuration::from_nanoseconds(5 * 60 * 1_000_000_000);

/// Rules of an object that write the same series, or raise the same alerts.
pub(super) fn duplicate_rules(rule: &PrometheusRule) -> Vec<String> {
    let mut places: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for (number, group) in rule.spec.groups.iter().enumerate() {
        for (index, rule) in group.rules.iter().enumerate() {
            let place = format!("spec.groups[{number}].rules[{index}]");
            places.entry(identity(group, rule)).or_default().push(place);
        }
    }
    let repeated = places.into_iter().filter(|(_, places)| places.len() > 1);
    repeated
        .map(|((name, _), places)| {
            let (count, places) = (places.len(), places.join(", "));
            format!("{count} rules named {name:?} have the same labels: {places}")
        })
        .collect()
}

/// Name and labels. A label of the rule goes before that of its group.
fn identity<'a>(group: &'a RuleGroup, rule: &'a Rule) -> (&'a str, BTreeMap<&'a str, &'a str>) {
    let name = rule.record.as_deref().or(rule.alert.as_deref()).unwrap_or_default();
    let labels = group.labels.iter().chain(&rule.labels);
    (name, labels.map(|(name, value)| (&**name, &**value)).collect())
}

/// Which of these intervals, each with its field, leave gaps.
pub(super) fn long_intervals<'a>(intervals: impl Iterator<Item = (String, Option<&'a str>)>) -> Vec<String> {
    let long = intervals.filter_map(|(field, text)| {
        let interval = PrometheusDuration::parse(text?).ok()?;
        let gaps = || {
            format!(
                "{field}: series that are scraped every {interval} have gaps, because Prometheus looks back {LOOKBACK}"
            )
        };
        (interval >= LOOKBACK).then(gaps)
    });
    long.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rules_of_one_name_and_the_same_labels_are_told() {
        let rule = |name: &str, labels| json!({ "record": name, "expr": "1", "labels": labels });
        let object: PrometheusRule = serde_json::from_value(json!({
            "metadata": { "name": "x" },
            "spec": { "groups": [
                { "name": "a", "labels": { "team": "x", "tier": "1" }, "rules": [
                    rule("r", json!({ "team": "y" })), rule("other", json!({})), rule("r", json!({})),
                ] },
                { "name": "b", "rules": [rule("r", json!({ "team": "y", "tier": "1" })), { "alert": "other", "expr": "1" }] },
            ] },
        }))
        .unwrap();
        let expected = "2 rules named \"r\" have the same labels: spec.groups[0].rules[0], spec.groups[1].rules[0]";
        assert_eq!(duplicate_rules(&object), [expected]);
    }

    #[test]
    fn intervals_from_five_minutes_on_are_told() {
        let intervals = [None, Some("4m59s"), Some("5m"), Some("nonsense")];
        let fields = intervals.into_iter().enumerate();
        let told = long_intervals(fields.map(|(index, text)| (format!("spec.endpoints[{index}].interval"), text)));
        let expected =
            "spec.endpoints[2].interval: series that are scraped every 5m have gaps, because Prometheus looks back 5m";
        assert_eq!(told, [expected]);
    }
}
