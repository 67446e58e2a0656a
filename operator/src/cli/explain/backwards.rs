//! From a Service, a pod or a URL back to the monitors that it belongs to, and to those that only just miss it. Pure.

use std::collections::BTreeMap;

use crds::NamespaceSelector;
use k8s_openapi::api::core::v1::Service;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::ResourceExt;

use super::facts::Backend;
use super::scene::Scene;
use super::services::{listed, name as service_name};
use super::step::{Name, Outcome};
use super::{Explanation, Near, walk};
use crate::cli::schema::nearest;
use crate::object::{ConfigKind, ObjectKey};
use crate::prometheus::config::selected_namespaces;
use crate::selector::unmet;

/// Objects that are shown as near misses, at most.
const NEAR: usize = 3;

/// What a monitor asks of what it monitors.
struct Asked<'a> {
    kind: ConfigKind,
    key: &'a ObjectKey,
    selector: &'a LabelSelector,
    namespaces: Option<&'a NamespaceSelector>,
    /// Names of the ports of its endpoints; empty where one names none.
    ports: Vec<String>,
}

impl Asked<'_> {
    /// What something does not meet, each with its weight.
    fn missing(&self, namespace: &str, labels: &BTreeMap<String, String>, ports: &[String]) -> Vec<String> {
        let mut missing = unmet(self.selector, labels);
        let names = selected_namespaces(self.namespaces, &self.key.namespace);
        if !names.is_empty() && !names.contains(&namespace) {
            missing.push(format!("namespace {}", names.join(" or ")));
        }
        if !self.ports.is_empty() && !self.ports.iter().any(|port| ports.contains(port)) {
            missing.push(format!("port {} (it has {})", self.ports.join(" or "), shown(ports)));
        }
        missing
    }

    fn name(&self) -> String {
        format!("{} {}", self.kind, self.key)
    }
}

fn shown(ports: &[String]) -> String {
    if ports.is_empty() {
        "none with a name".to_owned()
    } else {
        ports.join(", ")
    }
}

/// The monitors of a Service.
pub(super) fn service(scene: &Scene<'_>, namespace: &str, name: &str, traced: bool, explanation: &mut Explanation) {
    let services = || {
        scene
            .facts
            .services
            .iter()
            .filter(|service| service.metadata.namespace.as_deref() == Some(namespace))
    };
    let Some(service) = services().find(|service| service.name_any() == name) else {
        let names: Vec<String> = services().map(ResourceExt::name_any).collect();
        return absent("Service", namespace, name, &names, explanation);
    };
    let _ = explanation.steps.take(
        Name::Object,
        Outcome::passed(format!("Service {}", service_name(service))),
    );
    let misses = of_service(scene, service, traced, explanation);
    conclude(
        misses,
        &format!("Service {namespace}/{name}"),
        "make a ServiceMonitor that selects its labels",
        explanation,
    );
}

/// The monitors of a pod, and those of the Services that select it.
pub(super) fn pod(scene: &Scene<'_>, namespace: &str, name: &str, traced: bool, explanation: &mut Explanation) {
    let Some(backend) = scene.facts.backend(namespace, name) else {
        let all = scene
            .facts
            .backends
            .iter()
            .filter(|backend| backend.namespace() == namespace);
        let names: Vec<String> = all.map(|backend| backend.pod.name_any()).collect();
        return absent("pod", namespace, name, &names, explanation);
    };
    let _ = explanation.steps.take(Name::Object, Outcome::passed(backend.name()));
    let mut misses = of_pod(scene, backend, traced, explanation);
    let services = scene.facts.services.iter();
    for service in services.filter(|service| {
        scene
            .facts
            .backends_of(service)
            .any(|other| std::ptr::eq(other, backend))
    }) {
        misses.extend(of_service(scene, service, traced, explanation));
    }
    conclude(
        misses,
        &backend.name(),
        "make a PodMonitor that selects its labels",
        explanation,
    );
}

fn absent(kind: &str, namespace: &str, name: &str, names: &[String], explanation: &mut Explanation) {
    let near = nearest(name, names.iter().map(String::as_str));
    let mend = near.map_or_else(
        || "check its name and --namespace, and that the sources have it".to_owned(),
        |near| format!("did you mean {near}?"),
    );
    let _ = explanation.steps.take(
        Name::Object,
        Outcome::failed(format!("there is no {kind} {namespace}/{name}"), mend),
    );
}

/// Says which monitors there are, or which come near.
fn conclude(mut misses: Vec<(usize, Near)>, who: &str, mend: &str, explanation: &mut Explanation) {
    let names: Vec<String> = explanation.objects.iter().map(|object| object.object.clone()).collect();
    let outcome = if names.is_empty() {
        Outcome::failed(format!("no monitor selects {who}"), mend)
    } else {
        Outcome::passed(format!("selected by {}", listed(&names)))
    };
    let _ = explanation.steps.take(Name::Monitor, outcome);
    misses.sort_by(|(one, near), (other, far)| one.cmp(other).then_with(|| near.object.cmp(&far.object)));
    explanation.near = misses.into_iter().map(|(_, near)| near).take(NEAR).collect();
}

fn of_service(scene: &Scene<'_>, service: &Service, traced: bool, explanation: &mut Explanation) -> Vec<(usize, Near)> {
    let ports = service.spec.iter().flat_map(|spec| spec.ports.iter().flatten());
    let ports: Vec<String> = ports.filter_map(|port| port.name.clone()).collect();
    let namespace = service.namespace().unwrap_or_default();
    let monitors = scene.world.objects.service_monitors.all();
    let asked = monitors.iter().map(|(key, monitor)| {
        let endpoints = monitor.spec.endpoints.iter().map(|endpoint| endpoint.port.as_deref());
        Asked {
            kind: ConfigKind::ServiceMonitor,
            key,
            selector: &monitor.spec.selector,
            namespaces: monitor.spec.namespace_selector.as_deref(),
            ports: named(endpoints),
        }
    });
    sort(
        scene,
        asked,
        (&namespace, service.labels(), &ports),
        traced,
        explanation,
    )
}

fn of_pod(scene: &Scene<'_>, backend: &Backend, traced: bool, explanation: &mut Explanation) -> Vec<(usize, Near)> {
    let ports = backend
        .ports()
        .into_iter()
        .filter_map(|(_, name, _)| name.map(str::to_owned));
    let ports: Vec<String> = ports.collect();
    let monitors = scene.world.objects.pod_monitors.all();
    let asked = monitors.iter().map(|(key, monitor)| {
        let endpoints = monitor
            .spec
            .pod_metrics_endpoints
            .iter()
            .map(|endpoint| endpoint.port.as_deref());
        Asked {
            kind: ConfigKind::PodMonitor,
            key,
            selector: &monitor.spec.selector,
            namespaces: monitor.spec.namespace_selector.as_deref(),
            ports: named(endpoints),
        }
    });
    sort(
        scene,
        asked,
        (backend.namespace(), backend.pod.labels(), &ports),
        traced,
        explanation,
    )
}

/// The names of all ports; none where an endpoint has no name.
fn named<'a>(ports: impl Iterator<Item = Option<&'a str>>) -> Vec<String> {
    let all: Option<Vec<String>> = ports
        .map(|port| port.filter(|name| !name.is_empty()).map(str::to_owned))
        .collect();
    all.unwrap_or_default()
}

/// Explains the monitors that meet all, and gives the others with what they miss.
fn sort<'a>(
    scene: &Scene<'_>,
    asked: impl Iterator<Item = Asked<'a>>,
    (namespace, labels, ports): (&str, &BTreeMap<String, String>, &[String]),
    traced: bool,
    explanation: &mut Explanation,
) -> Vec<(usize, Near)> {
    let mut misses = Vec::new();
    for asked in asked {
        let missing = asked.missing(namespace, labels, ports);
        if !missing.is_empty() {
            let near = Near {
                object: asked.name(),
                why: format!("it asks for {}", missing.join(", ")),
            };
            misses.push((missing.len(), near));
            continue;
        }
        let is_known = explanation.objects.iter().any(|object| object.object == asked.name());
        if let (Some(object), false) = (scene.object(asked.kind.as_str(), asked.key), is_known) {
            explanation
                .objects
                .push(walk::object(scene, asked.kind, object, traced));
        }
    }
    misses
}
