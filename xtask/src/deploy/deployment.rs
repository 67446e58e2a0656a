//! The Deployment of the operator. Pure.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec};
use k8s_openapi::api::core::v1::{
    Affinity, Capabilities, Container, ContainerPort, EnvVar, EnvVarSource, HTTPGetAction, ObjectFieldSelector,
    PodAffinityTerm, PodAntiAffinity, PodSecurityContext, PodSpec, PodTemplateSpec, Probe, ResourceRequirements,
    SeccompProfile, SecurityContext, WeightedPodAffinityTerm,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use operator::pod::metadata::map;
use operator::settings::images;

use super::metadata::{NAME, labels, namespaced, selector};
use super::service::{PORT, PORT_NAME};

/// `nobody`, by number: Kubernetes cannot say whether a name is root.
const USER: i64 = 65534;

/// The same with flags more.
pub(super) fn with_arguments(more: impl IntoIterator<Item = String>) -> Deployment {
    let mut deployment = deployment();
    let pod = deployment.spec.as_mut().and_then(|spec| spec.template.spec.as_mut());
    if let Some(container) = pod.and_then(|pod| pod.containers.first_mut()) {
        container.args.get_or_insert_default().extend(more);
    }
    deployment
}

/// Two operators, of which one works and the other stands by.
pub(super) fn deployment() -> Deployment {
    Deployment {
        metadata: namespaced(),
        spec: Some(DeploymentSpec {
            replicas: Some(2),
            selector: LabelSelector {
                match_labels: Some(selector()),
                ..LabelSelector::default()
            },
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta {
                    labels: Some(labels()),
                    annotations: Some(map([("kubectl.kubernetes.io/default-container", NAME)])),
                    ..ObjectMeta::default()
                }),
                spec: Some(pod()),
            },
            ..DeploymentSpec::default()
        }),
        ..Deployment::default()
    }
}

fn pod() -> PodSpec {
    PodSpec {
        affinity: Some(Affinity {
            pod_anti_affinity: Some(apart()),
            ..Affinity::default()
        }),
        automount_service_account_token: Some(true),
        containers: vec![container()],
        node_selector: Some(map([("kubernetes.io/os", "linux")])),
        security_context: Some(PodSecurityContext {
            run_as_non_root: Some(true),
            run_as_user: Some(USER),
            run_as_group: Some(USER),
            seccomp_profile: Some(SeccompProfile {
                type_: "RuntimeDefault".to_owned(),
                ..SeccompProfile::default()
            }),
            ..PodSecurityContext::default()
        }),
        service_account_name: Some(NAME.to_owned()),
        ..PodSpec::default()
    }
}

/// On two nodes, where there are two.
fn apart() -> PodAntiAffinity {
    let term = PodAffinityTerm {
        label_selector: Some(LabelSelector {
            match_labels: Some(selector()),
            ..LabelSelector::default()
        }),
        topology_key: "kubernetes.io/hostname".to_owned(),
        ..PodAffinityTerm::default()
    };
    PodAntiAffinity {
        preferred_during_scheduling_ignored_during_execution: Some(vec![WeightedPodAffinityTerm {
            weight: 100,
            pod_affinity_term: term,
        }]),
        ..PodAntiAffinity::default()
    }
}

fn container() -> Container {
    Container {
        name: NAME.to_owned(),
        image: Some(images::OPERATOR.to_owned()),
        args: Some(arguments()),
        env: Some(environment()),
        ports: Some(vec![ContainerPort {
            name: Some(PORT_NAME.to_owned()),
            container_port: PORT,
            ..ContainerPort::default()
        }]),
        liveness_probe: Some(probe("/healthz")),
        readiness_probe: Some(Probe {
            // It is ready within a second, and the first probe comes sooner. Half a minute without an answer is too long.
            period_seconds: Some(2),
            failure_threshold: Some(15),
            ..probe("/readyz")
        }),
        resources: Some(ResourceRequirements {
            // No limit of the CPU: it would only slow down the answer to a change.
            requests: Some(quantities([("cpu", "50m"), ("memory", "64Mi")])),
            limits: Some(quantities([("memory", "200Mi")])),
            ..ResourceRequirements::default()
        }),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            read_only_root_filesystem: Some(true),
            capabilities: Some(Capabilities {
                drop: Some(vec!["ALL".to_owned()]),
                ..Capabilities::default()
            }),
            ..SecurityContext::default()
        }),
        ..Container::default()
    }
}

/// The flags of the original's own Deployment, and the election. The image is first, where an overlay of kustomize replaces it.
fn arguments() -> Vec<String> {
    vec![
        format!("--prometheus-config-reloader={}", images::CONFIG_RELOADER),
        "--kubelet-service=kube-system/kubelet".to_owned(),
        "--kubelet-endpoints=true".to_owned(),
        "--kubelet-endpointslice=false".to_owned(),
        "--watch-referenced-objects-in-all-namespaces=true".to_owned(),
        "--disable-unmanaged-prometheus-configuration=true".to_owned(),
        "--leader-elect".to_owned(),
    ]
}

fn probe(path: &str) -> Probe {
    Probe {
        http_get: Some(HTTPGetAction {
            path: Some(path.to_owned()),
            port: IntOrString::String(PORT_NAME.to_owned()),
            ..HTTPGetAction::default()
        }),
        ..Probe::default()
    }
}

fn quantities<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, Quantity> {
    map(pairs)
        .into_iter()
        .map(|(name, quantity)| (name, Quantity(quantity)))
        .collect()
}

/// The name of the pod, for events; and one arena for glibc's allocator, which else keeps for each thread what a rendering
/// once needed (measured with 2,000 monitors: 85 MB resident instead of 145).
fn environment() -> Vec<EnvVar> {
    let pod_name = EnvVarSource {
        field_ref: Some(ObjectFieldSelector {
            field_path: "metadata.name".to_owned(),
            ..ObjectFieldSelector::default()
        }),
        ..EnvVarSource::default()
    };
    vec![
        EnvVar {
            name: "POD_NAME".to_owned(),
            value_from: Some(pod_name),
            ..EnvVar::default()
        },
        EnvVar {
            name: "MALLOC_ARENA_MAX".to_owned(),
            value: Some("1".to_owned()),
            ..EnvVar::default()
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use operator::args::Args;

    #[test]
    fn the_operator_understands_its_arguments() {
        let arguments = std::iter::once(NAME.to_owned()).chain(arguments()).map(Into::into);
        let args = Args::try_from_arguments(arguments).unwrap();
        assert_eq!(args.kubelet.kubelet_service, "kube-system/kubelet");
        assert!(args.watch.watch_referenced_objects_in_all_namespaces);
        assert!(args.pods.disable_unmanaged_prometheus_configuration);
        assert!(args.leader_election.leader_elect, "two that work would fight");
        assert!(args.web.listen_address.ends_with(&format!(":{PORT}")));
    }

    #[test]
    fn the_deployment_selects_its_own_pods() {
        let spec = deployment().spec.unwrap();
        let pods = spec.template.metadata.unwrap().labels.unwrap();
        let selected = spec.selector.match_labels.unwrap();
        assert!(!selected.is_empty() && selected.iter().all(|(key, value)| pods.get(key) == Some(value)));
        assert!(!selected.contains_key("app.kubernetes.io/version"));
    }
}
