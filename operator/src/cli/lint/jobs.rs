//! Endpoints that scrape the same targets twice.

use std::collections::BTreeMap;

use formats::yaml::Step;
use serde_json::json;

use super::{Findings, rules};

/// Kinds with endpoints, and their fields.
const KINDS: [(&str, &str); 2] = [("ServiceMonitor", "endpoints"), ("PodMonitor", "podMetricsEndpoints")];

/// Compares all endpoints of all monitors.
pub(super) fn check(findings: &mut Findings<'_>) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for (number, object) in findings.objects() {
        let Some((kind, field)) = KINDS.iter().find(|(kind, _)| *kind == object.kind) else {
            continue;
        };
        // An object that is replaced later scrapes nothing.
        if findings.place(kind, &object.key) != Some(number) {
            continue;
        }
        let spec = &object.value["spec"];
        let any = spec["namespaceSelector"]["any"] == true || spec["namespaceSelector"]["matchNames"].is_array();
        let own = if any { "" } else { &*object.key.namespace };
        for (index, endpoint) in spec[*field].as_array().into_iter().flatten().enumerate() {
            let identity = json!([kind, own, spec["namespaceSelector"], spec["selector"], endpoint]).to_string();
            let name = format!("spec.{field}[{index}] of {} {}", object.kind, object.key);
            if let Some(other) = seen.get(&identity) {
                let path = vec![
                    Step::Field("spec".to_owned()),
                    Step::Field((*field).to_owned()),
                    Step::Item(index),
                ];
                findings.add(&rules::DUPLICATE_JOB, number, path, format!("it is equal to {other}"));
                continue;
            }
            seen.insert(identity, name);
        }
    }
}
