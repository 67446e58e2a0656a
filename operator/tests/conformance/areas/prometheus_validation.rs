//! Fields of a Prometheus object: remote-write targets, and the timeout against the interval.

use crds::RemoteWriteSpec;
use formats::version::Version;
use operator::prometheus::select::check_timeout;
use operator::prometheus::validate::check_remote_write;
use serde_json::Value;

use crate::case::{Case, Expected};
use crate::verdict::{Failure, Verdict, decision};

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let ours = check(&input)?;
    match case.expected()? {
        Expected::Output(_) => decision(&ours, Ok(())),
        Expected::Error(error) => decision(&ours, Err(&error)),
    }
}

fn check(input: &Value) -> Result<Result<(), String>, Failure> {
    let parameters = &input["parameters"];
    if let Some(remote) = input.get("remoteWrite") {
        let remote: RemoteWriteSpec = serde_json::from_value(remote.clone())?;
        let version = parameters["prometheusVersion"].as_str().ok_or("no version")?;
        let version = Version::parse(version).map_err(|error| error.to_string())?;
        return Ok(check_remote_write(&remote, version).map_err(|error| error.to_string()));
    }
    let own = parameters["scrapeInterval"]
        .as_str()
        .filter(|interval| !interval.is_empty());
    let default = input["prometheus"]["spec"]["scrapeInterval"].as_str();
    let ours = check_timeout(parameters["scrapeTimeout"].as_str(), own.or(default));
    Ok(ours.map_err(|error| error.to_string()))
}
