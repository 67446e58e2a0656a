//! What the API server is to ask the webhooks about. Pure.
//!
//! It asks about what changes in a specification: neither labels nor a status can make an object wrong, and one that goes
//! away is not held up.

use operator::admission::kinds::{ALWAYS, KINDS, RULES, ReviewedKind};
use serde_json::{Value, json};

use super::super::metadata::{NAMESPACE, cluster_wide};

const API_VERSION: &str = "admissionregistration.k8s.io/v1";
const GROUP: &str = "monitoring.coreos.com";

/// Who answers.
pub(super) struct Target {
    service: &'static str,
}

impl Target {
    /// The pods of a Service.
    pub(super) const fn service(service: &'static str) -> Self {
        Self { service }
    }

    /// A question about a kind.
    fn webhook(&self, name: &str, kind: &ReviewedKind, path: &str) -> Value {
        json!({
            "name": name,
            "admissionReviewVersions": ["v1"],
            "clientConfig": { "service": { "name": self.service, "namespace": NAMESPACE, "path": path, "port": 443 } },
            "failurePolicy": "Ignore",
            "matchConditions": [{
                "name": "changed",
                "expression": "oldObject == null || \
                    (object.spec != oldObject.spec && !has(object.metadata.deletionTimestamp))",
            }],
            "namespaceSelector": {},
            "rules": [{
                "apiGroups": [GROUP],
                "apiVersions": kind.versions,
                "operations": ["CREATE", "UPDATE"],
                "resources": [kind.plural],
                "scope": "Namespaced",
            }],
            "sideEffects": "None",
            "timeoutSeconds": 10,
        })
    }

    fn validating(&self, kinds: &[ReviewedKind]) -> Vec<Value> {
        let webhook = |kind: &ReviewedKind| self.webhook(&format!("{}validate.{GROUP}", kind.plural), kind, kind.path);
        kinds.iter().map(webhook).collect()
    }
}

fn configuration(kind: &str, name: &str, webhooks: &[Value]) -> Value {
    json!({ "apiVersion": API_VERSION, "kind": kind, "metadata": cluster_wide(name), "webhooks": webhooks })
}

/// Whether rules and `AlertmanagerConfig`s may be stored.
pub(super) fn validating(name: &str, target: &Target) -> Value {
    configuration(
        "ValidatingWebhookConfiguration",
        name,
        &target.validating(&KINDS[..ALWAYS]),
    )
}

/// The same of all other kinds.
pub(super) fn of_kinds(name: &str, target: &Target) -> Value {
    configuration(
        "ValidatingWebhookConfiguration",
        name,
        &target.validating(&KINDS[ALWAYS..]),
    )
}

/// How rules are changed before they are checked.
pub(super) fn mutating(name: &str, target: &Target) -> Value {
    let webhook = target.webhook(
        &format!("prometheusrulemutate.{GROUP}"),
        RULES,
        "/admission-prometheusrules/mutate",
    );
    configuration("MutatingWebhookConfiguration", name, &[webhook])
}
