//! What is written, from what there is to what is wanted.

use crds::ConfigResourceStatus;
use serde_json::{Value, json};

use super::entry::{Workload, agrees, operations};
use super::{FINALIZER, Verdict, finalizer};
use crate::object::ObjectKey;

fn workload() -> Workload {
    Workload {
        resource: "prometheuses".to_owned(),
        key: ObjectKey::new("ns", "main"),
    }
}

fn verdict(generation: i64, rejection: Option<&str>) -> Verdict {
    let accepted = Verdict {
        generation,
        rejection: None,
    };
    rejection.map_or(accepted, |message| Verdict::rejected(generation, message))
}

fn entry(name: &str, conditions: Value) -> Value {
    let mut entry =
        json!({"group": "monitoring.coreos.com", "resource": "prometheuses", "namespace": "ns", "name": name});
    entry["conditions"] = conditions;
    entry
}

fn accepted(generation: i64, time: &str) -> Value {
    json!([{"type": "Accepted", "status": "True", "lastTransitionTime": time, "observedGeneration": generation}])
}

fn paths(operations: &[Value]) -> Vec<String> {
    let path = |operation: &Value| format!("{} {}", operation["op"], operation["path"]).replace('"', "");
    operations.iter().map(path).collect()
}

const BEFORE: &str = "2026-01-01T00:00:00Z";
const NOW: &str = "2026-02-02T00:00:00Z";

#[test]
fn a_first_entry_tests_that_it_is_the_first() {
    let first = operations(&Value::Null, &workload(), Some(&verdict(3, None)), NOW).unwrap();
    assert_eq!(paths(&first), ["test /status", "add /status"]);
    let mut expected = entry("main", accepted(3, NOW));
    assert_eq!(first[1]["value"]["bindings"][0], expected);
    let status = json!({"bindings": [entry("other", json!([]))]});
    let next = operations(&status, &workload(), Some(&verdict(3, Some("bad"))), NOW).unwrap();
    assert_eq!(paths(&next), ["add /status/bindings/-"]);
    expected["conditions"] = json!([{
        "type": "Accepted", "status": "False", "lastTransitionTime": NOW, "observedGeneration": 3,
        "reason": "InvalidConfiguration", "message": "bad",
    }]);
    assert_eq!(next[0]["value"], expected);
    let emptied = operations(&json!({}), &workload(), Some(&verdict(3, None)), NOW).unwrap();
    assert_eq!(paths(&emptied), ["add /status/bindings"]);
}

#[test]
fn the_entry_of_another_is_never_touched() {
    let mut foreign = entry("main", json!([]));
    foreign["resource"] = json!("thanosrulers");
    let status = json!({"bindings": [foreign, entry("other", json!([])), entry("main", accepted(1, BEFORE))]});
    let changed = operations(&status, &workload(), Some(&verdict(2, None)), NOW).unwrap();
    let own = "/status/bindings/2";
    let tests = ["name", "namespace", "resource", "group"].map(|field| format!("test {own}/{field}"));
    assert_eq!(paths(&changed)[..4], tests);
    assert_eq!(paths(&changed)[4..], [format!("add {own}/conditions")]);
    let removed = operations(&status, &workload(), None, NOW).unwrap();
    assert_eq!(paths(&removed)[..4], tests);
    assert_eq!(paths(&removed)[4..], [format!("remove {own}")]);
    let status = json!({"bindings": [entry("other", json!([]))]});
    assert_eq!(operations(&status, &workload(), None, NOW), None);
}

#[test]
fn the_transition_time_moves_with_the_status_only() {
    let status = json!({"bindings": [entry("main", accepted(1, BEFORE))]});
    let time = |verdict: &Verdict| {
        let operations = operations(&status, &workload(), Some(verdict), NOW).unwrap();
        let condition = operations[4]["value"][0].clone();
        (
            condition["lastTransitionTime"].clone(),
            condition["observedGeneration"].clone(),
        )
    };
    assert_eq!(time(&verdict(2, None)), (json!(BEFORE), json!(2)));
    assert_eq!(time(&verdict(2, Some("bad"))), (json!(NOW), json!(2)));
    assert_eq!(operations(&status, &workload(), Some(&verdict(1, None)), NOW), None);
}

#[test]
fn what_is_as_wanted_is_known_from_the_object_alone() {
    let bad = json!([{
        "type": "Accepted", "status": "False", "lastTransitionTime": BEFORE, "observedGeneration": 2,
        "reason": "InvalidConfiguration", "message": "bad",
    }]);
    let status = |conditions: Value| -> ConfigResourceStatus {
        let entries = [entry("other", json!([])), entry("main", conditions)];
        serde_json::from_value(json!({"bindings": entries})).unwrap()
    };
    let is_as =
        |status: &ConfigResourceStatus, verdict: Option<Verdict>| agrees(Some(status), &workload(), verdict.as_ref());
    assert!(is_as(&status(accepted(2, BEFORE)), Some(verdict(2, None))));
    assert!(is_as(&status(bad.clone()), Some(verdict(2, Some("bad")))));
    for wanted in [
        Some(verdict(3, Some("bad"))),
        Some(verdict(2, Some("worse"))),
        Some(verdict(2, None)),
        None,
    ] {
        assert!(!is_as(&status(bad.clone()), wanted.clone()), "{wanted:?}");
    }
    assert!(agrees(None, &workload(), None));
    assert!(!agrees(None, &workload(), Some(&verdict(2, None))));
    let mut strange = status(bad);
    strange.bindings[1].conditions = Box::default();
    assert!(!is_as(&strange, Some(verdict(2, None))));
}

#[test]
fn the_finalizer_stands_among_those_of_others() {
    let of = |finalizers: &[&str], wanted: bool| {
        let finalizers: Vec<String> = finalizers.iter().map(|&name| name.to_owned()).collect();
        finalizer::operations(&finalizers, wanted)
            .map(|operations| (paths(&operations), operations[0]["value"].clone()))
    };
    let change =
        |operation: &str, seen: Value| Some((vec!["test /metadata/finalizers".to_owned(), operation.to_owned()], seen));
    assert_eq!(of(&[], true), change("add /metadata/finalizers", Value::Null));
    assert_eq!(of(&["a"], true), change("add /metadata/finalizers/-", json!(["a"])));
    let both = ["a", FINALIZER];
    assert_eq!(of(&both, false), change("remove /metadata/finalizers/1", json!(both)));
    assert_eq!(of(&both, true), None);
    assert_eq!(of(&["a"], false), None);
}

#[test]
fn a_message_fits_into_a_condition() {
    let verdict = verdict(1, Some(&"é".repeat(1_000_000)));
    let first = operations(&Value::Null, &workload(), Some(&verdict), NOW).unwrap();
    let entry = first[1]["value"]["bindings"][0].clone();
    assert_eq!(entry["conditions"][0]["message"].as_str().map(str::len), Some(32_768));
    let status: ConfigResourceStatus = serde_json::from_value(json!({ "bindings": [entry] })).unwrap();
    assert!(
        agrees(Some(&status), &workload(), Some(&verdict)),
        "it is not written again and again"
    );
}
