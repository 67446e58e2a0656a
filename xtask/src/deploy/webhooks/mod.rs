//! The components with webhooks: served by the operator itself, for more kinds, by a Deployment of their own, and with
//! certificates of cert-manager. Pure.

mod configuration;
mod program;

use operator::permissions::manifest::{Role, list};
use operator::permissions::webhooks::{CERTIFICATES, CONFIGURATIONS, NamedRule, RULES, SECRET};
use operator::permissions::{Rule, definitions};
use serde_json::{Value, json};

use super::kustomize::Folder;
use super::metadata::{NAME, NAMESPACE, cluster_wide};
use super::{rbac, yaml};
use configuration::{Target, mutating, of_kinds, validating};

/// Service of the webhooks that the operator itself serves. That of its metrics has no address of its own.
const SERVICE: &str = "prometheus-operator-webhooks";
/// Port of the webhooks in the pod.
const PORT: i32 = 8443;

/// Why nothing waits for the webhooks.
const IGNORE: &str = "\
# failurePolicy Ignore: while nobody answers, objects are stored unchecked, and the operator leaves out later what is wrong.
# With Fail nobody could store a rule meanwhile, nor could the cluster's own tools that are rolled out with rules.
";

/// All of them.
pub(super) fn all() -> Vec<Folder> {
    let operator = |arguments: &[String], has_port| vec![operator_patch(arguments, has_port)];
    [
        ("webhooks", operator_files(), operator(&own_arguments(), true)),
        (
            "webhooks-of-all-kinds",
            kinds_files(),
            operator(&kinds_arguments(), false),
        ),
        (
            "admission-webhook",
            program::files(),
            operator(&program::operator_arguments(), false),
        ),
        (
            "admission-webhook-cert-manager",
            program::cert_manager_files(),
            program::cert_manager_patches(),
        ),
    ]
    .into_iter()
    .map(|(name, files, patches)| Folder::component(name, files).with("patches", patches.into()))
    .collect()
}

fn operator_files() -> Vec<(&'static str, String)> {
    let target = Target::service(SERVICE);
    vec![
        ("cluster-role.yaml", role().manifest()),
        ("cluster-role-binding.yaml", rbac::binding(&role())),
        ("service.yaml", yaml(&service(SERVICE, &super::metadata::selector()))),
        (
            "validating.yaml",
            format!("{IGNORE}{}", yaml(&validating(CONFIGURATIONS[0], &target))),
        ),
        (
            "mutating.yaml",
            format!("{IGNORE}{}", yaml(&mutating(CONFIGURATIONS[0], &target))),
        ),
    ]
}

fn own_arguments() -> Vec<String> {
    vec![
        format!("--admission-listen-address=:{PORT}"),
        format!("--admission-certificate-secret={SECRET}"),
        format!("--admission-services={SERVICE}"),
        format!("--admission-webhook-configurations={}", CONFIGURATIONS[0]),
    ]
}

fn kinds_files() -> Vec<(&'static str, String)> {
    let configuration = of_kinds(CONFIGURATIONS[1], &Target::service(SERVICE));
    vec![("validating.yaml", format!("{IGNORE}{}", yaml(&configuration)))]
}

fn kinds_arguments() -> Vec<String> {
    vec![
        "--admission-kinds=*".to_owned(),
        format!(
            "--admission-webhook-configurations={},{}",
            CONFIGURATIONS[0], CONFIGURATIONS[1]
        ),
    ]
}

/// Gives the operator further arguments, of which the last one of a name counts, and the port of the webhooks.
fn operator_patch(arguments: &[String], has_port: bool) -> Value {
    let container = "/spec/template/spec/containers/0";
    let mut steps: Vec<Value> = (arguments.iter())
        .map(|argument| json!({ "op": "add", "path": format!("{container}/args/-"), "value": argument }))
        .collect();
    if has_port {
        let port = json!({ "name": "webhooks", "containerPort": PORT });
        steps.push(json!({ "op": "add", "path": format!("{container}/ports/-"), "value": port }));
    }
    json!({ "target": { "kind": "Deployment", "name": NAME }, "patch": yaml(&steps) })
}

/// The permissions of the webhooks that the operator itself serves.
fn role() -> Role {
    Role {
        name: SERVICE.to_owned(),
        namespace: None,
        rules: RULES.iter().map(Rule::from).collect(),
    }
}

/// The permissions as a list.
pub(super) fn rules() -> String {
    listed(&RULES)
}

/// The permissions to apply the definitions as a list.
pub(super) fn definition_rules() -> String {
    listed(&definitions::RULES)
}

/// The permissions on the Secret of the certificates as a list.
pub(super) fn certificate_rules() -> String {
    listed(&CERTIFICATES)
}

/// What the API server is to ask the operator, as lists of webhooks: by default, of more kinds, and before rules are stored.
pub(super) fn lists() -> impl Iterator<Item = (&'static str, Value)> {
    let target = Target::service(SERVICE);
    [
        ("validating", validating(CONFIGURATIONS[0], &target)),
        ("kinds", of_kinds(CONFIGURATIONS[1], &target)),
        ("mutating", mutating(CONFIGURATIONS[0], &target)),
    ]
    .into_iter()
    .map(|(name, mut configuration)| (name, configuration["webhooks"].take()))
}

fn listed(rules: &[NamedRule]) -> String {
    list(&rules.iter().map(Rule::from).collect::<Vec<_>>())
}

/// A Service of webhooks, which the API server calls on port 443.
fn service(name: &str, selector: &std::collections::BTreeMap<String, String>) -> Value {
    let mut metadata = json!(cluster_wide(name));
    metadata["namespace"] = NAMESPACE.into();
    metadata["labels"] = json!(selector);
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {
            "ports": [{ "name": "https", "port": 443, "targetPort": PORT }],
            "selector": selector,
        },
    })
}
