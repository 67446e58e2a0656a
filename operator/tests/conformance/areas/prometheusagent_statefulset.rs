//! The StatefulSet of a shard of a Prometheus agent.

use crds::v1alpha1::PrometheusAgent;

use super::objects::{RECORDED_PROMETHEUS, name_version, read};
use super::prometheus_statefulset::stateful_set_of;
use crate::case::Case;
use crate::verdict::Verdict;

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let mut agent: PrometheusAgent = read(&input["prometheusAgent"])?;
    name_version(&mut agent.spec.common.version, RECORDED_PROMETHEUS);
    stateful_set_of(case, &input["parameters"], (&agent).into())
}
