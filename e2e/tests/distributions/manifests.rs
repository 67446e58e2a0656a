//! Manifests as users apply them: files of several documents of any kind, in an order in which they can be stored. The last
//! step of an upgrade is here as well: what the new manifests no longer hold is deleted.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use kube::Client;
use kube::api::{Api, ApiResource, DeleteParams, DynamicObject, Patch, PatchParams, ValidationDirective};
use kube::core::GroupVersionKind;
use kube::discovery::{ApiCapabilities, Scope, pinned_kind};
use serde_json::Value;

/// Name under which objects are applied.
const FIELD_MANAGER: &str = "e2e";
/// Kinds by which the API server calls somebody who has to run first.
const WEBHOOKS: [&str; 2] = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

/// The objects of some files.
#[derive(Clone)]
pub(crate) struct Manifests(pub(crate) Vec<Value>);

impl Manifests {
    /// Reads a file, or every file of a folder and those below it.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let mut objects = Vec::new();
        for file in files(path)? {
            let text = fs::read_to_string(&file)?;
            objects.extend(documents(&text).with_context(|| file.display().to_string())?);
        }
        objects.sort_by_key(rank);
        Ok(Self(objects))
    }

    /// Those of a kind.
    pub(crate) fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.0.iter().filter(move |object| object["kind"] == kind)
    }

    /// The webhooks' configurations, and everything else.
    pub(crate) fn webhooks_apart(&self) -> (Self, Self) {
        let is_webhook = |object: &Value| WEBHOOKS.iter().any(|kind| object["kind"] == *kind);
        let (webhooks, others) = self.0.iter().cloned().partition(is_webhook);
        (Self(webhooks), Self(others))
    }
}

/// The kinds of a cluster, and the objects of manifests in it.
pub(crate) struct Cluster {
    client: Client,
    kinds: BTreeMap<String, (ApiResource, ApiCapabilities)>,
}

impl Cluster {
    pub(crate) fn new(client: &Client) -> Self {
        Self {
            client: client.clone(),
            kinds: BTreeMap::new(),
        }
    }

    /// Applies every object on the server side, with every field known.
    pub(crate) async fn apply(&mut self, manifests: &Manifests) -> anyhow::Result<()> {
        for object in &manifests.0 {
            let (api, name) = (self.api(object).await?, name(object));
            let mut parameters = PatchParams::apply(FIELD_MANAGER).force();
            parameters.field_validation = Some(ValidationDirective::Strict);
            let applied = api.patch(name, &parameters, &Patch::Apply(object)).await;
            applied.with_context(|| format!("apply {}", identity(object)))?;
        }
        Ok(())
    }

    /// Deletes the objects that `next` does not hold; the first of them that were applied go last.
    pub(crate) async fn remove(&mut self, manifests: &Manifests, next: &Manifests) -> anyhow::Result<()> {
        let kept: Vec<String> = next.0.iter().map(identity).collect();
        for object in manifests
            .0
            .iter()
            .rev()
            .filter(|object| !kept.contains(&identity(object)))
        {
            let api = self.api(object).await?;
            match api.delete(name(object), &DeleteParams::default()).await {
                Ok(_) => {}
                Err(kube::Error::Api(status)) if status.code == 404 => {}
                Err(error) => return Err(error).with_context(|| format!("delete {}", identity(object))),
            }
        }
        Ok(())
    }

    /// The object as it is in the cluster.
    pub(crate) async fn live(&mut self, object: &Value) -> anyhow::Result<Value> {
        let found = self.api(object).await?.get(name(object)).await;
        Ok(serde_json::to_value(found.with_context(|| identity(object))?)?)
    }

    /// Where the object is, or would be.
    #[expect(clippy::disallowed_methods, reason = "the names are those of manifests")]
    async fn api(&mut self, object: &Value) -> anyhow::Result<Api<DynamicObject>> {
        let text = |field: &str| object[field].as_str().context("no kind");
        let (version, kind) = (text("apiVersion")?, text("kind")?);
        let key = format!("{version} {kind}");
        if !self.kinds.contains_key(&key) {
            let (group, version) = version.split_once('/').unwrap_or(("", version));
            let found = pinned_kind(&self.client, &GroupVersionKind::gvk(group, version, kind)).await;
            self.kinds.insert(key.clone(), found.with_context(|| key.clone())?);
        }
        let (resource, capabilities) = &self.kinds[&key];
        let client = self.client.clone();
        Ok(match capabilities.scope {
            Scope::Cluster => Api::all_with(client, resource),
            Scope::Namespaced => {
                let namespace = object["metadata"]["namespace"].as_str().unwrap_or(crate::NAMESPACE);
                Api::namespaced_with(client, namespace, resource)
            }
        })
    }
}

/// Name of an object.
pub(crate) fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}

/// What tells an object from all others.
fn identity(object: &Value) -> String {
    let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
    let kind = object["kind"].as_str().unwrap_or_default();
    format!("{kind} {namespace}/{}", name(object))
}

fn files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path)?.collect::<Result<Vec<_>, _>>()?;
    let mut paths: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).collect();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        found.extend(files(&path)?);
    }
    Ok(found)
}

/// The objects of a text, those in lists one by one.
#[expect(clippy::disallowed_methods, reason = "manifests of tests hold no secrets")]
fn documents(text: &str) -> anyhow::Result<Vec<Value>> {
    let documents = serde_saphyr::from_multiple::<Value>(text).map_err(|error| anyhow::anyhow!("{error}"))?;
    let objects = documents.into_iter().filter(|object| !object.is_null());
    Ok(objects
        .flat_map(|mut object| match object.get_mut("items") {
            Some(Value::Array(items)) => std::mem::take(items),
            _ => vec![object],
        })
        .collect())
}

/// What others need comes first.
fn rank(object: &Value) -> u8 {
    match object["kind"].as_str().unwrap_or_default() {
        "Namespace" => 0,
        "ServiceAccount" | "Secret" | "ConfigMap" => 1,
        "ClusterRole" | "Role" => 2,
        "ClusterRoleBinding" | "RoleBinding" => 3,
        _ => 4,
    }
}
