//! What the operator's flags mean for the objects that it renders. Plain values: the flags themselves are in `args`,
//! and tests build these directly.

pub mod caps;
pub mod images;
pub mod versions;

use std::collections::BTreeMap;

pub use caps::Caps;

/// The settings that renderers depend on.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Host that a sidecar uses to reach its neighbour in the pod (`--localhost`).
    pub local_host: String,
    /// Suffix of the cluster's names, such as `cluster.local`; empty: names stay relative (`--cluster-domain`).
    pub cluster_domain: String,
    /// The config-reloader containers.
    pub reloader: Reloader,
    /// Image without tag of Prometheus where the object names none (`--prometheus-default-base-image`).
    pub prometheus_base_image: String,
    /// Image without tag of Alertmanager (`--alertmanager-default-base-image`).
    pub alertmanager_base_image: String,
    /// Image without tag of Thanos (`--thanos-default-base-image`).
    pub thanos_base_image: String,
    /// Labels on every object, on pods and in selectors (`--labels`).
    pub labels: BTreeMap<String, String>,
    /// Annotations on every object (`--annotations`).
    pub annotations: BTreeMap<String, String>,
    /// A Prometheus without any selector keeps its hand-made configuration unless this is set
    /// (`--disable-unmanaged-prometheus-configuration`).
    pub unmanaged_configuration_disabled: bool,
    /// Rule files that are too large for a `ConfigMap` are compressed, and unpacked in the pods (`--compress-large-rules`).
    pub large_rules_compressed: bool,
    /// What is mounted says when its change was noticed (`--pod-refresh-interval`).
    pub changes_timed: bool,
    /// What tenants are kept from beyond what the original keeps them from.
    pub tenancy: Tenancy,
    /// How much configuration objects may add to a workload.
    pub caps: Caps,
    /// Only objects with this value in the annotation `operator.prometheus.io/controller-id` are ours
    /// (`--controller-id`); empty: only those without the annotation.
    pub controller_id: String,
    /// Feature gates (`--feature-gates`).
    pub gates: Gates,
    /// What the cluster can do.
    pub cluster: Cluster,
}

/// Restrictions of those who write configuration objects. All of them are off by default, since they change what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tenancy {
    /// Where rules are bound to their namespace, nothing in them reads series of another one
    /// (`--strict-namespace-enforcement`).
    pub binds_templates: bool,
    /// Objects make Prometheus read no files, whatever the Prometheus allows (`--deny-file-access`).
    pub denies_files: bool,
}

/// Image and resources of the config-reloader containers. A quantity is absent where the flag is empty or `0`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reloader {
    /// Image (`--prometheus-config-reloader`).
    pub image: String,
    /// CPU request (`--config-reloader-cpu-request`).
    pub cpu_request: Option<String>,
    /// CPU limit (`--config-reloader-cpu-limit`).
    pub cpu_limit: Option<String>,
    /// Memory request (`--config-reloader-memory-request`).
    pub memory_request: Option<String>,
    /// Memory limit (`--config-reloader-memory-limit`).
    pub memory_limit: Option<String>,
    /// Whether the sidecar gets probes (`--enable-config-reloader-probes`).
    pub probes: bool,
    /// Whether only the variables are expanded that the operator sets (`--restrict-variable-expansion`).
    pub restricts_expansion: bool,
}

impl Reloader {
    /// Whether it is that of the original, which has a shell and knows the original's flags alone.
    pub fn is_of_original(&self) -> bool {
        self.image.contains("prometheus-operator/prometheus-config-reloader")
    }
}

/// Feature gates that change what is done.
#[expect(clippy::struct_excessive_bools, reason = "gates are independent of each other")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gates {
    /// Shards by zone (`PrometheusTopologySharding`).
    pub topology_sharding: bool,
    /// Shards that are scaled away are kept for a while (`PrometheusShardRetentionPolicy`).
    pub shard_retention: bool,
    /// Agents run on each node where they ask for it (`PrometheusAgentDaemonSet`).
    pub agent_daemon_sets: bool,
    /// Configuration objects learn who selects them (`StatusForConfigurationResources`).
    pub bindings: bool,
}

/// What the version of the API server says about the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cluster {
    /// `EndpointSlice`s exist (Kubernetes 1.21).
    pub endpoint_slices: bool,
    /// Pods carry the labels of their node's zone (Kubernetes 1.35).
    pub pod_topology_labels: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            local_host: "localhost".to_owned(),
            cluster_domain: String::new(),
            reloader: Reloader::default(),
            prometheus_base_image: "quay.io/prometheus/prometheus".to_owned(),
            alertmanager_base_image: "quay.io/prometheus/alertmanager".to_owned(),
            thanos_base_image: "quay.io/thanos/thanos".to_owned(),
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
            unmanaged_configuration_disabled: false,
            large_rules_compressed: false,
            changes_timed: false,
            tenancy: Tenancy::default(),
            caps: Caps::default(),
            controller_id: String::new(),
            gates: Gates {
                topology_sharding: true,
                shard_retention: true,
                agent_daemon_sets: false,
                bindings: false,
            },
            cluster: Cluster {
                endpoint_slices: true,
                pod_topology_labels: true,
            },
        }
    }
}
