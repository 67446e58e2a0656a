//! The addresses under which the kubelets are reached, out of the nodes of the cluster. Pure. Behaviour: all addresses of
//! the preferred type, else all of the other type, never a host name; order by the name of the node.

use std::collections::BTreeSet;
use std::net::{AddrParseError, IpAddr};

use k8s_openapi::api::core::v1::{NodeAddress as TypedAddress, NodeCondition};
use serde::Deserialize;

use crate::args::NodeAddress as Priority;

/// What is read of a node. The rest, above all the list of its images, would be most of the memory of a large cluster.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Node {
    /// Which node.
    pub metadata: NodeMetadata,
    /// Where it is and how it is.
    #[serde(default)]
    pub status: NodeStatus,
}

/// Identity of a node.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct NodeMetadata {
    /// Name, unique in the cluster.
    pub name: String,
    /// Another node of the same name has another one.
    pub uid: String,
}

/// Status of a node.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct NodeStatus {
    /// Addresses of all types.
    pub addresses: Option<Vec<TypedAddress>>,
    /// Conditions, `Ready` among them.
    pub conditions: Option<Vec<NodeCondition>>,
}

/// An address of a node, under which its kubelet is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The address; an IPv4 address that is mapped to IPv6 is here as IPv4.
    pub ip: IpAddr,
    /// Name of the node.
    pub node: String,
    /// UID of the node.
    pub uid: String,
    /// Whether it is known if the node is ready, which means that its kubelet has been heard of of late.
    pub ready: bool,
}

/// Why an address of a node cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// The node has host names at most.
    #[error("node {node:?} has neither an internal nor an external IP address")]
    Unknown {
        /// Name of the node.
        node: String,
    },
    /// What should be an IP address is something else.
    #[error("node {node:?} has the address {address:?}, which is not an IP address")]
    NotAnIp {
        /// Name of the node.
        node: String,
        /// The address.
        address: String,
        /// What is wrong with it.
        #[source]
        source: AddrParseError,
    },
}

/// Collects addresses node by node, so that no more than a page of nodes needs to be in memory.
#[derive(Debug)]
pub struct Lookup {
    priority: Priority,
    addresses: Vec<Address>,
    errors: Vec<LookupError>,
}

impl Lookup {
    /// Nothing yet. `priority` says which type of address is preferred.
    pub fn new(priority: Priority) -> Self {
        Self {
            priority,
            addresses: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// Adds the addresses of a node.
    pub fn add(&mut self, node: &Node) {
        let Node { metadata, status } = node;
        let preferred = preferred(status.addresses.as_deref().unwrap_or_default(), self.priority);
        if preferred.is_empty() {
            self.errors.push(LookupError::Unknown {
                node: metadata.name.clone(),
            });
        }
        let mut seen = BTreeSet::new();
        for address in preferred {
            match address.parse::<IpAddr>() {
                Ok(ip) if seen.insert(ip.to_canonical()) => self.addresses.push(Address {
                    ip: ip.to_canonical(),
                    node: metadata.name.clone(),
                    uid: metadata.uid.clone(),
                    ready: readiness_known(status),
                }),
                Ok(_) => {}
                Err(source) => self.errors.push(LookupError::NotAnIp {
                    node: metadata.name.clone(),
                    address: address.to_owned(),
                    source,
                }),
            }
        }
    }

    /// The addresses by name of the node, and what could not be used.
    ///
    /// When a machine is replaced, its old and its new node have the same address for a while: the old one, of which
    /// nobody knows whether it is ready, is left out then. Without such a double it stays.
    pub fn finish(self) -> (Vec<Address>, Vec<LookupError>) {
        let Self {
            mut addresses, errors, ..
        } = self;
        let known: BTreeSet<IpAddr> = addresses.iter().filter(|a| a.ready).map(|a| a.ip).collect();
        addresses.retain(|address| address.ready || !known.contains(&address.ip));
        addresses.sort_by(|one, other| one.node.cmp(&other.node));
        (addresses, errors)
    }
}

/// All addresses of the preferred type if there is one, else all of the other type.
fn preferred(addresses: &[TypedAddress], priority: Priority) -> Vec<&str> {
    let types = match priority {
        Priority::Internal => ["InternalIP", "ExternalIP"],
        Priority::External => ["ExternalIP", "InternalIP"],
    };
    let of_type = |kind: &str| -> Vec<&str> {
        let matching = addresses.iter().filter(|address| address.type_ == kind);
        matching.map(|address| address.address.as_str()).collect()
    };
    let preferred = of_type(types[0]);
    if preferred.is_empty() {
        of_type(types[1])
    } else {
        preferred
    }
}

fn readiness_known(status: &NodeStatus) -> bool {
    let mut conditions = status.conditions.iter().flatten();
    conditions.any(|condition| condition.type_ == "Ready" && condition.status != "Unknown")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn node(name: &str, ready: &str, addresses: &[(&str, &str)]) -> Node {
        let addresses: Vec<_> = addresses
            .iter()
            .map(|(kind, address)| json!({"type": kind, "address": address}))
            .collect();
        let node = json!({
            "metadata": {"name": name, "uid": format!("uid-of-{name}"), "labels": {"a": "b"}},
            "spec": {"podCIDR": "10.244.0.0/24"},
            "status": {
                "addresses": addresses,
                "conditions": [
                    {"type": "DiskPressure", "status": "False"},
                    {"type": "Ready", "status": ready},
                ],
                "images": [{"names": ["example.com/image:v1"], "sizeBytes": 12}],
            },
        });
        serde_json::from_value(node).unwrap()
    }

    fn found(priority: Priority, nodes: &[Node]) -> (Vec<(String, String)>, Vec<LookupError>) {
        let mut lookup = Lookup::new(priority);
        for node in nodes {
            lookup.add(node);
        }
        let (addresses, errors) = lookup.finish();
        let named = addresses.into_iter().map(|a| (a.node, a.ip.to_string())).collect();
        (named, errors)
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn all_addresses_of_the_preferred_type_are_taken_in_the_order_of_the_nodes() {
        let nodes = [
            node(
                "b",
                "True",
                &[
                    ("Hostname", "b"),
                    ("ExternalIP", "192.0.2.2"),
                    ("InternalIP", "10.0.0.2"),
                    ("InternalIP", "fd00::2"),
                    ("InternalIP", "10.0.0.2"),
                ],
            ),
            node("a", "True", &[("ExternalIP", "192.0.2.1")]),
        ];
        let (internal, errors) = found(Priority::Internal, &nodes);
        assert_eq!(
            internal,
            pairs(&[("a", "192.0.2.1"), ("b", "10.0.0.2"), ("b", "fd00::2")])
        );
        assert_eq!(errors, []);
        let (external, _) = found(Priority::External, &nodes);
        assert_eq!(external, pairs(&[("a", "192.0.2.1"), ("b", "192.0.2.2")]));
    }

    #[test]
    fn a_bad_address_stops_neither_its_node_nor_the_others() {
        let nodes = [
            node("a", "True", &[("Hostname", "a")]),
            node("b", "True", &[("InternalIP", "ten"), ("InternalIP", "::ffff:10.0.0.2")]),
        ];
        let (addresses, errors) = found(Priority::Internal, &nodes);
        assert_eq!(addresses, pairs(&[("b", "10.0.0.2")]));
        assert!(matches!(&errors[0], LookupError::Unknown { node } if node == "a"));
        assert!(matches!(&errors[1], LookupError::NotAnIp { node, address, .. } if node == "b" && address == "ten"));
    }

    #[test]
    fn a_node_of_unknown_readiness_gives_way_to_one_with_its_address() {
        let nodes = [
            node("gone", "Unknown", &[("InternalIP", "10.0.0.1")]),
            node("new", "False", &[("InternalIP", "10.0.0.1")]),
            node("silent", "Unknown", &[("InternalIP", "10.0.0.2")]),
            node("twin", "True", &[("InternalIP", "10.0.0.1")]),
        ];
        let (addresses, _) = found(Priority::Internal, &nodes);
        assert_eq!(
            addresses,
            pairs(&[("new", "10.0.0.1"), ("silent", "10.0.0.2"), ("twin", "10.0.0.1")])
        );
    }
}
