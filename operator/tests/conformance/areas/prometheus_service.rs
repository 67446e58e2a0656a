//! The governing Service of Prometheus servers, and that of agents.

use crds::Prometheus;
use crds::v1alpha1::PrometheusAgent;
use operator::prometheus::instance::Instance;
use operator::prometheus::service;

use super::objects::{compare, read, settings};
use crate::case::Case;
use crate::verdict::Verdict;

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let settings = settings(&input["parameters"])?;
    let governing = |instance: Instance<'_>| service::governing(&instance, &[instance], &settings);
    let service = if input["prometheusAgent"].is_null() {
        let server: Prometheus = read(&input["prometheus"])?;
        governing((&server).into())
    } else {
        let agent: PrometheusAgent = read(&input["prometheusAgent"])?;
        governing((&agent).into())
    };
    compare(case, Ok(serde_json::to_value(service)?), |_| {})
}
