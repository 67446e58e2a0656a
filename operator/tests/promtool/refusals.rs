//! `refusals.yaml`: the recorded inputs from which no configuration can be made that Prometheus loads.

use std::path::Path;

use serde::Deserialize;

use crate::Outcome;

/// The reviewed list.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Refusals(Vec<Refusal>);

/// Cases that are refused for the same reason.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    cases: Vec<String>,
    /// Part of what promtool says.
    message: String,
    /// Why that is the fault of the input.
    #[expect(dead_code, reason = "for readers of the list; its presence is checked")]
    reason: String,
}

/// Reads the list beside this file.
pub(crate) fn read() -> Refusals {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/promtool/refusals.yaml");
    let text = std::fs::read(&path).expect("refusals.yaml is part of the suite");
    let tree = formats::yaml::parse_strict(text).expect("refusals.yaml is YAML");
    let value = crate::encoding::json(&tree).unwrap_or_else(|error| panic!("{}", error.0));
    serde_json::from_value(value).expect("refusals.yaml has cases, message and reason in each entry")
}

impl Refusals {
    /// Whether the list says that `case` is refused in these words.
    pub(crate) fn expect(&self, case: &str, message: &str) -> bool {
        let names = |refusal: &Refusal| refusal.cases.iter().any(|name| name == case);
        (self.0.iter()).any(|refusal| names(refusal) && message.contains(&refusal.message))
    }

    /// Named cases that do not exist or are loaded.
    pub(crate) fn stale(&self, outcomes: &[(String, Outcome)]) -> Vec<String> {
        let refused = |case: &&String| {
            let is_case = |(name, outcome): &(String, Outcome)| name == *case && matches!(outcome, Outcome::Refused(_));
            outcomes.iter().any(is_case)
        };
        let named = self.0.iter().flat_map(|refusal| &refusal.cases);
        named.filter(|case| !refused(case)).cloned().collect()
    }
}
