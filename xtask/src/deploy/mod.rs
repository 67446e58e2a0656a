//! What a user applies to run the operator: the files of `deploy/` that are generated, as strings. Pure; the objects come
//! from the modules below, the permissions from [`operator::permissions`], the definitions from `crds`.
//!
//! Names and labels are those of the original's own manifests, so that tools that look for them find them.

mod deployment;
mod kustomize;
mod metadata;
mod rbac;
mod service;

use serde::Serialize;

use crate::{File, Output};

/// First line of every generated file.
const HEADER: &str = "# Generated: make generate\n";

/// The files, and the folders that hold nothing else.
pub fn output() -> Output {
    Output {
        files: files(),
        folders: vec!["deploy/base", "deploy/components/self-monitoring"],
    }
}

fn files() -> Vec<File> {
    let base = objects();
    let mut files = vec![bundle(&base)];
    files.push(file("crds/kustomization.yaml", &kustomize::definitions()));
    let names: Vec<&str> = base.iter().map(|(name, _)| *name).collect();
    files.push(file("deploy/base/kustomization.yaml", &kustomize::base(&names)));
    files.extend(
        base.into_iter()
            .map(|(name, text)| file(&format!("deploy/base/{name}"), &text)),
    );
    let folder = "deploy/components/self-monitoring";
    files.push(file(
        &format!("{folder}/kustomization.yaml"),
        &kustomize::self_monitoring(),
    ));
    files.push(file(
        &format!("{folder}/service-monitor.yaml"),
        &yaml(&service::service_monitor()),
    ));
    files
}

/// The objects of the base with the names of their files, in the order in which they are applied.
fn objects() -> Vec<(&'static str, String)> {
    vec![
        ("namespace.yaml", yaml(&metadata::namespace())),
        ("service-account.yaml", yaml(&rbac::service_account())),
        ("cluster-role.yaml", rbac::cluster_role()),
        ("cluster-role-binding.yaml", yaml(&rbac::cluster_role_binding())),
        ("role.yaml", rbac::role()),
        ("role-binding.yaml", yaml(&rbac::role_binding())),
        ("cluster-role-view.yaml", yaml(&rbac::view())),
        ("cluster-role-edit.yaml", yaml(&rbac::edit())),
        ("service.yaml", yaml(&service::service())),
        ("deployment.yaml", yaml(&deployment::deployment())),
    ]
}

/// Everything in one file: the definitions and the base.
fn bundle(base: &[(&'static str, String)]) -> File {
    let definitions = crds::manifests().into_iter().map(|(_, text)| text);
    let documents: Vec<String> = definitions.chain(base.iter().map(|(_, text)| text.clone())).collect();
    file("deploy/bundle.yaml", &documents.join("---\n"))
}

fn file(path: &str, text: &str) -> File {
    File {
        path: path.to_owned(),
        text: format!("{HEADER}{text}"),
    }
}

fn yaml(object: &impl Serialize) -> String {
    // A long text stays on its line: people search for whole arguments.
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    serde_saphyr::to_string_with_options(object, options).expect("plain data can be written")
}
