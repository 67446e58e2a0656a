//! The governing Service of Thanos Ruler.

use crds::ThanosRuler;
use operator::thanos_ruler::service;

use super::objects::{compare, read, settings};
use crate::case::Case;
use crate::verdict::Verdict;

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let thanos_ruler: ThanosRuler = read(&input["thanosRuler"])?;
    let service = service::governing(&[&thanos_ruler], &settings(&input["parameters"])?);
    compare(case, Ok(serde_json::to_value(service)?), |_| {})
}
