//! What is known of a cluster besides our own objects: Services, pods, endpoints, Ingresses and policies. In files, the
//! templates of pods are taken for pods. Pure.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Pod, PodTemplateSpec, Service};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::api::networking::v1::{Ingress, NetworkPolicy};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::ResourceExt;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::cli::input::{Input, Object};
use crate::cli::world::{Outcome, services_of_every_cluster};
use crate::selector::NamespaceLabels;

/// Kinds with a template of pods, and where it is.
const TEMPLATES: [(&str, &str); 6] = [
    ("Deployment", "/spec/template"),
    ("StatefulSet", "/spec/template"),
    ("DaemonSet", "/spec/template"),
    ("ReplicaSet", "/spec/template"),
    ("Job", "/spec/template"),
    ("CronJob", "/spec/jobTemplate/spec/template"),
];

/// A pod, or a template that pods are made from.
#[derive(Debug, Clone)]
pub(super) struct Backend {
    /// The pod. One of a template has the name of what has the template, and no status.
    pub pod: Pod,
    /// Kind of what has the template.
    pub template_of: Option<String>,
}

/// What is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// Services.
    pub services: Vec<Service>,
    /// Services that are not part of the input, although clusters have them: nothing else is known of them.
    pub assumed: Vec<Service>,
    /// Pods.
    pub backends: Vec<Backend>,
    /// Endpoints of Services.
    pub slices: Vec<EndpointSlice>,
    /// Ingresses.
    pub ingresses: Vec<Ingress>,
    /// Policies.
    pub policies: Vec<NetworkPolicy>,
    /// Labels of namespaces.
    pub namespaces: NamespaceLabels,
    /// Whether this is what a cluster shows, so that what is not here does not exist.
    pub is_live: bool,
}

impl Backend {
    /// How it is called in messages.
    pub(super) fn name(&self) -> String {
        let kind = self.template_of.as_deref().unwrap_or("pod");
        format!("{kind} {}", self.pod.name_any())
    }

    /// Its namespace.
    pub(super) fn namespace(&self) -> &str {
        self.pod.metadata.namespace.as_deref().unwrap_or_default()
    }

    /// Whether it is ready; `None`: nobody knows.
    pub(super) fn is_ready(&self) -> Option<bool> {
        let status = self.pod.status.as_ref()?;
        let mut conditions = status.conditions.iter().flatten();
        Some(conditions.any(|condition| condition.type_ == "Ready" && condition.status == "True"))
    }

    /// Its ports: container, name, number.
    pub(super) fn ports(&self) -> Vec<(&str, Option<&str>, i32)> {
        let containers = self.pod.spec.iter().flat_map(|spec| &spec.containers);
        let ports =
            containers.flat_map(|container| container.ports.iter().flatten().map(move |port| (container, port)));
        ports
            .map(|(container, port)| (container.name.as_str(), port.name.as_deref(), port.container_port))
            .collect()
    }
}

impl Facts {
    /// What `input` says and what is `beside` it, and in files what the operator would add to it.
    pub(super) fn of(
        input: &Input,
        beside: &Input,
        outcomes: &[Outcome],
        namespaces: NamespaceLabels,
        is_live: bool,
    ) -> Self {
        let mut facts = Self {
            namespaces,
            is_live,
            ..Self::default()
        };
        let all = input.objects.iter().chain(&beside.objects);
        // Of several of one name the last one counts.
        let all: BTreeMap<_, &Object> = all
            .map(|object| ((object.kind.as_str(), &object.key), object))
            .collect();
        for object in all.values() {
            facts.add(object);
        }
        if is_live {
            return facts;
        }
        for object in all.values() {
            facts.add_template(object);
        }
        for outcome in outcomes {
            let Ok(rendered) = &outcome.rendered else { continue };
            let namespace = Some(outcome.key.namespace.to_string());
            for service in rendered.desired.services.iter().cloned() {
                facts.services.push(in_namespace(service, namespace.clone()));
            }
            for set in &rendered.desired.stateful_sets {
                let Some(template) = set.spec.as_ref().map(|spec| spec.template.clone()) else {
                    continue;
                };
                facts.backends.push(of_template(
                    "StatefulSet",
                    namespace.clone(),
                    set.metadata.name.clone(),
                    template,
                ));
            }
        }
        facts.assumed = services_of_every_cluster();
        facts
    }

    fn add(&mut self, object: &Object) {
        match object.kind.as_str() {
            "Service" => self.services.extend(read(object)),
            "Pod" => self
                .backends
                .extend(read(object).map(|pod| Backend { pod, template_of: None })),
            "EndpointSlice" => self.slices.extend(read(object)),
            "Ingress" => self.ingresses.extend(read(object)),
            "NetworkPolicy" => self.policies.extend(read(object)),
            _ => {}
        }
    }

    fn add_template(&mut self, object: &Object) {
        let Some((_, path)) = TEMPLATES.iter().find(|(kind, _)| *kind == object.kind) else {
            return;
        };
        let template = object.value.pointer(path).unwrap_or(&Value::Null);
        if let Ok(template) = crds::from_value::<PodTemplateSpec>(template) {
            let (namespace, name) = (object.key.namespace.to_string(), object.key.name.to_string());
            self.backends
                .push(of_template(&object.kind, Some(namespace), Some(name), template));
        }
    }

    /// Every Service, those included of which nothing else is known.
    pub(super) fn all_services(&self) -> impl Iterator<Item = &Service> {
        self.services.iter().chain(&self.assumed)
    }

    /// Whether nothing is known of a Service but that clusters have it.
    pub(super) fn is_assumed(&self, service: &Service) -> bool {
        self.assumed.contains(service)
    }

    /// The pods that a Service selects.
    pub(super) fn backends_of<'a>(&'a self, service: &'a Service) -> impl Iterator<Item = &'a Backend> {
        let selector = service.spec.as_ref().and_then(|spec| spec.selector.as_ref());
        let namespace = service.metadata.namespace.as_deref().unwrap_or_default();
        self.backends.iter().filter(move |backend| {
            backend.namespace() == namespace
                && selector.is_some_and(|selector| !selector.is_empty() && has_all(backend.pod.labels(), selector))
        })
    }

    /// The pod of that name.
    pub(super) fn backend(&self, namespace: &str, name: &str) -> Option<&Backend> {
        let mut backends = self.backends.iter();
        backends.find(|backend| backend.namespace() == namespace && backend.pod.metadata.name.as_deref() == Some(name))
    }
}

/// Whether `labels` has all of `wanted`.
pub(super) fn has_all(labels: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>) -> bool {
    wanted.iter().all(|(name, value)| labels.get(name) == Some(value))
}

fn in_namespace<K: ResourceExt>(mut object: K, namespace: Option<String>) -> K {
    object.meta_mut().namespace = namespace;
    object
}

fn of_template(kind: &str, namespace: Option<String>, name: Option<String>, template: PodTemplateSpec) -> Backend {
    Backend {
        pod: Pod {
            metadata: ObjectMeta {
                name,
                namespace,
                ..template.metadata.unwrap_or_default()
            },
            spec: template.spec,
            status: None,
        },
        template_of: Some(kind.to_owned()),
    }
}

/// The object as its kind, with its namespace. What has not the shape of its kind is not there.
fn read<K: DeserializeOwned + ResourceExt>(object: &Object) -> Option<K> {
    let object_of_kind = crds::from_value(&object.value).ok()?;
    Some(in_namespace(object_of_kind, Some(object.key.namespace.to_string())))
}
