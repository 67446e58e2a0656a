//! The CustomResourceDefinition of each kind, and its YAML.

use super::structural;
use kube::{
    CustomResourceExt,
    core::object::{HasSpec, HasStatus},
};
use schemars::JsonSchema;
use serde_json::{Value, json};

/// The release of the Prometheus Operator whose API this is. Tools read it from an annotation of the definitions.
pub const COMPATIBLE_VERSION: &str = "0.93.0";

/// The CustomResourceDefinitions of all kinds, ordered by name, with sorted keys.
pub fn custom_resource_definitions() -> Vec<Value> {
    vec![
        definition::<crate::Alertmanager>(),
        definition::<crate::PodMonitor>(),
        definition::<crate::v1alpha1::PrometheusAgent>(),
        definition::<crate::Prometheus>(),
        definition::<crate::PrometheusRule>(),
        definition::<crate::ServiceMonitor>(),
        definition::<crate::ThanosRuler>(),
    ]
}

/// File name and YAML of each definition: what stands in `crds/manifests`.
///
/// # Panics
/// Never: JSON can always be written as YAML.
pub fn manifests() -> Vec<(String, String)> {
    let manifest = |definition: Value| {
        let spec = &definition["spec"];
        let [group, plural] = [&spec["group"], &spec["names"]["plural"]].map(|name| name.as_str().unwrap_or_default());
        let yaml = serde_saphyr::to_string(&definition).expect("plain data can be written");
        (format!("{group}_{plural}.yaml"), yaml)
    };
    custom_resource_definitions().into_iter().map(manifest).collect()
}

/// Names, columns and subresources as the derive has them, with the schema of the spec and the status.
fn definition<K>() -> Value
where
    K: CustomResourceExt + HasSpec<Spec: JsonSchema> + HasStatus<Status: JsonSchema>,
{
    let mut definition = serde_json::to_value(K::crd()).expect("a definition is plain data");
    definition["metadata"]["annotations"]["operator.prometheus.io/version"] = COMPATIBLE_VERSION.into();
    let names = &mut definition["spec"]["names"];
    names["listKind"] = format!("{}List", names["kind"].as_str().unwrap_or_default()).into();
    let version = &mut definition["spec"]["versions"][0];
    version["schema"]["openAPIV3Schema"] = root(&structural::schema::<K::Spec>(), &structural::schema::<K::Status>());
    definition.sort_all_objects();
    definition
}

/// The schema of the whole object. Its description is the one of its spec.
fn root(spec: &Value, status: &Value) -> Value {
    json!({
        "description": spec["description"],
        "type": "object",
        "required": ["spec"],
        "properties": {
            "apiVersion": { "type": "string", "description": "Group and version of this object." },
            "kind": { "type": "string", "description": "Kind of this object." },
            "metadata": { "type": "object" },
            "spec": spec,
            "status": status,
        },
    })
}
