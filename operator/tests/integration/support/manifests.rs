//! Manifests as users apply them: files of several documents of any kind, in an order in which they can be stored.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use kube::Client;
use kube::api::{Api, ApiResource, DeleteParams, DynamicObject, Patch, PatchParams, ValidationDirective};
use kube::core::GroupVersionKind;
use kube::discovery::{ApiCapabilities, Scope, pinned_kind};
use serde_json::Value;

use super::eventually;

/// The objects of some files.
pub(crate) struct Manifests(Vec<Value>);

impl Manifests {
    /// Reads a file, or all `*.yaml` of a folder and those below it, each of them changed by `edit`.
    pub(crate) fn read(path: &Path, edit: impl Fn(String) -> String) -> Self {
        let mut objects = Vec::new();
        for file in files(path) {
            let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            objects.extend(documents(&file, &edit(text)));
        }
        objects.sort_by_key(|object| rank(object["kind"].as_str().unwrap_or_default()));
        Self(objects)
    }

    /// A single object.
    pub(crate) fn of(object: Value) -> Self {
        Self(vec![object])
    }

    /// Those of a kind.
    pub(crate) fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.0.iter().filter(move |object| object["kind"] == kind)
    }

    /// Applies all of them on the server side, with every field known; those without a namespace go into `namespace`. Kinds
    /// of the groups in `absent` are left out, since the cluster does not have them.
    pub(crate) async fn apply(&self, client: &Client, namespace: &str, absent: &[&str]) {
        let mut kinds = Kinds::default();
        for object in &self.0 {
            let kind = kind(object);
            if absent.contains(&kind.group.as_str()) {
                continue;
            }
            let api = kinds.api(client, &kind, object, namespace).await;
            let name = object["metadata"]["name"].as_str().expect("a name");
            let mut parameters = PatchParams::apply("integration-test").force();
            parameters.field_validation = Some(ValidationDirective::Strict);
            let applied = api.patch(name, &parameters, &Patch::Apply(object)).await;
            applied.unwrap_or_else(|error| panic!("apply {} {name}: {error}", kind.kind));
        }
    }

    /// Deletes the custom resources among them, and waits until they are gone.
    pub(crate) async fn delete(&self, client: &Client, namespace: &str) {
        let mut kinds = Kinds::default();
        for object in self.0.iter().rev() {
            let kind = kind(object);
            if kind.group != "monitoring.coreos.com" {
                continue;
            }
            let api = kinds.api(client, &kind, object, namespace).await;
            let name = object["metadata"]["name"].as_str().expect("a name");
            let deleted = api.delete(name, &DeleteParams::default()).await;
            deleted.unwrap_or_else(|error| panic!("delete {} {name}: {error}", kind.kind));
            eventually(&format!("the end of {} {name}", kind.kind), async || {
                let live = api.get_opt(name).await.expect("the API server answers");
                live.is_none().then_some(())
            })
            .await;
        }
    }
}

fn kind(object: &Value) -> GroupVersionKind {
    let text = |field: &str| object[field].as_str().expect("a text");
    let version = text("apiVersion");
    let (group, version) = version.split_once('/').unwrap_or(("", version));
    GroupVersionKind::gvk(group, version, text("kind"))
}

/// What the API server has said of kinds.
#[derive(Default)]
struct Kinds(BTreeMap<String, (ApiResource, ApiCapabilities)>);

impl Kinds {
    /// Where the object is, or would be.
    async fn api(
        &mut self,
        client: &Client,
        kind: &GroupVersionKind,
        object: &Value,
        namespace: &str,
    ) -> Api<DynamicObject> {
        let key = format!("{}/{} {}", kind.group, kind.version, kind.kind);
        if !self.0.contains_key(&key) {
            let found = pinned_kind(client, kind).await;
            self.0
                .insert(key.clone(), found.unwrap_or_else(|error| panic!("{key}: {error}")));
        }
        api(
            client,
            &self.0[&key],
            object["metadata"]["namespace"].as_str().unwrap_or(namespace),
        )
    }
}

#[expect(clippy::disallowed_methods, reason = "the names are those of manifests of tests")]
fn api(
    client: &Client,
    (resource, capabilities): &(ApiResource, ApiCapabilities),
    namespace: &str,
) -> Api<DynamicObject> {
    match capabilities.scope {
        Scope::Cluster => Api::all_with(client.clone(), resource),
        Scope::Namespaced => Api::namespaced_with(client.clone(), namespace, resource),
    }
}

fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let of_interest = |path: &PathBuf| path.is_dir() || path.extension().is_some_and(|extension| extension == "yaml");
    paths
        .iter()
        .filter(|path| of_interest(path))
        .flat_map(|path| files(path))
        .collect()
}

/// The objects of a text, those in lists one by one.
#[expect(clippy::disallowed_methods, reason = "manifests of tests hold no secrets")]
fn documents(file: &Path, text: &str) -> Vec<Value> {
    let documents = serde_saphyr::from_multiple::<Value>(text);
    let documents = documents.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let objects = documents.into_iter().filter(|object| !object.is_null());
    objects
        .flat_map(|mut object| match object.get_mut("items") {
            Some(Value::Array(items)) => std::mem::take(items),
            _ => vec![object],
        })
        .collect()
}

/// What others need comes first; webhooks, which nobody answers yet, come last.
fn rank(kind: &str) -> u8 {
    match kind {
        "Namespace" => 0,
        "ServiceAccount" | "Secret" | "ConfigMap" => 1,
        "ClusterRole" | "Role" => 2,
        "ClusterRoleBinding" | "RoleBinding" => 3,
        "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration" => 9,
        _ => 5,
    }
}
