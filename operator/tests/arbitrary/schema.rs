//! JSON that a structural schema allows, and now and then a text that its pattern does not: an object may be older than the
//! pattern.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use regex::Regex;
use serde_json::{Map, Value, json};

use crate::choices::Choices;

/// Texts that are fine somewhere, texts on which YAML, regular expressions, addresses and numbers trip, and variables.
/// `<<` is not among them: the original writes it as a key without quotes, as we do, and then it is read as a merge.
const TEXTS: &[&str] = &[
    "a",
    "",
    "http",
    "https",
    "http://host:9090/path",
    "https://user:word@[::1]:1/?q=a&b",
    "host:9090",
    "30s",
    "1m",
    "0s",
    "1d",
    "9y1w2d3h4m5s6ms",
    "99999999999y",
    "10MB",
    "1.5GB",
    "0",
    "1",
    "-1",
    "9223372036854775808",
    "0.5",
    "2.53.0",
    "v3.5.0",
    "x.y",
    "login",
    "user",
    "__address__",
    "__meta_kubernetes_pod_name",
    "job",
    "le gende",
    "été",
    "(.+)",
    "(",
    "a{1001}",
    "$1",
    "${x}",
    "$(POD_NAME)",
    "null",
    "~",
    "yes",
    "0x1f",
    "1e3",
    ".inf",
    "- a",
    "a: b",
    "#",
    "'",
    "\"",
    "\\",
    "{{ .x }}",
    "a\nb\n",
    "\n",
    " a ",
    "\t",
    "\u{0}",
    "\u{7f}",
    "\u{85}",
    "\u{feff}",
    "\u{2028}",
    "😀",
    "%zz",
    "2020-01-01",
    "1:30",
    "=",
    "!!int",
    "&a",
    "*a",
    "|",
    ">",
    "@",
    "`",
    "Replace",
    "hashmod",
    "lowercase",
    "dropequal",
    "/etc/prometheus/x",
    "a/b",
    "[a]",
    "{a: b}",
    "RoleSelector",
    "node",
    "app=web",
    "app in (a,",
    "arn:aws:iam::1:role/x",
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789",
    "00000000-0000-4000-8000-000000000000",
    "example.com/key",
    "2.0-rc.1",
    "PrometheusText0.0.4",
];

/// Numbers at which something may turn over.
const NUMBERS: &[i64] = &[
    0,
    1,
    2,
    -1,
    15,
    100,
    65_535,
    65_536,
    i32::MAX as i64,
    i32::MIN as i64,
    i64::MAX,
    i64::MIN,
];

/// How deep lists and objects are nested at most.
const MOST_LEVELS: usize = 12;

/// A value. Optional properties are there once in `sparse`, further down more often.
pub(crate) fn value(schema: &Value, choices: &mut Choices, sparse: usize, level: usize) -> Value {
    if let Some(words) = schema["enum"].as_array() {
        return choices.of(words).clone();
    }
    if schema["x-kubernetes-int-or-string"] == true {
        return if choices.once_in(2) {
            integer(schema, choices)
        } else {
            text(schema, choices)
        };
    }
    match schema["type"].as_str() {
        Some("boolean") => (choices.below(2) == 1).into(),
        Some("integer") => integer(schema, choices),
        Some("number") => choices
            .of(&[json!(0.0), json!(1.5), json!(-1.0), json!(f64::MAX), json!(1e-300)])
            .clone(),
        Some("string") => text(schema, choices),
        Some("array") => {
            let least = schema["minItems"].as_u64().unwrap_or(0).min(1);
            let count = if least == 1 || level < MOST_LEVELS {
                choices.below(3).max(usize::from(least == 1))
            } else {
                0
            };
            let is_set = schema["x-kubernetes-list-type"] == "set";
            let items = (0..count).map(|_| value(&schema["items"], choices, sparse, level + 1));
            items
                .fold(Vec::new(), |mut list, item| {
                    if !(is_set && list.contains(&item)) {
                        list.push(item);
                    }
                    list
                })
                .into()
        }
        _ => object(schema, choices, sparse, level),
    }
}

fn object(schema: &Value, choices: &mut Choices, sparse: usize, level: usize) -> Value {
    let mut object = Map::new();
    if let Some(properties) = schema["properties"].as_object() {
        if is_key_selector(schema) {
            return selector(choices);
        }
        let required = schema["required"].as_array();
        for (name, property) in properties {
            let is_required = required.is_some_and(|names| names.iter().any(|required| required == name.as_str()));
            if is_required || (level < MOST_LEVELS && choices.once_in(sparse)) {
                object.insert(name.clone(), value(property, choices, (sparse - 1).max(3), level + 1));
            }
        }
    }
    if let Some(values @ Value::Object(_)) = schema.get("additionalProperties") {
        for _ in 0..choices.below(3) {
            object.insert((*choices.of(TEXTS)).into(), value(values, choices, sparse, level + 1));
        }
    }
    object.into()
}

/// Whether this is the schema of a key of a Secret or `ConfigMap`.
pub(crate) fn is_key_selector(schema: &Value) -> bool {
    (schema["properties"].as_object()).is_some_and(|properties| properties.keys().eq(["key", "name", "optional"]))
}

/// A key of a Secret or `ConfigMap`, most often one that is there.
fn selector(choices: &mut Choices) -> Value {
    let name = *choices.of(&["login", "login", "login", "login", "gone", ""]);
    let key = *choices.of(&["user", "password", "certificate", "bytes", "gone", ""]);
    json!({ "name": name, "key": key })
}

fn integer(schema: &Value, choices: &mut Choices) -> Value {
    let bounds = match schema["format"].as_str() {
        Some("int32") => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    };
    let least = schema["minimum"].as_i64().unwrap_or(bounds.0);
    let most = schema["maximum"].as_i64().unwrap_or(bounds.1);
    (*choices.of(NUMBERS)).clamp(least, most).into()
}

fn text(schema: &Value, choices: &mut Choices) -> Value {
    let fitting = match schema["pattern"].as_str() {
        Some(pattern) if !choices.once_in(16) => fitting(pattern),
        _ => TEXTS.to_vec(),
    };
    (*choices.of(&fitting)).into()
}

/// The texts that match a pattern; all where none does.
fn fitting(pattern: &str) -> Vec<&'static str> {
    static KNOWN: Mutex<BTreeMap<String, Vec<&'static str>>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let search = || {
        let regex = Regex::new(pattern).ok();
        let matching = TEXTS
            .iter()
            .copied()
            .filter(|text| regex.as_ref().is_none_or(|regex| regex.is_match(text)));
        let matching: Vec<_> = matching.collect();
        if matching.is_empty() { TEXTS.to_vec() } else { matching }
    };
    known.entry(pattern.to_owned()).or_insert_with(search).clone()
}
