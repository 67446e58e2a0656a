//! What the jsonnet library has in common with the other ways to install the operator: the objects of the base and of the
//! kubelets' Service as JSON, and the definitions. The library, written by hand, imports these files. Pure.

use serde_json::{Value, json};

use super::{deployment, rbac, service, webhooks};
use crate::{File, Output};

const FOLDER: &str = "deploy/jsonnet/prometheus-operator/generated";

/// The generated files of the library.
pub(super) fn output() -> Output {
    let objects = serde_json::to_string_pretty(&objects()).expect("plain data can be written") + "\n";
    let files = std::iter::once(("objects.json".to_owned(), objects)).chain(crds::manifests());
    Output {
        files: files
            .map(|(name, text)| File {
                path: format!("{FOLDER}/{name}"),
                text,
            })
            .collect(),
        folders: vec![FOLDER.to_owned()],
    }
}

/// The objects by their names in the library.
fn objects() -> Value {
    json!({
        "clusterRole": read(&rbac::cluster_role().manifest()),
        "role": read(&rbac::own_role().manifest()),
        "kubeletRole": read(&rbac::kubelet_role().manifest()),
        "webhookRules": read(&webhooks::rules()),
        "deployment": deployment::deployment(),
        "service": service::service(),
        "serviceMonitor": service::service_monitor(),
    })
}

#[expect(clippy::disallowed_methods, reason = "nothing in these objects is secret")]
fn read(yaml: &str) -> Value {
    serde_saphyr::from_str(yaml).expect("what was just written can be read")
}
