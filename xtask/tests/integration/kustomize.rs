//! Every folder of `deploy/` that kustomize builds, and an overlay of everything, as a user would write it.

#![expect(
    clippy::disallowed_methods,
    reason = "names and files of tests are ours, and nothing in them is secret"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use operator::permissions::Feature;
use serde_json::Value;

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().expect("the checkout")
}

/// What `kubectl kustomize` makes of a folder.
fn built(folder: &Path) -> Vec<Value> {
    let output = Command::new(root().join("e2e/cluster/cluster"))
        .args(["kubectl", "kustomize"])
        .arg(folder)
        .output()
        .expect("a shell");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", folder.display());
    let objects = serde_saphyr::from_multiple(&String::from_utf8_lossy(&output.stdout));
    objects.unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
}

/// A folder of the checkout, relative to an overlay: kustomize takes no absolute path.
fn relative(overlay: &Path, folder: &str) -> String {
    let up = "../".repeat(overlay.components().count() - 1);
    format!(
        "{up}{}",
        root().join(folder).strip_prefix("/").expect("absolute").display()
    )
}

fn components() -> Vec<String> {
    let folder = root().join("deploy/components");
    let entries = fs::read_dir(folder).expect("the components");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.map(|name| format!("deploy/components/{name}")).collect();
    names.sort();
    names
}

/// An overlay with another namespace.
fn overlay(name: &str, components: &[String]) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("overlays").join(name);
    fs::create_dir_all(&folder).expect("a folder");
    let folder = folder.canonicalize().expect("a folder");
    let list = |paths: &[String]| -> String {
        let lines = paths.iter().map(|path| format!("- {}\n", relative(&folder, path)));
        lines.collect()
    };
    let text = format!(
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: elsewhere\nresources:\n{}components:\n{}",
        list(&["deploy/base".to_owned()]),
        list(components),
    );
    fs::write(folder.join("kustomization.yaml"), text).expect("a file");
    built(&folder)
}

fn of_kind<'a>(objects: &'a [Value], kind: &str) -> Vec<&'a Value> {
    objects.iter().filter(|object| object["kind"] == kind).collect()
}

#[test]
fn each_folder_builds() {
    for folder in ["crds", "deploy/base", "deploy/kubelet", "deploy/example"] {
        assert!(!built(&root().join(folder)).is_empty(), "{folder}");
    }
}

#[test]
fn each_component_builds_by_itself() {
    for component in components() {
        let name = component.rsplit('/').next().expect("a name").to_owned();
        assert!(!overlay(&name, &[component]).is_empty(), "{name}");
    }
}

/// Together they still say what each says alone, in the namespace of the overlay.
#[test]
fn all_components_go_together() {
    // The operator serves the webhooks, or a program of its own does.
    let mut together: Vec<String> = components()
        .into_iter()
        .filter(|component| !component.contains("/admission-webhook"))
        .collect();
    // It confines what the others bind, so it comes after them.
    together.sort_by_key(|component| component.ends_with("/namespaced-scope"));
    let objects = overlay("all", &together);
    let deployment = of_kind(&objects, "Deployment");
    let [deployment] = deployment.as_slice() else {
        panic!("one Deployment: {deployment:?}")
    };
    let pod = &deployment["spec"]["template"]["spec"];
    let arguments = pod["containers"][0]["args"].as_array().expect("arguments");
    for feature in Feature::ALL {
        assert!(
            arguments.iter().any(|argument| argument == feature.flag()),
            "{feature:?}"
        );
    }
    assert!(pod["topologySpreadConstraints"].is_array());
    assert!(
        arguments.contains(&Value::from("--namespaces=$(NAMESPACE)")),
        "{arguments:?}"
    );
    // What is still bound across the cluster is about what belongs to no namespace.
    let across: Vec<&str> = of_kind(&objects, "ClusterRoleBinding")
        .iter()
        .filter_map(|binding| binding["metadata"]["name"].as_str())
        .collect();
    assert_eq!(across, ["prometheus-operator-cluster", "prometheus-operator-webhooks"]);
    for binding in of_kind(&objects, "ClusterRoleBinding")
        .iter()
        .chain(&of_kind(&objects, "RoleBinding"))
    {
        assert_eq!(
            binding["subjects"][0]["namespace"], "elsewhere",
            "{}",
            binding["metadata"]["name"]
        );
    }
    for kind in [
        "NetworkPolicy",
        "PodDisruptionBudget",
        "ServiceMonitor",
        "Service",
        "ServiceAccount",
    ] {
        for object in of_kind(&objects, kind) {
            assert_eq!(object["metadata"]["namespace"], "elsewhere", "{kind}");
        }
    }
}
