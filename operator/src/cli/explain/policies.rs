//! Whether a policy keeps a Prometheus from its targets. Pure; the behaviour is that of `networking.k8s.io/v1`, but for blocks
//! of addresses, which are taken to let everything in.

use std::collections::BTreeMap;

use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPeer};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube::ResourceExt;

use super::discover::Found;
use super::facts::{Backend, Facts};
use super::live::Said;
use super::selection::Pair;
use super::services::listed;
use super::step::Outcome;
use crate::selector::Selector;

/// Whether a policy keeps Prometheus from the pods among the targets that the job keeps.
pub(super) fn policies(pair: &Pair<'_>, found: &[&Found], facts: &Facts, said: &Said) -> Outcome {
    let mut closed = Vec::new();
    for target in found {
        let Some((backend, port)) = backend(target, facts) else {
            continue;
        };
        let policies: Vec<&NetworkPolicy> = facts
            .policies
            .iter()
            .filter(|policy| selects(policy, backend))
            .collect();
        let source = Source {
            namespace: &pair.workload.key.namespace,
            labels: &said.labels,
            facts,
        };
        if !policies.is_empty() && !policies.iter().any(|policy| source.is_let_in(policy, backend, port)) {
            let names: Vec<String> = policies.iter().map(|policy| policy.name_any()).collect();
            closed.push((backend, names, port));
        }
    }
    let Some((backend, names, port)) = closed.first() else {
        return Outcome::passed("none keeps Prometheus from the pods");
    };
    Outcome::hint(
        format!(
            "NetworkPolicy {} selects {} and lets in nothing from the pods of {} to port {port}",
            listed(names),
            backend.name(),
            pair.who()
        ),
        format!(
            "add an ingress rule for the pods of namespace {}",
            pair.workload.key.namespace
        ),
    )
}

/// The pod of a target, and the port.
fn backend<'a>(target: &Found, facts: &'a Facts) -> Option<(&'a Backend, i32)> {
    let label = |name: &str| target.labels.get(name);
    let backend = facts.backend(
        label("__meta_kubernetes_namespace")?,
        label("__meta_kubernetes_pod_name")?,
    )?;
    let port = label("__address__")?.rsplit(':').next()?.parse().ok()?;
    Some((backend, port))
}

/// Whether a policy is about what comes in to a pod.
fn selects(policy: &NetworkPolicy, backend: &Backend) -> bool {
    let Some(spec) = &policy.spec else { return false };
    let types = spec.policy_types.as_deref().unwrap_or_default();
    let is_ingress = types.is_empty() || types.iter().any(|name| name == "Ingress");
    let is_there = policy.namespace().as_deref() == Some(backend.namespace());
    is_ingress && is_there && matches(spec.pod_selector.as_ref(), backend.pod.labels())
}

/// Whether a selector matches; an absent one matches everything.
fn matches(selector: Option<&LabelSelector>, labels: &BTreeMap<String, String>) -> bool {
    selector.is_none_or(|selector| Selector::parse(selector).is_ok_and(|selector| selector.matches(labels)))
}

/// The pods of Prometheus.
struct Source<'a> {
    namespace: &'a str,
    labels: &'a BTreeMap<String, String>,
    facts: &'a Facts,
}

impl Source<'_> {
    fn is_let_in(&self, policy: &NetworkPolicy, backend: &Backend, port: i32) -> bool {
        let rules = policy.spec.iter().flat_map(|spec| spec.ingress.iter().flatten());
        let own = policy.namespace().unwrap_or_default();
        rules.into_iter().any(|rule| {
            let peers = rule.from.as_deref().unwrap_or_default();
            let is_from = peers.is_empty() || peers.iter().any(|peer| self.is_peer(peer, &own));
            is_from && has_port(rule, backend, port)
        })
    }

    fn is_peer(&self, peer: &NetworkPolicyPeer, own: &str) -> bool {
        // Whether the address of a pod that may move is in a block is left open.
        if peer.ip_block.is_some() {
            return true;
        }
        let none = BTreeMap::new();
        let is_namespace = match &peer.namespace_selector {
            None => self.namespace == own,
            Some(selector) => {
                let labels = self.facts.namespaces.get(self.namespace).unwrap_or(&none);
                matches(Some(selector), labels)
            }
        };
        is_namespace && matches(peer.pod_selector.as_ref(), self.labels)
    }
}

fn has_port(rule: &NetworkPolicyIngressRule, backend: &Backend, number: i32) -> bool {
    let ports = rule.ports.as_deref().unwrap_or_default();
    ports.is_empty()
        || ports.iter().any(|port| match (&port.port, port.end_port) {
            (None, _) => true,
            (Some(IntOrString::Int(first)), Some(last)) => (*first..=last).contains(&number),
            (Some(IntOrString::Int(only)), None) => *only == number,
            (Some(IntOrString::String(name)), _) => backend
                .ports()
                .iter()
                .any(|(_, own, own_number)| *own == Some(name.as_str()) && *own_number == number),
        })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// Whether a policy with these ingress rules lets Prometheus in to the port `http` (8080).
    fn is_let_in(ingress: &Value) -> bool {
        let policy: NetworkPolicy = serde_json::from_value(json!({
            "metadata": {"name": "p", "namespace": "shop"},
            "spec": {"podSelector": {"matchLabels": {"app": "web"}}, "ingress": ingress},
        }))
        .unwrap();
        let pod = json!({
            "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "ports": [{"name": "http", "containerPort": 8080}]}]},
        });
        let backend = Backend {
            pod: serde_json::from_value(pod).unwrap(),
            template_of: None,
        };
        assert!(selects(&policy, &backend));
        let team = BTreeMap::from([("team".to_owned(), "ops".to_owned())]);
        let facts = Facts {
            namespaces: BTreeMap::from([("monitoring".into(), team)]),
            ..Facts::default()
        };
        let labels = BTreeMap::from([("prometheus".to_owned(), "main".to_owned())]);
        let source = Source {
            namespace: "monitoring",
            labels: &labels,
            facts: &facts,
        };
        source.is_let_in(&policy, &backend, 8080)
    }

    #[test]
    fn a_policy_lets_in_what_one_of_its_rules_names() {
        let ops = json!({"matchLabels": {"team": "ops"}});
        let main = json!({"matchLabels": {"prometheus": "main"}});
        for (ingress, expected) in [
            (json!([]), false),
            (json!([{}]), true),
            (json!([{"from": [{"podSelector": main}]}]), false),
            (json!([{"from": [{"namespaceSelector": {}}]}]), true),
            (
                json!([{"from": [{"namespaceSelector": ops, "podSelector": main}]}]),
                true,
            ),
            (
                json!([{"from": [{"namespaceSelector": ops, "podSelector": {"matchLabels": {"a": "b"}}}]}]),
                false,
            ),
            (
                json!([{"from": [{"namespaceSelector": {"matchLabels": {"team": "dev"}}}]}]),
                false,
            ),
            (json!([{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]), true),
            (json!([{"ports": [{"port": 9090}]}]), false),
            (json!([{"ports": [{"port": "http"}]}]), true),
            (json!([{"ports": [{"port": 8000, "endPort": 9000}]}]), true),
        ] {
            assert_eq!(is_let_in(&ingress), expected, "{ingress}");
        }
    }
}
