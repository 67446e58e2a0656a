//! Which rule files the `ConfigMap`s of a workload hold, read from the cluster. The only part of `rules` that does so.

use k8s_openapi::api::core::v1::ConfigMap;
use kube::Client;
use kube::api::ListParams;

use super::{RuleFileCache, places};
use crate::api::Objects;
use crate::object::ObjectKey;
use crate::watch::{Seen, Store};

/// Has `cache` know where the rule files of `workload` are: in the `ConfigMap`s called `prefix-0` and on, which have its
/// name in `label`. They are listed once, since nobody else moves files,
/// and not where the watch has `seen` that there are none.
///
/// # Errors
/// When the API server does not answer.
pub async fn find_rule_files(
    client: &Client,
    seen: &Store<Seen<ConfigMap>>,
    workload: &ObjectKey,
    prefix: &str,
    label: &str,
    cache: &mut RuleFileCache,
) -> Result<(), kube::Error> {
    if cache.knows_places() {
        return Ok(());
    }
    let first = seen.first_from(&ObjectKey::new(workload.namespace.clone(), prefix));
    let is_one = |key: &ObjectKey| key.namespace == workload.namespace && key.name.starts_with(prefix);
    if seen.is_complete_in(&workload.namespace) && !first.as_ref().is_some_and(is_one) {
        cache.found(places(prefix, &[]));
        return Ok(());
    }
    let config_maps: Objects<ConfigMap> = Objects::in_namespace(client, &workload.namespace);
    let labelled = ListParams::default().labels(&format!("{label}={}", workload.name));
    let found = config_maps.list(&labelled).await?;
    cache.found(places(prefix, &found.items));
    Ok(())
}
