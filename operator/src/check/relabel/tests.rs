use serde_json::{Value, json};

use super::*;

fn message(version: (u64, u64), config: Value) -> Option<String> {
    let config: RelabelConfig = serde_json::from_value(config).expect("a relabeling rule");
    let version = Version::new(version.0, version.1, 0);
    let rules = Rules::new(version, name_scheme::of_version(version));
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

fn message_in(version: Version, scheme: Scheme, config: Value) -> Option<String> {
    let config: RelabelConfig = serde_json::from_value(config).expect("a relabeling rule");
    Rules::new(version, scheme)
        .check(&config)
        .err()
        .map(|error| error.to_string())
}

#[test]
fn the_scheme_decides_which_labels_are_written() {
    let newest = Version::new(3, 13, 2);
    let target = json!({"targetLabel": "test.example/team"});
    assert_eq!(message_in(newest, Scheme::Utf8, target.clone()), None);
    assert_eq!(
        message_in(newest, Scheme::Legacy, target).as_deref(),
        Some("\"test.example/team\" is invalid 'target_label' for replace action")
    );
    // What is read may have any name all the same.
    assert_eq!(
        message_in(
            newest,
            Scheme::Legacy,
            json!({"sourceLabels": ["a.b"], "targetLabel": "a_b"})
        ),
        None
    );
    assert_eq!(
        message_in(newest, Scheme::Utf8, json!({"sourceLabels": [""], "targetLabel": "a"})).as_deref(),
        Some("\"\" is an invalid source label")
    );
}

#[test]
fn variables_in_names_depend_on_the_version() {
    let (map, target) = (
        json!({"action": "labelmap", "replacement": "k_$1"}),
        json!({"targetLabel": "größe_$1"}),
    );
    for (version, scheme, map_is_fine, target_is_fine) in [
        ((3, 1, 0), Scheme::Utf8, true, false),
        ((3, 2, 0), Scheme::Utf8, true, true),
        ((3, 7, 1), Scheme::Legacy, false, false),
        ((3, 7, 2), Scheme::Legacy, true, false),
    ] {
        let version = Version::new(version.0, version.1, version.2);
        assert_eq!(
            message_in(version, scheme, map.clone()).is_none(),
            map_is_fine,
            "{version}"
        );
        assert_eq!(
            message_in(version, scheme, target.clone()).is_none(),
            target_is_fine,
            "{version}"
        );
    }
}

#[test]
fn rules_are_generated_from_valid_names_alone() {
    let newest = Version::new(3, 13, 2);
    let names: [Box<str>; 3] = ["app.kubernetes.io/name".into(), "9lives".into(), "".into()];
    let utf8 = Rules::new(newest, Scheme::Utf8).check_names(&names, "targetLabels");
    assert_eq!(
        utf8.unwrap_err().to_string(),
        "targetLabels[2]: \"\" does not produce a valid label name"
    );
    let legacy = Rules::new(newest, Scheme::Legacy).check_names(&names, "targetLabels");
    assert_eq!(
        legacy.unwrap_err().to_string(),
        "targetLabels[1]: \"9lives\" does not produce a valid label name"
    );
}

#[test]
fn an_action_that_compares_has_no_expression_not_even_the_default() {
    let config = json!({"action": "dropequal", "sourceLabels": ["a"], "targetLabel": "b", "regex": "(.*)"});
    assert_eq!(
        message((3, 13), config).as_deref(),
        Some("dropequal action requires only 'source_labels' and 'target_label', and no other fields")
    );
}
