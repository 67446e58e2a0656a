//! The StatefulSet of a shard of a Prometheus agent.

use crds::v1alpha1::PrometheusAgent;

use super::objects::read;
use super::prometheus_statefulset::stateful_set_of;
use crate::case::Case;
use crate::verdict::Verdict;

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let agent: PrometheusAgent = read(&input["prometheusAgent"])?;
    stateful_set_of(case, &input["parameters"], (&agent).into())
}
