//! Places in an object, written as the API server writes them: `spec.endpoints[0].interval`.

use serde_json::{Map, Value};

/// One step of a path.
pub(crate) enum Step<'a> {
    Field(&'a str),
    Item(usize),
}

/// The steps of a path, which is empty for the whole object.
pub(crate) fn steps(path: &str) -> impl Iterator<Item = Step<'_>> {
    let named = path.split(['.', '[']).filter(|step| !step.is_empty());
    named.map(|step| match step.strip_suffix(']') {
        Some(index) => Step::Item(index.parse().expect("an index is a number")),
        None => Step::Field(step),
    })
}

/// The place `below` another. `.` is no step: the other place itself below it, the whole object above it.
pub(crate) fn join(place: &str, below: &str) -> String {
    match (place, below) {
        (place, ".") => place.to_owned(),
        (".", below) => below.to_owned(),
        (place, item) if item.starts_with('[') => format!("{place}{item}"),
        (place, field) => format!("{place}.{field}"),
    }
}

/// The value at a place, if there is one.
pub(crate) fn look<'a>(object: &'a Value, path: &str) -> Option<&'a Value> {
    steps(path).try_fold(object, |value, step| match step {
        Step::Field(name) => value.get(name),
        Step::Item(index) => value.get(index),
    })
}

/// Puts a value at a place and makes the maps and lists on the way to it.
pub(crate) fn set(object: &mut Value, path: &str, value: Value) {
    let mut place = object;
    for step in steps(path) {
        place = match step {
            Step::Field(name) => {
                if place.is_null() {
                    *place = Value::Object(Map::new());
                }
                let map = place.as_object_mut().unwrap_or_else(|| panic!("{path}: not a map"));
                map.entry(name).or_insert(Value::Null)
            }
            Step::Item(index) => {
                if place.is_null() {
                    *place = Value::Array(Vec::new());
                }
                let list = place.as_array_mut().unwrap_or_else(|| panic!("{path}: not a list"));
                assert!(index <= list.len(), "{path}: would leave a gap");
                if index == list.len() {
                    list.push(Value::Null);
                }
                &mut list[index]
            }
        };
    }
    *place = value;
}

/// Takes out the field at a place, which must be there.
pub(crate) fn remove(object: &mut Value, path: &str) {
    let (above, name) = path.rsplit_once('.').unwrap_or(("", path));
    let mut place = object;
    for step in steps(above) {
        place = match step {
            Step::Field(name) => &mut place[name],
            Step::Item(index) => &mut place[index],
        };
    }
    let removed = place.as_object_mut().and_then(|map| map.shift_remove(name));
    assert!(removed.is_some(), "{path} is not there to be removed");
}
