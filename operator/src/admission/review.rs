//! What the API server asks and is answered: `AdmissionReview` of `admission.k8s.io`, in both of its versions, which have the
//! same fields. Pure.
//!
//! Objects stay JSON text until they are checked, so that reading a request costs no more than its length, however deep
//! what is in it goes.

use k8s_openapi::ByteString;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::patch::Operation;

/// Versions that are read; the first one answers requests that name none.
const VERSIONS: [&str; 2] = ["admission.k8s.io/v1", "admission.k8s.io/v1beta1"];
const KIND: &str = "AdmissionReview";
/// Causes that one answer names; who has more to mend begins with these.
const MOST_CAUSES: usize = 100;

/// A review request.
#[derive(Debug)]
pub struct Review<'a> {
    version: &'static str,
    /// What is to be reviewed.
    pub request: Request<'a>,
}

/// What is about to happen to an object.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request<'a> {
    #[serde(default)]
    uid: String,
    /// The resource that is written to, in the version in which the object is sent.
    #[serde(default)]
    pub resource: Resource,
    /// `status`, or empty for the object itself.
    #[serde(default)]
    pub sub_resource: String,
    /// `CREATE`, `UPDATE`, `DELETE` or `CONNECT`.
    #[serde(default)]
    pub operation: String,
    /// The object as it would be stored.
    #[serde(borrow, default)]
    pub object: Option<&'a RawValue>,
    /// The object as it is stored.
    #[serde(borrow, default)]
    pub old_object: Option<&'a RawValue>,
}

/// A resource of the API.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Resource {
    /// API group.
    pub group: String,
    /// Version within the group.
    pub version: String,
    /// Plural name.
    pub resource: String,
}

/// A body that is not a review request.
#[derive(Debug)]
pub struct Unreadable {
    version: &'static str,
    uid: String,
    cause: String,
}

/// The verdict on a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The object may be stored, with these warnings for its author.
    Allowed(Vec<String>),
    /// The object may be stored with these changes.
    Patched(Vec<Operation>),
    /// The object must not be stored.
    Refused(Refusal),
}

/// Why an object must not be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong in general.
    pub message: String,
    /// Plural name of what was expected; empty where nothing was.
    pub resource: &'static str,
    /// What is wrong in particular.
    pub causes: Vec<Cause>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// What is wrong, and where.
    pub message: String,
    /// Path of the field; empty for the object as a whole.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub field: String,
}

impl Cause {
    /// Something that is wrong with the object as a whole.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            field: String::new(),
        }
    }

    /// The same of a field.
    #[must_use]
    pub fn at(self, field: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            ..self
        }
    }

    /// Takes the path from the beginning of the message: clients such as kubectl print the two one after the other.
    fn name_field_once(&mut self) {
        let rest = self.message.strip_prefix(self.field.as_str());
        if let Some(rest) = rest.and_then(|rest| rest.strip_prefix(": ")) {
            self.message = rest.to_owned();
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    #[serde(default)]
    api_version: String,
    #[serde(default)]
    kind: String,
    #[serde(borrow, default)]
    request: Option<Request<'a>>,
}

/// What is looked for in a request that cannot be read.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Outline {
    api_version: String,
    request: OutlinedRequest,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OutlinedRequest {
    uid: String,
}

impl<'a> Review<'a> {
    /// Reads a request.
    pub fn parse(body: &'a [u8]) -> Result<Self, Unreadable> {
        let parsed: Result<Envelope<'a>, _> = serde_json::from_slice(body);
        let cause = match parsed {
            Err(error) => error.to_string(),
            Ok(Envelope { kind, .. }) if kind != KIND => format!("kind {kind:?} is not {KIND:?}"),
            Ok(Envelope {
                api_version,
                request: Some(request),
                ..
            }) => match known(&api_version) {
                Some(version) => return Ok(Self { version, request }),
                None => format!("{KIND} has no version {api_version:?}"),
            },
            Ok(Envelope { request: None, .. }) => "the {KIND} has no request".to_owned(),
        };
        let outline: Outline = serde_json::from_slice(body).unwrap_or_default();
        Err(Unreadable {
            version: known(&outline.api_version).unwrap_or(VERSIONS[0]),
            uid: outline.request.uid,
            cause,
        })
    }

    /// The response to the request.
    pub fn answer(&self, verdict: Verdict) -> Vec<u8> {
        written(self.version, &self.request.uid, verdict)
    }
}

fn known(api_version: &str) -> Option<&'static str> {
    VERSIONS.into_iter().find(|version| *version == api_version)
}

impl Unreadable {
    /// The response to a body that is not a request.
    pub fn answer(self) -> Vec<u8> {
        let refusal = Refusal {
            message: "Unable to deserialize request".to_owned(),
            resource: "",
            causes: vec![Cause::new(self.cause)],
        };
        written(self.version, &self.uid, Verdict::Refused(refusal))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    kind: &'static str,
    api_version: &'static str,
    response: Response<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    uid: &'a str,
    allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch: Option<ByteString>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of the API")]
struct Status {
    metadata: Empty,
    status: &'static str,
    message: String,
    reason: &'static str,
    details: Details,
    code: u16,
}

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
struct Details {
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'static str,
    causes: Vec<Cause>,
}

fn written(api_version: &'static str, uid: &str, verdict: Verdict) -> Vec<u8> {
    let mut response = Response {
        uid,
        allowed: true,
        status: None,
        patch: None,
        patch_type: None,
        warnings: Vec::new(),
    };
    match verdict {
        Verdict::Allowed(warnings) => response.warnings = warnings,
        Verdict::Patched(operations) => {
            response.patch = serde_json::to_vec(&operations).ok().map(ByteString);
            response.patch_type = Some("JSONPatch");
        }
        Verdict::Refused(refusal) => {
            response.allowed = false;
            response.status = Some(status(refusal));
        }
    }
    let answer = Answer {
        kind: KIND,
        api_version,
        response,
    };
    // Text and lists of text: there is nothing in it that cannot be written.
    serde_json::to_vec(&answer).unwrap_or_default()
}

fn status(refusal: Refusal) -> Status {
    let Refusal {
        message,
        resource: name,
        mut causes,
    } = refusal;
    let more = causes.len().saturating_sub(MOST_CAUSES);
    causes.truncate(MOST_CAUSES);
    if more > 0 {
        causes.push(Cause::new(format!("{more} more")));
    }
    for cause in &mut causes {
        cause.name_field_once();
    }
    Status {
        metadata: Empty {},
        status: "Failure",
        message,
        reason: "Invalid",
        details: Details { name, causes },
        code: 422,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn refused(body: &str) -> Value {
        let unreadable = Review::parse(body.as_bytes()).expect_err("it is no question");
        serde_json::from_slice(&unreadable.answer()).unwrap()
    }

    #[test]
    fn what_is_no_question_is_refused_with_its_identity() {
        for (body, version, uid) in [
            ("nonsense", "v1", ""),
            ("{}", "v1", ""),
            ("[1]", "v1", ""),
            (
                r#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}"#,
                "v1",
                "",
            ),
            (
                r#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v7","request":{"uid":"a"}}"#,
                "v1",
                "a",
            ),
            (
                r#"{"kind":"Pod","apiVersion":"admission.k8s.io/v1beta1","request":{"uid":"b"}}"#,
                "v1beta1",
                "b",
            ),
            (
                r#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"c","operation":7}}"#,
                "v1",
                "c",
            ),
        ] {
            let answer = refused(body);
            assert_eq!(answer["apiVersion"], format!("admission.k8s.io/{version}"), "{body}");
            assert_eq!(answer["kind"], "AdmissionReview");
            assert_eq!(answer["response"]["uid"], uid, "{body}");
            assert_eq!(answer["response"]["allowed"], false);
            assert_eq!(answer["response"]["status"]["message"], "Unable to deserialize request");
            assert!(answer["response"]["status"]["details"]["causes"][0]["message"].is_string());
        }
    }

    #[test]
    fn a_question_is_read_however_deep_its_object_goes() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let body = format!(
            r#"{{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1beta1","request":{{"uid":"d","object":{deep}}}}}"#
        );
        let review = Review::parse(body.as_bytes()).unwrap();
        assert_eq!(review.request.object.unwrap().get().len(), 200_000);
        let answer: Value = serde_json::from_slice(&review.answer(Verdict::Allowed(Vec::new()))).unwrap();
        let expected = json!({
            "kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1beta1",
            "response": { "uid": "d", "allowed": true },
        });
        assert_eq!(answer, expected);
    }

    #[test]
    fn an_answer_names_so_many_causes_and_counts_the_others() {
        let refusal = Refusal {
            message: "no".to_owned(),
            resource: "prometheusrules",
            causes: (0..250)
                .map(|number| Cause::new(number.to_string()).at("spec"))
                .collect(),
        };
        let answer: Value = serde_json::from_slice(&written(VERSIONS[0], "", Verdict::Refused(refusal))).unwrap();
        let causes = answer["response"]["status"]["details"]["causes"].as_array().unwrap();
        assert_eq!((causes.len(), &causes[100]["message"]), (101, &json!("150 more")));
        assert_eq!(causes[3], json!({ "message": "3", "field": "spec" }));
    }
}
