//! Conversion of custom resources from one version to another: `ConversionReview` of `apiextensions.k8s.io`, in both of its
//! versions, which have the same fields. A table of kinds; each is converted by its own module. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::alertmanager::convert;

const KIND: &str = "ConversionReview";
const VERSIONS: [&str; 2] = ["apiextensions.k8s.io/v1", "apiextensions.k8s.io/v1beta1"];

/// A kind that has more than one version.
struct Converter {
    kind: &'static str,
    /// Converts an object to a group and version.
    convert: fn(&mut Value, &str) -> Result<(), convert::Error>,
}

const CONVERTERS: [Converter; 1] = [Converter {
    kind: "AlertmanagerConfig",
    convert: |object, version| convert::convert(object, convert::Version::of(version)?),
}];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Review<'a> {
    #[serde(default)]
    api_version: String,
    #[serde(default)]
    kind: String,
    #[serde(borrow, default)]
    request: Option<Request<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    #[serde(default)]
    uid: String,
    #[serde(rename = "desiredAPIVersion", default)]
    desired_api_version: String,
    #[serde(borrow, default)]
    objects: Option<Vec<&'a RawValue>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    kind: &'static str,
    api_version: &'a str,
    response: Response,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    uid: String,
    converted_objects: Vec<Box<RawValue>>,
    result: Outcome,
}

#[derive(Serialize)]
struct Outcome {
    metadata: Empty,
    status: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    message: String,
}

#[derive(Serialize)]
struct Empty {}

/// A body that is not a review request.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not the expected JSON.
    #[error("the request is not a {KIND}: {0}")]
    Syntax(String),
    /// Of another kind or version.
    #[error("{kind:?} of {api_version:?} is not a {KIND}")]
    Kind {
        /// What it is.
        kind: String,
        /// In which version.
        api_version: String,
    },
    /// It has no request.
    #[error("the {KIND} has no request")]
    NoRequest,
}

/// The result of a request.
#[derive(Debug)]
pub struct Converted {
    /// The answer.
    pub answer: Vec<u8>,
    /// Why nothing was converted, where that is so.
    pub failure: Option<String>,
}

/// The response to a request. An object that cannot be converted fails all objects of the request.
pub fn converted(body: &[u8]) -> Result<Converted, Unreadable> {
    let review: Review<'_> = serde_json::from_slice(body).map_err(|error| Unreadable::Syntax(error.to_string()))?;
    let Review {
        api_version,
        kind,
        request,
    } = review;
    if kind != KIND || !VERSIONS.contains(&api_version.as_str()) {
        return Err(Unreadable::Kind { kind, api_version });
    }
    let request = request.ok_or(Unreadable::NoRequest)?;
    let objects = request.objects.unwrap_or_default();
    let converted: Result<Vec<_>, String> = (objects.into_iter().enumerate())
        .map(|(index, object)| {
            one(object, &request.desired_api_version).map_err(|error| format!("objects[{index}]{error}"))
        })
        .collect();
    let (converted_objects, failure) = match converted {
        Ok(objects) => (objects, None),
        Err(message) => (Vec::new(), Some(message)),
    };
    let result = Outcome {
        metadata: Empty {},
        status: if failure.is_none() { "Success" } else { "Failure" },
        message: failure.clone().unwrap_or_default(),
    };
    let response = Response {
        uid: request.uid,
        converted_objects,
        result,
    };
    let answer = Answer {
        kind: KIND,
        api_version: &api_version,
        response,
    };
    Ok(Converted {
        // Text that was JSON before: there is nothing in it that cannot be written.
        answer: serde_json::to_vec(&answer).unwrap_or_default(),
        failure,
    })
}

fn one(object: &RawValue, version: &str) -> Result<Box<RawValue>, String> {
    let mut tree: Value = match serde_json::from_str(object.get()) {
        Ok(tree) => tree,
        Err(_) => return outlined(object, version).map_err(|error| format!(": {error}")),
    };
    let kind = tree["kind"].as_str().unwrap_or_default();
    let named = |error: String| {
        let text = |field: &str| tree["metadata"][field].as_str().unwrap_or_default().to_owned();
        format!(", {kind} {}/{}: {error}", text("namespace"), text("name"))
    };
    let Some(converter) = CONVERTERS.iter().find(|converter| converter.kind == kind) else {
        return Err(named(format!("{kind:?} has only one version")));
    };
    let context = named(String::new());
    (converter.convert)(&mut tree, version).map_err(|error| format!("{context}{error}"))?;
    to_raw_value(&tree).map_err(|error| format!("{context}{error}"))
}

/// An object that nests too deeply to be read: what is so deep stays as it is. If the object were refused, its author could
/// keep everybody else from listing theirs.
fn outlined(object: &RawValue, version: &str) -> serde_json::Result<Box<RawValue>> {
    let mut fields: BTreeMap<String, &RawValue> = serde_json::from_str(object.get())?;
    let mut outline = Value::Object(serde_json::Map::new());
    for name in ["kind", "apiVersion"] {
        let value = fields
            .remove(name)
            .map(|value| serde_json::from_str(value.get()))
            .transpose()?;
        outline[name] = value.unwrap_or_default();
    }
    let specification = fields.remove("spec").map_or("{}", RawValue::get);
    let specification: BTreeMap<String, &RawValue> = serde_json::from_str(specification)?;
    // Each field of the specification is replaced by its own name, which shows afterwards where it went.
    let names = specification
        .keys()
        .map(|name| (name.clone(), Value::from(name.as_str())));
    outline["spec"] = Value::Object(names.collect());
    let kind = outline["kind"].as_str().unwrap_or_default();
    if let Some(converter) = CONVERTERS.iter().find(|converter| converter.kind == kind) {
        (converter.convert)(&mut outline, version).map_err(serde::de::Error::custom)?;
    }
    let moved = outline["spec"].as_object().into_iter().flatten();
    let moved: BTreeMap<&String, &RawValue> = moved
        .filter_map(|(name, was)| Some((name, *specification.get(was.as_str()?)?)))
        .collect();
    let (kind, api_version) = (to_raw_value(&outline["kind"])?, to_raw_value(&outline["apiVersion"])?);
    let specification = to_raw_value(&moved)?;
    let own = [
        ("kind", &*kind),
        ("apiVersion", &*api_version),
        ("spec", &*specification),
    ];
    fields.extend(own.map(|(name, value)| (name.to_owned(), value)));
    to_raw_value(&fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asked(objects: &str) -> Converted {
        let version = "monitoring.coreos.com/v1beta1";
        let body = format!(
            r#"{{"kind":"ConversionReview","apiVersion":"apiextensions.k8s.io/v1beta1",
                "request":{{"uid":"u","desiredAPIVersion":"{version}","objects":{objects}}}}}"#
        );
        converted(body.as_bytes()).unwrap()
    }

    fn answer(converted: &Converted) -> Value {
        serde_json::from_slice(&converted.answer).unwrap()
    }

    #[test]
    fn a_whole_list_is_converted_or_nothing_of_it() {
        let config = |name: &str, kind: &str| {
            json!({
                "apiVersion": "monitoring.coreos.com/v1alpha1", "kind": kind,
                "metadata": { "name": name, "namespace": "team" }, "spec": { "muteTimeIntervals": [{ "name": "night" }] },
            })
        };
        let list = json!([config("a", "AlertmanagerConfig"), config("b", "AlertmanagerConfig")]);
        let converted = asked(&list.to_string());
        let told = answer(&converted);
        assert_eq!(told["apiVersion"], "apiextensions.k8s.io/v1beta1");
        assert_eq!(
            told["response"]["result"],
            json!({ "metadata": {}, "status": "Success" })
        );
        assert_eq!(told["response"]["uid"], "u");
        let objects = told["response"]["convertedObjects"].as_array().unwrap();
        assert_eq!(objects.len(), 2);
        assert_eq!(objects[1]["spec"], json!({ "timeIntervals": [{ "name": "night" }] }));

        let converted = asked(&json!([config("a", "AlertmanagerConfig"), config("b", "Probe")]).to_string());
        assert_eq!(
            converted.failure.as_deref(),
            Some("objects[1], Probe team/b: \"Probe\" has only one version")
        );
        let told = answer(&converted);
        assert_eq!(told["response"]["result"]["status"], "Failure");
        assert_eq!(told["response"]["convertedObjects"], json!([]));
    }

    #[test]
    fn an_object_that_nests_too_deeply_is_converted_around_it() {
        let deep = format!("{}1{}", r#"[{"routes":"#.repeat(5_000), "}]".repeat(5_000));
        let object = format!(
            r#"[{{"kind":"AlertmanagerConfig","apiVersion":"monitoring.coreos.com/v1alpha1","metadata":{{"name":"x"}},
                "spec":{{"route":{{"routes":{deep}}},"muteTimeIntervals":[7]}}}}]"#
        );
        let converted = asked(&object);
        assert_eq!(converted.failure, None);
        let text = String::from_utf8(converted.answer).unwrap();
        assert!(text.contains(&deep) && text.contains(r#""timeIntervals":[7]"#));
        assert!(text.contains(r#""apiVersion":"monitoring.coreos.com/v1beta1""#) && !text.contains("mute"));
    }

    /// Child routes are any JSON, so that there may be numbers in them. Each is written so that it is read as the same again.
    #[test]
    fn a_number_keeps_its_value() {
        for number in [
            "0.1",
            "9007199254740993.1",
            "123456789012345678901234567890123456789",
            "6929001713869936e236",
            "8.988465674311579e-307",
            "2.2250738585072011e-308",
            "1.7976931348623157e308",
        ] {
            let object = format!(
                r#"[{{"kind":"AlertmanagerConfig","apiVersion":"monitoring.coreos.com/v1alpha1","metadata":{{"name":"n"}},
                    "spec":{{"route":{{"routes":[{{"x":{number}}}]}}}}}}]"#
            );
            let text = String::from_utf8(asked(&object).answer).unwrap();
            let (_, rest) = text.split_once(r#""x":"#).unwrap();
            let written = &rest[..rest.find('}').unwrap()];
            let bits = |text: &str| text.parse::<f64>().unwrap().to_bits();
            assert_eq!(bits(written), bits(number), "{number} became {written}");
        }
    }

    #[test]
    fn what_is_no_question_is_told_apart() {
        for (body, expected) in [
            ("nonsense", "the request is not a ConversionReview: "),
            ("{}", "\"\" of \"\" is not a ConversionReview"),
            (
                r#"{"kind":"ConversionReview","apiVersion":"apiextensions.k8s.io/v1"}"#,
                "the ConversionReview has no request",
            ),
            (
                r#"{"kind":"ConversionReview","apiVersion":"apiextensions.k8s.io/v2"}"#,
                "\"ConversionReview\" of \"apiextensions.k8s.io/v2\" is not a ConversionReview",
            ),
        ] {
            let error = converted(body.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
