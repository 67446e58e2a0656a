//! From the job of a `PodMonitor` to the pods: their labels, their ports, whether they run. Pure.

use crds::{PodMetricsEndpoint, PodMonitor};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube::ResourceExt;

use super::facts::{Backend, Facts};
use super::job::Job;
use super::selection::shown;
use super::services::{declared, listed, text};
use super::step::{Ended, Name, Outcome, Steps};
use crate::cli::schema::nearest;
use crate::selector::{Selector, unmet};

/// An endpoint of a monitor.
pub(super) struct Scraped<'a> {
    /// What is known.
    pub facts: &'a Facts,
    /// The monitor.
    pub monitor: &'a PodMonitor,
    /// Its endpoint.
    pub endpoint: &'a PodMetricsEndpoint,
    /// Where that is.
    pub index: usize,
    /// The job that was made of it.
    pub job: &'a Job,
}

impl<'a> Scraped<'a> {
    /// Takes the steps.
    ///
    /// # Errors
    /// When one fails, or nothing is known of what comes after it.
    pub(super) fn walk(&self, steps: &mut Steps) -> Result<(), Ended> {
        let (backends, outcome) = self.pods();
        steps.take(Name::Pods, outcome)?;
        if backends.is_empty() {
            return Err(Ended);
        }
        let (backends, outcome) = self.port(&backends);
        steps.take(Name::Port, outcome)?;
        steps.take(Name::Endpoints, Self::ready(&backends))
    }

    fn looks_into(&self, backend: &Backend) -> bool {
        let mut discoveries = self.job.discoveries.iter();
        discoveries.any(|discovery| discovery.looks_into(backend.namespace()))
    }

    /// The pods that are selected.
    fn pods(&self) -> (Vec<&'a Backend>, Outcome) {
        let Ok(selector) = Selector::parse(&self.monitor.spec.selector) else {
            return (
                Vec::new(),
                Outcome::failed("spec.selector is no selector", "correct spec.selector"),
            );
        };
        let (inside, outside): (Vec<_>, Vec<_>) =
            self.facts.backends.iter().partition(|backend| self.looks_into(backend));
        let is_selected = |backend: &&&'a Backend| selector.matches(backend.pod.labels());
        let found: Vec<&Backend> = inside.iter().filter(is_selected).copied().collect();
        if !found.is_empty() {
            let names: Vec<String> = found.iter().map(|backend| backend.name()).collect();
            return (
                found,
                Outcome::passed(format!("spec.selector selects {}", listed(&names))),
            );
        }
        if let Some(backend) = outside.iter().find(is_selected) {
            let outcome = Outcome::failed(
                format!(
                    "no pod of the selected namespaces has the labels of spec.selector; {} of namespace {} has them",
                    backend.name(),
                    backend.namespace()
                ),
                format!("add {} to spec.namespaceSelector.matchNames", backend.namespace()),
            );
            return (Vec::new(), outcome);
        }
        let missing = |backend: &Backend| unmet(&self.monitor.spec.selector, backend.pod.labels());
        let outcome = match inside.iter().min_by_key(|backend| missing(backend).len()) {
            Some(nearest) => Outcome::failed(
                format!(
                    "no pod has the labels of spec.selector; the nearest, {}, does not meet {}; its labels are {}",
                    nearest.name(),
                    missing(nearest).join(", "),
                    shown(nearest.pod.labels())
                ),
                "change spec.selector, or the labels of the pods: they are those of the template, not of the Deployment",
            ),
            None if self.facts.is_live => Outcome::failed(
                "there is no pod in the selected namespaces",
                "see to it that the pods run",
            ),
            None => Outcome::unknown("no pods of the selected namespaces are in the input"),
        };
        (Vec::new(), outcome)
    }

    /// Those of `backends` that declare the port.
    fn port(&self, backends: &[&'a Backend]) -> (Vec<&'a Backend>, Outcome) {
        let endpoint = self.endpoint;
        let target = endpoint.target_port.as_deref().cloned();
        let (field, wanted) = match (
            endpoint.port.as_deref().filter(|name| !name.is_empty()),
            endpoint.port_number,
        ) {
            (Some(name), _) => ("port", IntOrString::String(name.to_owned())),
            (None, Some(number)) if number != 0 => ("portNumber", IntOrString::Int(number)),
            _ => match target {
                Some(target) => ("targetPort", target),
                None => {
                    return (
                        backends.to_vec(),
                        Outcome::passed("the endpoint names no port: all are scraped"),
                    );
                }
            },
        };
        let is_wanted = |(_, name, number): &(&str, Option<&str>, i32)| match &wanted {
            IntOrString::Int(wanted) => number == wanted,
            IntOrString::String(wanted) => *name == Some(wanted.as_str()),
        };
        let has = |backend: &&&Backend| backend.ports().iter().any(is_wanted);
        let having: Vec<&Backend> = backends.iter().filter(has).copied().collect();
        if let Some(backend) = having.first() {
            let outcome = Outcome::passed(format!("{} declares port {}", backend.name(), text(&wanted)));
            return (having, outcome);
        }
        let first = backends[0];
        let ports = first.ports();
        let near = nearest(&text(&wanted), ports.iter().filter_map(|(_, name, _)| *name));
        let path = format!("spec.podMetricsEndpoints[{}].{field}", self.index);
        let mend = match near {
            Some(near) => format!(
                "set spec.podMetricsEndpoints[{}].port to {near:?}, or rename the port",
                self.index
            ),
            None => format!("set {path} to a port that a container declares, or declare that port"),
        };
        let outcome = Outcome::failed(
            format!(
                "{path} is {}, a port that no container of {} declares; they declare {}",
                text(&wanted),
                first.name(),
                declared(first)
            ),
            mend,
        );
        (Vec::new(), outcome)
    }

    fn ready(backends: &[&Backend]) -> Outcome {
        if backends.iter().all(|backend| backend.is_ready().is_none()) {
            return Outcome::unknown("whether the pods run is known in a cluster only");
        }
        let phase = |backend: &Backend| {
            backend
                .pod
                .status
                .as_ref()
                .and_then(|status| status.phase.clone())
                .unwrap_or_default()
        };
        let names: Vec<String> = backends.iter().map(|backend| backend.name()).collect();
        let has_address = |backend: &&&Backend| {
            let status = backend.pod.status.as_ref();
            status.is_some_and(|status| status.pod_ip.is_some()) && phase(backend) == "Running"
        };
        if !backends.iter().any(|backend| has_address(&backend)) {
            let first = backends.first().map(|backend| phase(backend)).unwrap_or_default();
            return Outcome::failed(
                format!("{} does not run: its phase is {first}", listed(&names)),
                "see why: kubectl describe pod",
            );
        }
        let ready = backends
            .iter()
            .filter(|backend| backend.is_ready() == Some(true))
            .count();
        if ready > 0 {
            return Outcome::passed(format!("{ready} of {} pods are ready", backends.len()));
        }
        Outcome::hint(
            format!("{} is not ready", listed(&names)),
            "see why: kubectl describe pod",
        )
    }
}
