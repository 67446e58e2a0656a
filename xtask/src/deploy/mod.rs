//! What a user applies to run the operator: the files of `deploy/` that are generated, as strings. Pure; the objects come
//! from the modules below, the permissions from [`operator::permissions`], the definitions from `crds`.
//!
//! Names and labels are those of the original's own manifests, so that tools that look for them find them.

pub mod chart;
mod components;
mod deployment;
mod jsonnet;
mod kustomize;
mod metadata;
mod rbac;
mod service;
mod webhooks;

use operator::object::yaml;
use operator::permissions::Feature;

use crate::{File, Output};
use kustomize::Folder;

/// First line of every generated file.
const HEADER: &str = "# Generated: make generate\n";

/// The files, and the folders that hold nothing else.
pub fn output() -> Output {
    let (base, kubelet) = (base(&[]), kubelet());
    let mut output = Output {
        files: vec![bundle(), kustomize::definitions()],
        folders: Vec::new(),
    };
    for folder in [base, kubelet]
        .into_iter()
        .chain(components::all())
        .chain(webhooks::all())
    {
        output.folders.push(folder.path.clone());
        output.files.extend(folder.into_files());
    }
    output.and(chart::output()).and(jsonnet::output())
}

/// What a release consists of beside images: `bundle.yaml`, and `crds.yaml` with the definitions alone.
pub fn release() -> Output {
    let definitions: Vec<String> = crds::manifests().into_iter().map(|(_, text)| text).collect();
    let bundle = bundle();
    Output {
        files: vec![
            file("bundle.yaml", bundle.text.trim_start_matches(HEADER)),
            file("crds.yaml", &definitions.join("---\n")),
        ],
        folders: Vec::new(),
    }
}

/// The operator with features, and the definitions, in one namespace that an overlay may change.
fn base(features: &[Feature]) -> Folder {
    let mut files = vec![
        ("namespace.yaml", yaml(&metadata::namespace())),
        ("service-account.yaml", yaml(&rbac::service_account())),
        ("cluster-role.yaml", rbac::cluster_role().manifest()),
    ];
    let roles: Vec<_> = features.iter().map(|feature| rbac::feature_role(*feature)).collect();
    files.extend((roles.iter()).map(|role| ("cluster-role-of-feature.yaml", role.manifest())));
    files.push(("cluster-role-binding.yaml", rbac::binding(&rbac::cluster_role())));
    files.extend((roles.iter()).map(|role| ("cluster-role-binding-of-feature.yaml", rbac::binding(role))));
    let flags = features.iter().map(|feature| feature.flag().to_owned());
    files.extend([
        ("role.yaml", rbac::own_role().manifest()),
        ("role-binding.yaml", rbac::binding(&rbac::own_role())),
        ("cluster-role-view.yaml", yaml(&rbac::view())),
        ("cluster-role-edit.yaml", yaml(&rbac::edit())),
        ("cluster-role-edit-workloads.yaml", yaml(&rbac::edit_workloads())),
        ("service.yaml", yaml(&service::service())),
        ("deployment.yaml", yaml(&deployment::with_arguments(flags))),
    ]);
    Folder::new("deploy/base", files)
        .with("namespace", metadata::NAMESPACE.into())
        .after(&["../../crds"])
}

/// What the operator may do beside the kubelets' Service. A folder of its own: its namespace is not that of the base, and
/// an overlay that sets a namespace sets it for all that it includes.
fn kubelet() -> Folder {
    let files = vec![
        ("role.yaml", rbac::kubelet_role().manifest()),
        ("role-binding.yaml", rbac::binding(&rbac::kubelet_role())),
    ];
    Folder::new("deploy/kubelet", files)
}

/// Everything in one file: the definitions, the operator with the features that are on there, and the kubelets' part. The
/// Deployment is last.
fn bundle() -> File {
    let folders = [base(Feature::BUNDLED), kubelet()];
    let mut objects: Vec<&(&str, String)> = folders.iter().flat_map(|folder| &folder.files).collect();
    objects.sort_by_key(|(name, _)| *name == "deployment.yaml");
    let documents: Vec<String> = (crds::manifests().into_iter().map(|(_, text)| text))
        .chain(objects.into_iter().map(|(_, text)| text.clone()))
        .collect();
    file("deploy/bundle.yaml", &documents.join("---\n"))
}

fn file(path: &str, text: &str) -> File {
    File {
        path: path.to_owned(),
        text: format!("{HEADER}{text}"),
    }
}
