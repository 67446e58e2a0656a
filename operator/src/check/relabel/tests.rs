use serde_json::{Value, json};

use super::*;

fn message(version: (u64, u64), config: Value) -> Option<String> {
    let config: RelabelConfig = serde_json::from_value(config).expect("a relabeling rule");
    let rules = Rules::of(Version::new(version.0, version.1, 0));
    rules.check(&config).err().map(|error| error.to_string())
}

#[test]
fn newer_actions_need_newer_versions() {
    let config = json!({"action": "KeepEqual", "sourceLabels": ["a"], "targetLabel": "b"});
    assert_eq!(message((2, 41), config.clone()), None);
    assert_eq!(
        message((2, 40), config).as_deref(),
        Some("keepequal relabel action is only supported from Prometheus version 2.41.0")
    );
}

#[test]
fn each_action_has_its_fields() {
    for (config, expected) in [
        (json!({"targetLabel": "zone"}), None),
        (json!({"replacement": "x"}), Some("needs targetLabel value")),
        (json!({"targetLabel": "a-b"}), Some("is invalid 'target_label'")),
        (json!({"targetLabel": "k_${1}_$2"}), None),
        (json!({"targetLabel": "k_${1"}), Some("is invalid 'target_label'")),
        (json!({"targetLabel": "9$1"}), Some("is invalid 'target_label'")),
        (
            json!({"action": "hashmod", "targetLabel": "h"}),
            Some("non-zero modulus"),
        ),
        (
            json!({"action": "lowercase", "targetLabel": "$1"}),
            Some("is invalid 'target_label'"),
        ),
        (
            json!({"action": "uppercase", "targetLabel": "a", "replacement": "x"}),
            Some("can not be set"),
        ),
        (
            json!({"action": "labelmap", "regex": "x_(.+)", "replacement": "y-$1"}),
            Some("is invalid 'replacement'"),
        ),
        (json!({"action": "labelmap", "regex": "x_(.+)"}), None),
        (json!({"action": "labeldrop", "regex": "a|b"}), None),
        (
            json!({"action": "labeldrop", "sourceLabels": ["a"]}),
            Some("requires only 'regex'"),
        ),
        (
            json!({"action": "dropequal", "targetLabel": "a", "separator": ","}),
            Some("and no other fields"),
        ),
        (json!({"action": "keep", "regex": "a("}), Some("invalid regex a(")),
    ] {
        let found = message((2, 55), config.clone());
        match expected {
            None => assert_eq!(found, None, "{config}"),
            Some(text) => assert!(
                found.as_deref().is_some_and(|found| found.contains(text)),
                "{config}: {found:?}"
            ),
        }
    }
}

#[test]
fn version_3_takes_any_label_name() {
    let config = json!({"targetLabel": "größe.1"});
    assert_eq!(message((3, 0), config.clone()), None);
    assert!(message((2, 55), config).is_some());
}
