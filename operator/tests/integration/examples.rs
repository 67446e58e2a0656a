//! The examples that users apply: each is stored as it is, and nothing of it is left out.

use std::path::{Path, PathBuf};

use k8s_openapi::api::core::v1::Namespace;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;

use crate::distribution::{rejected, warnings};
use crate::support::{Manifests, Operator, OwnCluster, install_definitions, unreconciled, unused};

/// Where the examples are applied, as their README says.
const NAMESPACE: &str = "monitoring";

fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/examples");
    let entries = std::fs::read_dir(&folder).expect("the examples");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut folders: Vec<PathBuf> = paths.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

#[test]
fn each_says_what_it_shows() {
    for folder in examples() {
        let readme = std::fs::read_to_string(folder.join("README.md")).unwrap_or_default();
        assert_eq!(readme.lines().count(), 2, "{}", folder.display());
        assert!(readme.starts_with("# "), "{}", folder.display());
    }
}

/// One after the other, in one cluster.
#[tokio::test]
async fn nothing_of_the_examples_is_left_out() {
    if std::env::var_os("KUBECONFIG").is_none() {
        return;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cluster = OwnCluster::start();
    let client = cluster.client().await;
    install_definitions(&client).await;
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}});
    let parameters = PatchParams::apply("integration-test");
    let applied = namespaces
        .patch(NAMESPACE, &parameters, &Patch::Apply(&namespace))
        .await;
    applied.expect("a namespace");
    let operator = Operator::start_with(
        &cluster.kubeconfig,
        &["--feature-gates=PrometheusAgentDaemonSet=true,StatusForConfigurationResources=true"],
    );
    operator.ready().await;
    for folder in examples() {
        let manifests = Manifests::read(&folder, |text| text);
        manifests.apply(&client, NAMESPACE, &[]).await;
        let faults = [
            unreconciled(&client, &manifests).await,
            unused(&client, &manifests).await,
        ]
        .concat();
        assert_eq!(faults, Vec::<String>::new(), "{}", folder.display());
        assert_eq!(
            rejected(&operator.metrics().await),
            Vec::<&str>::new(),
            "{}",
            folder.display()
        );
        // What selects everything would select what is in the next one.
        manifests.delete(&client, NAMESPACE).await;
    }
    assert_eq!(warnings(&operator.log()), Vec::<String>::new());
}
