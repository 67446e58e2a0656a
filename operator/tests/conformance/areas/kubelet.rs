//! The addresses of the kubelets, from the nodes. Of the errors only the number counts. The original's `apiVersion` is the
//! node's, which a list leaves empty; ours is a constant of the reference, so it is left aside.

use operator::args::NodeAddress;
use operator::kubelet::addresses::{Lookup, Node};
use serde_json::{Value, json};

use crate::case::Case;
use crate::verdict::{Verdict, content};

pub(crate) fn run(case: &Case) -> Verdict {
    let (input, mut theirs) = (case.input()?, case.expected_content()?);
    let priority = match input["parameters"]["nodeAddressPriority"].as_str() {
        Some("internal") => NodeAddress::Internal,
        Some("external") => NodeAddress::External,
        priority => return Err(format!("unknown priority {priority:?}").into()),
    };
    let nodes: Vec<Node> = serde_json::from_value(input["nodes"].clone())?;
    let mut lookup = Lookup::new(priority);
    for node in &nodes {
        lookup.add(node);
    }
    let (addresses, errors) = lookup.finish();
    let addresses: Value = addresses
        .into_iter()
        .map(|address| {
            json!({
                "ip": address.ip.to_string(),
                "ipv4": address.ip.is_ipv4(),
                "name": address.node,
                "ready": address.ready,
                "uid": address.uid,
            })
        })
        .collect();
    for address in theirs["addresses"].as_array_mut().into_iter().flatten() {
        if let Some(address) = address.as_object_mut() {
            address.remove("apiVersion");
        }
    }
    let count = theirs["errors"].as_array().map_or(0, Vec::len);
    theirs["errors"] = json!(count);
    content(&json!({"addresses": addresses, "errors": errors.len()}), &theirs)
}
