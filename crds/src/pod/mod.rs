//! The fields with which every workload kind shapes its pods and the StatefulSet around them.
//!
//! Prometheus, PrometheusAgent, Alertmanager and ThanosRuler flatten [`PodFields`] into their spec, so that one
//! renderer serves all of them. Types only; what the fields do is Kubernetes' own documentation, except where a comment
//! says otherwise.

mod dns;
mod metadata;
mod update;

use crate::{
    JsonSchema, StorageSpec,
    absent::{empty_is_none, empty_word_is_none, is_empty},
};
use k8s_openapi::api::core::v1::{
    Affinity, Container, LocalObjectReference, PodSecurityContext, ResourceRequirements, Toleration, Volume,
    VolumeMount,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use self::dns::{DnsPolicy, PodDnsConfig, PodDnsConfigOption};
pub use self::metadata::{EmbeddedObjectMetadata, HostAlias};
pub use self::update::{
    PersistentVolumeClaimRetentionPolicy, PodManagementPolicy, RollingUpdateStatefulSetStrategy,
    StatefulSetUpdateStrategy, StatefulSetUpdateStrategyType,
};

words! {
    /// When the kubelet pulls an image.
    pub enum ImagePullPolicy {
        /// As if the field were absent: Kubernetes decides by the tag.
        Unset = "",
        /// At every start of a container.
        Always = "Always",
        /// The image must be on the node.
        Never = "Never",
        /// When the node does not have the image.
        IfNotPresent = "IfNotPresent",
    }
}

/// What all workload kinds say in the same words about their pods, and about the StatefulSet that runs them.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PodFields {
    /// Rules that attract the pods to nodes or other pods, or keep them away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affinity: Option<Box<Affinity>>,
    /// Containers to add to the pods. One that has the name of a container of the operator is merged into it (strategic
    /// merge patch); such an override is at your own risk.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub containers: Box<[Container]>,
    /// DNS settings of the pods, added to those which `dnsPolicy` gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns_config: Option<Box<PodDnsConfig>>,
    /// Where the pods take their DNS settings from. With `hostNetwork` the default is ClusterFirstWithHostNet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns_policy: Option<DnsPolicy>,
    /// Whether the pods get environment variables that describe the Services of their namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_service_links: Option<bool>,
    /// Entries added to the hosts file of the pods.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["ip"]))]
    pub host_aliases: Box<[HostAlias]>,
    /// Whether the pods run in the user namespace of the host. `false` gives them one of their own; that needs
    /// Kubernetes 1.28 with the feature gate UserNamespacesSupport, which is on by default since 1.33.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_users: Option<bool>,
    /// When the images of the operator's containers are pulled.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_word_is_none"
    )]
    pub image_pull_policy: Option<ImagePullPolicy>,
    /// Secrets of the same namespace with credentials for the image registries.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub image_pull_secrets: Box<[LocalObjectReference]>,
    /// Init containers to add to the pods. One that has the name of an init container of the operator is merged into it
    /// (strategic merge patch); such an override is at your own risk.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub init_containers: Box<[Container]>,
    /// Seconds for which a new pod must be ready without a crash before it counts as available. Default: 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub min_ready_seconds: Option<i32>,
    /// Labels that a node must have to run the pods.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub node_selector: BTreeMap<Box<str>, Box<str>>,
    /// Whether pods are created and deleted one after the other or at once. Default: Parallel. A change recreates the
    /// StatefulSet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_management_policy: Option<PodManagementPolicy>,
    /// Labels and annotations for the pods. The labels by which the operator selects pods cannot be overridden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_metadata: Option<Box<EmbeddedObjectMetadata>>,
    /// Name of the priority class of the pods.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub priority_class_name: Option<Box<str>>,
    /// CPU, memory and other resources that the main container requests and may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Box<ResourceRequirements>>,
    /// Name of the scheduler that places the pods. Default: the cluster's default scheduler.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub scheduler_name: Option<Box<str>>,
    /// User, group and other security attributes of the pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_context: Option<Box<PodSecurityContext>>,
    /// Name of the service account that the pods run as.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub service_account_name: Option<Box<str>>,
    /// Where the data is kept. Default: an emptyDir, lost with the pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<Box<StorageSpec>>,
    /// Seconds the pods get to stop by themselves. 0 kills them at once and may corrupt data.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub termination_grace_period_seconds: Option<i64>,
    /// Node taints that the pods tolerate.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub tolerations: Box<[Toleration]>,
    /// How the pods are replaced when their template changes. Default: RollingUpdate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_strategy: Option<Box<StatefulSetUpdateStrategy>>,
    /// Mounts added to the main container, after those of the operator.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub volume_mounts: Box<[VolumeMount]>,
    /// Volumes added to the pods, after those of the operator.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub volumes: Box<[Volume]>,
}
