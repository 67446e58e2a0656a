//! Objects that are made from the recorded schemas, with every field there is, go through our types and come back:
//! nothing is lost, nothing is invented. What has several spellings comes back in the canonical one. And if one field of
//! such an object is wrong, the error names it.

mod sample;
#[path = "../shared/mod.rs"]
mod shared;

use crds::Unreadable;
use kube::Resource;
use regex::Regex;
use sample::{EXAMPLES, Sample, Spelling, turns};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use shared::{differences, recorded};
use std::{collections::BTreeSet, fs, path::Path};

/// A kind in one of its versions.
struct Kind {
    /// Group, plural name and version.
    name: fn() -> [String; 3],
    /// Version and kind as an object has them.
    types: fn() -> [String; 2],
    /// Reads an object and writes it again.
    through: fn(&Value) -> Result<Value, Unreadable>,
}

/// Every version of every kind.
const KINDS: &[Kind] = &[
    Kind::of::<crds::v1alpha1::AlertmanagerConfig>(),
    Kind::of::<crds::v1beta1::AlertmanagerConfig>(),
    Kind::of::<crds::Alertmanager>(),
    Kind::of::<crds::PodMonitor>(),
    Kind::of::<crds::Probe>(),
    Kind::of::<crds::v1alpha1::PrometheusAgent>(),
    Kind::of::<crds::Prometheus>(),
    Kind::of::<crds::PrometheusRule>(),
    Kind::of::<crds::v1alpha1::ScrapeConfig>(),
    Kind::of::<crds::ServiceMonitor>(),
    Kind::of::<crds::ThanosRuler>(),
];

/// How many fields of a kind are made wrong, one at a time.
const PLACES: usize = 100;

impl Kind {
    const fn of<K: Resource<DynamicType = ()> + DeserializeOwned + Serialize>() -> Self {
        Self {
            name: || [K::group(&()), K::plural(&()), K::version(&())].map(Into::into),
            types: || [K::api_version(&()), K::kind(&())].map(Into::into),
            through: |object| Ok(serde_json::to_value(crds::read::<K>(object)?).expect("plain data")),
        }
    }

    /// The recorded schema. Where a definition was recorded in two forms, the one in `full` has all versions.
    #[expect(clippy::disallowed_methods, reason = "nothing in these files is secret")]
    fn schema(&self, folder: &Path) -> Value {
        let [group, plural, version] = (self.name)();
        let file = format!("{group}_{plural}.yaml");
        let full = folder.join("full").join(&file);
        let path = if full.is_file() { full } else { folder.join(&file) };
        let text = fs::read_to_string(&path).expect("a definition of this kind");
        let definition: Value = serde_saphyr::from_str(&text).expect("valid YAML");
        let versions = definition["spec"]["versions"].as_array().expect("versions");
        let found = versions.iter().find(|found| found["name"] == *version);
        found.expect("this version of the kind")["schema"]["openAPIV3Schema"].clone()
    }

    fn object(&self, schema: &Value, sample: Sample) -> Value {
        let mut object = sample.value("", schema);
        let [version, kind] = (self.types)();
        object["apiVersion"] = version.into();
        object["kind"] = kind.into();
        object["metadata"] = json!({ "name": "sample", "namespace": "samples" });
        object
    }
}

#[test]
fn objects_with_every_field_come_back() {
    let Some(folder) = recorded("reference-crds") else {
        return;
    };
    let mut changed = Vec::new();
    for kind in KINDS {
        let schema = kind.schema(&folder);
        for turn in 0..turns(&schema) {
            let [given, expected] = [Spelling::Allowed, Spelling::Canonical]
                .map(|spelling| kind.object(&schema, Sample { turn, spelling }));
            let path = format!("{} {turn}: ", (kind.name)().join(" "));
            match (kind.through)(&given) {
                Ok(back) => differences(&path, &back, &expected, &mut changed),
                Err(error) => changed.push(format!("{path}{error}")),
            }
        }
    }
    assert!(
        changed.is_empty(),
        "{} differences:\n{}",
        changed.len(),
        changed.join("\n")
    );
}

/// The path of every field of the spec and every item of its lists, with a pointer to it. Keys of maps are not fields.
fn places(path: &str, pointer: &str, node: &Value, found: &mut Vec<(String, String)>) {
    let below: Vec<(String, String, &Value)> = match node {
        Value::Object(fields) => {
            let place = |(name, below)| (format!("{path}.{name}"), format!("{pointer}/{name}"), below);
            fields
                .iter()
                .filter(|(name, _)| !name.contains('/'))
                .map(place)
                .collect()
        }
        Value::Array(items) => {
            let place = |(i, below)| (format!("{path}[{i}]"), format!("{pointer}/{i}"), below);
            items.iter().enumerate().map(place).collect()
        }
        _ => return,
    };
    for (path, pointer, node) in below {
        places(&path, &pointer, node, found);
        found.push((path, pointer));
    }
}

#[test]
fn a_wrong_field_is_named() {
    let Some(folder) = recorded("reference-crds") else {
        return;
    };
    let mut wrong = Vec::new();
    for kind in KINDS {
        let turn = Sample {
            turn: 0,
            spelling: Spelling::Allowed,
        };
        let object = kind.object(&kind.schema(&folder), turn);
        let mut found = Vec::new();
        places("spec", "/spec", &object["spec"], &mut found);
        // All fields of all kinds would take minutes.
        for (path, pointer) in found.iter().step_by(found.len().div_ceil(PLACES)) {
            let mut object = object.clone();
            let place = object.pointer_mut(pointer).expect("a place in the object");
            *place = if place.is_boolean() { 0.5.into() } else { false.into() };
            let given = place.clone();
            match (kind.through)(&object) {
                Err(error) if *error.path == **path => {}
                // A field without a type keeps what it gets.
                Ok(back) if back.pointer(pointer) == Some(&given) => {}
                other => wrong.push(format!("{path}: {:?}", other.map(drop))),
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_version_of_every_kind_is_in_the_table() {
    let ours: BTreeSet<[String; 3]> = KINDS.iter().map(|kind| (kind.name)()).collect();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut defined = BTreeSet::new();
    for definition in crds::full_custom_resource_definitions() {
        let spec = &definition["spec"];
        for version in spec["versions"].as_array().expect("versions") {
            defined.insert([&spec["group"], &spec["names"]["plural"], &version["name"]].map(text));
        }
    }
    assert_eq!(ours, defined);
}

#[test]
fn examples_have_their_patterns() {
    for (pattern, examples) in EXAMPLES {
        let compiled = Regex::new(pattern).expect("a pattern");
        for example in examples {
            assert!(compiled.is_match(example), "{example} does not match {pattern}");
        }
    }
}
