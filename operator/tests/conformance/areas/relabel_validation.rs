//! Relabeling rules: accepted or not.

use crds::RelabelConfig;
use formats::version::Version;
use operator::check::name_scheme;
use operator::check::relabel::Rules;

use crate::case::{Case, Expected};
use crate::verdict::{Verdict, decision};

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let version = input["parameters"]["prometheusVersion"].as_str().ok_or("no version")?;
    let version = Version::parse(version).map_err(|error| error.to_string())?;
    let config: RelabelConfig = serde_json::from_value(input["relabelConfig"].clone())?;
    let ours = Rules::new(version, name_scheme::of_version(version)).check(&config);
    match case.expected()? {
        Expected::Output(_) => decision(&ours, Ok(())),
        Expected::Error(error) => decision(&ours, Err(&error)),
    }
}
