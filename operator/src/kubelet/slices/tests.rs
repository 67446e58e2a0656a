//! The slices as nodes come and go.

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
