//! The governing Service of Alertmanager.

use crds::Alertmanager;
use operator::alertmanager::service;

use super::objects::{compare, read, settings};
use crate::case::Case;
use crate::verdict::Verdict;

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let alertmanager: Alertmanager = read(&input["alertmanager"])?;
    let service = service::governing(&[&alertmanager], &settings(&input["parameters"])?);
    compare(case, Ok(serde_json::to_value(service)?), |_| {})
}
