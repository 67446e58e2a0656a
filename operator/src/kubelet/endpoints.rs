//! The Service of the kubelets and its Endpoints. Pure. Behaviour: a headless Service without selector; all addresses in
//! one subset.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{
    EndpointAddress, EndpointPort, EndpointSubset, Endpoints, ObjectReference, Service, ServicePort, ServiceSpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::addresses::Address;
use crate::object::ObjectKey;
use crate::pod::metadata::{APP_MANAGED_BY, APP_NAME, Map, OPERATOR, map, merged};
use crate::reconcile::child::{Child, merge_metadata, same_metadata};

/// Makes the API server leave the Endpoints alone, which it would copy into `EndpointSlice`s otherwise.
const SKIP_MIRROR: &str = "endpointslice.kubernetes.io/skip-mirror";
/// Protocol of all ports. The API server would fill it in; written out, what is read equals what was written.
pub(super) const PROTOCOL: &str = "TCP";

/// What the Service, the Endpoints and the `EndpointSlice`s have in common.
#[derive(Debug, Clone)]
pub struct Template {
    /// Namespace and name of the Service.
    pub key: ObjectKey,
    /// Labels that the user wants on all objects. They win over the usual ones.
    pub labels: Map,
    /// Annotations on all objects.
    pub annotations: Map,
    /// Whether the kubelets serve without TLS, too, on port 10255.
    pub http_metrics: bool,
    /// Whether `EndpointSlice`s are kept beside the Endpoints.
    pub slices: bool,
}

impl Template {
    /// Metadata without a name. `identity` are labels by which programs find the object: nothing wins over them.
    pub(super) fn metadata(&self, identity: &Map) -> ObjectMeta {
        let usual = map([
            ("k8s-app", "kubelet"),
            (APP_NAME, "kubelet"),
            (APP_MANAGED_BY, OPERATOR),
        ]);
        ObjectMeta {
            namespace: Some(self.key.namespace.to_string()),
            labels: Some(merged([identity, &self.labels, &usual])),
            annotations: Some(self.annotations.clone()).filter(|annotations| !annotations.is_empty()),
            ..ObjectMeta::default()
        }
    }

    fn named(&self, identity: &Map) -> ObjectMeta {
        ObjectMeta {
            name: Some(self.key.name.to_string()),
            ..self.metadata(identity)
        }
    }

    /// Names and numbers of the ports of a kubelet.
    pub(super) fn ports(&self) -> impl Iterator<Item = (&'static str, i32)> {
        let http = self.http_metrics.then_some(("http-metrics", 10255));
        [("https-metrics", 10250), ("cadvisor", 4194)].into_iter().chain(http)
    }
}

/// The Service of the kubelets.
pub fn service(template: &Template) -> Service {
    let ports = template.ports().map(|(name, port)| ServicePort {
        name: Some(name.to_owned()),
        port,
        target_port: Some(IntOrString::Int(port)),
        protocol: Some(PROTOCOL.to_owned()),
        ..ServicePort::default()
    });
    Service {
        metadata: template.named(&Map::new()),
        spec: Some(ServiceSpec {
            type_: Some("ClusterIP".to_owned()),
            cluster_ip: Some("None".to_owned()),
            ports: Some(ports.collect()),
            ..ServiceSpec::default()
        }),
        status: None,
    }
}

/// The Endpoints of the kubelets. The API server refuses a subset without addresses, so without addresses there is none.
pub fn endpoints(template: &Template, addresses: &[Address]) -> Endpoints {
    let skip_mirror = if template.slices {
        map([(SKIP_MIRROR, "true")])
    } else {
        Map::new()
    };
    let ports = template.ports().map(|(name, port)| EndpointPort {
        name: Some(name.to_owned()),
        port,
        protocol: Some(PROTOCOL.to_owned()),
        ..EndpointPort::default()
    });
    let listed = addresses.iter().map(|address| EndpointAddress {
        ip: address.ip.to_string(),
        node_name: Some(address.node.clone()),
        target_ref: Some(node_reference(address)),
        ..EndpointAddress::default()
    });
    let subset = EndpointSubset {
        addresses: Some(listed.collect()),
        ports: Some(ports.collect()),
        ..EndpointSubset::default()
    };
    Endpoints {
        metadata: template.named(&skip_mirror),
        subsets: (!addresses.is_empty()).then(|| vec![subset]),
    }
}

/// The node of an address.
pub(super) fn node_reference(address: &Address) -> ObjectReference {
    ObjectReference {
        api_version: Some("v1".to_owned()),
        kind: Some("Node".to_owned()),
        name: Some(address.node.clone()),
        uid: Some(address.uid.clone()).filter(|uid| !uid.is_empty()),
        ..ObjectReference::default()
    }
}

impl Child for Endpoints {
    fn carry_over(&mut self, live: &Self) {
        merge_metadata(&mut self.metadata, &live.metadata);
    }

    fn equals(&self, live: &Self) -> bool {
        same_metadata(&self.metadata, &live.metadata) && comparable(self) == comparable(live)
    }
}

/// An address: whether it is among those that are ready, IP, node, kind, name, UID and API version of what it is of.
type Listed<'a> = (bool, &'a str, Option<&'a str>, [Option<&'a str>; 4]);
/// Ports by number, name and protocol.
type Ports<'a> = BTreeSet<(i32, Option<&'a str>, Option<&'a str>)>;

/// The addresses by the ports that they have. The API server sorts both, so their order says nothing.
fn comparable(endpoints: &Endpoints) -> BTreeMap<Ports<'_>, BTreeSet<Listed<'_>>> {
    let mut comparable: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for subset in endpoints.subsets.iter().flatten() {
        let ports = subset.ports.iter().flatten();
        let ports = ports.map(|port| (port.port, port.name.as_deref(), port.protocol.as_deref()));
        let ready = subset.addresses.iter().flatten().map(|address| (true, address));
        let unready = subset
            .not_ready_addresses
            .iter()
            .flatten()
            .map(|address| (false, address));
        let listed = ready.chain(unready).map(|(ready, address)| {
            let reference = address.target_ref.as_ref();
            let texts = reference.map_or([None; 4], |r| {
                [&r.kind, &r.name, &r.uid, &r.api_version].map(|text| text.as_deref())
            });
            (ready, address.ip.as_str(), address.node_name.as_deref(), texts)
        });
        comparable.entry(ports.collect()).or_default().extend(listed);
    }
    comparable
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn template() -> Template {
        Template {
            key: ObjectKey::new("kube-system", "kubelet"),
            labels: map([("team", "a"), ("k8s-app", "mine")]),
            annotations: map([("note", "x")]),
            http_metrics: true,
            slices: false,
        }
    }

    fn address(number: u8) -> Address {
        Address {
            ip: [10, 0, 0, number].into(),
            node: format!("node-{number}"),
            uid: format!("uid-{number}"),
            ready: true,
        }
    }

    #[test]
    fn the_service_is_headless_and_selects_nothing() {
        let expected = json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {
                "name": "kubelet",
                "namespace": "kube-system",
                "labels": {
                    "app.kubernetes.io/managed-by": "prometheus-operator",
                    "app.kubernetes.io/name": "kubelet",
                    "k8s-app": "mine",
                    "team": "a",
                },
                "annotations": {"note": "x"},
            },
            "spec": {
                "type": "ClusterIP",
                "clusterIP": "None",
                "ports": [
                    {"name": "https-metrics", "port": 10250, "targetPort": 10250, "protocol": "TCP"},
                    {"name": "cadvisor", "port": 4194, "targetPort": 4194, "protocol": "TCP"},
                    {"name": "http-metrics", "port": 10255, "targetPort": 10255, "protocol": "TCP"},
                ],
            },
        });
        assert_eq!(serde_json::to_value(service(&template())).unwrap(), expected);
    }

    #[test]
    fn endpoints_name_the_nodes() {
        let template = Template {
            http_metrics: false,
            slices: true,
            ..template()
        };
        let object = serde_json::to_value(endpoints(&template, &[address(1)])).unwrap();
        let expected = json!([{
            "addresses": [{
                "ip": "10.0.0.1",
                "nodeName": "node-1",
                "targetRef": {"apiVersion": "v1", "kind": "Node", "name": "node-1", "uid": "uid-1"},
            }],
            "ports": [
                {"name": "https-metrics", "port": 10250, "protocol": "TCP"},
                {"name": "cadvisor", "port": 4194, "protocol": "TCP"},
            ],
        }]);
        assert_eq!(object["subsets"], expected);
        assert_eq!(object["metadata"]["labels"][SKIP_MIRROR], "true");
        assert_eq!(
            serde_json::to_value(endpoints(&template, &[])).unwrap()["subsets"],
            Value::Null
        );
    }

    #[test]
    fn the_order_of_the_api_server_is_no_change() {
        let wanted = endpoints(&template(), &[address(1), address(2)]);
        let mut live = wanted.clone();
        live.metadata.resource_version = Some("7".to_owned());
        live.metadata
            .labels
            .get_or_insert_default()
            .insert("added".to_owned(), "by hand".to_owned());
        let subset = &mut live.subsets.as_mut().unwrap()[0];
        subset.addresses.as_mut().unwrap().reverse();
        subset.ports.as_mut().unwrap().reverse();
        let same = |wanted: &Endpoints, live: &Endpoints| {
            let mut next = wanted.clone();
            next.carry_over(live);
            next.equals(live)
        };
        assert!(same(&wanted, &live));

        let subset = &mut live.subsets.as_mut().unwrap()[0];
        subset.not_ready_addresses = subset.addresses.take();
        assert!(!same(&wanted, &live), "readiness");
        assert!(!same(&endpoints(&template(), &[address(1)]), &wanted), "a node less");
        let replaced = Address {
            uid: "another".to_owned(),
            ..address(2)
        };
        assert!(
            !same(&endpoints(&template(), &[address(1), replaced]), &wanted),
            "another node"
        );
        let without_http = Template {
            http_metrics: false,
            ..template()
        };
        assert!(
            !same(&endpoints(&without_http, &[address(1), address(2)]), &wanted),
            "ports"
        );
    }
}
