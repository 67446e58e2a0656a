//! The types of each kind, each by itself and once, for documents. The same pipeline as that of the definitions, but that
//! a struct is named where a field has it, and not inlined.

use std::collections::BTreeMap;

use kube::CustomResourceExt;
use kube::core::object::{HasSpec, HasStatus};
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::structural::{self, Adapt};
use super::v1beta1;

/// Keyword of a field whose type has a name: that name. Names of the core types of Kubernetes begin with `io.k8s.`.
pub const TYPE: &str = "x-type";

/// A version of a kind, and the types that it is made of.
#[derive(Debug, Clone)]
pub struct Kind {
    /// Its definition: names, scope, columns.
    pub definition: Value,
    /// The version.
    pub version: String,
    /// Name of the type of `spec`.
    pub spec: String,
    /// Name of the type of `status`.
    pub status: String,
    /// The structs of `spec` and `status` by name, without those of Kubernetes. A field that has one of them names it by
    /// [`TYPE`].
    pub types: BTreeMap<String, Value>,
}

/// Every version of every kind, ordered by name.
pub fn kinds() -> Vec<Kind> {
    vec![
        kind::<crate::Alertmanager>(unadapted),
        kind::<crate::v1alpha1::AlertmanagerConfig>(unadapted),
        kind::<crate::v1beta1::AlertmanagerConfig>(v1beta1::adapt),
        kind::<crate::PodMonitor>(unadapted),
        kind::<crate::Probe>(unadapted),
        kind::<crate::Prometheus>(unadapted),
        kind::<crate::v1alpha1::PrometheusAgent>(unadapted),
        kind::<crate::PrometheusRule>(unadapted),
        kind::<crate::v1alpha1::ScrapeConfig>(unadapted),
        kind::<crate::ServiceMonitor>(unadapted),
        kind::<crate::ThanosRuler>(unadapted),
    ]
}

fn unadapted(_: &str, _: &mut Value) {}

fn kind<K>(adapt: Adapt) -> Kind
where
    K: CustomResourceExt + HasSpec<Spec: JsonSchema> + HasStatus<Status: JsonSchema>,
{
    let definition = serde_json::to_value(K::crd()).expect("a definition is plain data");
    let version = definition["spec"]["versions"][0]["name"].as_str().unwrap_or_default();
    let (spec, mut structs) = types::<K::Spec>(adapt);
    let (status, further) = types::<K::Status>(unadapted);
    structs.extend(further);
    Kind {
        version: version.to_owned(),
        definition,
        spec,
        status,
        types: structs,
    }
}

/// The name of `T`, and the structs that it is made of.
fn types<T: JsonSchema>(adapt: Adapt) -> (String, BTreeMap<String, Value>) {
    let (root, definitions) = structural::definitions::<T>(adapt);
    let name = root["$ref"].as_str().and_then(|target| target.rsplit_once('/'));
    let name = name.map_or("", |(_, name)| name).to_owned();
    // What a reference to a struct is inlined as: its name. Words, numbers and the like are inlined as they are.
    let named: Map<String, Value> = (definitions.iter())
        .map(|(name, definition)| {
            let stub = json!({ "type": "object", TYPE: name });
            let is_struct = definition["properties"].is_object();
            (name.clone(), if is_struct { stub } else { definition.clone() })
        })
        .collect();
    let types = (definitions.iter())
        .filter(|(name, definition)| definition["properties"].is_object() && !name.starts_with("io.k8s."))
        .map(|(name, definition)| (name.clone(), structural::structural(definition, &named)))
        .collect();
    (name, types)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_struct_is_named_and_not_inlined() {
        let probe = kinds()
            .into_iter()
            .find(|kind| kind.definition["spec"]["names"]["kind"] == "Probe")
            .expect("a kind");
        let spec = &probe.types[&probe.spec]["properties"];
        assert_eq!(spec["targets"][TYPE], "ProbeTargets");
        assert!(probe.types["ProbeTargets"]["properties"]["staticConfig"].is_object());
        assert_eq!(spec["interval"]["type"], "string");
        let token = &spec["bearerTokenSecret"];
        assert_eq!(token[TYPE], "io.k8s.api.core.v1.SecretKeySelector");
        assert!(!probe.types.keys().any(|name| name.starts_with("io.k8s.")));
    }

    /// Every named type is there, so that every link of a document leads somewhere.
    #[test]
    fn every_type_that_is_named_is_listed() {
        for kind in kinds() {
            assert!(kind.types.contains_key(&kind.spec) && kind.types.contains_key(&kind.status));
            let mut named = Vec::new();
            kind.types.values().for_each(|node| names(node, &mut named));
            for name in named.iter().filter(|name| !name.starts_with("io.k8s.")) {
                assert!(kind.types.contains_key(name), "{name}");
            }
        }
    }

    fn names(node: &Value, found: &mut Vec<String>) {
        match node {
            Value::Object(map) => {
                found.extend(map.get(TYPE).and_then(Value::as_str).map(str::to_owned));
                map.values().for_each(|below| names(below, found));
            }
            Value::Array(list) => list.iter().for_each(|below| names(below, found)),
            _ => {}
        }
    }
}
