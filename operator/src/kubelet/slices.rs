//! The `EndpointSlice`s of the kubelets. Pure. Behaviour: an endpoint stays in the slice where it is, so that a node that
//! comes or goes changes one slice; new ones fill the slices up, then go to new slices, one family of addresses each.
//!
//! Unlike the original, an endpoint is ready only where its kubelet has been heard of, and a slice that exists gets the
//! labels and ports that the flags ask for now.

use std::collections::BTreeMap;
use std::net::IpAddr;

use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::discovery::v1::{Endpoint, EndpointConditions, EndpointPort, EndpointSlice};

use super::addresses::Address;
use super::endpoints::{PROTOCOL, Template, node_reference};
use crate::pod::metadata::{self, Map, OPERATOR, map};
use crate::reconcile::child::{Child, merge_metadata, same_metadata};

/// Most endpoints of a slice, as the original; the API allows 1,000.
pub const MAX_ENDPOINTS: usize = 512;

const SERVICE_NAME: &str = "kubernetes.io/service-name";
const MANAGED_BY: &str = "endpointslice.kubernetes.io/managed-by";

/// What must be done for the slices to hold all addresses.
#[derive(Debug, Default, PartialEq)]
pub struct Changes {
    /// Slices that exist, as they should be.
    pub replace: Vec<EndpointSlice>,
    /// New slices. The API server names them.
    pub create: Vec<EndpointSlice>,
    /// Names of slices that are empty now.
    pub delete: Vec<String>,
}

/// Labels by which our slices are found. Those that the control plane makes of the Endpoints are not ours to change.
pub(super) fn identity(template: &Template) -> Map {
    map([(SERVICE_NAME, &template.key.name), (MANAGED_BY, OPERATOR)])
}

/// The changes that make the slices `existing` hold `addresses`. `service` is the Service as the API server has it; it owns
/// the slices. Of several nodes with the same address, the last stands in the slices.
pub fn changes(template: &Template, service: &Service, existing: &[EndpointSlice], addresses: &[Address]) -> Changes {
    let mut left: BTreeMap<IpAddr, &Address> = addresses.iter().map(|address| (address.ip, address)).collect();
    let mut slices: Vec<Slice<'_>> = existing.iter().map(|live| Slice::kept(live, &mut left)).collect();
    for address in addresses {
        let Some(address) = left.remove(&address.ip) else {
            continue;
        };
        let kind = address_type(address.ip);
        let room = |slice: &&mut Slice<'_>| slice.address_type == kind && slice.addresses.len() < MAX_ENDPOINTS;
        match slices.iter_mut().find(room) {
            Some(slice) => slice.addresses.push(address),
            None => slices.push(Slice {
                live: None,
                address_type: kind,
                addresses: vec![address],
            }),
        }
    }

    let mut changes = Changes::default();
    for slice in slices {
        let mut object = slice.object(template, service);
        match slice.live {
            None => changes.create.push(object),
            Some(live) if slice.addresses.is_empty() => changes.delete.extend(live.metadata.name.clone()),
            Some(live) => {
                object.carry_over(live);
                if !object.equals(live) {
                    changes.replace.push(object);
                }
            }
        }
    }
    changes
}

/// A slice that is being filled.
struct Slice<'a> {
    live: Option<&'a EndpointSlice>,
    address_type: &'a str,
    addresses: Vec<&'a Address>,
}

impl<'a> Slice<'a> {
    /// What is still wanted of a slice that exists; it is taken out of `left`.
    fn kept(live: &'a EndpointSlice, left: &mut BTreeMap<IpAddr, &'a Address>) -> Self {
        let endpoints = live.endpoints.iter().flatten();
        let addresses = endpoints.filter_map(|endpoint| match endpoint.addresses.as_slice() {
            [address] => address.parse().ok(),
            _ => None,
        });
        let addresses = addresses
            .filter(|ip| address_type(*ip) == live.address_type)
            .filter_map(|ip| left.remove(&ip))
            .take(MAX_ENDPOINTS);
        Self {
            live: Some(live),
            address_type: &live.address_type,
            addresses: addresses.collect(),
        }
    }

    fn object(&self, template: &Template, service: &Service) -> EndpointSlice {
        let ports = template.ports().map(|(name, port)| EndpointPort {
            name: Some(name.to_owned()),
            port: Some(port),
            protocol: Some(PROTOCOL.to_owned()),
            ..EndpointPort::default()
        });
        let mut metadata = template.metadata(&identity(template));
        metadata.generate_name = Some(format!("{}-", template.key.name));
        metadata.owner_references = Some(vec![metadata::controller(service)]);
        EndpointSlice {
            metadata,
            address_type: self.address_type.to_owned(),
            ports: Some(ports.collect()),
            endpoints: Some(self.addresses.iter().map(|address| endpoint(address)).collect()),
        }
    }
}

fn endpoint(address: &Address) -> Endpoint {
    Endpoint {
        addresses: vec![address.ip.to_string()],
        conditions: Some(EndpointConditions {
            ready: Some(address.ready),
            ..EndpointConditions::default()
        }),
        node_name: Some(address.node.clone()),
        target_ref: Some(node_reference(address)),
        ..Endpoint::default()
    }
}

fn address_type(ip: IpAddr) -> &'static str {
    match ip {
        IpAddr::V4(_) => "IPv4",
        IpAddr::V6(_) => "IPv6",
    }
}

impl Child for EndpointSlice {
    fn carry_over(&mut self, live: &Self) {
        // A Service that was made anew is another owner, and an object may have only one that controls it.
        let owners = self.metadata.owner_references.take();
        merge_metadata(&mut self.metadata, &live.metadata);
        self.metadata.owner_references = owners;
        self.metadata.name.clone_from(&live.metadata.name);
        self.metadata.generate_name.clone_from(&live.metadata.generate_name);
    }

    fn equals(&self, live: &Self) -> bool {
        same_metadata(&self.metadata, &live.metadata) && self.ports == live.ports && self.endpoints == live.endpoints
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::ObjectKey;

    fn template() -> Template {
        Template {
            key: ObjectKey::new("kube-system", "kubelet"),
            labels: map([(SERVICE_NAME, "theirs")]),
            annotations: Map::new(),
            http_metrics: true,
            slices: true,
        }
    }

    fn owner(uid: &str) -> Service {
        let mut service = super::super::endpoints::service(&template());
        service.metadata.uid = Some(uid.to_owned());
        service
    }

    fn node(number: u16) -> Address {
        let [high, low] = number.to_be_bytes();
        Address {
            ip: [10, 0, high, low].into(),
            node: format!("node-{number:05}"),
            uid: format!("uid-{number}"),
            ready: true,
        }
    }

    fn v6(number: u16) -> Address {
        Address {
            ip: [0xfd00, 0, 0, 0, 0, 0, 0, number].into(),
            ..node(number)
        }
    }

    fn nodes(numbers: std::ops::Range<u16>) -> Vec<Address> {
        numbers.map(node).collect()
    }

    /// What the API server has after `changes`: it names new slices.
    fn apply(live: &[EndpointSlice], changes: Changes) -> Vec<EndpointSlice> {
        let mut next: Vec<EndpointSlice> = live
            .iter()
            .filter(|slice| !changes.delete.contains(slice.metadata.name.as_ref().unwrap()))
            .cloned()
            .collect();
        for replaced in changes.replace {
            let slot = next
                .iter_mut()
                .find(|slice| slice.metadata.name == replaced.metadata.name);
            *slot.unwrap() = replaced;
        }
        for (number, mut created) in changes.create.into_iter().enumerate() {
            created.metadata.name = Some(format!("kubelet-{}", live.len() + number));
            next.push(created);
        }
        next
    }

    fn changes(live: &[EndpointSlice], addresses: &[Address]) -> Changes {
        super::changes(&template(), &owner("1"), live, addresses)
    }

    fn grown(addresses: &[Address]) -> Vec<EndpointSlice> {
        apply(&[], changes(&[], addresses))
    }

    fn sizes(slices: &[EndpointSlice]) -> Vec<(&str, usize)> {
        let size = |slice: &EndpointSlice| slice.endpoints.as_ref().map_or(0, Vec::len);
        slices
            .iter()
            .map(|slice| (slice.address_type.as_str(), size(slice)))
            .collect()
    }

    fn listed(slice: &EndpointSlice) -> Vec<&str> {
        let endpoints = slice.endpoints.iter().flatten();
        endpoints.map(|endpoint| endpoint.addresses[0].as_str()).collect()
    }

    #[test]
    fn a_new_slice_names_its_service_and_its_nodes() {
        let silent = Address {
            ready: false,
            ..node(2)
        };
        let created = &grown(&[node(1), silent])[0];
        let expected = serde_json::json!({
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {
                "name": "kubelet-0",
                "generateName": "kubelet-",
                "namespace": "kube-system",
                "labels": {
                    "app.kubernetes.io/managed-by": "prometheus-operator",
                    "app.kubernetes.io/name": "kubelet",
                    "endpointslice.kubernetes.io/managed-by": "prometheus-operator",
                    "k8s-app": "kubelet",
                    "kubernetes.io/service-name": "kubelet",
                },
                "ownerReferences": [{
                    "apiVersion": "v1", "kind": "Service", "name": "kubelet", "uid": "1",
                    "controller": true, "blockOwnerDeletion": true,
                }],
            },
            "addressType": "IPv4",
            "ports": [
                {"name": "https-metrics", "port": 10250, "protocol": "TCP"},
                {"name": "cadvisor", "port": 4194, "protocol": "TCP"},
                {"name": "http-metrics", "port": 10255, "protocol": "TCP"},
            ],
            "endpoints": [
                {
                    "addresses": ["10.0.0.1"], "conditions": {"ready": true}, "nodeName": "node-00001",
                    "targetRef": {"apiVersion": "v1", "kind": "Node", "name": "node-00001", "uid": "uid-1"},
                },
                {
                    "addresses": ["10.0.0.2"], "conditions": {"ready": false}, "nodeName": "node-00002",
                    "targetRef": {"apiVersion": "v1", "kind": "Node", "name": "node-00002", "uid": "uid-2"},
                },
            ],
        });
        assert_eq!(serde_json::to_value(created).unwrap(), expected);
    }

    #[test]
    fn slices_are_filled_up_per_family() {
        let addresses: Vec<Address> = (0..600).flat_map(|number| [node(number), v6(number)]).collect();
        let mut slices = grown(&addresses);
        slices.sort_by_key(|slice| slice.address_type.clone());
        assert_eq!(
            sizes(&slices),
            [("IPv4", 512), ("IPv4", 88), ("IPv6", 512), ("IPv6", 88)]
        );
        assert_eq!(changes(&slices, &addresses), Changes::default());
    }

    #[test]
    fn a_node_that_goes_changes_its_own_slice_alone_and_a_new_one_takes_the_room() {
        let slices = grown(&nodes(0..1030));
        assert_eq!(sizes(&slices), [("IPv4", 512), ("IPv4", 512), ("IPv4", 6)]);
        let mut addresses = nodes(0..1030);
        addresses.remove(600);
        let gone = changes(&slices, &addresses);
        assert_eq!((gone.replace.len(), gone.create.len(), gone.delete.len()), (1, 0, 0));
        let slices = apply(&slices, gone);
        assert_eq!(sizes(&slices)[1], ("IPv4", 511));
        assert_eq!(listed(&slices[1])[88], "10.0.2.89", "the others stay in their places");

        addresses.insert(0, node(2000));
        let slices = apply(&slices, changes(&slices, &addresses));
        assert_eq!(sizes(&slices), [("IPv4", 512), ("IPv4", 512), ("IPv4", 6)]);
        assert_eq!(listed(&slices[1]).last(), Some(&"10.0.7.208"));
    }

    #[test]
    fn a_slice_without_endpoints_goes_away() {
        let slices = grown(&nodes(0..600));
        let left = changes(&slices, &nodes(0..512));
        assert_eq!(left.delete, ["kubelet-1"]);
        assert_eq!((left.replace.len(), left.create.len()), (0, 0));
        assert_eq!(changes(&slices, &[]).delete.len(), 2);
    }

    #[test]
    fn a_slice_that_holds_too_much_or_the_wrong_family_is_put_right() {
        let mut slices = grown(&nodes(0..512));
        let more = grown(&nodes(512..514)).remove(0).endpoints.unwrap();
        let wrong = grown(&[v6(1)]).remove(0).endpoints.unwrap();
        let endpoints = slices[0].endpoints.as_mut().unwrap();
        endpoints.extend(more);
        endpoints.extend(wrong);
        let addresses = [nodes(0..514), vec![v6(1)]].concat();
        let slices = apply(&slices, changes(&slices, &addresses));
        assert_eq!(sizes(&slices), [("IPv4", 512), ("IPv4", 2), ("IPv6", 1)]);
        assert_eq!(changes(&slices, &addresses), Changes::default());
    }

    #[test]
    fn a_slice_follows_the_flags_the_service_and_the_node() {
        let live = grown(&[node(1)]);
        let without_http = Template {
            http_metrics: false,
            ..template()
        };
        let replaced = super::changes(&without_http, &owner("1"), &live, &[node(1)]).replace;
        assert_eq!(replaced[0].ports.as_ref().unwrap().len(), 2);

        let owners = super::changes(&template(), &owner("2"), &live, &[node(1)]).replace[0]
            .metadata
            .owner_references
            .clone()
            .unwrap();
        assert_eq!((owners.len(), owners[0].uid.as_str()), (1, "2"));

        let silent = Address {
            ready: false,
            ..node(1)
        };
        assert_eq!(changes(&live, &[silent]).replace.len(), 1);
    }
}
