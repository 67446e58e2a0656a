//! The schemas of our kinds, out of the definitions that the program carries: what the API server fills in, and what it
//! refuses.

mod check;
mod rule;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::definitions;
use super::input::json;

pub use check::{Checker, Problem, Violation, nearest};

/// Kind and version of an API.
type Name = (String, String);

/// Schemas by kind and API version, each read once.
static READ: Mutex<BTreeMap<Name, Option<Arc<Value>>>> = Mutex::new(BTreeMap::new());

/// The schema of a kind in a group and version.
pub fn of(kind: &str, api_version: &str) -> Option<Arc<Value>> {
    let version = api_version.strip_prefix("monitoring.coreos.com/")?;
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (kind.to_owned(), version.to_owned());
    let found = read
        .entry(key)
        .or_insert_with(|| definitions::schema(kind, version).map(|schema| Arc::new(json(&schema))));
    found.clone()
}

/// Fills in the defaults of `schema`, as the API server does. What is null counts as absent.
pub fn fill_in(schema: &Value, value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            for (name, below) in schema["properties"].as_object().into_iter().flatten() {
                if let Some(default) = below.get("default")
                    && !fields.contains_key(name)
                {
                    fields.insert(name.clone(), default.clone());
                }
                if let Some(field) = fields.get_mut(name) {
                    fill_in(below, field);
                }
            }
            if schema["additionalProperties"].is_object() {
                fields
                    .values_mut()
                    .for_each(|field| fill_in(&schema["additionalProperties"], field));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill_in(&schema["items"], item)),
        _ => {}
    }
}
