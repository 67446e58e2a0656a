//! The kustomizations that put the files together. Pure.

use serde_json::{Value, json};

use super::metadata::NAMESPACE;
use super::yaml;

/// The definitions of the custom resources. A folder of its own, since kustomize reads no file outside of its folder.
pub(super) fn definitions() -> String {
    let names = crds::manifests()
        .into_iter()
        .map(|(name, _)| format!("manifests/{name}"));
    yaml(&kustomization(&json!({ "resources": names.collect::<Vec<_>>() })))
}

/// The operator and the definitions, in one namespace that an overlay may change.
pub(super) fn base(files: &[&str]) -> String {
    let resources: Vec<&str> = [["../../crds"].as_slice(), files].concat();
    yaml(&kustomization(
        &json!({ "namespace": NAMESPACE, "resources": resources }),
    ))
}

/// Has the operator monitored, for overlays that want it.
pub(super) fn self_monitoring() -> String {
    yaml(&json!({
        "apiVersion": "kustomize.config.k8s.io/v1alpha1",
        "kind": "Component",
        "resources": ["service-monitor.yaml"],
    }))
}

fn kustomization(content: &Value) -> Value {
    let mut kustomization = json!({
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
    });
    for (key, value) in content.as_object().into_iter().flatten() {
        kustomization[key.as_str()] = value.clone();
    }
    kustomization
}
