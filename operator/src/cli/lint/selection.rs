//! Configuration objects that no workload of the input selects.

use std::collections::BTreeMap;

use super::{Findings, rules};
use crate::cli::input::Object;
use crate::cli::schema;
use crate::cli::world::Selects;
use crate::object::ConfigKind;

/// Checks every configuration object of which somebody could make something.
pub(super) fn check(findings: &mut Findings<'_>) {
    let selects = findings.world.selects();
    let known = findings.world.namespaces.labels();
    let is_known = |object: &Object| schema::of(&object.kind, &object.api_version).is_some();
    for (number, object) in findings.objects().filter(|(_, object)| is_known(object)) {
        let Some(kind) = ConfigKind::ALL.into_iter().find(|kind| kind.as_str() == object.kind) else {
            continue;
        };
        let able: Vec<&Selects> = selects
            .iter()
            .filter(|selects| selects.selectors.contains_key(&kind))
            .collect();
        let labels = object.value["metadata"]["labels"].as_object().map(|labels| {
            let pair = |(name, value): (&String, &serde_json::Value)| {
                (name.clone(), value.as_str().unwrap_or_default().to_owned())
            };
            labels.iter().map(pair).collect::<BTreeMap<String, String>>()
        });
        let is_taken = |selects: &&Selects| selects.takes(kind, &object.key, labels.as_ref(), &known);
        if able.is_empty() || able.iter().any(is_taken) {
            continue;
        }
        let looks = |selects: &&&Selects| {
            let selector = selects.selectors.get(&kind);
            selector.is_some_and(|selector| selector.looks_into(&object.key.namespace, &known))
        };
        let message = if let Some(near) = able.iter().find(looks) {
            format!("its labels are not those that {} {} asks for", near.kind, near.key)
        } else {
            let near = able[0];
            let (who, namespace) = (format!("{} {}", near.kind, near.key), &object.key.namespace);
            format!("{who} has no selector for {kind} objects, or does not look into namespace {namespace}")
        };
        findings.add(&rules::NOT_SELECTED, number, Vec::new(), message);
    }
}
