//! The StatefulSet of a shard of Prometheus.

use crds::Prometheus;
use formats::version::Version;
use operator::prometheus::incremental::Layout;
use operator::prometheus::instance::Instance;
use operator::prometheus::pod::Input;
use operator::prometheus::statefulset::stateful_set;
use serde_json::Value;

use super::objects::{RECORDED_PROMETHEUS, compare, list, name_version, read, settings};
use crate::case::Case;
use crate::verdict::{Failure, Verdict};

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let mut prometheus: Prometheus = read(&input["prometheus"])?;
    name_version(&mut prometheus.spec.common.version, RECORDED_PROMETHEUS);
    stateful_set_of(case, &input["parameters"], (&prometheus).into())
}

/// The same for whatever runs Prometheus.
pub(super) fn stateful_set_of(case: &Case, parameters: &Value, instance: Instance<'_>) -> Verdict {
    let settings = settings(parameters)?;
    let (rule_config_maps, tls_assets) = (
        list(&parameters["ruleConfigMapNames"])?,
        list(&parameters["tlsAssets"]["names"])?,
    );
    let input = Input {
        instance,
        version: version(instance)?,
        settings: &settings,
        shard: read(&parameters["shard"])?,
        rule_config_maps: &rule_config_maps,
        tls_assets: &tls_assets,
        layout: Layout::Whole,
    };
    let text = |key: &str| parameters[key].as_str().unwrap_or_default();
    let ours = match stateful_set(&input, text("name"), text("inputHash")) {
        Ok(rendered) => Ok(serde_json::to_value(rendered.stateful_set)?),
        Err(error) => Err(error.to_string()),
    };
    compare(case, ours, |_| {})
}

/// The version that an instance asks for.
pub(super) fn version(instance: Instance<'_>) -> Result<Version, Failure> {
    let version = instance.common.version.as_deref();
    let version = version.map_or(Ok(RECORDED_PROMETHEUS), Version::parse);
    Ok(version.map_err(|error| error.to_string())?)
}
