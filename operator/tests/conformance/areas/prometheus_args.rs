//! The part of the command line that Prometheus servers and agents share.

use crds::Prometheus;
use formats::version::Version;
use operator::pod::argument::CommandLine;
use operator::prometheus::arguments;
use serde_json::{Value, json};

use super::objects::{compare, read};
use crate::case::Case;
use crate::verdict::Verdict;

pub(crate) fn run(case: &Case) -> Verdict {
    let prometheus: Prometheus = read(&case.input()?["prometheus"])?;
    let fields = &prometheus.spec.common;
    let version = fields.version.as_deref().ok_or("the recording has no version")?;
    let version = Version::parse(version).map_err(|error| error.to_string())?;
    let line = CommandLine::of(arguments::COMMON, fields, version, &mut Vec::new());
    let pair = |(name, value): (&str, Option<&str>)| match value {
        None => json!({ "name": name }),
        Some(value) => json!({ "name": name, "value": value }),
    };
    compare(case, Ok(line.pairs().map(pair).collect::<Value>()), |_| {})
}
