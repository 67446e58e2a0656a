//! The objects that the operator makes, and the Secrets and `ConfigMap`s that users make beside them, as the watches see
//! them. Plain handles to stores, shared by everything that looks before it reads or writes.

use std::sync::Arc;

use k8s_openapi::api::apps::v1::{DaemonSet, StatefulSet};
use k8s_openapi::api::core::v1::{ConfigMap, Secret};

use super::{Seen, Store};

/// The children that exist, as the watches see them.
#[derive(Debug, Clone)]
pub struct Children {
    /// What is known of the Secrets.
    pub secrets: Arc<Store<Seen<Secret>>>,
    /// What is known of the ConfigMaps.
    pub config_maps: Arc<Store<Seen<ConfigMap>>>,
    /// The StatefulSets.
    pub stateful_sets: Arc<Store<StatefulSet>>,
    /// The DaemonSets; none where there is no need to look.
    pub daemon_sets: Arc<Store<DaemonSet>>,
}
