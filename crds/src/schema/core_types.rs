//! What the Kubernetes source says about its core types and `k8s-openapi` does not carry: list types, atomic structs,
//! defaults. Tables of type, field and fact; `tests/schema.rs` finds each line that is missing or wrong.

use serde_json::{Map, Value, json};

/// How server-side apply merges a list.
#[derive(Clone, Copy)]
enum List {
    /// Item by item, identified by these fields.
    Map(&'static [&'static str]),
    /// Item by item, identified by value.
    Set,
}

/// Lists of core types are atomic, but for these.
const LISTS: &[(&str, &str, List)] = &[
    ("Container", "env", List::Map(&["name"])),
    ("Container", "ports", List::Map(&["containerPort", "protocol"])),
    ("Container", "volumeDevices", List::Map(&["devicePath"])),
    ("Container", "volumeMounts", List::Map(&["mountPath"])),
    ("ContainerRestartRuleOnExitCodes", "values", List::Set),
    ("PersistentVolumeClaimStatus", "conditions", List::Map(&["type"])),
    ("ResourceRequirements", "claims", List::Map(&["name"])),
];

/// Structs that server-side apply replaces as a whole.
const ATOMIC: &[&str] = &[
    "ConfigMapEnvSource",
    "ConfigMapKeySelector",
    "ConfigMapProjection",
    "ConfigMapVolumeSource",
    "FileKeySelector",
    "LabelSelector",
    "LocalObjectReference",
    "NodeSelector",
    "NodeSelectorTerm",
    "ObjectFieldSelector",
    "ResourceFieldSelector",
    "SecretEnvSource",
    "SecretKeySelector",
    "SecretProjection",
    "TypedLocalObjectReference",
];

/// What the API server fills in; a field with a default is never required.
const DEFAULTS: &[(&str, &str, &str)] = &[
    ("AzureDiskVolumeSource", "fsType", "ext4"),
    ("ConfigMapEnvSource", "name", ""),
    ("ConfigMapKeySelector", "name", ""),
    ("ConfigMapProjection", "name", ""),
    ("ConfigMapVolumeSource", "name", ""),
    ("ContainerPort", "protocol", "TCP"),
    ("GRPCAction", "service", ""),
    ("ISCSIVolumeSource", "iscsiInterface", "default"),
    ("LocalObjectReference", "name", ""),
    ("RBDVolumeSource", "keyring", "/etc/ceph/keyring"),
    ("RBDVolumeSource", "pool", "rbd"),
    ("RBDVolumeSource", "user", "admin"),
    ("ScaleIOVolumeSource", "fsType", "xfs"),
    ("ScaleIOVolumeSource", "storageMode", "ThinProvisioned"),
    ("SecretEnvSource", "name", ""),
    ("SecretKeySelector", "name", ""),
    ("SecretProjection", "name", ""),
];

/// Fields that are `false` by default.
const FALSE: &[(&str, &str)] = &[("AzureDiskVolumeSource", "readOnly"), ("FileKeySelector", "optional")];

/// Maps of which server-side apply merges each entry. This is the default of maps; Kubernetes says it of one.
const GRANULAR: (&str, &str) = ("PersistentVolumeClaimStatus", "allocatedResourceStatuses");

/// Descriptions of the fields that occur most often. The others keep their first sentence.
const PROSE: &[(&str, &str, &str)] = &[
    ("ConfigMapKeySelector", "key", "Key in the ConfigMap."),
    ("ConfigMapKeySelector", "name", "Name of the ConfigMap."),
    (
        "ConfigMapKeySelector",
        "optional",
        "Whether the ConfigMap or its key may be missing.",
    ),
    (
        "LabelSelector",
        "matchExpressions",
        "Conditions on labels, all of which must hold.",
    ),
    (
        "LabelSelector",
        "matchLabels",
        "Labels with the values that they must have.",
    ),
    ("LabelSelectorRequirement", "key", "Label to look at."),
    (
        "LabelSelectorRequirement",
        "operator",
        "`In`, `NotIn`, `Exists` or `DoesNotExist`.",
    ),
    (
        "LabelSelectorRequirement",
        "values",
        "Values for `In` and `NotIn`; none for the other operators.",
    ),
    ("SecretKeySelector", "key", "Key in the Secret."),
    ("SecretKeySelector", "name", "Name of the Secret."),
    (
        "SecretKeySelector",
        "optional",
        "Whether the Secret or its key may be missing.",
    ),
];

/// A number with an optional sign and suffix.
const QUANTITY: &str = r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$";

/// Completes the definition of a core type; leaves our own alone.
pub(super) fn complete(name: &str, definition: &mut Value) {
    let Some(kind) = name.strip_prefix("io.k8s.").and_then(|name| name.rsplit('.').next()) else {
        return;
    };
    let Value::Object(schema) = definition else { return };
    schema.remove("description");
    match kind {
        "IntOrString" | "Quantity" => {
            schema.insert("anyOf".to_owned(), json!([{ "type": "integer" }, { "type": "string" }]));
            schema.insert("x-kubernetes-int-or-string".to_owned(), true.into());
            if kind == "Quantity" {
                schema.insert("pattern".to_owned(), QUANTITY.into());
            }
        }
        // The API server checks metadata itself.
        "ObjectMeta" => schema.retain(|keyword, _| keyword == "type"),
        _ => complete_struct(kind, schema),
    }
}

fn complete_struct(kind: &str, schema: &mut Map<String, Value>) {
    if ATOMIC.contains(&kind) {
        schema.insert("x-kubernetes-map-type".to_owned(), "atomic".into());
    }
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|name| name.as_str().is_none_or(|name| text_of(DEFAULTS, kind, name).is_none()));
        if required.is_empty() {
            schema.remove("required");
        }
    }
    let Some(Value::Object(fields)) = schema.get_mut("properties") else {
        return;
    };
    for (name, field) in fields {
        if let Value::Object(field) = field {
            complete_field(kind, name, field);
        }
    }
}

fn complete_field(kind: &str, name: &str, field: &mut Map<String, Value>) {
    if let Some(Value::String(prose)) = field.get_mut("description") {
        *prose = text_of(PROSE, kind, name)
            .unwrap_or_else(|| first_sentence(prose))
            .to_owned();
    }
    if let Some(default) = text_of(DEFAULTS, kind, name) {
        field.insert("default".to_owned(), default.into());
    }
    if FALSE.contains(&(kind, name)) {
        field.insert("default".to_owned(), false.into());
    }
    if GRANULAR == (kind, name) {
        field.insert("x-kubernetes-map-type".to_owned(), "granular".into());
    }
    if field.get("type").is_some_and(|kind| kind == "array") {
        mark_list(kind, name, field);
    }
}

/// What a table says of a field.
fn text_of(table: &[(&str, &str, &'static str)], kind: &str, name: &str) -> Option<&'static str> {
    table
        .iter()
        .find(|(of, field, _)| (*of, *field) == (kind, name))
        .map(|(.., text)| *text)
}

/// The text up to the first full stop that ends a sentence. With more, the definitions would not fit into the
/// annotation in which `kubectl apply` keeps what it applied.
fn first_sentence(prose: &str) -> &str {
    let end = prose
        .match_indices('.')
        .find(|(i, _)| prose[i + 1..].starts_with(char::is_whitespace))
        .map(|(i, _)| i + 1);
    prose[..end.unwrap_or(prose.len())].trim_end()
}

fn mark_list(kind: &str, name: &str, field: &mut Map<String, Value>) {
    let list = LISTS
        .iter()
        .find(|(of, field, _)| *of == kind && *field == name)
        .map(|(.., list)| *list);
    let word = match list {
        None => "atomic",
        Some(List::Set) => "set",
        Some(List::Map(keys)) => {
            field.insert("x-kubernetes-list-map-keys".to_owned(), keys.into());
            "map"
        }
    };
    field.insert("x-kubernetes-list-type".to_owned(), word.into());
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemars::generate::SchemaSettings;

    #[test]
    fn every_entry_names_a_type_and_a_field_that_we_use() {
        let mut generator = SchemaSettings::openapi3().into_generator();
        generator.subschema_for::<crate::PrometheusSpec>();
        generator.subschema_for::<crate::AlertmanagerSpec>();
        let definitions = generator.take_definitions(false);
        let fields = |kind: &str| {
            let name = format!(".{kind}");
            definitions
                .iter()
                .find(|(known, _)| known.ends_with(&name))
                .map(|(_, schema)| &schema["properties"])
        };
        let lists = LISTS.iter().map(|(kind, field, _)| (*kind, *field));
        let texts = DEFAULTS.iter().chain(PROSE).map(|(kind, field, _)| (*kind, *field));
        for (kind, field) in lists.chain(texts).chain(FALSE.iter().copied()).chain([GRANULAR]) {
            assert!(
                fields(kind).is_some_and(|fields| fields[field].is_object()),
                "{kind}.{field}"
            );
        }
        for kind in ATOMIC {
            assert!(fields(kind).is_some(), "{kind}");
        }
    }
}
