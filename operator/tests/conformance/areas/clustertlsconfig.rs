//! Mutual TLS between Alertmanagers: the configuration and its volumes.

use crds::Alertmanager;
use operator::alertmanager::{cluster_tls, names};
use serde_json::json;

use super::objects::{compare, read};
use crate::case::Case;
use crate::verdict::{Verdict, bytes};

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let alertmanager: Alertmanager = read(&input["alertmanager"])?;
    let tls = alertmanager.spec.cluster_tls.as_deref();
    let directory = input["parameters"]["mountingDir"].as_str().unwrap_or_default();
    if !case.name.starts_with("TestGetMountParameters") {
        let ours = cluster_tls::config(tls, directory);
        return bytes(ours.as_bytes(), &case.expected_output()?);
    }
    let name = alertmanager.metadata.name.as_deref().unwrap_or_default();
    let mounted = cluster_tls::mounted(tls, directory, &names::cluster_tls_config(name));
    let argument = || json!({ "name": "cluster.tls-config", "value": cluster_tls::path(directory) });
    let ours = json!({
        "argument": tls.map(|_| argument()),
        "volumes": mounted.volumes,
        "volumeMounts": mounted.mounts,
    });
    compare(case, Ok(ours), |_| {})
}
