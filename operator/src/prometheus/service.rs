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
    if let Some(number) = owners.iter().find_map(sidecar_port) {
        // A port is known by its name, and the user may have called the other one so.
        let name = if web == "http" { "thanos-http" } else { "http" };
        ports.push(port(name, number, None, "http"));
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

/// The port that leads to the HTTP port of the sidecar, which only those have that ask for it.
fn sidecar_port(owner: &Instance<'_>) -> Option<i32> {
    let thanos = owner.server()?.thanos.as_deref()?;
    let is_local = thanos.listen_local == Some(true) || thanos.http_listen_local == Some(true);
    thanos.service_http_port.filter(|_| !is_local)
}

#[cfg(test)]
mod tests {
    use crds::Prometheus;
    use serde_json::{Value, json};

    use super::*;

    fn ports(thanos: &[Value]) -> Vec<(Option<String>, i32)> {
        let prometheus = |(number, thanos): (usize, &Value)| -> Prometheus {
            let metadata = json!({ "name": format!("p{number}"), "namespace": "web", "uid": "u" });
            let object = json!({
                "apiVersion": "monitoring.coreos.com/v1", "kind": "Prometheus",
                "metadata": metadata, "spec": { "thanos": thanos },
            });
            serde_json::from_value(object).expect("a Prometheus")
        };
        let owners: Vec<Prometheus> = thanos.iter().enumerate().map(prometheus).collect();
        let owners: Vec<Instance<'_>> = owners.iter().map(Instance::from).collect();
        let service = governing(&owners[0], &owners, &Settings::default());
        let ports = service.spec.and_then(|spec| spec.ports).unwrap_or_default();
        ports.into_iter().map(|port| (port.name, port.port)).collect()
    }

    #[test]
    fn the_sidecar_has_a_port_for_http_where_it_is_asked_for() {
        let of = |name: &str, number| (Some(name.to_owned()), number);
        assert_eq!(ports(&[json!({})]), [of("web", 9090), of("grpc", 10901)]);
        let asked = json!({ "serviceHTTPPort": 10902 });
        let expected = [of("web", 9090), of("grpc", 10901), of("http", 10902)];
        assert_eq!(ports(std::slice::from_ref(&asked)), expected);
        assert_eq!(ports(&[json!({}), asked]), expected);
        for local in ["listenLocal", "httpListenLocal"] {
            let thanos = json!({ "serviceHTTPPort": 10902, local: true });
            assert_eq!(ports(&[thanos]).len(), 2, "{local}");
        }
    }
}
