//! Whether the Services of the input are such that the monitors find something.

use std::collections::BTreeMap;

use crds::ServiceMonitor;
use formats::yaml::Step;
use k8s_openapi::api::core::v1::Service;

use super::{Findings, rules};
use crate::cli::world::services_of_every_cluster;
use crate::prometheus::config::selected_namespaces;
use crate::selector::Selector;

/// A Service as a monitor sees it.
struct Seen {
    namespace: String,
    /// Whether it is in the input.
    is_written: bool,
    labels: BTreeMap<String, String>,
    ports: Vec<String>,
}

/// Jobs times Services from which on a monitor is said to cost much.
const COSTLY: usize = 1_000;

/// Checks every `ServiceMonitor` whose namespaces have Services in the input.
pub(super) fn check(findings: &mut Findings<'_>) {
    let services = services(findings);
    for (key, monitor) in findings.world.objects.service_monitors.all() {
        let Some(number) = findings.place("ServiceMonitor", &key) else {
            continue;
        };
        let around: Vec<&Seen> = (services.iter())
            .filter(|service| looks_into(&monitor, &key.namespace, &service.namespace))
            .collect();
        let Ok(selector) = Selector::parse(&monitor.spec.selector) else {
            continue;
        };
        let matching: Vec<&Seen> = around
            .iter()
            .copied()
            .filter(|service| selector.matches(&service.labels))
            .collect();
        if matching.is_empty() {
            // Without any other Service in these namespaces, they are simply not part of the input.
            if around.iter().any(|service| service.is_written) {
                let path = ["spec", "selector"].map(|field| Step::Field(field.to_owned()));
                findings.add(&rules::NO_SERVICE, number, path.into(), "no Service has these labels");
            }
            continue;
        }
        ports(findings, number, &monitor, &matching);
        let cost = monitor.spec.endpoints.len() * around.len();
        if cost >= COSTLY {
            let message = format!(
                "{} jobs, each of which discovers the endpoints of {} Services to keep those of {}",
                monitor.spec.endpoints.len(),
                around.len(),
                matching.len()
            );
            findings.add(&rules::COSTLY_MONITOR, number, Vec::new(), message);
        }
    }
}

fn ports(findings: &mut Findings<'_>, number: usize, monitor: &ServiceMonitor, matching: &[&Seen]) {
    for (index, endpoint) in monitor.spec.endpoints.iter().enumerate() {
        let Some(port) = endpoint.port.as_deref().filter(|port| !port.is_empty()) else {
            continue;
        };
        if matching
            .iter()
            .any(|service| service.ports.iter().any(|name| name == port))
        {
            continue;
        }
        let mut names: Vec<&str> = matching
            .iter()
            .flat_map(|service| &service.ports)
            .map(String::as_str)
            .collect();
        names.sort_unstable();
        names.dedup();
        let path = vec![
            Step::Field("spec".to_owned()),
            Step::Field("endpoints".to_owned()),
            Step::Item(index),
            Step::Field("port".to_owned()),
        ];
        let message = format!(
            "no selected Service has a port {port:?}; they have {}",
            names.join(", ")
        );
        let mend = crate::cli::schema::nearest(port, names.iter().copied()).map(|name| format!("Did you mean {name}?"));
        findings.add_with(&rules::MISSING_PORT, number, path, message, mend);
    }
}

fn looks_into(monitor: &ServiceMonitor, own: &str, namespace: &str) -> bool {
    let names = selected_namespaces(monitor.spec.namespace_selector.as_deref(), own);
    names.is_empty() || names.contains(&namespace)
}

/// The Services of the input, those that the operator makes of it, and those that every cluster has.
fn services(findings: &Findings<'_>) -> Vec<Seen> {
    let written = (findings.objects())
        .filter(|(_, object)| object.kind == "Service" && object.api_version == "v1")
        .filter_map(|(_, object)| {
            let service: Service = crds::from_value(&object.value).ok()?;
            let seen = seen(&object.key.namespace, service);
            Some(Seen {
                is_written: true,
                ..seen
            })
        });
    let made = findings
        .outcomes
        .iter()
        .filter_map(|outcome| outcome.rendered.as_ref().ok().map(|r| (outcome, r)));
    let made = made.flat_map(|(outcome, rendered)| {
        let services = rendered.desired.services.iter().cloned();
        services.map(|service| seen(&outcome.key.namespace, service))
    });
    let assumed = services_of_every_cluster().into_iter().map(|service| {
        let namespace = service.metadata.namespace.clone().unwrap_or_default();
        seen(&namespace, service)
    });
    written.chain(made).chain(assumed).collect()
}

fn seen(namespace: &str, service: Service) -> Seen {
    let ports = service.spec.and_then(|spec| spec.ports).unwrap_or_default();
    Seen {
        namespace: namespace.to_owned(),
        is_written: false,
        labels: service.metadata.labels.unwrap_or_default(),
        ports: ports.into_iter().filter_map(|port| port.name).collect(),
    }
}
