//! The tables and the definitions of the API know each other's fields: an error names a field that exists, and no field is
//! without effect.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::alertmanager::config::global::GLOBAL;
use crate::alertmanager::config::interval::NAMED_INTERVALS;
use crate::alertmanager::config::receiver::RECEIVER;
use crate::alertmanager::config::route::{INHIBIT_RULE, ROUTE};
use crate::alertmanager::config::schema::{Kind, Table};

/// Fields of which two are one key, or which give way to another.
const OTHER_FIELDS: &[&str] = &["httpConfig.proxyURL", "oauth2.proxyURL"];

/// The schema of the specification of a kind.
fn specification(kind: &str, version: &str) -> Value {
    let mut definitions = crds::full_custom_resource_definitions().into_iter();
    let definition = definitions.find(|definition| definition["spec"]["names"]["kind"] == kind);
    let definition = definition.expect("a definition");
    let versions = definition["spec"]["versions"].as_array().expect("versions");
    let version = versions.iter().find(|one| one["name"] == version).expect("a version");
    version["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"].clone()
}

/// Compares the fields of `table` with the properties of its schema, and those of the tables in it.
fn compare(table: &'static dyn Table, schema: &Value, path: &str, seen: &mut usize) {
    let mut known = BTreeSet::new();
    for key in table.keys() {
        for field in [key.field, key.preferred_field].into_iter().flatten() {
            *seen += 1;
            let inner = field
                .split('.')
                .fold(schema, |schema, name| &schema["properties"][name]);
            assert!(
                inner.is_object(),
                "{path}.{field} of {} is not a field of the API",
                key.name
            );
            known.extend(field.split('.').next());
            match key.kind {
                Kind::Section(table) | Kind::TextOr(table) => compare(table, inner, field, seen),
                // Child routes are free-form.
                Kind::Sections(_) if field == "routes" => {}
                Kind::Sections(table) => compare(table, &inner["items"], field, seen),
                _ => {}
            }
        }
    }
    for field in schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(field, _)| field.as_str())
    {
        let is_other = OTHER_FIELDS.contains(&&*format!("{path}.{field}"));
        assert!(
            known.contains(field) || is_other,
            "{path}.{field} of the API has no effect"
        );
    }
}

#[test]
fn every_field_of_the_api_is_a_key_and_the_other_way_round() {
    let (mut seen, spec) = (0, specification("AlertmanagerConfig", "v1alpha1"));
    compare(&ROUTE, &spec["route"], "route", &mut seen);
    compare(&RECEIVER, &spec["receivers"]["items"], "receivers", &mut seen);
    compare(&INHIBIT_RULE, &spec["inhibitRules"]["items"], "inhibitRules", &mut seen);
    compare(
        &NAMED_INTERVALS,
        &spec["muteTimeIntervals"]["items"],
        "muteTimeIntervals",
        &mut seen,
    );
    let spec = specification("Alertmanager", "v1");
    let global = &spec["alertmanagerConfiguration"]["properties"]["global"];
    compare(&GLOBAL, global, "global", &mut seen);
    assert!(seen > 400, "only {seen} fields were seen");
}
