//! Reads objects, and names the field that is wrong if one cannot be read. Pure.
//!
//! All types are read from JSON text and written as JSON text, and values are read and made by way of it: the compiler makes
//! the readers and writers of every field again for each further form, and they are a large part of the program.
//!
//! serde does not say where in an object an error arose. Wrappers that follow it see nothing below a flattened group of
//! fields, and that is where workloads have most of theirs. So an object that cannot be read is read again in parts: the
//! wrong field is the one which, alone, gives the same error. Only wrong objects cost more time for it, and no more than
//! their size times their depth.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use std::{error::Error, fmt};

/// Why an object cannot be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unreadable {
    /// Path of the wrong field, such as `spec.endpoints[1].port`. For a field that is missing, the path of what lacks
    /// it. Empty for the object as a whole.
    pub path: Box<str>,
    /// What is wrong with it.
    pub cause: Box<str>,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return f.write_str(&self.cause);
        }
        write!(f, "{}: {}", self.path, self.cause)
    }
}

impl Error for Unreadable {}

/// The value as a `T`.
///
/// # Errors
/// When it is none. The line and the column of the error are those of the value on a single line.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> serde_json::Result<T> {
    serde_json::from_str(&value.to_string())
}

/// The object as a value.
///
/// # Errors
/// When it has a map whose keys are no strings.
pub fn to_value(object: &impl Serialize) -> serde_json::Result<Value> {
    serde_json::from_slice(&serde_json::to_vec(object)?)
}

/// A group of fields that is flattened into an object.
pub(crate) fn flattened<'de, T: DeserializeOwned, D: Deserializer<'de>>(fields: D) -> Result<T, D::Error> {
    let fields = Map::deserialize(fields)?;
    from_value(&Value::Object(fields)).map_err(D::Error::custom)
}

/// The object as a `T`.
pub fn read<T: DeserializeOwned>(object: &Value) -> Result<T, Unreadable> {
    from_value(object).map_err(|error| {
        let cause = message(&error);
        let fails_alike = |part: &Value| from_value::<T>(part).is_err_and(|error| message(&error) == cause);
        Unreadable {
            path: path_of(object, &cause, fails_alike).into(),
            cause: cause.as_str().into(),
        }
    })
}

/// What is wrong, without the place in the text.
fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).unwrap_or(&text).to_owned()
}

/// The way from an object to a node below it: each object or list on the way, with the place in it where the way goes on.
type Way<'a> = Vec<(&'a Value, Place<'a>)>;

#[derive(Clone, Copy)]
enum Place<'a> {
    Field(&'a str),
    Item(usize),
}

/// Goes down as long as a single field or item gives the same error as the whole object.
fn path_of(object: &Value, cause: &str, fails_alike: impl Fn(&Value) -> bool) -> String {
    let missing = cause
        .strip_prefix("missing field `")
        .and_then(|name| name.strip_suffix('`'));
    let (mut way, mut node) = (Way::new(), object);
    loop {
        let is_here = match (missing, node) {
            (Some(name), Value::Object(fields)) if !fields.contains_key(name) => {
                let mut fields = fields.clone();
                fields.insert(name.to_owned(), Value::Null);
                !fails_alike(&alone(&way, fields.into(), missing))
            }
            (None, Value::Object(_)) => fails_alike(&alone(&way, Value::Object(Map::new()), missing)),
            (None, Value::Array(_)) => fails_alike(&alone(&way, Value::Array(Vec::new()), missing)),
            _ => false,
        };
        let next = places(node).into_iter().filter(|_| !is_here).find(|(place, below)| {
            way.push((node, *place));
            let found = fails_alike(&alone(&way, (*below).clone(), missing));
            way.pop();
            found
        });
        let Some((place, below)) = next else {
            return written(&way);
        };
        way.push((node, place));
        node = below;
    }
}

fn places(node: &Value) -> Vec<(Place<'_>, &Value)> {
    match node {
        Value::Object(fields) => fields.iter().map(|(name, below)| (Place::Field(name), below)).collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(i, below)| (Place::Item(i), below))
            .collect(),
        _ => Vec::new(),
    }
}

/// An object with nothing but this way and what is at its end. If a field is said to be missing, those of its name are
/// kept on the way, else they would be the ones that are missing.
fn alone(way: &Way<'_>, end: Value, missing: Option<&str>) -> Value {
    way.iter().rev().fold(end, |below, (node, place)| match place {
        Place::Item(_) => vec![below].into(),
        Place::Field(name) => {
            let kept = missing.and_then(|missing| Some((missing.to_owned(), node.get(missing)?.clone())));
            kept.into_iter().chain([((*name).to_owned(), below)]).collect()
        }
    })
}

fn written(way: &Way<'_>) -> String {
    let places = way.iter().map(|(_, place)| match place {
        Place::Field(name) => format!(".{name}"),
        Place::Item(i) => format!("[{i}]"),
    });
    let path: String = places.collect();
    path.strip_prefix('.').unwrap_or(&path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OAuth2, PrometheusRule, RemoteWriteSpec};
    use serde_json::json;

    fn complaint<T: DeserializeOwned>(object: &Value) -> String {
        read::<T>(object).map(drop).unwrap_err().to_string()
    }

    #[test]
    fn what_lacks_a_field_is_named() {
        let id = json!({ "secret": { "name": "client", "key": "id" } });
        let secret = json!({ "name": "client", "key": "secret" });
        let oauth2 = json!({ "clientId": id, "clientSecret": secret, "endpointParams": { "audience": "metrics" } });
        assert_eq!(complaint::<OAuth2>(&oauth2), "missing field `tokenUrl`");
        let remote = json!({ "url": "https://metrics.example", "oauth2": oauth2 });
        assert_eq!(
            complaint::<RemoteWriteSpec>(&remote),
            "oauth2: missing field `tokenUrl`"
        );
    }

    #[test]
    fn a_field_of_the_same_name_further_up_does_not_mislead() {
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code, reason = "only its errors are looked at")]
        struct Outer {
            name: String,
            first: Option<Inner>,
            list: Vec<Inner>,
        }
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code, reason = "only its errors are looked at")]
        struct Inner {
            port: Option<u16>,
            name: String,
        }
        let object = json!({ "name": "x", "first": { "name": "y" }, "list": [{ "name": "z" }, { "port": 80 }, {}] });
        assert_eq!(complaint::<Outer>(&object), "list[1]: missing field `name`");
    }

    #[test]
    fn the_object_as_a_whole_may_be_wrong() {
        assert_eq!(
            complaint::<PrometheusRule>(&json!({ "metadata": { "name": "x" } })),
            "missing field `spec`"
        );
        let error = read::<PrometheusRule>(&json!("x")).unwrap_err();
        assert_eq!(&*error.path, "");
    }
}
