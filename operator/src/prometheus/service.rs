//! The governing Service, which gives the pods of all servers, or of all agents, of a namespace their names. Pure.

use k8s_openapi::api::core::v1::Service;

use super::instance::Instance;
use super::names::{self, PORT, port_name};
use crate::pod::governing::{Governing, port};
use crate::pod::thanos::GRPC_PORT;
use crate::settings::Settings;

/// The Service of `instance` and its `neighbours`, which are those of its kind and namespace that name no Service of their
/// own, itself among them.
///
/// It has the ports that any of them needs, so that it does not change with whichever was reconciled last. If they differ in
/// the name of the web port, the first by name decides: a Service cannot have the same port twice.
pub fn governing(instance: &Instance<'_>, neighbours: &[Instance<'_>], settings: &Settings) -> Service {
    let words = names::words(instance.mode);
    let mut owners = neighbours.to_vec();
    owners.sort_by_key(Instance::name);
    let web = port_name(owners.first().unwrap_or(instance).common);
    let mut ports = vec![port(web, PORT, None, web)];
    let has_sidecar = |owner: &Instance<'_>| owner.server().is_some_and(|server| server.thanos.is_some());
    if owners.iter().any(has_sidecar) {
        ports.push(port("grpc", GRPC_PORT, None, "grpc"));
    }
    let governing = Governing {
        name: words.governing_service,
        label: "operated-prometheus",
        program: words.application,
        ports,
        publish_not_ready_addresses: None,
    };
    governing.service(instance.metadata.namespace.as_deref(), &owners, settings)
}
