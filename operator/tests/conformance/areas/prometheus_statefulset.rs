//! The StatefulSet of a shard of Prometheus.

use crds::Prometheus;
use operator::prometheus::config::Layout;
use operator::prometheus::statefulset::{Input, stateful_set};
use operator::versions;
use shared::version::Version;

use super::objects::{compare, list, read, settings};
use crate::case::Case;
use crate::verdict::Verdict;

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let parameters = &input["parameters"];
    let prometheus: Prometheus = read(&input["prometheus"])?;
    let version = prometheus.spec.common.version.as_deref();
    let version = version.map_or(Ok(versions::PROMETHEUS), Version::parse);
    let rendered = stateful_set(&Input {
        prometheus: &prometheus,
        version: version.map_err(|error| error.to_string())?,
        settings: &settings(parameters)?,
        name: parameters["name"].as_str().unwrap_or_default(),
        shard: read(&parameters["shard"])?,
        rule_config_maps: &list(&parameters["ruleConfigMapNames"])?,
        tls_assets: &list(&parameters["tlsAssets"]["names"])?,
        layout: Layout::Whole,
        input_hash: parameters["inputHash"].as_str().unwrap_or_default(),
    });
    let ours = match rendered {
        Ok(rendered) => Ok(serde_json::to_value(rendered.stateful_set)?),
        Err(error) => Err(error.to_string()),
    };
    compare(case, ours, |_| {})
}
