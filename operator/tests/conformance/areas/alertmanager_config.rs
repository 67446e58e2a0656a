//! The configuration of Alertmanager: what users wrote, read and fitted to a version.

use operator::alertmanager::config::gate::Gate;
use operator::alertmanager::config::{FILE, HTTP_CONFIG, ROUTE, read};
use serde_json::Value;
use shared::version::Version;
use shared::yaml::{self, Yaml};

use crate::case::{Case, Expected};
use crate::verdict::{Verdict, bytes, decision};

pub(crate) fn run(case: &Case) -> Verdict {
    let meta = case.meta()?;
    let input = case.input()?;
    let parameters = &input["parameters"];
    let ours = match text(&meta, "function") {
        "alertmanagerConfigFromBytes" => {
            read::read(&FILE, text(parameters, "rawConfig").as_bytes()).map_err(|error| error.to_string())
        }
        "alertmanagerConfig.sanitize" | "route.sanitize" | "httpClientConfig.sanitize" => fitted(parameters),
        other => return Err(format!("{other} has no counterpart").into()),
    };
    match (case.expected()?, ours) {
        (Expected::Output(theirs), Ok(ours)) => bytes(yaml::to_string(&ours).as_bytes(), &theirs),
        (Expected::Output(_), ours) => decision(&ours, Ok(())),
        (Expected::Error(error), ours) => decision(&ours, Err(&error)),
    }
}

fn text<'a>(of: &'a Value, key: &str) -> &'a str {
    of[key].as_str().unwrap_or_default()
}

fn version(parameters: &Value) -> Result<Version, String> {
    Version::parse(text(parameters, "alertmanagerVersion")).map_err(|error| error.to_string())
}

/// What stands in the case has been read already.
fn fitted(parameters: &Value) -> Result<Yaml, String> {
    let section = match text(parameters, "type") {
        "route" => &ROUTE,
        "httpClientConfig" => &HTTP_CONFIG,
        _ => &FILE,
    };
    let config = yaml::parse(text(parameters, "config")).map_err(|error| error.to_string())?;
    let global = config.value_of("global").cloned().unwrap_or(Yaml::Null);
    let gate = Gate::new(version(parameters)?, &global);
    gate.fitted(section, config, "").map_err(|error| error.to_string())
}
