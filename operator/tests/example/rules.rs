//! The command `test`: promtool runs unit tests of rules in objects, and its words are about these.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Standard output and the exit code of `test` on the files of the transcripts; nothing without promtool.
fn tested(arguments: &[&str]) -> Option<(String, Option<i32>)> {
    let promtool = super::program("PROMTOOL")?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/commands/cases/test");
    let output = Command::new(env!("CARGO_BIN_EXE_prometheus-operator"))
        .args(["test", "--promtool"])
        .arg(promtool)
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program runs");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        errors.is_empty() || errors.ends_with("/../rules/none*.yaml\n"),
        "{errors}"
    );
    let text = String::from_utf8(output.stdout).expect("text");
    Some((text, output.status.code()))
}

const EXPECTED: &str = r#"FAILED tests/shop.yaml: orders stop
    name: orders stop,
    alertname: NoOrders, time: 15m,
        exp:[
            0:
              Labels:{alertname="NoOrders", severity="ticket", shop="a"}
              Annotations:{}
            ],
        got:[
            0:
              Labels:{alertname="NoOrders", severity="page", shop="a"}
              Annotations:{}
            ]
    rule: NoOrders of PrometheusRule shop/shop, spec.groups[0].rules[1] (tests/../rules/shop.yaml:15:9)
    name: orders stop,
    alertname: Down, time: 15m,
        exp:[],
        got:[
            0:
              Labels:{alertname="Down", job="a"}
              Annotations:{}
            ]
    rule: Down of tests/../rules/plain.yaml, groups[0].rules[0] (tests/../rules/plain.yaml:4:5)
ok     tests/shop.yaml: orders come
2 tests, 1 failed
"#;

#[test]
fn failures_name_the_rules_of_objects() {
    let Some((text, code)) = tested(&["tests/shop.yaml"]) else {
        return;
    };
    assert_eq!((text.as_str(), code), (EXPECTED, Some(1)));
}

#[test]
fn results_are_written_for_build_servers() {
    let Some((text, code)) = tested(&["--output", "junit", "tests/shop.yaml"]) else {
        return;
    };
    assert_eq!(code, Some(1));
    assert!(
        text.contains("<testsuite name=\"tests/shop.yaml\" tests=\"2\" failures=\"1\">"),
        "{text}"
    );
    assert!(
        text.contains("file=\"tests/../rules/shop.yaml\" line=\"15\"><failure "),
        "{text}"
    );
    assert!(
        text.contains("<testcase name=\"orders come\" classname=\"promtool\"/>"),
        "{text}"
    );
    let Some((text, _)) = tested(&["--output", "json", "tests/shop.yaml"]) else {
        return;
    };
    let document: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&document["tests"], &document["failed"]), (&2.into(), &1.into()));
    let rule = &document["files"][0]["tests"][0]["failures"][0]["rules"][0];
    assert_eq!(
        (&rule["object"], &rule["line"]),
        (&"PrometheusRule shop/shop".into(), &15.into())
    );
}

#[test]
fn tests_are_chosen_by_name() {
    let Some((text, code)) = tested(&["--run", "come", "tests/shop.yaml"]) else {
        return;
    };
    assert_eq!(
        (text.as_str(), code),
        ("ok     tests/shop.yaml: orders come\n1 test, 0 failed\n", Some(0))
    );
}

/// Lines of messages are those of the user's file.
#[test]
fn a_field_that_promtool_does_not_know_is_named() {
    let Some((text, code)) = tested(&["tests/unknown.yaml"]) else {
        return;
    };
    assert!(text.contains("line 4: field evaluation not found"), "{text}");
    assert_eq!(code, Some(1));
}

/// A folder holds more than tests.
#[test]
fn tests_are_found_in_folders() {
    let Some((text, code)) = tested(&["."]) else { return };
    assert!(
        text.contains("FAILED ./tests/refused.yaml: PrometheusRule default/refused\n"),
        "{text}"
    );
    assert!(text.contains("ok     ./tests/shop.yaml: orders come\n"), "{text}");
    assert_eq!(code, Some(1));
}
