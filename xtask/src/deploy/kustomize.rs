//! Folders that kustomize builds: a kustomization and the files that it names. Pure.

use serde_json::{Value, json};

use super::yaml;
use crate::File;

/// A folder below the root of the repository.
pub(super) struct Folder {
    /// Its path.
    pub(super) path: String,
    /// Its kustomization, without the list of the files below.
    kustomization: Value,
    /// Names and contents of the files, in the order in which they are applied.
    pub(super) files: Vec<(&'static str, String)>,
}

impl Folder {
    /// Objects that are applied by themselves or as a part of an overlay.
    pub(super) fn new(path: &str, files: Vec<(&'static str, String)>) -> Self {
        Self {
            path: path.to_owned(),
            kustomization: json!({ "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization" }),
            files,
        }
    }

    /// What an overlay adds to the base: objects, and changes of those that are there.
    pub(super) fn component(name: &str, files: Vec<(&'static str, String)>) -> Self {
        Self {
            path: format!("deploy/components/{name}"),
            kustomization: json!({ "apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component" }),
            files,
        }
    }

    /// With a field of the kustomization.
    pub(super) fn with(mut self, field: &str, value: Value) -> Self {
        self.kustomization[field] = value;
        self
    }

    /// With resources of other folders, before its own.
    pub(super) fn after(self, resources: &[&str]) -> Self {
        self.with("resources", json!(resources))
    }

    /// With a JSON patch of the Deployment.
    pub(super) fn patching_deployment(self, patch: &Value) -> Self {
        let target = json!({ "kind": "Deployment", "name": super::metadata::NAME });
        self.with("patches", json!([{ "target": target, "patch": yaml(patch) }]))
    }

    /// All its files.
    pub(super) fn into_files(mut self) -> Vec<File> {
        let resources = &mut self.kustomization["resources"];
        let names = self.files.iter().map(|(name, _)| Value::from(*name));
        match resources {
            Value::Array(resources) => resources.extend(names),
            none => *none = names.collect(),
        }
        let kustomization = [("kustomization.yaml", yaml(&self.kustomization))];
        (kustomization.into_iter().chain(self.files))
            .map(|(name, text)| super::file(&format!("{}/{name}", self.path), &text))
            .collect()
    }
}

/// The definitions of the custom resources. A folder of its own, since kustomize reads no file outside of its folder.
pub(super) fn definitions() -> File {
    let names = crds::manifests()
        .into_iter()
        .map(|(name, _)| format!("manifests/{name}"));
    let kustomization = json!({
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": names.collect::<Vec<_>>(),
    });
    super::file("crds/kustomization.yaml", &yaml(&kustomization))
}
