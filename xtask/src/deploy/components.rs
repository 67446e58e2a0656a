//! What an overlay may add to the base, each a component of kustomize: monitoring, network policies, availability, and the
//! features that are off by default, each with the permissions that it needs. Pure.

use k8s_openapi::api::core::v1::TopologySpreadConstraint;
use k8s_openapi::api::networking::v1::{
    NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec,
};
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use operator::permissions::Feature;
use operator::pod::metadata::map;
use serde_json::{Value, json};

use super::kustomize::Folder;
use super::metadata::{NAME, NAMESPACE, namespaced, selector};
use super::service::{PORT_NAME, service_monitor};
use super::{rbac, yaml};

/// All of them.
pub(super) fn all() -> Vec<Folder> {
    let features = Feature::ALL.iter().map(|feature| with_feature(*feature));
    [
        self_monitoring(),
        network_policy(),
        high_availability(),
        namespaced_scope(),
    ]
    .into_iter()
    .chain(features)
    .collect()
}

/// Has the operator scraped.
fn self_monitoring() -> Folder {
    Folder::component(
        "self-monitoring",
        vec![("service-monitor.yaml", yaml(&service_monitor()))],
    )
}

/// Lets nobody but Prometheus reach the operator. Probes come from the node, which network policies let through.
fn network_policy() -> Folder {
    let prometheus = NetworkPolicyPeer {
        namespace_selector: Some(LabelSelector::default()),
        pod_selector: Some(LabelSelector {
            match_labels: Some(map([("app.kubernetes.io/name", "prometheus")])),
            ..LabelSelector::default()
        }),
        ..NetworkPolicyPeer::default()
    };
    let policy = NetworkPolicy {
        metadata: namespaced(),
        spec: Some(NetworkPolicySpec {
            // Egress is left open: where the API server is differs from cluster to cluster.
            policy_types: Some(vec!["Ingress".to_owned()]),
            pod_selector: Some(our_pods()),
            ingress: Some(vec![NetworkPolicyIngressRule {
                from: Some(vec![prometheus]),
                ports: Some(vec![NetworkPolicyPort {
                    port: Some(IntOrString::String(PORT_NAME.to_owned())),
                    protocol: Some("TCP".to_owned()),
                    ..NetworkPolicyPort::default()
                }]),
            }]),
            ..NetworkPolicySpec::default()
        }),
    };
    Folder::component("network-policy", vec![("network-policy.yaml", yaml(&policy))])
}

/// One of the two operators is up while nodes are drained, and they are in two zones where there are two.
fn high_availability() -> Folder {
    let budget = PodDisruptionBudget {
        metadata: namespaced(),
        spec: Some(PodDisruptionBudgetSpec {
            max_unavailable: Some(IntOrString::Int(1)),
            selector: Some(our_pods()),
            // A pod that is not ready protects nothing, and must not hold up the drain of its node.
            unhealthy_pod_eviction_policy: Some("AlwaysAllow".to_owned()),
            ..PodDisruptionBudgetSpec::default()
        }),
        status: None,
    };
    let spread = TopologySpreadConstraint {
        label_selector: Some(our_pods()),
        max_skew: 1,
        topology_key: "topology.kubernetes.io/zone".to_owned(),
        when_unsatisfiable: "ScheduleAnyway".to_owned(),
        ..TopologySpreadConstraint::default()
    };
    Folder::component("high-availability", vec![("pod-disruption-budget.yaml", yaml(&budget))]).patching_deployment(
        &json!([{ "op": "add", "path": "/spec/template/spec/topologySpreadConstraints", "value": [spread] }]),
    )
}

/// Confines the operator to the namespace that it is installed in: what it may do is bound there, but for what belongs to no
/// namespace. Comes after the components of features, whose bindings it confines as well.
fn namespaced_scope() -> Folder {
    let features: Vec<&str> = Feature::ALL.iter().map(|feature| feature.name()).collect();
    let confined = |name: &str, steps: Value| {
        json!({
            "target": { "kind": "ClusterRoleBinding", "name": name },
            "options": { "allowKindChange": true, "allowNameChange": true },
            "patch": yaml(&steps),
        })
    };
    let to_kind = json!({ "op": "replace", "path": "/kind", "value": "RoleBinding" });
    let to_namespace = json!({ "op": "add", "path": "/metadata/namespace", "value": NAMESPACE });
    // The RoleBinding for the election has the name already.
    let to_name = json!({ "op": "replace", "path": "/metadata/name", "value": format!("{NAME}-followed") });
    let container = "/spec/template/spec/containers/0";
    let own_namespace = json!({ "fieldRef": { "fieldPath": "metadata.namespace" } });
    let deployment = json!([
        { "op": "add", "path": format!("{container}/env/-"), "value": { "name": "NAMESPACE", "valueFrom": own_namespace } },
        { "op": "add", "path": format!("{container}/args/-"), "value": "--namespaces=$(NAMESPACE)" },
    ]);
    let patches = json!([
        { "target": { "kind": "Deployment", "name": NAME }, "patch": yaml(&deployment) },
        confined(NAME, json!([to_kind, to_name, to_namespace])),
        confined(&format!("{NAME}-({})", features.join("|")), json!([to_kind, to_namespace])),
    ]);
    let files = vec![
        ("cluster-role.yaml", rbac::cluster_wide_role().manifest()),
        ("cluster-role-binding.yaml", rbac::binding(&rbac::cluster_wide_role())),
    ];
    Folder::component("namespaced-scope", files).with("patches", patches)
}

/// A flag and the permissions that it needs.
fn with_feature(feature: Feature) -> Folder {
    let role = rbac::feature_role(feature);
    let files = vec![
        ("cluster-role.yaml", role.manifest()),
        ("cluster-role-binding.yaml", rbac::binding(&role)),
    ];
    let argument = json!({ "op": "add", "path": "/spec/template/spec/containers/0/args/-", "value": feature.flag() });
    Folder::component(feature.name(), files).patching_deployment(&json!([argument]))
}

fn our_pods() -> LabelSelector {
    LabelSelector {
        match_labels: Some(selector()),
        ..LabelSelector::default()
    }
}
