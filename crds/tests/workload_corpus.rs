//! Reads every Prometheus and Alertmanager of the recorded corpus and writes it back: nothing may be refused, nothing
//! may be lost. The corpus is not part of the repository; without it the test says that it was skipped, and fails where
//! `CI` is `true`.

use crds::{Alertmanager, Prometheus};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{collections::BTreeSet, env, fs, path::PathBuf};

/// The directories of all recorded cases, or nothing if there is no corpus.
fn cases() -> Vec<PathBuf> {
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let corpus = env::var_os("CORPUS").map_or(corpus, PathBuf::from);
    let Ok(areas) = fs::read_dir(&corpus) else {
        assert_ne!(
            env::var("CI").as_deref(),
            Ok("true"),
            "no corpus at {}",
            corpus.display()
        );
        println!("skipped: no corpus at {}", corpus.display());
        return Vec::new();
    };
    let directories = |path: PathBuf| {
        let entries = fs::read_dir(path).into_iter().flatten();
        entries.map(|entry| entry.expect("the corpus can be listed").path())
    };
    areas
        .map(|area| area.expect("the corpus can be listed").path())
        .filter(|area| area.is_dir())
        .flat_map(directories)
        .collect()
}

/// Distinct objects that stand under `key` in the inputs.
fn objects(key: &str) -> BTreeSet<String> {
    let marker = format!("{key}:\n");
    let mut objects = BTreeSet::new();
    for case in cases() {
        let Ok(input) = fs::read_to_string(case.join("input.yaml")) else {
            continue;
        };
        if !input.lines().any(|line| line == marker.trim_end()) {
            continue;
        }
        let input: Value = serde_saphyr::from_str(&input).unwrap_or_else(|error| panic!("{}: {error}", case.display()));
        objects.insert(input[key].to_string());
    }
    objects
}

/// The value without what counts as absent: null, empty texts, lists and maps, and the server's own metadata.
fn present(value: Value) -> Value {
    let nothing = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    match value {
        Value::Array(items) => items.into_iter().map(present).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| (name, present(value)));
            fields.filter(|(_, value)| !nothing(value)).collect()
        }
        other => other,
    }
}

/// Where two values differ, as `path: read, written`. Words have spellings that differ in case only; those are equal.
fn differences(path: &str, read: &Value, written: &Value, found: &mut BTreeSet<String>) {
    match (read, written) {
        (Value::Object(left), Value::Object(right)) => {
            for name in left.keys().chain(right.keys()).collect::<BTreeSet<_>>() {
                differences(&format!("{path}.{name}"), &read[name], &written[name], found);
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (left, right) in left.iter().zip(right) {
                differences(&format!("{path}[]"), left, right, found);
            }
        }
        (Value::String(left), Value::String(right)) if left.eq_ignore_ascii_case(right) => {}
        _ if read == written => {}
        _ => {
            found.insert(format!("{path}: {read}, {written}"));
        }
    }
}

/// Reads and writes every object under `key`, and gives their number.
fn round_trips<K: DeserializeOwned + Serialize>(key: &str) -> usize {
    let objects = objects(key);
    let mut wrong = BTreeSet::new();
    for object in &objects {
        let read: Value = serde_json::from_str(object).expect("it was JSON before");
        match serde_json::from_value::<K>(read.clone()) {
            Err(error) => drop(wrong.insert(format!("{error}: {object}"))),
            Ok(kind) => {
                let written = serde_json::to_value(&kind).expect("a kind can be written");
                differences("", &present(read), &present(written), &mut wrong);
            }
        }
    }
    let wrong: Vec<_> = wrong.into_iter().collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        objects.len(),
        wrong.join("\n")
    );
    objects.len()
}

#[test]
fn every_prometheus_survives_a_round_trip() {
    println!("{} objects", round_trips::<Prometheus>("prometheus"));
}

#[test]
fn every_alertmanager_survives_a_round_trip() {
    println!("{} objects", round_trips::<Alertmanager>("alertmanager"));
}
