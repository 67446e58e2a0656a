//! The addresses of a Service, as its `EndpointSlice`s have them; in files, those that it would have. Pure.

use k8s_openapi::api::core::v1::Service;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube::ResourceExt;

use super::facts::{Backend, Facts};

/// An address of a Service.
#[derive(Debug, Clone)]
pub(super) struct Address<'a> {
    /// Name of the port.
    pub port_name: Option<String>,
    /// Number of the port.
    pub port: i32,
    /// IP address; of a template of pods, its name.
    pub host: String,
    /// Whether it is ready, as far as that is known.
    pub ready: Option<bool>,
    /// The pod, where it is known.
    pub backend: Option<&'a Backend>,
    /// Kind and name of what is at the address.
    pub(super) target: Option<(String, String)>,
    /// Name of the slice.
    pub(super) slice: String,
}

/// The addresses of a Service: those of its slices, and in files those that it would have.
pub(super) fn addresses<'a>(service: &'a Service, facts: &'a Facts) -> Vec<Address<'a>> {
    let namespace = service.metadata.namespace.as_deref().unwrap_or_default();
    let name = service.name_any();
    let mut addresses = Vec::new();
    let own = |slice: &&k8s_openapi::api::discovery::v1::EndpointSlice| {
        slice.metadata.namespace.as_deref() == Some(namespace)
            && slice.labels().get("kubernetes.io/service-name") == Some(&name)
    };
    for slice in facts.slices.iter().filter(own) {
        for endpoint in slice.endpoints.iter().flatten() {
            let target = endpoint.target_ref.as_ref();
            let target = target.map(|target| {
                (
                    target.kind.clone().unwrap_or_default(),
                    target.name.clone().unwrap_or_default(),
                )
            });
            let backend = target.as_ref().filter(|(kind, _)| kind == "Pod");
            let backend = backend.and_then(|(_, name)| facts.backend(namespace, name));
            for port in slice.ports.iter().flatten() {
                addresses.extend(endpoint.addresses.iter().map(|host| {
                    Address {
                        port_name: port.name.clone(),
                        port: port.port.unwrap_or_default(),
                        host: host.clone(),
                        // Of one that says nothing, readiness is to be assumed.
                        ready: Some(
                            endpoint
                                .conditions
                                .as_ref()
                                .and_then(|conditions| conditions.ready)
                                .unwrap_or(true),
                        ),
                        backend,
                        target: target.clone(),
                        slice: slice.name_any(),
                    }
                }));
            }
        }
    }
    if addresses.is_empty() && !facts.is_live {
        addresses = expected(service, facts);
    }
    addresses
}

/// The addresses that a Service would have.
fn expected<'a>(service: &'a Service, facts: &'a Facts) -> Vec<Address<'a>> {
    let ports = service.spec.iter().flat_map(|spec| spec.ports.iter().flatten());
    let ports: Vec<_> = ports.collect();
    let mut addresses = Vec::new();
    for backend in facts.backends_of(service) {
        for port in &ports {
            let Some(number) = target_port(port.target_port.as_ref(), port.port, backend) else {
                continue;
            };
            addresses.push(Address {
                port_name: port.name.clone(),
                port: number,
                host: host(backend),
                ready: backend.is_ready(),
                backend: Some(backend),
                target: Some(("Pod".to_owned(), backend.pod.name_any())),
                slice: service.name_any(),
            });
        }
    }
    addresses
}

/// The port of a pod that a port of a Service leads to; `None`: the pod does not have it.
pub(super) fn target_port(target: Option<&IntOrString>, port: i32, backend: &Backend) -> Option<i32> {
    match target {
        None | Some(IntOrString::Int(0)) => Some(port),
        Some(IntOrString::Int(number)) => Some(*number),
        Some(IntOrString::String(name)) => {
            let ports = backend.ports();
            let found = ports.iter().find(|(_, own, _)| *own == Some(name.as_str()));
            found.map(|(_, _, number)| *number)
        }
    }
}

/// The address of a pod; of a template of pods, its name.
pub(super) fn host(backend: &Backend) -> String {
    let ip = backend.pod.status.as_ref().and_then(|status| status.pod_ip.clone());
    ip.unwrap_or_else(|| backend.pod.name_any())
}
