//! The governing Service, which gives the pods of all Thanos Rulers of a namespace their names. Pure.

use crds::{ThanosRuler, ThanosRulerSpec};
use k8s_openapi::api::core::v1::Service;
use kube::ResourceExt;

use crate::pod::governing::{Governing, port};
use crate::pod::thanos::{GRPC_PORT, HTTP_PORT};
use crate::settings::Settings;

/// Its name.
pub const NAME: &str = "thanos-ruler-operated";

const DEFAULT_PORT_NAME: &str = "web";

/// The Service of all `rulers`, which are those of one namespace that name no Service of their own.
///
/// If they differ in the name of the web port, the first by name decides, so that the Service does not change with whichever
/// was reconciled last.
pub fn governing(rulers: &[&ThanosRuler], settings: &Settings) -> Service {
    let mut owners = rulers.to_vec();
    owners.sort_by_key(|owner| owner.name_any());
    let web = owners.first().map_or(DEFAULT_PORT_NAME, |owner| port_name(&owner.spec));
    let governing = Governing {
        name: NAME,
        label: "operated-thanos-ruler",
        program: "thanos-ruler",
        ports: vec![
            port(web, HTTP_PORT, Some("TCP"), web),
            port("grpc", GRPC_PORT, Some("TCP"), "grpc"),
        ],
        publish_not_ready_addresses: None,
    };
    let namespace = owners.first().and_then(|owner| owner.metadata.namespace.as_deref());
    governing.service(namespace, owners.iter().copied(), settings)
}

/// Name of the port that Thanos Ruler serves HTTP on.
pub fn port_name(spec: &ThanosRulerSpec) -> &str {
    spec.port_name.as_deref().unwrap_or(DEFAULT_PORT_NAME)
}
