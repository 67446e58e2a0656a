//! The CustomResourceDefinition of each kind, and its YAML.

use super::{
    structural::{self, Adapt},
    v1beta1,
};
use kube::{
    CustomResourceExt,
    core::object::{HasSpec, HasStatus},
};
use schemars::JsonSchema;
use serde_json::{Value, json};

/// The release of the Prometheus Operator whose API this is. Tools read it from an annotation of the definitions.
pub const COMPATIBLE_VERSION: &str = "0.93.0";

/// The CustomResourceDefinitions of all kinds, each with the version that is stored, ordered by name, with sorted keys.
pub fn custom_resource_definitions() -> Vec<Value> {
    vec![
        definition::<crate::v1alpha1::AlertmanagerConfig>(),
        definition::<crate::Alertmanager>(),
        definition::<crate::PodMonitor>(),
        definition::<crate::Probe>(),
        definition::<crate::v1alpha1::PrometheusAgent>(),
        definition::<crate::Prometheus>(),
        definition::<crate::PrometheusRule>(),
        definition::<crate::v1alpha1::ScrapeConfig>(),
        definition::<crate::ServiceMonitor>(),
        definition::<crate::ThanosRuler>(),
    ]
}

/// The CustomResourceDefinitions of all kinds, each with every version. A version that is not stored needs a webhook that
/// converts it; the definition of AlertmanagerConfig is too large for `kubectl apply`, so it needs `--server-side`.
pub fn full_custom_resource_definitions() -> Vec<Value> {
    let mut definitions = custom_resource_definitions();
    let further = adapted::<crate::v1beta1::AlertmanagerConfig>(v1beta1::adapt);
    for definition in &mut definitions {
        if definition["metadata"]["name"] == further["metadata"]["name"]
            && let Value::Array(versions) = &mut definition["spec"]["versions"]
        {
            versions.push(further["spec"]["versions"][0].clone());
        }
    }
    definitions
}

/// File name and YAML of each definition: what `crds/manifests` holds.
pub fn manifests() -> Vec<(String, String)> {
    custom_resource_definitions().iter().map(manifest).collect()
}

/// File name and YAML of each definition with every version. Those that differ are in `crds/manifests/full`.
pub fn full_manifests() -> Vec<(String, String)> {
    full_custom_resource_definitions().iter().map(manifest).collect()
}

/// File name and YAML of a definition.
///
/// # Panics
/// Never: JSON can always be written as YAML.
pub fn manifest(definition: &Value) -> (String, String) {
    let spec = &definition["spec"];
    let [group, plural] = [&spec["group"], &spec["names"]["plural"]].map(|name| name.as_str().unwrap_or_default());
    let yaml = serde_saphyr::to_string(definition).expect("plain data can be written");
    (format!("{group}_{plural}.yaml"), yaml)
}

/// The definition of a kind whose schema is the one of its types.
fn definition<K>() -> Value
where
    K: CustomResourceExt + HasSpec<Spec: JsonSchema> + HasStatus<Status: JsonSchema>,
{
    adapted::<K>(|_, _| {})
}

/// Names, columns and subresources as the derive has them, with the adapted schema of the spec and that of the status.
fn adapted<K>(adapt: Adapt) -> Value
where
    K: CustomResourceExt + HasSpec<Spec: JsonSchema> + HasStatus<Status: JsonSchema>,
{
    let mut definition = serde_json::to_value(K::crd()).expect("a definition is plain data");
    definition["metadata"]["annotations"]["operator.prometheus.io/version"] = COMPATIBLE_VERSION.into();
    let names = &mut definition["spec"]["names"];
    names["listKind"] = format!("{}List", names["kind"].as_str().unwrap_or_default()).into();
    let version = &mut definition["spec"]["versions"][0];
    let [spec, status] = [
        structural::schema::<K::Spec>(adapt),
        structural::schema::<K::Status>(|_, _| {}),
    ];
    version["schema"]["openAPIV3Schema"] = root(&spec, &status);
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
