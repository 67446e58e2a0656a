//! The targets that Prometheus' service discovery would find, with their labels before relabeling. Pure; the labels are those of
//! Prometheus' `discovery/kubernetes`.

use formats::label::sanitized;
use k8s_openapi::api::core::v1::{Container, ContainerPort, Service};
use k8s_openapi::api::networking::v1::Ingress;
use kube::ResourceExt;

use super::addresses::{addresses, host};
use super::facts::{Backend, Facts};
use super::job::Job;
use super::relabel::Labels;

const META: &str = "__meta_kubernetes_";

/// A target before relabeling.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// What it is, for people.
    pub name: String,
    /// Its labels.
    pub labels: Labels,
}

/// All targets of a job: of the Services and pods that `is_wanted` takes, and those that are written down.
pub(super) fn targets(job: &Job, facts: &Facts, is_wanted: &dyn Fn(&Labels) -> bool) -> Vec<Found> {
    let mut found = Vec::new();
    for discovery in &job.discoveries {
        let inside = |namespace: Option<&str>| discovery.looks_into(namespace.unwrap_or_default());
        match discovery.role.as_str() {
            "endpoints" | "endpointslice" => {
                let services = facts.services.iter();
                let services = services.filter(|service| inside(service.metadata.namespace.as_deref()));
                for service in services.filter(|service| is_wanted(&service.labels().clone())) {
                    found.extend(of_service(service, facts, &discovery.role));
                }
            }
            "pod" => {
                let backends = facts.backends.iter();
                let backends = backends.filter(|backend| inside(Some(backend.namespace())));
                for backend in backends.filter(|backend| is_wanted(&backend.pod.labels().clone())) {
                    found.extend(of_pod(backend));
                }
            }
            "ingress" => {
                let ingresses = facts.ingresses.iter();
                let ingresses = ingresses.filter(|ingress| inside(ingress.metadata.namespace.as_deref()));
                found.extend(ingresses.flat_map(of_ingress));
            }
            _ => {}
        }
    }
    found.extend(job.statics.iter().map(|labels| Found {
        name: labels.get("__address__").cloned().unwrap_or_default(),
        labels: labels.clone(),
    }));
    for target in &mut found {
        for (name, value) in &job.base {
            target.labels.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    found
}

/// Adds what Prometheus knows of the labels and annotations of an object.
fn add_metadata(labels: &mut Labels, what: &str, object: &impl ResourceExt) {
    for (key, value) in object.labels() {
        let key = sanitized(key);
        labels.insert(format!("{META}{what}_label_{key}"), value.clone());
        labels.insert(format!("{META}{what}_labelpresent_{key}"), "true".to_owned());
    }
    for (key, value) in object.annotations() {
        let key = sanitized(key);
        labels.insert(format!("{META}{what}_annotation_{key}"), value.clone());
        labels.insert(format!("{META}{what}_annotationpresent_{key}"), "true".to_owned());
    }
    let namespace = object.namespace().unwrap_or_default();
    labels.insert(format!("{META}namespace"), namespace);
    labels.insert(format!("{META}{what}_name"), object.name_any());
}

fn add(labels: &mut Labels, name: &str, value: impl Into<String>) {
    labels.insert(format!("{META}{name}"), value.into());
}

fn of_service(service: &Service, facts: &Facts, role: &str) -> Vec<Found> {
    let mut group = Labels::new();
    add_metadata(&mut group, "service", service);
    let (own, endpoint) = if role == "endpointslice" {
        ("endpointslice", "endpointslice")
    } else {
        ("endpoints", "endpoint")
    };
    let addresses = addresses(service, facts);
    let mut found = Vec::new();
    let mut seen: Vec<(&Backend, i32)> = Vec::new();
    for address in &addresses {
        let mut labels = group.clone();
        add(&mut labels, &format!("{own}_name"), &*address.slice);
        labels.insert("__address__".to_owned(), format!("{}:{}", address.host, address.port));
        add(
            &mut labels,
            &format!("{endpoint}_port_name"),
            address.port_name.clone().unwrap_or_default(),
        );
        if let Some((kind, name)) = &address.target {
            add(&mut labels, &format!("{endpoint}_address_target_kind"), kind);
            add(&mut labels, &format!("{endpoint}_address_target_name"), name);
        }
        let ready = if role == "endpointslice" {
            "endpointslice_endpoint_conditions_ready"
        } else {
            "endpoint_ready"
        };
        if let Some(is_ready) = address.ready {
            add(&mut labels, ready, is_ready.to_string());
        }
        if let Some(backend) = address.backend {
            add_pod(&mut labels, backend);
            if let Some((container, port)) = port_of(backend, address.port) {
                add_container(&mut labels, container, Some(port));
            }
            seen.push((backend, address.port));
        }
        let what = address.backend.map_or_else(|| address.host.clone(), Backend::name);
        found.push(Found {
            name: format!(
                "{what} port {}",
                address.port_name.as_deref().unwrap_or("without a name")
            ),
            labels,
        });
    }
    found.extend(unnamed(&group, &seen));
    found
}

/// The ports of the pods of a Service that it does not name, which are targets, too.
fn unnamed(group: &Labels, seen: &[(&Backend, i32)]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut known: Vec<(&Backend, i32)> = seen.to_vec();
    for (backend, _) in seen {
        for (container, port) in ports(backend) {
            let number = port.container_port;
            let is_known = |(other, known): &(&Backend, i32)| std::ptr::eq(*other, *backend) && *known == number;
            if known.iter().any(is_known) {
                continue;
            }
            known.push((backend, number));
            let mut labels = group.clone();
            labels.insert("__address__".to_owned(), format!("{}:{number}", host(backend)));
            add_pod(&mut labels, backend);
            add_container(&mut labels, container, Some(port));
            found.push(Found {
                name: format!("{} port {number}", backend.name()),
                labels,
            });
        }
    }
    found
}

fn containers(backend: &Backend) -> impl Iterator<Item = &Container> {
    backend.pod.spec.iter().flat_map(|spec| &spec.containers)
}

fn ports(backend: &Backend) -> impl Iterator<Item = (&Container, &ContainerPort)> {
    containers(backend).flat_map(|container| container.ports.iter().flatten().map(move |port| (container, port)))
}

fn port_of(backend: &Backend, number: i32) -> Option<(&Container, &ContainerPort)> {
    ports(backend).find(|(_, port)| port.container_port == number)
}

fn of_pod(backend: &Backend) -> Vec<Found> {
    let is_pending = backend
        .pod
        .status
        .as_ref()
        .is_some_and(|status| status.pod_ip.is_none());
    if is_pending {
        return Vec::new();
    }
    let mut group = Labels::new();
    add_pod(&mut group, backend);
    let mut found = Vec::new();
    for container in containers(backend) {
        let ports = container.ports.iter().flatten();
        let ports: Vec<Option<&ContainerPort>> = ports.map(Some).collect();
        // A container without ports is one target without a port.
        let ports = if ports.is_empty() { vec![None] } else { ports };
        for port in ports {
            let mut labels = group.clone();
            let number = port.map_or_else(String::new, |port| format!(":{}", port.container_port));
            labels.insert("__address__".to_owned(), format!("{}{number}", host(backend)));
            add_container(&mut labels, container, port);
            found.push(Found {
                name: format!("{} container {}{number}", backend.name(), container.name),
                labels,
            });
        }
    }
    found
}

fn add_pod(labels: &mut Labels, backend: &Backend) {
    let pod = &backend.pod;
    add_metadata(labels, "pod", pod);
    let status = pod.status.as_ref();
    let phase = status.and_then(|status| status.phase.clone());
    add(labels, "pod_phase", phase.unwrap_or_else(|| "Running".to_owned()));
    if let Some(ready) = backend.is_ready() {
        add(labels, "pod_ready", ready.to_string());
    }
    let mut owners = pod.owner_references().iter();
    let owner = owners.find(|owner| owner.controller == Some(true));
    let known = [
        ("pod_ip", status.and_then(|status| status.pod_ip.clone())),
        ("pod_host_ip", status.and_then(|status| status.host_ip.clone())),
        (
            "pod_node_name",
            pod.spec.as_ref().and_then(|spec| spec.node_name.clone()),
        ),
        ("pod_uid", pod.metadata.uid.clone()),
        ("pod_controller_kind", owner.map(|owner| owner.kind.clone())),
        ("pod_controller_name", owner.map(|owner| owner.name.clone())),
    ];
    for (name, value) in known {
        if let Some(value) = value {
            add(labels, name, value);
        }
    }
}

fn add_container(labels: &mut Labels, container: &Container, port: Option<&ContainerPort>) {
    add(labels, "pod_container_name", &*container.name);
    add(
        labels,
        "pod_container_image",
        container.image.clone().unwrap_or_default(),
    );
    if let Some(port) = port {
        add(labels, "pod_container_port_name", port.name.clone().unwrap_or_default());
        add(labels, "pod_container_port_number", port.container_port.to_string());
        add(
            labels,
            "pod_container_port_protocol",
            port.protocol.as_deref().unwrap_or("TCP"),
        );
    }
}

fn of_ingress(ingress: &Ingress) -> Vec<Found> {
    let mut group = Labels::new();
    add_metadata(&mut group, "ingress", ingress);
    let spec = ingress.spec.clone().unwrap_or_default();
    let secure: Vec<String> = spec
        .tls
        .iter()
        .flatten()
        .flat_map(|tls| tls.hosts.clone().unwrap_or_default())
        .collect();
    let mut found = Vec::new();
    for rule in spec.rules.iter().flatten() {
        let host = rule.host.clone().unwrap_or_else(|| "*".to_owned());
        let scheme = if secure.contains(&host) { "https" } else { "http" };
        let paths = rule.http.iter().flat_map(|http| &http.paths);
        let mut paths: Vec<String> = paths
            .map(|path| path.path.clone().unwrap_or_else(|| "/".to_owned()))
            .collect();
        if paths.is_empty() {
            paths.push("/".to_owned());
        }
        for path in paths {
            let mut labels = group.clone();
            labels.insert("__address__".to_owned(), host.clone());
            add(&mut labels, "ingress_scheme", scheme);
            add(&mut labels, "ingress_host", &*host);
            add(&mut labels, "ingress_path", &*path);
            found.push(Found {
                name: format!("Ingress {} {host}{path}", ingress.name_any()),
                labels,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::cli::input::Input;

    fn facts(objects: &[Value]) -> Facts {
        let mut input = Input::default();
        for object in objects {
            input.add_value(object.clone(), None, "shop");
        }
        Facts::of(&input, &Input::default(), &[], std::collections::BTreeMap::new(), true)
    }

    fn job(role: &str) -> Job {
        let text = format!(
            "scrape_configs: [{{job_name: j, kubernetes_sd_configs: [{{role: {role}, namespaces: {{names: [shop]}}}}]}}]"
        );
        Job::all(&text).remove(0)
    }

    fn pod() -> Value {
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "web-0", "namespace": "shop", "labels": {"app.io/name": "web"}},
            "spec": {"nodeName": "n", "containers": [
                {"name": "web", "image": "i", "ports": [{"name": "http", "containerPort": 80}, {"containerPort": 81}]},
                {"name": "side", "image": "s"},
            ]},
            "status": {"podIP": "10.0.0.1", "phase": "Running", "conditions": [{"type": "Ready", "status": "False"}]},
        })
    }

    /// The values of a label of all targets.
    fn values(found: &[Found], label: &str) -> Vec<String> {
        found
            .iter()
            .map(|found| found.labels.get(label).cloned().unwrap_or_default())
            .collect()
    }

    #[test]
    fn each_port_of_a_pod_is_a_target_and_a_container_without_ports_is_one() {
        let facts = facts(&[pod()]);
        let found = targets(&job("pod"), &facts, &|_| true);
        assert_eq!(
            values(&found, "__address__"),
            ["10.0.0.1:80", "10.0.0.1:81", "10.0.0.1"]
        );
        assert_eq!(
            values(&found, "__meta_kubernetes_pod_container_name"),
            ["web", "web", "side"]
        );
        assert_eq!(values(&found, "__meta_kubernetes_pod_ready"), ["false"; 3]);
        assert_eq!(values(&found, "__meta_kubernetes_pod_label_app_io_name"), ["web"; 3]);
        assert_eq!(values(&found, "job"), ["j"; 3]);
    }

    #[test]
    fn endpoints_are_targets_and_so_are_the_other_ports_of_their_pods() {
        let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop", "labels": {"a": "b"}}});
        let slice = json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
            "metadata": {"name": "web-x", "namespace": "shop", "labels": {"kubernetes.io/service-name": "web"}},
            "ports": [{"name": "http", "port": 80}],
            "endpoints": [{"addresses": ["10.0.0.1"], "conditions": {"ready": false}, "targetRef": {"kind": "Pod", "name": "web-0"}}],
        });
        let facts = facts(&[service, slice, pod()]);
        for (role, port) in [
            ("endpointslice", "endpointslice_port_name"),
            ("endpoints", "endpoint_port_name"),
        ] {
            let found = targets(&job(role), &facts, &|_| true);
            assert_eq!(values(&found, "__address__"), ["10.0.0.1:80", "10.0.0.1:81"], "{role}");
            assert_eq!(values(&found, &format!("{META}{port}")), ["http", ""], "{role}");
            assert_eq!(
                values(&found, "__meta_kubernetes_service_label_a"),
                ["b", "b"],
                "{role}"
            );
        }
        assert!(targets(&job("endpoints"), &facts, &|_| false).is_empty());
    }

    #[test]
    fn each_path_of_an_ingress_is_a_target() {
        let ingress = json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "i", "namespace": "shop"},
            "spec": {"tls": [{"hosts": ["a.example"]}], "rules": [
                {"host": "a.example", "http": {"paths": [
                    {"path": "/x", "pathType": "Prefix", "backend": {}}, {"pathType": "Prefix", "backend": {}},
                ]}},
                {"host": "b.example"},
            ]},
        });
        let found = targets(&job("ingress"), &facts(&[ingress]), &|_| true);
        assert_eq!(values(&found, "__address__"), ["a.example", "a.example", "b.example"]);
        assert_eq!(
            values(&found, "__meta_kubernetes_ingress_scheme"),
            ["https", "https", "http"]
        );
        assert_eq!(values(&found, "__meta_kubernetes_ingress_path"), ["/x", "/", "/"]);
    }
}
