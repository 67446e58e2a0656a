//! Labels, annotations and owners of what the operator makes. Pure.
//!
//! Precedence, highest first. Labels of an object: `--labels`, selector, mode, the mandatory ones, the labels of its owner.
//! Labels of a pod: `--labels`, selector, `podMetadata`, version.

use std::borrow::Cow;
use std::collections::BTreeMap;

use formats::version::Version;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::Resource;

use crate::settings::Settings;

/// Labels or annotations.
pub type Map = BTreeMap<String, String>;

/// Label of every object that the operator manages.
pub const MANAGED_BY: &str = "managed-by";
/// The same in the words that Kubernetes recommends.
pub const APP_MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// Value of both.
pub const OPERATOR: &str = "prometheus-operator";
/// Label with the name of the program.
pub const APP_NAME: &str = "app.kubernetes.io/name";
/// Label with the name of the custom resource.
pub const APP_INSTANCE: &str = "app.kubernetes.io/instance";
/// Label with the version of the program.
pub const APP_VERSION: &str = "app.kubernetes.io/version";
/// Annotation of pods: the container that `kubectl logs` shows.
pub const DEFAULT_CONTAINER: &str = "kubectl.kubernetes.io/default-container";
/// Annotation of StatefulSets: hash of what they were rendered from.
pub const INPUT_HASH: &str = "prometheus-operator-input-hash";

/// Annotations of kubectl, which say something about the custom resource alone.
const KUBECTL: &str = "kubectl.kubernetes.io/";

/// The value of the label of the version: what the user wrote, in the form of semver, or what runs where nothing is written.
pub fn version_label(written: Option<&str>, version: Version) -> String {
    let written = written.map(Version::canonical).transpose().ok().flatten();
    written.unwrap_or_else(|| version.to_string())
}

/// The pairs of a constant list.
pub fn map<const N: usize>(pairs: [(&str, &str); N]) -> Map {
    pairs
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

/// A map of the API as Kubernetes types have it.
pub fn texts(map: &BTreeMap<Box<str>, Box<str>>) -> Map {
    map.iter()
        .map(|(key, value)| (key.to_string(), value.to_string()))
        .collect()
}

/// All pairs of all maps; of a key that several have, the value of the first.
pub fn merged<'a>(maps: impl IntoIterator<Item = &'a Map>) -> Map {
    let mut merged = Map::new();
    for map in maps {
        for (key, value) in map {
            merged.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
    merged
}

/// The labels of every object that the operator manages.
pub fn mandatory() -> Map {
    map([(MANAGED_BY, OPERATOR), (APP_MANAGED_BY, OPERATOR)])
}

/// The object that others are made for, as far as they show it.
#[derive(Debug, Clone)]
pub struct Parent<'a> {
    /// Its API version.
    pub api_version: Cow<'static, str>,
    /// Its kind.
    pub kind: Cow<'static, str>,
    /// Its metadata.
    pub metadata: &'a ObjectMeta,
}

impl<'a, K: Resource<DynamicType = ()>> From<&'a K> for Parent<'a> {
    fn from(object: &'a K) -> Self {
        Self {
            api_version: K::api_version(&()),
            kind: K::kind(&()),
            metadata: object.meta(),
        }
    }
}

/// Reference to the owner of a shared object: it lives until its last owner is gone.
pub fn owner<'a>(object: impl Into<Parent<'a>>) -> OwnerReference {
    let object = object.into();
    OwnerReference {
        api_version: object.api_version.into_owned(),
        kind: object.kind.into_owned(),
        name: object.metadata.name.clone().unwrap_or_default(),
        uid: object.metadata.uid.clone().unwrap_or_default(),
        controller: None,
        block_owner_deletion: None,
    }
}

/// Reference to the one object that an object is managed for.
pub fn controller<'a>(object: impl Into<Parent<'a>>) -> OwnerReference {
    OwnerReference {
        controller: Some(true),
        block_owner_deletion: Some(true),
        ..owner(object)
    }
}

/// Metadata of an object without labels of its own, such as a generated Secret.
pub fn managed<'a>(object: impl Into<Parent<'a>>, name: String, labels: &Map, settings: &Settings) -> ObjectMeta {
    let object = object.into();
    ObjectMeta {
        name: Some(name),
        namespace: object.metadata.namespace.clone(),
        labels: Some(merged([&settings.labels, labels, &mandatory()])),
        annotations: Some(settings.annotations.clone()).filter(|annotations| !annotations.is_empty()),
        owner_references: Some(vec![controller(object)]),
        ..ObjectMeta::default()
    }
}

/// Metadata of the StatefulSet `name` of `object`: that of [`set`], and the hash of what it was rendered from.
pub fn stateful_set<'a>(
    object: impl Into<Parent<'a>>,
    name: String,
    labels: &Map,
    input_hash: &str,
    settings: &Settings,
) -> ObjectMeta {
    let mut metadata = set(object, name, labels, settings);
    let annotations = metadata.annotations.get_or_insert_default();
    annotations.insert(INPUT_HASH.to_owned(), input_hash.to_owned());
    metadata
}

/// Metadata of what runs the pods of `object`. It also gets the labels and annotations of its owner, except what kubectl
/// wrote there. `labels` are those of its selector and its mode.
pub fn set<'a>(object: impl Into<Parent<'a>>, name: String, labels: &Map, settings: &Settings) -> ObjectMeta {
    let object = object.into();
    let empty = Map::new();
    let own_labels = object.metadata.labels.as_ref().unwrap_or(&empty);
    let own_annotations = object.metadata.annotations.as_ref().unwrap_or(&empty);
    let mut annotations = merged([&settings.annotations, own_annotations]);
    annotations.retain(|key, _| !key.starts_with(KUBECTL));
    ObjectMeta {
        labels: Some(merged([&settings.labels, labels, &mandatory(), own_labels])),
        annotations: Some(annotations).filter(|annotations| !annotations.is_empty()),
        ..managed(object, name, labels, settings)
    }
}

/// Labels as a selector in text form: `a=b,c=d`.
pub fn selector_text(labels: &Map) -> String {
    labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect::<Vec<_>>()
        .join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kube::ResourceExt;

    #[test]
    fn an_owner_cannot_hide_its_stateful_set() {
        let mut owner = crds::Prometheus::default();
        owner
            .labels_mut()
            .extend(map([(MANAGED_BY, "helm"), ("team", "a"), (APP_NAME, "mine")]));
        let settings = Settings {
            labels: map([("team", "b")]),
            ..Settings::default()
        };
        let selector = map([(APP_NAME, "prometheus")]);
        let metadata = stateful_set(&owner, "prometheus-x".to_owned(), &selector, "1", &settings);
        let expected = map([
            (MANAGED_BY, OPERATOR),
            (APP_MANAGED_BY, OPERATOR),
            (APP_NAME, "prometheus"),
            ("team", "b"),
        ]);
        assert_eq!(metadata.labels, Some(expected));
    }
}
