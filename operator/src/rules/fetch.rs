//! Which rule files the `ConfigMap`s of a workload hold, read from the cluster. The only part of `rules` that does so.

use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::ListParams;
use kube::{Api, Client};

use super::{Places, places};
use crate::object::ObjectKey;

/// Where the rule files of `workload` are: in the `ConfigMap`s called `prefix-0` and on, which have its name in `label`.
///
/// # Errors
/// When the API server does not answer.
pub async fn rule_places(
    client: &Client,
    workload: &ObjectKey,
    prefix: &str,
    label: &str,
) -> Result<Places, kube::Error> {
    let config_maps: Api<ConfigMap> = Api::namespaced(client.clone(), &workload.namespace);
    let labelled = ListParams::default().labels(&format!("{label}={}", workload.name));
    let found = config_maps.list(&labelled).await?;
    Ok(places(prefix, &found.items))
}
