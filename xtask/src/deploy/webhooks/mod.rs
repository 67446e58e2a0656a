//! The components with webhooks: served by the operator itself, for more kinds, by a Deployment of their own, and with
//! certificates of cert-manager. Pure.

mod configuration;
mod program;

use operator::permissions::definitions;
use operator::permissions::webhooks::{CERTIFICATES, CONFIGURATIONS, NamedRule, RULES, SECRET};
use serde_json::{Value, json};

use super::kustomize::Folder;
use super::metadata::{NAME, NAMESPACE, cluster_wide};
use super::yaml;
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
        ("cluster-role.yaml", cluster_role()),
        ("cluster-role-binding.yaml", yaml(&binding())),
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

/// The permissions as YAML, each rule after the reason for it.
fn cluster_role() -> String {
    let role = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": cluster_wide(SERVICE),
    });
    format!("{}rules:\n{}", yaml(&role), rules())
}

/// The permissions as a list.
pub(super) fn rules() -> String {
    RULES.iter().map(rule).collect()
}

/// The permissions to apply the definitions as a list.
pub(super) fn definition_rules() -> String {
    definitions::RULES.iter().map(rule).collect()
}

/// The permissions on the Secret of the certificates as a list.
pub(super) fn certificate_rules() -> String {
    CERTIFICATES.iter().map(rule).collect()
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

fn rule(rule: &NamedRule) -> String {
    let mut policy = json!({ "apiGroups": [rule.group], "resources": rule.resources });
    if !rule.names.is_empty() {
        policy["resourceNames"] = json!(rule.names);
    }
    policy["verbs"] = json!(rule.verbs);
    format!("# {}\n{}", rule.why, yaml(&[policy]))
}

fn binding() -> Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": cluster_wide(SERVICE),
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": SERVICE },
        "subjects": [{ "kind": "ServiceAccount", "name": NAME, "namespace": NAMESPACE }],
    })
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
