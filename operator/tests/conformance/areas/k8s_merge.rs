//! The user's containers merged over the operator's.

use operator::pod::merge;

use super::objects::{compare, list};
use crate::case::Case;
use crate::verdict::Verdict;

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let merged = merge::containers(list(&input["base"])?, &list(&input["patches"])?);
    let ours = merged.map_err(|error| error.to_string()).map(|merged| {
        // Go writes an empty list as null.
        let merged = (!merged.is_empty()).then_some(merged);
        serde_json::to_value(merged).unwrap_or_default()
    });
    compare(case, ours, |_| {})
}
