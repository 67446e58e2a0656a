//! From the job of a `ServiceMonitor` to its endpoints: the Service, its port, the pods behind it. Pure.

use crds::{Endpoint, ServiceMonitor};
use k8s_openapi::api::core::v1::{Service, ServicePort};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube::ResourceExt;

use super::addresses::{addresses, target_port};
use super::facts::{Backend, Facts};
use super::job::Job;
use super::selection::{relabelled, shown};
use super::step::{Ended, Name, Outcome, Steps};
use crate::cli::schema::nearest;
use crate::selector::{Selector, unmet};

/// An endpoint of a monitor.
pub(super) struct Scraped<'a> {
    /// What is known.
    pub facts: &'a Facts,
    /// The monitor.
    pub monitor: &'a ServiceMonitor,
    /// Its endpoint.
    pub endpoint: &'a Endpoint,
    /// Where that is.
    pub index: usize,
    /// The job that was made of it.
    pub job: &'a Job,
}

/// Namespace and name of a Service.
pub(super) fn name(service: &Service) -> String {
    format!("{}/{}", service.namespace().unwrap_or_default(), service.name_any())
}

impl<'a> Scraped<'a> {
    /// Takes the steps.
    ///
    /// # Errors
    /// When one fails, or nothing is known of what comes after it.
    pub(super) fn walk(&self, steps: &mut Steps) -> Result<(), Ended> {
        let (services, outcome) = self.service();
        steps.take(Name::Service, outcome)?;
        let (services, outcome) = self.port(&services);
        steps.take(Name::Port, outcome)?;
        if services.is_empty() || services.iter().all(|service| self.facts.is_assumed(service)) {
            return Err(Ended);
        }
        steps.take(Name::Pods, self.pods(&services))?;
        steps.take(Name::Endpoints, self.endpoints(&services))
    }

    fn looks_into(&self, service: &Service) -> bool {
        let namespace = service.metadata.namespace.as_deref().unwrap_or_default();
        self.job
            .discoveries
            .iter()
            .any(|discovery| discovery.looks_into(namespace))
    }

    /// The Services that are selected.
    pub(super) fn service(&self) -> (Vec<&'a Service>, Outcome) {
        let Ok(selector) = Selector::parse(&self.monitor.spec.selector) else {
            return (
                Vec::new(),
                Outcome::failed("spec.selector is no selector", "correct spec.selector"),
            );
        };
        let (inside, outside): (Vec<_>, Vec<_>) =
            self.facts.all_services().partition(|service| self.looks_into(service));
        let selected = |services: &[&'a Service]| {
            let services = services.iter().copied();
            services
                .filter(|service| selector.matches(service.labels()))
                .collect::<Vec<_>>()
        };
        let found = selected(&inside);
        if !found.is_empty() {
            let names: Vec<String> = found.iter().map(|service| name(service)).collect();
            return (
                found,
                Outcome::passed(format!("spec.selector selects {}", listed(&names))),
            );
        }
        let places = self.places();
        if let Some(service) = selected(&outside).first() {
            let namespace = service.namespace().unwrap_or_default();
            let outcome = Outcome::failed(
                format!(
                    "no Service of {places} has the labels of spec.selector; Service {} has them",
                    name(service)
                ),
                format!("add {namespace} to spec.namespaceSelector.matchNames"),
            );
            return (Vec::new(), outcome);
        }
        let missing = |service: &&Service| unmet(&self.monitor.spec.selector, service.labels());
        let nearest = inside
            .iter()
            .copied()
            .min_by_key(|service| (missing(service).len(), self.facts.is_assumed(service)));
        let Some(nearest) = nearest.filter(|nearest| self.facts.is_live || !self.facts.is_assumed(nearest)) else {
            if self.facts.is_live {
                let outcome = Outcome::failed(
                    format!("there is no Service in {places}"),
                    "make one, or use a PodMonitor",
                );
                return (Vec::new(), outcome);
            }
            return (
                Vec::new(),
                Outcome::unknown(format!("no Service of {places} is in the input")),
            );
        };
        let missing = missing(&nearest);
        let (namespace, service) = (nearest.namespace().unwrap_or_default(), nearest.name_any());
        let outcome = Outcome::failed(
            format!(
                "no Service of {places} has the labels of spec.selector; the nearest, {}, does not meet {}; its labels are {}",
                name(nearest),
                missing.join(", "),
                shown(nearest.labels())
            ),
            relabelled(
                &missing,
                &format!("--namespace {namespace} service {service}"),
                "spec.selector",
            ),
        );
        (Vec::new(), outcome)
    }

    fn places(&self) -> String {
        let names = self.job.discoveries.iter().flat_map(|discovery| &discovery.namespaces);
        let names: Vec<&str> = names.map(String::as_str).collect();
        match names.as_slice() {
            [] => "any namespace".to_owned(),
            [name] => format!("namespace {name}"),
            names => format!("namespaces {}", names.join(", ")),
        }
    }

    /// Those of `services` that have the port.
    fn port(&self, services: &[&'a Service]) -> (Vec<&'a Service>, Outcome) {
        let field = |field: &str| format!("spec.endpoints[{}].{field}", self.index);
        let name = match (self.endpoint.port.as_deref(), self.endpoint.target_port.as_deref()) {
            (Some(name), _) if !name.is_empty() => name,
            (_, Some(target)) => return self.target_port(services, target),
            _ => {
                return (
                    services.to_vec(),
                    Outcome::passed("the endpoint names no port: all are scraped"),
                );
            }
        };
        let has = |service: &&&Service| ports(service).any(|port| port.name.as_deref().unwrap_or_default() == name);
        let having: Vec<&Service> = services.iter().filter(has).copied().collect();
        if !having.is_empty() {
            let names: Vec<String> = having.iter().map(|service| self::name(service)).collect();
            return (having, Outcome::passed(format!("{} has port {name:?}", listed(&names))));
        }
        let all: Vec<&ServicePort> = services.iter().flat_map(|service| ports(service)).collect();
        let mut known: Vec<&str> = all.iter().filter_map(|port| port.name.as_deref()).collect();
        known.sort_unstable();
        known.dedup();
        let number = name.parse().ok();
        let by_number = all
            .iter()
            .find(|port| Some(port.port) == number)
            .and_then(|port| port.name.as_deref());
        let mend = match by_number
            .map(str::to_owned)
            .or_else(|| nearest(name, known.iter().copied()))
        {
            Some(near) => format!("set {} to {near:?}, or rename the port of the Service", field("port")),
            None => format!(
                "set {} to the name of a port of the Service, or name its port {name:?}",
                field("port")
            ),
        };
        let known = if known.is_empty() {
            "ports without names only".to_owned()
        } else {
            known.join(", ")
        };
        let names: Vec<String> = services.iter().map(|service| self::name(service)).collect();
        let why = format!(
            "{} is {name:?}, the name of no port of {}, which has {known}",
            field("port"),
            listed(&names)
        );
        (Vec::new(), Outcome::failed(why, mend))
    }

    /// `targetPort` is a port that a container declares.
    fn target_port(&self, services: &[&'a Service], target: &IntOrString) -> (Vec<&'a Service>, Outcome) {
        let wanted = text(target);
        let is_wanted = |(_, name, number): &(&str, Option<&str>, i32)| match target {
            IntOrString::Int(wanted) => number == wanted,
            IntOrString::String(wanted) => *name == Some(wanted.as_str()),
        };
        let backends = || services.iter().flat_map(|service| self.facts.backends_of(service));
        if let Some(backend) = backends().find(|backend| backend.ports().iter().any(is_wanted)) {
            return (
                services.to_vec(),
                Outcome::passed(format!("{} declares port {wanted}", backend.name())),
            );
        }
        let Some(backend) = backends().next() else {
            // The next step says that there are no pods.
            return (
                services.to_vec(),
                Outcome::unknown("the Service selects no pods here that could declare the port"),
            );
        };
        let outcome = Outcome::failed(
            format!(
                "spec.endpoints[{}].targetPort is {wanted}, a port that no container of {} declares; they declare {}",
                self.index,
                backend.name(),
                declared(backend)
            ),
            "name a port that a container declares, declare that port, or use port with the name of the Service's port",
        );
        (Vec::new(), outcome)
    }

    fn pods(&self, services: &[&'a Service]) -> Outcome {
        let mut fault = None;
        for service in services.iter().filter(|service| !self.facts.is_assumed(service)) {
            match pods(service, self.endpoint, self.facts) {
                passed @ (Outcome::Passed { .. } | Outcome::Unknown { .. }) => return passed,
                other => fault = fault.or(Some(other)),
            }
        }
        fault.unwrap_or_else(|| Outcome::unknown("the pods of the Service are not in the input"))
    }

    fn endpoints(&self, services: &[&'a Service]) -> Outcome {
        let wanted = self.endpoint.port.as_deref().filter(|name| !name.is_empty());
        let all: Vec<_> = (services.iter().flat_map(|service| addresses(service, self.facts)))
            .filter(|address| wanted.is_none_or(|wanted| address.port_name.as_deref().unwrap_or_default() == wanted))
            .collect();
        let names: Vec<String> = services.iter().map(|service| name(service)).collect();
        if !self.facts.is_live && all.iter().all(|address| address.ready.is_none()) {
            return Outcome::unknown("whether the pods run is known in a cluster only");
        }
        let ready = all.iter().filter(|address| address.ready == Some(true)).count();
        if ready > 0 {
            return Outcome::passed(format!("{ready} of {} endpoints are ready", all.len()));
        }
        let first = services.first().map(|service| service.name_any()).unwrap_or_default();
        let namespace = services
            .first()
            .and_then(|service| service.namespace())
            .unwrap_or_default();
        let look =
            format!("kubectl --namespace {namespace} get endpointslices --selector kubernetes.io/service-name={first}");
        if all.is_empty() {
            return Outcome::failed(
                format!("{} has no endpoints", listed(&names)),
                format!("see to it that its pods run: {look}"),
            );
        }
        Outcome::hint(
            format!("none of the {} endpoints of {} is ready", all.len(), listed(&names)),
            format!("see why the pods are not ready: {look}"),
        )
    }
}

/// Whether a Service leads to pods that have its port.
fn pods(service: &Service, endpoint: &Endpoint, facts: &Facts) -> Outcome {
    let (who, spec) = (
        format!("Service {}", name(service)),
        service.spec.clone().unwrap_or_default(),
    );
    if spec.type_.as_deref() == Some("ExternalName") {
        return Outcome::failed(
            format!("{who} is an ExternalName, which has no endpoints"),
            "use a ScrapeConfig with the name as a static target",
        );
    }
    let selector = spec.selector.clone().unwrap_or_default();
    if selector.is_empty() {
        return Outcome::passed(format!(
            "{who} has no selector: its endpoints are written by somebody else"
        ));
    }
    let backends: Vec<&Backend> = facts.backends_of(service).collect();
    if backends.is_empty() {
        return no_pods(service, &selector, facts);
    }
    let wanted = spec.ports.iter().flatten().filter(|port| {
        let wanted = endpoint.port.as_deref().filter(|name| !name.is_empty());
        wanted.is_none_or(|wanted| port.name.as_deref().unwrap_or_default() == wanted)
    });
    for port in wanted {
        let has = |backend: &&Backend| target_port(port.target_port.as_ref(), port.port, backend).is_some();
        if !backends.iter().any(has) {
            let target = port.target_port.as_ref().map(text).unwrap_or_default();
            return Outcome::failed(
                format!(
                    "port {:?} of {who} leads to the container port {target:?}, which {} does not declare; it declares {}",
                    port.name.as_deref().unwrap_or_default(),
                    backends[0].name(),
                    declared(backends[0])
                ),
                "set targetPort of the Service to a port of the container, or declare that port",
            );
        }
    }
    let names: Vec<String> = backends.iter().map(|backend| backend.name()).collect();
    Outcome::passed(format!("{who} selects {}", listed(&names)))
}

fn no_pods(service: &Service, selector: &std::collections::BTreeMap<String, String>, facts: &Facts) -> Outcome {
    let namespace = service.namespace().unwrap_or_default();
    let around = || facts.backends.iter().filter(|backend| backend.namespace() == namespace);
    let missing = |backend: &Backend| {
        let labels = backend.pod.labels();
        let unmet = selector.iter().filter(|(key, value)| labels.get(*key) != Some(*value));
        unmet.map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>()
    };
    let who = format!("Service {}", name(service));
    match around().min_by_key(|backend| missing(backend).len()) {
        Some(nearest) => Outcome::failed(
            format!(
                "no pod has the labels that {who} selects, {}; the nearest, {}, does not meet {}",
                shown(selector),
                nearest.name(),
                missing(nearest).join(", ")
            ),
            "change spec.selector of the Service, or the labels of the pods",
        ),
        None if facts.is_live => Outcome::failed(
            format!("there are no pods in namespace {namespace}, so that {who} selects none"),
            "see to it that the pods are made",
        ),
        None => Outcome::unknown(format!("no pods of namespace {namespace} are in the input")),
    }
}

fn ports(service: &Service) -> impl Iterator<Item = &ServicePort> {
    service.spec.iter().flat_map(|spec| spec.ports.iter().flatten())
}

/// The ports that a pod declares.
pub(super) fn declared(backend: &Backend) -> String {
    let ports = backend.ports();
    let ports = ports.iter().map(|(_, name, number)| match name {
        Some(name) => format!("{name} ({number})"),
        None => number.to_string(),
    });
    let all = ports.collect::<Vec<_>>().join(", ");
    if all.is_empty() { "none".to_owned() } else { all }
}

/// A port as it is written.
pub(super) fn text(port: &IntOrString) -> String {
    match port {
        IntOrString::Int(number) => number.to_string(),
        IntOrString::String(name) => name.clone(),
    }
}

/// Names, and of many the first few.
pub(super) fn listed(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let first = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
