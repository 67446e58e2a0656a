//! `convert`: files of Prometheus and Alertmanager as objects, and `AlertmanagerConfig`s in their other version. What an object
//! cannot say is reported, never dropped silently.

mod alertmanager;
mod fit;

use std::io::Write;
use std::path::Path;

use formats::yaml::Step;
use serde_json::{Value, json};

use super::input::Input;
use super::mask::MASK;
use super::schema::{self, Checker, Problem};
use super::{Answer, Failure, Session};
use crate::alertmanager::convert;
use crate::args::{Convert, Target};
use crate::object::yaml;
use fit::{Fitted, Lost, Owner, fit};

/// What a file becomes.
struct Converted {
    object: Value,
    lost: Vec<Lost>,
    secrets: Vec<Value>,
}

/// Converts every document.
pub(super) fn run(session: &Session<'_>, options: &Convert, out: &mut impl Write) -> Result<Answer, Failure> {
    let mut answer = Answer::Nothing;
    let mut stream = Vec::new();
    for (file, document) in Input::documents(&options.paths)? {
        for converted in converted(&file, document, options)? {
            for Lost { path, reason } in &converted.lost {
                session.remark(&format!("{file}: {path}: {reason}"));
                answer = Answer::Findings;
            }
            for text in refused(&converted.object) {
                session.remark(&format!("{file}: {text}"));
                answer = Answer::Findings;
            }
            stream.push(converted.object);
            stream.extend(converted.secrets);
        }
    }
    for mut object in stream {
        if object["kind"] == "Secret" && !options.show_secrets {
            for (_, content) in object["stringData"].as_object_mut().into_iter().flatten() {
                *content = MASK.into();
            }
        }
        write!(out, "---\n{}", yaml(&object))?;
    }
    Ok(answer)
}

/// What a document becomes, by what is in it.
fn converted(file: &str, document: Value, options: &Convert) -> Result<Vec<Converted>, Failure> {
    let unknown = || Failure::Unconvertible(file.to_owned());
    if document["kind"] == "AlertmanagerConfig" {
        return Ok(vec![other_version(file, document, options.to)?]);
    }
    if document["groups"].is_array() {
        return Ok(vec![object(file, "PrometheusRule", &document, "", options)]);
    }
    if document["route"].is_object() || document["receivers"].is_array() {
        let is_newer = options.to == Some(Target::V1beta1);
        let key = if is_newer {
            "time_intervals"
        } else {
            "mute_time_intervals"
        };
        let (document, lost) = alertmanager::shaped(document, key);
        let mut converted = object(file, "AlertmanagerConfig", &document, "", options);
        converted.lost.extend(lost);
        return Ok(vec![converted]);
    }
    let (jobs, path) = match &document {
        Value::Array(jobs) => (jobs.clone(), String::new()),
        Value::Object(fields) if fields.contains_key("job_name") => (vec![document.clone()], String::new()),
        document => match &document["scrape_configs"] {
            Value::Array(jobs) => (jobs.clone(), "scrape_configs".to_owned()),
            _ => return Err(unknown()),
        },
    };
    if jobs.iter().any(|job| !job["job_name"].is_string()) {
        return Err(unknown());
    }
    let job = |(index, job): (usize, &Value)| object(file, "ScrapeConfig", job, &format!("{path}[{index}]"), options);
    let mut converted: Vec<Converted> = jobs.iter().enumerate().map(job).collect();
    if let (Some(first), false) = (converted.first_mut(), path.is_empty()) {
        first.lost.extend(sections_besides_jobs(&document));
    }
    Ok(converted)
}

/// What a configuration of Prometheus has besides jobs.
fn sections_besides_jobs(document: &Value) -> impl Iterator<Item = Lost> {
    let sections = document.as_object().into_iter().flatten();
    let others = sections.filter(|(section, _)| *section != "scrape_configs");
    others.map(|(section, _)| Lost {
        path: section.clone(),
        reason: "it belongs to the Prometheus object, not to its jobs".to_owned(),
    })
}

/// An `AlertmanagerConfig` in the version that is asked for, or in the one that it has not.
fn other_version(file: &str, mut document: Value, to: Option<Target>) -> Result<Converted, Failure> {
    let is_newer = document["apiVersion"] == "monitoring.coreos.com/v1beta1";
    let version = match to {
        Some(version) => version,
        None if is_newer => Target::V1alpha1,
        None => Target::V1beta1,
    };
    let version = match version {
        Target::V1alpha1 => convert::Version::V1alpha1,
        Target::V1beta1 => convert::Version::V1beta1,
    };
    convert::convert(&mut document, version).map_err(|source| Failure::Version {
        file: file.to_owned(),
        source,
    })?;
    Ok(Converted {
        object: document,
        lost: Vec::new(),
        secrets: Vec::new(),
    })
}

/// An object of a kind from the keys of a file.
fn object(file: &str, kind: &'static str, from: &Value, path: &str, options: &Convert) -> Converted {
    let version = match kind {
        "PrometheusRule" => "v1",
        "AlertmanagerConfig" if options.to == Some(Target::V1beta1) => "v1beta1",
        _ => "v1alpha1",
    };
    let api_version = format!("monitoring.coreos.com/{version}");
    let name = match (from["job_name"].as_str(), &options.name) {
        (Some(job), _) => name_of(job),
        (None, Some(name)) => name.clone(),
        (None, None) => {
            let stem = Path::new(file)
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned());
            name_of(&stem.unwrap_or_default())
        }
    };
    let schema = schema::of(kind, &api_version).map(|schema| schema["properties"]["spec"].clone());
    let owner = Owner { name: &name };
    let Fitted { value, lost, secret } = fit(from, &schema.unwrap_or_default(), path, owner);
    let metadata = |name: &str| {
        let mut metadata = json!({ "name": name });
        if let Some(namespace) = &options.namespace {
            metadata["namespace"] = namespace.as_str().into();
        }
        metadata
    };
    let secrets = (!secret.is_empty()).then(|| {
        let metadata = metadata(&owner.secret());
        json!({ "apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": secret })
    });
    Converted {
        object: json!({ "apiVersion": api_version, "kind": kind, "metadata": metadata(&name), "spec": value }),
        lost,
        secrets: secrets.into_iter().collect(),
    }
}

/// A name that an object can have.
fn name_of(text: &str) -> String {
    let allowed = |character: char| {
        let lower = character.to_ascii_lowercase();
        if lower.is_ascii_alphanumeric() { lower } else { '-' }
    };
    let name: String = text.chars().map(allowed).take(200).collect();
    let name = name.trim_matches('-');
    if name.is_empty() {
        "converted".to_owned()
    } else {
        name.to_owned()
    }
}

/// What the API server would say against the object.
fn refused(object: &Value) -> Vec<String> {
    let text = |field: &str| object[field].as_str().unwrap_or_default();
    let Some(schema) = schema::of(text("kind"), text("apiVersion")) else {
        return Vec::new();
    };
    let violations = Checker::default().check(&schema, object);
    let told = violations.into_iter().filter_map(|violation| {
        let problem = match violation.problem {
            Problem::Deprecated(_) => return None,
            Problem::Unknown(_) => "there is no such field".to_owned(),
            Problem::Type(found, expected) => format!("it is {found}, expected {expected}"),
            Problem::Missing(name) => format!("{name} is missing"),
            Problem::Value(message) => message,
        };
        let path = super::lint::shown(&violation.path);
        Some(format!(
            "{} {}: {path}: {problem}",
            text("kind"),
            object["metadata"]["name"].as_str().unwrap_or_default()
        ))
    });
    told.collect()
}

/// A place in a document, for messages.
pub(super) fn below(path: &str, step: &Step) -> String {
    match step {
        Step::Field(name) if path.is_empty() => name.clone(),
        Step::Field(name) => format!("{path}.{name}"),
        Step::Item(index) => format!("{path}[{index}]"),
    }
}
