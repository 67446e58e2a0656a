//! The Alertmanager kind: a cluster of Alertmanagers, and where its configuration comes from.

use super::{
    AlertmanagerConfigFileSystemMode, AlertmanagerConfigMatcherStrategy, AlertmanagerConfiguration,
    AlertmanagerLimitsSpec, AlertmanagerStatus, AlertmanagerWebSpec, ClusterTlsConfig,
};
use crate::{
    Argument, GoDuration, JsonSchema, LogFormat, LogLevel, PersistentVolumeClaimRetentionPolicy, PodFields,
    absent::{empty_is_none, empty_word_is_none, is_empty},
};
use k8s_openapi::api::core::v1::TopologySpreadConstraint;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube_derive::CustomResource;
use serde::{Deserialize, Serialize};

/// A cluster of Alertmanagers, run by a StatefulSet. Its configuration comes from a Secret or from AlertmanagerConfigs.
#[derive(Clone, CustomResource, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[kube(
    group = "monitoring.coreos.com",
    version = "v1",
    kind = "Alertmanager",
    plural = "alertmanagers",
    shortname = "am",
    category = "prometheus-operator",
    status = "AlertmanagerStatus",
    derive = "Default",
    derive = "PartialEq",
    namespaced,
    schema = "disabled",
    scale(
        spec_replicas_path = ".spec.replicas",
        status_replicas_path = ".status.replicas",
        label_selector_path = ".status.selector"
    ),
    printcolumn(
        name = "Version",
        type_ = "string",
        json_path = ".spec.version",
        description = "Version of Alertmanager"
    ),
    printcolumn(
        name = "Replicas",
        type_ = "integer",
        json_path = ".spec.replicas",
        description = "Pods wanted"
    ),
    printcolumn(
        name = "Ready",
        type_ = "integer",
        json_path = ".status.availableReplicas",
        description = "Pods that are available"
    ),
    printcolumn(
        name = "Reconciled",
        type_ = "string",
        json_path = ".status.conditions[?(@.type == 'Reconciled')].status"
    ),
    printcolumn(
        name = "Available",
        type_ = "string",
        json_path = ".status.conditions[?(@.type == 'Available')].status"
    ),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(
        name = "Paused",
        type_ = "boolean",
        json_path = ".status.paused",
        priority = 1,
        description = "Whether the operator leaves the managed objects alone"
    )
)]
#[serde(rename_all = "camelCase")]
pub struct AlertmanagerSpec {
    #[serde(flatten, deserialize_with = "crate::reading::flattened")]
    #[expect(missing_docs, reason = "flattened: the fields of the group carry the documentation")]
    pub pod: PodFields,

    /// Arguments added to the command line of Alertmanager, for flags that have no field of their own. They are passed
    /// as they are; one that the operator sets already, or that Alertmanager does not know, fails the object or the
    /// pods.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub additional_args: Box<[Argument]>,
    /// Addresses of Alertmanagers outside this object that belong to the same cluster.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub additional_peers: Box<[Box<str>]>,
    /// What becomes of selected AlertmanagerConfigs that refer to files of the Alertmanager container, such as
    /// `userKeyFile` of Pushover. Deny (the default): they are refused, since whoever may create them could send any file
    /// of the container to a server of his. Allow: they are taken. The object that `alertmanagerConfiguration` names may
    /// always refer to files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alertmanager_config_file_system_mode: Option<AlertmanagerConfigFileSystemMode>,
    /// Which alerts the routes and inhibition rules of AlertmanagerConfigs apply to. Default: those of their
    /// namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alertmanager_config_matcher_strategy: Option<AlertmanagerConfigMatcherStrategy>,
    /// Namespaces in which AlertmanagerConfigs are selected. Empty: all. Absent: that of this object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alertmanager_config_namespace_selector: Option<Box<LabelSelector>>,
    /// Which AlertmanagerConfigs are selected and added to the configuration. Empty: all. Absent: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alertmanager_config_selector: Option<Box<LabelSelector>>,
    /// The configuration as an AlertmanagerConfig and global settings. Takes precedence over `configSecret`.
    /// Experimental.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alertmanager_configuration: Option<Box<AlertmanagerConfiguration>>,
    /// Whether the token of the service account is mounted. Default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automount_service_account_token: Option<bool>,
    /// Deprecated, use `image`: the image without its tag.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub base_image: Option<Box<str>>,
    /// Address that a member advertises to the others. Required if its own is public, i.e. not in RFC 1918.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub cluster_advertise_address: Option<Box<str>>,
    /// Time between two rounds of gossip.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub cluster_gossip_interval: Option<GoDuration>,
    /// Name of the cluster; members with another one are refused. Default: namespace and name of this object. Set it if
    /// Alertmanagers outside this object belong to the cluster. Needs Alertmanager v0.26.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster_label: Option<Box<str>>,
    /// Name of a member in the cluster; `$(POD_NAME)` in it is the name of its pod. Default: `$(POD_NAME)`. Needs
    /// Alertmanager v0.30.0.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    #[schemars(length(min = 1))]
    pub cluster_peer_name: Option<Box<str>>,
    /// How long a member waits for the others before it sends notifications.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub cluster_peer_timeout: Option<GoDuration>,
    /// Time between two full exchanges of state.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub cluster_pushpull_interval: Option<GoDuration>,
    /// Mutual TLS of the gossip. Needs Alertmanager v0.24.0.
    #[serde(rename = "clusterTLS", skip_serializing_if = "Option::is_none")]
    pub cluster_tls: Option<Box<ClusterTlsConfig>>,
    /// ConfigMaps of the same namespace, each mounted at `/etc/alertmanager/configmaps/<name>`, in a volume
    /// `configmap-<name>`.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub config_maps: Box<[Box<str>]>,
    /// Secret of the same namespace whose key `alertmanager.yaml` holds the configuration. Its other keys are mounted
    /// at `/etc/alertmanager/config`. Default: `alertmanager-<name>`; without it, the operator makes a configuration
    /// that drops all alerts.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub config_secret: Option<Box<str>>,
    /// Feature flags of Alertmanager to switch on. Needs Alertmanager v0.27.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub enable_features: Box<[Box<str>]>,
    /// URL under which Alertmanager is reached from outside, for the links it makes.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub external_url: Option<Box<str>>,
    /// Whether a single replica runs in cluster mode, too, e.g. for a cluster over several Kubernetes clusters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force_enable_cluster_mode: Option<bool>,
    /// Whether the pods use the network of their node. `dnsPolicy` then defaults to ClusterFirstWithHostNet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_network: Option<bool>,
    /// Container image of Alertmanager. `version` must still say which version it is. Default: made of the version and
    /// the operator's base image.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub image: Option<Box<str>>,
    /// Limits of silences.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<AlertmanagerLimitsSpec>,
    /// Whether Alertmanager listens on the loopback address only. The gossip is not affected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen_local: Option<bool>,
    /// Format of the logs of Alertmanager and the config-reloader: logfmt (the default) or json.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_word_is_none"
    )]
    pub log_format: Option<LogFormat>,
    /// Level of the logs of Alertmanager and the config-reloader: debug, info (the default), warn or error.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_word_is_none"
    )]
    pub log_level: Option<LogLevel>,
    /// Whether the operator leaves the managed objects alone, except for deletion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
    /// Whether the claims of the StatefulSet outlive it and its pods. Default: they do. Needs Kubernetes 1.27.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persistent_volume_claim_retention_policy: Option<PersistentVolumeClaimRetentionPolicy>,
    /// Name of the web port of pods and Service. Default: web.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    #[schemars(extend("default" = "web"))]
    pub port_name: Option<Box<str>>,
    /// Number of pods of the cluster. Default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<i32>,
    /// How long silences and the notification log are kept. Default: 120h. Units: h, m, s and ms.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    #[schemars(extend("default" = "120h"))]
    pub retention: Option<GoDuration>,
    /// Path under which Alertmanager serves HTTP, e.g. when a proxy strips the path of `externalUrl`. Default: the path
    /// of `externalUrl`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub route_prefix: Option<Box<str>>,
    /// Secrets of the same namespace, each mounted at `/etc/alertmanager/secrets/<name>`, in a volume `secret-<name>`.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub secrets: Box<[Box<str>]>,
    /// Name of an existing Service that governs the StatefulSet; its selector must match the pods. Default: a Service
    /// of the operator, `alertmanager-operated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub service_name: Option<Box<str>>,
    /// Deprecated, use `image`: digest of the image.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub sha: Option<Box<str>>,
    /// Deprecated, use `image`: tag of the image.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub tag: Option<Box<str>>,
    /// Rules that spread the pods over nodes, zones and the like.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub topology_spread_constraints: Box<[TopologySpreadConstraint]>,
    /// Version of Alertmanager, which decides what the generated configuration may contain. Default: the newest one
    /// known to the operator.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub version: Option<Box<str>>,
    /// Settings of the web server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web: Option<Box<AlertmanagerWebSpec>>,
}
