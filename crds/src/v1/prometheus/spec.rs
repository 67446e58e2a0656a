//! The Prometheus kind: a Prometheus server, sharded and replicated, with an optional Thanos sidecar.

use super::{
    AlertingSpec, CommonPrometheusFields, Exemplars, PrometheusStatus, QuerySpec, RemoteReadSpec, Rules,
    ShardRetentionPolicy, ThanosSpec,
};
use crate::{
    ByteSize, Duration, JsonSchema, PrometheusRuleExcludeConfig,
    absent::{empty_is_none, is_empty},
};
use k8s_openapi::api::core::v1::SecretKeySelector;
use k8s_openapi::apimachinery::pkg::{api::resource::Quantity, apis::meta::v1::LabelSelector};
use kube_derive::CustomResource;
use serde::{Deserialize, Serialize};

/// A Prometheus server, run by StatefulSets, one per shard. It scrapes what the selected ServiceMonitors, PodMonitors,
/// Probes and ScrapeConfigs describe, and evaluates the selected PrometheusRules.
#[derive(Clone, CustomResource, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[kube(
    group = "monitoring.coreos.com",
    version = "v1",
    kind = "Prometheus",
    plural = "prometheuses",
    shortname = "prom",
    category = "prometheus-operator",
    status = "PrometheusStatus",
    derive = "Default",
    derive = "PartialEq",
    namespaced,
    schema = "disabled",
    scale(
        spec_replicas_path = ".spec.shards",
        status_replicas_path = ".status.shards",
        label_selector_path = ".status.selector"
    ),
    printcolumn(
        name = "Version",
        type_ = "string",
        json_path = ".spec.version",
        description = "Version of Prometheus"
    ),
    printcolumn(
        name = "Desired",
        type_ = "integer",
        json_path = ".spec.replicas",
        description = "Replicas wanted per shard"
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
#[schemars(extend("x-kubernetes-validations" = [{
    "rule": crate::schema::TOPOLOGY_RULE,
    "message": crate::schema::TOPOLOGY_MESSAGE,
}]))]
pub struct PrometheusSpec {
    #[serde(flatten, deserialize_with = "crate::reading::flattened")]
    #[expect(missing_docs, reason = "flattened: the fields of the group carry the documentation")]
    pub common: CommonPrometheusFields,

    /// Secret with a list of Alertmanager configurations in Prometheus' own format, appended to the generated ones.
    /// Nothing checks them: an error in them, or an upgrade of Prometheus, can stop Prometheus from loading its
    /// configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_alert_manager_configs: Option<Box<SecretKeySelector>>,
    /// Secret with a list of relabeling rules for alerts in Prometheus' own format, appended to the generated ones.
    /// Nothing checks them: an error in them, or an upgrade of Prometheus, can stop Prometheus from loading its
    /// configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_alert_relabel_configs: Option<Box<SecretKeySelector>>,
    /// Alertmanagers to which alerts are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alerting: Option<Box<AlertingSpec>>,
    /// Deprecated, without effect since Prometheus v2.39.0, which always allows it: whether blocks may overlap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_overlapping_blocks: Option<bool>,
    /// Deprecated, use `image`: the image without its tag.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub base_image: Option<Box<str>>,
    /// Whether blocks are not compacted. With a Thanos sidecar that uploads blocks it is not needed: before Prometheus
    /// v3.9.0 or Thanos v0.41.0 compaction is off anyway, later it waits for the upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_compaction: Option<bool>,
    /// Whether the administrative HTTP API is on. It deletes data; protect it by other means.
    #[serde(rename = "enableAdminAPI", skip_serializing_if = "Option::is_none")]
    pub enable_admin_api: Option<bool>,
    /// Time between two evaluations of a rule. Default: 30s.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    #[schemars(extend("default" = "30s"))]
    pub evaluation_interval: Option<Duration>,
    /// Storage of exemplars. Needs the feature flag `exemplar-storage`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exemplars: Option<Exemplars>,
    /// Deprecated, use `excludedFromEnforcement`: PrometheusRules that are exempt from `enforcedNamespaceLabel`.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub prometheus_rules_excluded_from_enforce: Box<[PrometheusRuleExcludeConfig]>,
    /// Limits of the query engine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<Box<QuerySpec>>,
    /// File to which queries are logged. A name without a directory is put into an emptyDir at `/var/log/prometheus`;
    /// you must mount any other directory, writable. `/dev/stdout` logs to the container's output.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub query_log_file: Option<Box<str>>,
    /// Endpoints from which samples are read.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub remote_read: Box<[RemoteReadSpec]>,
    /// How long data is kept. Default: 24h, if `retentionSize` and `retentionPercentage` are absent, too.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub retention: Option<Duration>,
    /// Share of the disk that data may take, in percent; 0 is no limit. Needs Prometheus v3.11.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-kubernetes-validations" = [{
        "rule": crate::schema::PERCENTAGE_RULE,
        "message": "retentionPercentage must be between 0 and 100",
    }]))]
    pub retention_percentage: Option<Box<Quantity>>,
    /// Maximum amount of data that is kept.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub retention_size: Option<ByteSize>,
    /// Namespaces in which PrometheusRules are selected. Empty: all. Absent: that of this object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_namespace_selector: Option<Box<LabelSelector>>,
    /// Offset into the past at which rules are evaluated, to allow for samples that arrive late. Needs Prometheus
    /// v2.53.0.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub rule_query_offset: Option<Duration>,
    /// Which PrometheusRules are selected. Empty: all. Absent: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_selector: Option<Box<LabelSelector>>,
    /// Settings of the rule engine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Rules>,
    /// Deprecated, use `image`: digest of the image.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub sha: Option<Box<str>>,
    /// What happens to the shards that are surplus after `shards` was reduced. Needs the feature gate
    /// PrometheusShardRetentionPolicy, which is on by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard_retention_policy: Option<Box<ShardRetentionPolicy>>,
    /// Deprecated, use `image`: tag of the image.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub tag: Option<Box<str>>,
    /// A Thanos sidecar in each pod, that uploads blocks to object storage and serves the Store API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thanos: Option<Box<ThanosSpec>>,
}
