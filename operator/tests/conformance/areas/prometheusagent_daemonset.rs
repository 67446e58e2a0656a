//! The DaemonSet of a Prometheus agent that runs on each node.

use crds::v1alpha1::{PrometheusAgent, PrometheusAgentMode};
use operator::prometheus::daemonset::daemon_set;
use operator::prometheus::incremental::Layout;
use operator::prometheus::instance::Instance;
use operator::prometheus::pod::Input;

use super::objects::{RECORDED_PROMETHEUS, compare, list, name_version, read, settings};
use super::prometheus_statefulset::version;
use crate::case::Case;
use crate::verdict::Verdict;

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let parameters = &input["parameters"];
    let mut agent: PrometheusAgent = read(&input["prometheusAgent"])?;
    name_version(&mut agent.spec.common.version, RECORDED_PROMETHEUS);
    // The recorded function is asked for a DaemonSet whatever the object asks for.
    agent.spec.mode = Some(PrometheusAgentMode::DaemonSet);
    let instance = Instance::from(&agent);
    let (settings, tls_assets) = (settings(parameters)?, list(&parameters["tlsAssets"]["names"])?);
    let rendered = daemon_set(&Input {
        instance,
        version: version(instance)?,
        settings: &settings,
        shard: 0,
        rule_config_maps: &[],
        tls_assets: &tls_assets,
        layout: Layout::Whole,
    });
    let ours = match rendered {
        Ok(rendered) => Ok(serde_json::to_value(rendered.daemon_set)?),
        Err(error) => Err(error.to_string()),
    };
    compare(case, ours, |_| {})
}
