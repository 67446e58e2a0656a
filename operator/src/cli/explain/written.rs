//! The targets of a `Probe` and of a `ScrapeConfig`: those that are written down, Ingresses, the prober. Pure.

use kube::ResourceExt;

use super::discover::Found;
use super::facts::Facts;
use super::job::Job;
use super::selection::{Pair, shown};
use super::services::listed;
use super::step::{Ended, Name, Outcome, Steps};
use crate::object::ConfigKind;

/// Takes the steps; `found` are the targets that are known.
///
/// # Errors
/// When one fails.
pub(super) fn walk(pair: &Pair<'_>, job: &Job, found: &[Found], steps: &mut Steps) -> Result<(), Ended> {
    let facts = pair.scene.facts;
    if pair.kind == ConfigKind::Probe {
        steps.take(Name::Prober, prober(pair, facts))?;
    }
    steps.take(Name::Targets, known(pair, job, found, facts))
}

fn known(pair: &Pair<'_>, job: &Job, found: &[Found], facts: &Facts) -> Outcome {
    if !found.is_empty() {
        let names: Vec<String> = found.iter().map(|target| target.name.clone()).collect();
        return Outcome::passed(listed(&names));
    }
    let is_ingress = job.discoveries.iter().any(|discovery| discovery.role == "ingress");
    if is_ingress && facts.is_live {
        return Outcome::failed(
            "there is no Ingress with a rule in the selected namespaces",
            "change the namespaceSelector of the targets, or make an Ingress",
        );
    }
    let roles = job
        .discoveries
        .iter()
        .map(|discovery| format!("Kubernetes ({})", discovery.role));
    let ways: Vec<String> = roles.chain(job.others.iter().cloned()).collect();
    if ways.is_empty() {
        let field = if pair.kind == ConfigKind::Probe {
            "spec.targets"
        } else {
            "spec.staticConfigs"
        };
        return Outcome::failed("it names no targets", format!("add targets to {field}"));
    }
    Outcome::unknown(format!("what {} finds is known to Prometheus alone", ways.join(", ")))
}

/// Whether the Service exists that the URL of the prober names.
fn prober(pair: &Pair<'_>, facts: &Facts) -> Outcome {
    let url = pair.object.value["spec"]["prober"]["url"].as_str().unwrap_or_default();
    if url.is_empty() {
        return Outcome::failed(
            "spec.prober.url is empty",
            "set it to the address of a blackbox exporter",
        );
    }
    let (host, port) = match url.rsplit_once(':') {
        Some((host, port)) => (host, port.parse::<i32>().ok()),
        None => (url, None),
    };
    // What has no namespace is one of that of the Prometheus.
    let mut words = host.split('.');
    let name = words.next().unwrap_or_default();
    let namespace = words.next().unwrap_or(&pair.workload.key.namespace);
    let is_service = matches!(words.next(), None | Some("svc"));
    if !is_service || host.parse::<std::net::IpAddr>().is_ok() {
        return Outcome::unknown(format!("{url} is no Service of the cluster"));
    }
    let mut services = facts.all_services();
    let service =
        services.find(|service| service.metadata.namespace.as_deref() == Some(namespace) && service.name_any() == name);
    let Some(service) = service else {
        if !facts.is_live {
            return Outcome::unknown(format!("Service {namespace}/{name} is not in the input"));
        }
        return Outcome::failed(
            format!("spec.prober.url is {url}, and there is no Service {namespace}/{name}"),
            "set spec.prober.url to the Service of a blackbox exporter, as NAME.NAMESPACE:PORT",
        );
    };
    let ports: Vec<i32> = service
        .spec
        .iter()
        .flat_map(|spec| spec.ports.iter().flatten())
        .map(|port| port.port)
        .collect();
    if let Some(port) = port.filter(|port| !ports.contains(port)) {
        let known: Vec<String> = ports.iter().map(ToString::to_string).collect();
        return Outcome::failed(
            format!(
                "spec.prober.url is {url}, and Service {namespace}/{name} has no port {port}; it has {}",
                known.join(", ")
            ),
            "set spec.prober.url to a port of that Service",
        );
    }
    let selector = service
        .spec
        .as_ref()
        .and_then(|spec| spec.selector.clone())
        .unwrap_or_default();
    if !selector.is_empty() && facts.is_live && facts.backends_of(service).next().is_none() {
        return Outcome::failed(
            format!(
                "no pod has the labels that Service {namespace}/{name}, the prober, selects: {}",
                shown(&selector)
            ),
            "see to it that the prober runs",
        );
    }
    Outcome::passed(format!("Service {namespace}/{name}"))
}
