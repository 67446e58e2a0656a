//! The fields that Prometheus and PrometheusAgent share. Both flatten [`CommonPrometheusFields`] into their spec. Types
//! only.
//!
//! Three fields have a default in the schema (`scrapeInterval`, `portName`, `shards`) and are optional here all the
//! same: objects that never went through an API server, in tests and in the offline commands, come without them.

use super::{
    ApiServerConfig, ArbitraryFsAccessThroughSms, OtlpConfig, PrometheusWebSpec, ReloadStrategy, RuntimeConfig,
    ScrapeClass, ShardingStrategy, TopologySpreadConstraint, TracingConfig, TsdbSpec,
};
use crate::{
    Argument, ByteSize, Duration, JsonSchema, LogFormat, LogLevel, NameEscapingScheme, NameValidationScheme,
    ObjectReference, PersistentVolumeClaimRetentionPolicy, PodFields, RemoteWriteMessageVersion, RemoteWriteSpec,
    ScrapeProtocol, ServiceDiscoveryRole,
    absent::{empty_is_none, empty_word_is_none, is_empty},
};
use k8s_openapi::api::core::v1::SecretKeySelector;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What Prometheus and PrometheusAgent have in common.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CommonPrometheusFields {
    #[serde(flatten, deserialize_with = "crate::reading::flattened")]
    #[expect(missing_docs, reason = "flattened: the fields of the group carry the documentation")]
    pub pod: PodFields,

    /// Arguments added to the command line of Prometheus, for flags that have no field of their own. They are passed as
    /// they are; one that the operator sets already, or that Prometheus does not know, fails the object or the pods.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub additional_args: Box<[Argument]>,
    /// Secret with a list of scrape configurations in Prometheus' own format, appended to the generated ones. Nothing
    /// checks them: an error in them, or an upgrade of Prometheus, can stop Prometheus from loading its configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_scrape_configs: Option<Box<SecretKeySelector>>,
    /// Address and credentials of the Kubernetes API for service discovery. Default: that of the cluster, with the
    /// service account of the pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apiserver_config: Option<Box<ApiServerConfig>>,
    /// Whether scrape objects may name files of the Prometheus container. Otherwise, whoever can create them could
    /// send the token of the service account to a target.
    #[serde(rename = "arbitraryFSAccessThroughSMs", skip_serializing_if = "Option::is_none")]
    pub arbitrary_fs_access_through_sms: Option<ArbitraryFsAccessThroughSms>,
    /// Whether the token of the service account is mounted. Default: true; service discovery needs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automount_service_account_token: Option<bool>,
    /// Default limit of the size of an uncompressed response, for scrape objects that set none. Needs Prometheus
    /// v2.45.0.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub body_size_limit: Option<ByteSize>,
    /// ConfigMaps of the same namespace, each mounted at `/etc/prometheus/configmaps/<name>`, in a volume
    /// `configmap-<name>`.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub config_maps: Box<[Box<str>]>,
    /// Whether classic histograms are stored as native histograms with custom buckets. Needs Prometheus v3.4.0.
    #[serde(rename = "convertClassicHistogramsToNHCB", skip_serializing_if = "Option::is_none")]
    pub convert_classic_histograms_to_nhcb: Option<bool>,
    /// Whether further series about each scrape are stored: its timeout, its sample limit and the size of its answer.
    /// Default: false. Needs Prometheus v2.32.0, which takes it as a feature flag; from v3.10.0 on it is a part of the
    /// configuration, and scrape objects can say otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_scrape_metrics: Option<bool>,
    /// Feature flags of Prometheus to switch on.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(inner(length(min = 1)), extend("x-kubernetes-list-type" = "set"))]
    pub enable_features: Box<[Box<str>]>,
    /// Whether Prometheus accepts metrics by OTLP. `otlp` switches it on, too. Needs Prometheus v2.47.0.
    #[serde(rename = "enableOTLPReceiver", skip_serializing_if = "Option::is_none")]
    pub enable_otlp_receiver: Option<bool>,
    /// Whether Prometheus accepts remote write. Meant for small volumes, not as a replacement for scraping. Needs
    /// Prometheus v2.33.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_remote_write_receiver: Option<bool>,
    /// Upper bound for `bodySizeLimit` of scrape objects: larger or absent values are replaced by it. Needs Prometheus
    /// v2.28.0.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub enforced_body_size_limit: Option<ByteSize>,
    /// Upper bound for `keepDroppedTargets` of scrape objects: larger or absent values are replaced by it. Needs
    /// Prometheus v2.47.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforced_keep_dropped_targets: Option<u64>,
    /// Upper bound for `labelLimit` of scrape objects: larger or absent values are replaced by it. Needs Prometheus
    /// v2.27.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforced_label_limit: Option<u64>,
    /// Upper bound for `labelNameLengthLimit` of scrape objects: larger or absent values are replaced by it. Needs
    /// Prometheus v2.27.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforced_label_name_length_limit: Option<u64>,
    /// Upper bound for `labelValueLengthLimit` of scrape objects: larger or absent values are replaced by it. Needs
    /// Prometheus v2.27.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforced_label_value_length_limit: Option<u64>,
    /// Name of a label that every metric, rule and alert gets, with the namespace of the object that it comes from as
    /// its value. Rules may then query the metrics of their own namespace only. `excludedFromEnforcement` lists
    /// exceptions.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub enforced_namespace_label: Option<Box<str>>,
    /// Upper bound for `sampleLimit` of scrape objects: larger or absent values are replaced by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforced_sample_limit: Option<u64>,
    /// Upper bound for `targetLimit` of scrape objects: larger or absent values are replaced by it. Needs Prometheus
    /// v2.21.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforced_target_limit: Option<u64>,
    /// Objects that are exempt from `enforcedNamespaceLabel`.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub excluded_from_enforcement: Box<[ObjectReference]>,
    /// Labels added to everything that leaves Prometheus: alerts, remote write, federation. The labels of
    /// `replicaExternalLabelName` and `prometheusExternalLabelName` take precedence.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub external_labels: BTreeMap<Box<str>, Box<str>>,
    /// URL under which Prometheus is reached from outside, for the links it makes.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub external_url: Option<Box<str>>,
    /// Whether the pods use the network of their node. `dnsPolicy` then defaults to ClusterFirstWithHostNet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_network: Option<bool>,
    /// Whether `namespaceSelector` of ServiceMonitors, PodMonitors and Probes is ignored, so that they find targets in
    /// their own namespace only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignore_namespace_selectors: Option<bool>,
    /// Container image of Prometheus. `version` must still say which version it is. Default: made of the version and
    /// the operator's base image.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub image: Option<Box<str>>,
    /// Default number of targets dropped by relabeling that are kept for display, for scrape objects that set none; 0
    /// means no limit. Needs Prometheus v2.47.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_dropped_targets: Option<u64>,
    /// Default limit of the number of labels per sample, for scrape objects that set none. Needs Prometheus v2.45.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_limit: Option<u64>,
    /// Default limit of the length of label names, for scrape objects that set none. Needs Prometheus v2.45.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_name_length_limit: Option<u64>,
    /// Default limit of the length of label values, for scrape objects that set none. Needs Prometheus v2.45.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_value_length_limit: Option<u64>,
    /// Whether Prometheus listens on the loopback address only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen_local: Option<bool>,
    /// Format of the logs of Prometheus and the config-reloader: logfmt (the default) or json.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_word_is_none"
    )]
    pub log_format: Option<LogFormat>,
    /// Level of the logs of Prometheus and the config-reloader: debug, info (the default), warn or error.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_word_is_none"
    )]
    pub log_level: Option<LogLevel>,
    /// Seconds that Prometheus may take to start, i.e. to replay its write-ahead log, before it is restarted. Default:
    /// 900.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 60))]
    pub maximum_startup_duration_seconds: Option<i32>,
    /// How targets are asked to escape names outside the classic character set. Needs Prometheus v3.4.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_escaping_scheme: Option<NameEscapingScheme>,
    /// Which names of metrics and labels are valid: any UTF-8, or the classic character set. Needs Prometheus v2.55.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_validation_scheme: Option<NameValidationScheme>,
    /// Settings of the OTLP receiver, which they switch on. Needs Prometheus v2.55.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otlp: Option<Box<OtlpConfig>>,
    /// Whether `honorLabels` of scrape objects is ignored: on a conflict the label of the target is renamed to
    /// `exported_<name>`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub override_honor_labels: Option<bool>,
    /// Whether `honorTimestamps` of scrape objects is ignored, and with it the timestamps of targets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub override_honor_timestamps: Option<bool>,
    /// Whether the operator leaves the managed objects alone, except for deletion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
    /// Whether the claims of the StatefulSet outlive it and its pods. Default: they do. Needs Kubernetes 1.27.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persistent_volume_claim_retention_policy: Option<PersistentVolumeClaimRetentionPolicy>,
    /// Namespaces in which PodMonitors are selected. Empty: all. Absent: that of this object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_monitor_namespace_selector: Option<Box<LabelSelector>>,
    /// Which PodMonitors are selected. Empty: all. Absent: none; and if all four selectors are absent the operator does
    /// not write the configuration (deprecated).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_monitor_selector: Option<Box<LabelSelector>>,
    /// Labels of pods that are copied to the targets, in addition to `podTargetLabels` of each ServiceMonitor and
    /// PodMonitor.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub pod_target_labels: Box<[Box<str>]>,
    /// Name of the web port of pods and Service. Default: web.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    #[schemars(extend("default" = "web"))]
    pub port_name: Option<Box<str>>,
    /// Namespaces in which Probes are selected. Empty: all. Absent: that of this object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probe_namespace_selector: Option<Box<LabelSelector>>,
    /// Which Probes are selected. Empty: all. Absent: none; and if all four selectors are absent the operator does not
    /// write the configuration (deprecated).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probe_selector: Option<Box<LabelSelector>>,
    /// Name of the external label that holds namespace and name of this object. Default: prometheus. An empty string
    /// omits the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prometheus_external_label_name: Option<Box<str>>,
    /// How a new configuration is made effective: HTTP (the default) or ProcessSignal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reload_strategy: Option<ReloadStrategy>,
    /// Endpoints to which samples are sent.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub remote_write: Box<[RemoteWriteSpec]>,
    /// Versions of the protocol that the remote write receiver accepts. Needs Prometheus v2.54.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(length(min = 1), extend("x-kubernetes-list-type" = "set"))]
    pub remote_write_receiver_message_versions: Box<[RemoteWriteMessageVersion]>,
    /// Name of the external label that holds the name of the pod. Default: prometheus_replica. An empty string omits
    /// the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replica_external_label_name: Option<Box<str>>,
    /// Pods of each shard; `replicas` times `shards` pods run. Default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<i32>,
    /// Path under which Prometheus serves HTTP, e.g. when a proxy strips the path of `externalUrl`. Default: the path
    /// of `externalUrl`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub route_prefix: Option<Box<str>>,
    /// Settings of the Go runtime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime: Option<RuntimeConfig>,
    /// Default limit of the number of samples per scrape, for scrape objects that set none. Needs Prometheus v2.45.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_limit: Option<u64>,
    /// Named sets of scrape settings that scrape objects can refer to. Experimental.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub scrape_classes: Box<[ScrapeClass]>,
    /// Whether a classic histogram is stored although it is exposed as a native one, too. Needs Prometheus v3.5.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scrape_classic_histograms: Option<bool>,
    /// Namespaces in which ScrapeConfigs are selected. Empty: all. Absent: that of this object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scrape_config_namespace_selector: Option<Box<LabelSelector>>,
    /// Which ScrapeConfigs are selected. Empty: all. Absent: none; and if all four selectors are absent the operator
    /// does not write the configuration (deprecated).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scrape_config_selector: Option<Box<LabelSelector>>,
    /// File to which failed scrapes are logged. A name without a directory is put into an emptyDir at
    /// `/var/log/prometheus`; you must mount any other directory, writable. Needs Prometheus v2.55.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub scrape_failure_log_file: Option<Box<str>>,
    /// Time between two scrapes of a target. Default: 30s.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    #[schemars(extend("default" = "30s"))]
    pub scrape_interval: Option<Duration>,
    /// Whether native histograms are scraped. Needs Prometheus v3.8.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scrape_native_histograms: Option<bool>,
    /// Exposition formats requested from targets, in order of preference. Default: Prometheus' own list. Needs
    /// Prometheus v2.49.0; PrometheusText1.0.0 needs 3.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub scrape_protocols: Box<[ScrapeProtocol]>,
    /// Time limit of a scrape, not above `scrapeInterval`. Default: Prometheus' own, 10s.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub scrape_timeout: Option<Duration>,
    /// Secrets of the same namespace, each mounted at `/etc/prometheus/secrets/<name>`, in a volume `secret-<name>`.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub secrets: Box<[Box<str>]>,
    /// Objects by which targets of ServiceMonitors and Alertmanagers are found: Endpoints (the default) or
    /// EndpointSlice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_discovery_role: Option<ServiceDiscoveryRole>,
    /// Namespaces in which ServiceMonitors are selected. Empty: all. Absent: that of this object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_monitor_namespace_selector: Option<Box<LabelSelector>>,
    /// Which ServiceMonitors are selected. Empty: all. Absent: none; and if all four selectors are absent the operator
    /// does not write the configuration (deprecated).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_monitor_selector: Option<Box<LabelSelector>>,
    /// Name of an existing Service that governs the StatefulSet; its selector must match the pods. Default: a Service
    /// of the operator, `prometheus-operated` or `prometheus-agent-operated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub service_name: Option<Box<str>>,
    /// How targets are distributed over shards. Default: by a hash of their address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharding_strategy: Option<Box<ShardingStrategy>>,
    /// Groups of pods over which the targets are distributed. Default: 1. Data is not moved when the number changes;
    /// query all shards, through Thanos or remote write.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = 1))]
    pub shards: Option<i32>,
    /// Default limit of the number of targets per job, for scrape objects that set none. Needs Prometheus v2.45.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_limit: Option<u64>,
    /// Rules that spread the pods over nodes, zones and the like.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub topology_spread_constraints: Box<[TopologySpreadConstraint]>,
    /// Where Prometheus sends traces of its own work. Experimental in Prometheus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracing_config: Option<Box<TracingConfig>>,
    /// Settings of the time series database that can change while Prometheus runs. Needs Prometheus v2.39.0, as agent
    /// 2.54.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tsdb: Option<Box<TsdbSpec>>,
    /// Version of Prometheus, which decides what the generated configuration may contain. Default: the newest one known
    /// to the operator.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub version: Option<Box<str>>,
    /// Whether the write-ahead log is compressed. Default: Prometheus' own, true since 2.20. Needs Prometheus v2.11.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wal_compression: Option<bool>,
    /// Settings of the web server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web: Option<Box<PrometheusWebSpec>>,
}

scrape_limits_of!(CommonPrometheusFields);
