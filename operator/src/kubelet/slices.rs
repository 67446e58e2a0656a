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
/// the slices. Of several nodes with the same address, the last is in the slices.
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
        // A Service that was recreated is another owner, and an object may have only one that controls it.
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
mod tests;
