//! The program `admission-webhook` as a Deployment of its own, with the names of the original's. The operator keeps its
//! certificates, or cert-manager does. Pure.

use std::collections::BTreeMap;

use operator::permissions::webhooks::CONFIGURATIONS;
use operator::pod::metadata::map;
use operator::settings::images;
use serde_json::{Value, json};

use super::super::metadata::NAMESPACE;
use super::super::{rbac, yaml};
use super::configuration::{Target, mutating, validating};
use super::{IGNORE, PORT, role, service};

const NAME: &str = "prometheus-operator-admission-webhook";
/// Secret with the certificates, as the original's.
const SECRET: &str = "admission-webhook-certs";
/// `nobody`, by number.
const USER: i64 = 65534;

fn selector() -> BTreeMap<String, String> {
    map([
        ("app.kubernetes.io/name", NAME),
        ("app.kubernetes.io/component", "admission-webhook"),
    ])
}

fn labels() -> BTreeMap<String, String> {
    let mut labels = selector();
    labels.extend(map([("app.kubernetes.io/version", env!("CARGO_PKG_VERSION"))]));
    labels
}

#[expect(clippy::needless_pass_by_value, reason = "literals of JSON are made for the call")]
fn object(api_version: &str, kind: &str, spec: Value) -> Value {
    json!({
        "apiVersion": api_version,
        "kind": kind,
        "metadata": { "name": NAME, "namespace": NAMESPACE, "labels": labels() },
        "spec": spec,
    })
}

/// The objects of the component.
pub(super) fn files() -> Vec<(&'static str, String)> {
    let target = Target::service(NAME);
    let account = json!({
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": { "name": NAME, "namespace": NAMESPACE, "labels": labels() },
        "automountServiceAccountToken": false,
    });
    vec![
        ("cluster-role.yaml", role().manifest()),
        ("cluster-role-binding.yaml", rbac::binding(&role())),
        ("service-account.yaml", yaml(&account)),
        ("service.yaml", yaml(&service(NAME, &selector()))),
        ("deployment.yaml", yaml(&deployment())),
        ("pod-disruption-budget.yaml", yaml(&disruption_budget())),
        ("service-monitor.yaml", yaml(&service_monitor())),
        (
            "validating.yaml",
            format!("{IGNORE}{}", yaml(&validating(CONFIGURATIONS[2], &target))),
        ),
        (
            "mutating.yaml",
            format!("{IGNORE}{}", yaml(&mutating(CONFIGURATIONS[2], &target))),
        ),
    ]
}

/// The operator keeps the certificates.
pub(super) fn operator_arguments() -> Vec<String> {
    vec![
        format!("--admission-certificate-secret={SECRET}"),
        format!("--admission-services={NAME}"),
        format!("--admission-webhook-configurations={}", CONFIGURATIONS[2]),
    ]
}

fn deployment() -> Value {
    let term = json!({ "labelSelector": { "matchLabels": selector() }, "topologyKey": "kubernetes.io/hostname" });
    let pod = json!({
        "affinity": { "podAntiAffinity": { "requiredDuringSchedulingIgnoredDuringExecution": [term] } },
        "automountServiceAccountToken": false,
        "containers": [container()],
        "nodeSelector": { "kubernetes.io/os": "linux" },
        "securityContext": {
            "runAsGroup": USER, "runAsNonRoot": true, "runAsUser": USER,
            "seccompProfile": { "type": "RuntimeDefault" },
        },
        "serviceAccountName": NAME,
        // Until the operator has made it, the pods wait.
        "volumes": [{ "name": "certificates", "secret": { "secretName": SECRET } }],
    });
    object(
        "apps/v1",
        "Deployment",
        json!({
            "replicas": 2,
            "selector": { "matchLabels": selector() },
            "strategy": { "rollingUpdate": { "maxUnavailable": 1 } },
            "template": {
                "metadata": { "labels": labels(), "annotations": { "kubectl.kubernetes.io/default-container": NAME } },
                "spec": pod,
            },
        }),
    )
}

fn container() -> Value {
    // Each takes half a minute without an answer for a failure.
    let probe = |seconds: u8| {
        json!({
            "httpGet": { "path": "/healthz", "port": "https", "scheme": "HTTPS" },
            "periodSeconds": seconds,
            "failureThreshold": 30 / seconds,
        })
    };
    json!({
        "name": NAME,
        "image": images::ADMISSION_WEBHOOK,
        "ports": [{ "name": "https", "containerPort": PORT }],
        // The API server goes on calling a pod that ends for a moment.
        "lifecycle": { "preStop": { "sleep": { "seconds": 5 } } },
        "livenessProbe": probe(10),
        "readinessProbe": probe(2),
        "resources": {
            "requests": { "cpu": "50m", "memory": "32Mi" },
            "limits": { "memory": "128Mi" },
        },
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "capabilities": { "drop": ["ALL"] },
            "readOnlyRootFilesystem": true,
        },
        "volumeMounts": [{ "name": "certificates", "mountPath": "/etc/tls/private", "readOnly": true }],
    })
}

fn disruption_budget() -> Value {
    let spec = json!({ "minAvailable": 1, "selector": { "matchLabels": selector() } });
    object("policy/v1", "PodDisruptionBudget", spec)
}

/// Who scrapes it does not know the authority of its certificate.
fn service_monitor() -> Value {
    let endpoint = json!({
        "port": "https", "scheme": "https", "honorLabels": true, "tlsConfig": { "insecureSkipVerify": true },
    });
    let spec = json!({ "selector": { "matchLabels": selector() }, "endpoints": [endpoint] });
    object("monitoring.coreos.com/v1", "ServiceMonitor", spec)
}

/// An authority of cert-manager, and the certificate.
pub(super) fn cert_manager_files() -> Vec<(&'static str, String)> {
    const API_VERSION: &str = "cert-manager.io/v1";
    let issuer = object(API_VERSION, "Issuer", json!({ "selfSigned": {} }));
    let certificate = object(
        API_VERSION,
        "Certificate",
        json!({
            "dnsNames": [format!("{NAME}.{NAMESPACE}.svc")],
            "issuerRef": { "kind": "Issuer", "name": NAME },
            "privateKey": { "algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always" },
            "secretName": SECRET,
        }),
    );
    vec![("issuer.yaml", yaml(&issuer)), ("certificate.yaml", yaml(&certificate))]
}

/// cert-manager tells the API server whom to trust, and the operator keeps no certificates.
pub(super) fn cert_manager_patches() -> Vec<Value> {
    let annotation = json!([{
        "op": "add", "path": "/metadata/annotations",
        "value": { "cert-manager.io/inject-ca-from": format!("{NAMESPACE}/{NAME}") },
    }]);
    let annotated =
        |kind: &str| json!({ "target": { "kind": kind, "name": CONFIGURATIONS[2] }, "patch": yaml(&annotation) });
    vec![
        annotated("ValidatingWebhookConfiguration"),
        annotated("MutatingWebhookConfiguration"),
        super::operator_patch(&["--admission-certificate-secret=".to_owned()], false),
    ]
}
