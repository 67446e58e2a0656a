//! The CustomResourceDefinition of each kind, and its YAML.

use super::structural;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, CustomResourceValidation, JSONSchemaProps,
};
use kube::{
    CustomResourceExt,
    core::object::{HasSpec, HasStatus},
};
use schemars::JsonSchema;
use serde_json::{Value, json};

/// The release of the Prometheus Operator whose API this is. Tools read it from an annotation of the definitions.
pub const COMPATIBLE_VERSION: &str = "0.93.0";

/// The definitions of all kinds, ordered by name.
pub fn custom_resource_definitions() -> Vec<CustomResourceDefinition> {
    vec![
        definition::<crate::PodMonitor>(),
        definition::<crate::PrometheusRule>(),
        definition::<crate::ServiceMonitor>(),
    ]
}

/// File name and YAML of each definition: what stands in `crds/manifests`.
pub fn manifests() -> Vec<(String, String)> {
    let manifest = |definition: CustomResourceDefinition| {
        let name = format!("{}_{}.yaml", definition.spec.group, definition.spec.names.plural);
        (name, yaml(&definition))
    };
    custom_resource_definitions().into_iter().map(manifest).collect()
}

/// Names, columns and subresources as the derive has them, with the schema of the spec and the status.
fn definition<K>() -> CustomResourceDefinition
where
    K: CustomResourceExt + HasSpec<Spec: JsonSchema> + HasStatus<Status: JsonSchema>,
{
    let mut definition = K::crd();
    let annotations = definition.metadata.annotations.get_or_insert_default();
    annotations.insert(
        "operator.prometheus.io/version".to_owned(),
        COMPATIBLE_VERSION.to_owned(),
    );
    let names = &mut definition.spec.names;
    names.list_kind = Some(format!("{}List", names.kind));
    let schema = root(structural::schema::<K::Spec>(), structural::schema::<K::Status>());
    for version in &mut definition.spec.versions {
        version.schema = Some(CustomResourceValidation {
            open_api_v3_schema: Some(schema.clone()),
        });
    }
    definition
}

/// The schema of the whole object. Its description is the one of its spec.
fn root(spec: Value, status: Value) -> JSONSchemaProps {
    let schema = json!({
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
    });
    serde_json::from_value(schema).expect("schemars writes valid keywords")
}

/// Readable YAML with sorted keys.
fn yaml(definition: &CustomResourceDefinition) -> String {
    let mut value = serde_json::to_value(definition).expect("a definition is plain data");
    value.sort_all_objects();
    serde_saphyr::to_string(&value).expect("plain data can be written")
}
