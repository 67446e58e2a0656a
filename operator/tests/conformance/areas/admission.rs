//! Questions that the API server asks webhooks, and the answers. The texts of causes are ours.

use std::fs;

use formats::label::Scheme;
use formats::promql::Options;
use operator::admission::kinds::KINDS;
use operator::admission::{Instances, Judge, answers, conversion};
use operator::settings::Settings;
use serde_json::Value;

use crate::case::Case;
use crate::verdict::{Failure, Verdict, content};

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let path = input["path"].as_str().unwrap_or_default();
    let question = fs::read(case.file("request.json")?)?;
    let answer = if path == "/convert" {
        conversion::converted(&question)
            .map_err(|error| error.to_string())?
            .answer
    } else if path == "/admission-prometheusrules/mutate" {
        answers::mutated(&question).1
    } else {
        let Some(kind) = KINDS.iter().find(|kind| kind.path == path) else {
            return Err(format!("nothing is served at {path:?}").into());
        };
        answers::validated(&judge(&input["parameters"]), kind, &question).1
    };
    let mut theirs = case.expected_content()?;
    let mut ours: Value = serde_json::from_slice(&answer)?;
    for side in [&mut ours, &mut theirs] {
        outlined(&mut side["response"])?;
    }
    content(&ours, &theirs)
}

/// No recorded question was answered with options of `PromQL`.
fn judge(parameters: &Value) -> Judge {
    let scheme = match parameters["validationScheme"].as_str() {
        Some("utf8") => Scheme::Utf8,
        _ => Scheme::Legacy,
    };
    Judge::new(scheme, Options::default(), Settings::default(), Instances::default())
}

/// Decodes the patch, whose order is random in the original, and takes the texts out of the causes.
fn outlined(response: &mut Value) -> Result<(), Failure> {
    if response["patch"].is_string() {
        let patch: k8s_openapi::ByteString = serde_json::from_value(response["patch"].take())?;
        let mut operations: Vec<Value> = serde_json::from_slice(&patch.0)?;
        operations.sort_by_key(|operation| operation["path"].to_string());
        response["patch"] = operations.into();
    }
    let causes = response["status"]["details"]["causes"].as_array_mut();
    for cause in causes.into_iter().flatten() {
        *cause = "somewhere".into();
    }
    Ok(())
}
