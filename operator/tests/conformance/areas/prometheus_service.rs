//! The governing Service of Prometheus.

use crds::Prometheus;
use operator::prometheus::service;

use super::objects::{compare, read, settings};
use crate::case::Case;
use crate::verdict::Verdict;

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let prometheus: Prometheus = read(&input["prometheus"])?;
    let service = service::governing(&[&prometheus], &settings(&input["parameters"])?);
    compare(case, Ok(serde_json::to_value(service)?), |_| {})
}
