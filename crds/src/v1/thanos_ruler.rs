//! The ThanosRuler kind: evaluates PrometheusRules against Thanos Queriers or Prometheus servers. What configures its
//! queries, alerts, traces and object storage is Thanos' own format in Secrets, which nobody checks before Thanos does.

use crate::{
    Argument, Duration, GrpcServerTlsConfig, JsonSchema, LogFormat, LogLevel, ObjectReference, PodFields,
    PrometheusRuleExcludeConfig, RemoteWriteSpec, WebConfigFileFields, WorkloadStatus,
    absent::{empty_is_none, empty_word_is_none, is_empty},
};
use k8s_openapi::api::core::v1::{SecretKeySelector, TopologySpreadConstraint};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube_derive::CustomResource;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A Thanos Ruler, run by a StatefulSet. It evaluates the selected PrometheusRules and queries at least one Thanos
/// Querier or Prometheus for it, which `queryConfig` or `queryEndpoints` must name.
#[derive(Clone, CustomResource, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[kube(
    group = "monitoring.coreos.com",
    version = "v1",
    kind = "ThanosRuler",
    plural = "thanosrulers",
    shortname = "ruler",
    category = "prometheus-operator",
    status = "WorkloadStatus",
    derive = "Default",
    derive = "PartialEq",
    namespaced,
    schema = "disabled",
    printcolumn(
        name = "Version",
        type_ = "string",
        json_path = ".spec.version",
        description = "Version of Thanos"
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
pub struct ThanosRulerSpec {
    #[serde(flatten, deserialize_with = "crate::reading::flattened")]
    #[expect(missing_docs, reason = "flattened: the fields of the group carry the documentation")]
    pub pod: PodFields,

    /// Arguments added to the command line of Thanos Ruler, for flags that have no field of their own. They are passed
    /// as they are; one that the operator sets already, or that Thanos does not know, fails the object or the pods.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub additional_args: Box<[Argument]>,
    /// Labels that are removed from alerts, in addition to `thanos_ruler_replica`.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub alert_drop_labels: Box<[Box<str>]>,
    /// URL of a Querier for the links of alerts to their source.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub alert_query_url: Option<Box<str>>,
    /// Path in the container of relabeling rules for alerts, in Prometheus' own format. Takes precedence over
    /// `alertRelabelConfigs`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub alert_relabel_config_file: Option<Box<str>>,
    /// Secret with relabeling rules for alerts, in Prometheus' own format. `alertRelabelConfigFile` takes precedence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert_relabel_configs: Option<Box<SecretKeySelector>>,
    /// Secret with the Alertmanagers to which alerts are sent, in Thanos' own format. Takes precedence over
    /// `alertmanagersUrl`. Needs Thanos v0.10.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alertmanagers_config: Option<Box<SecretKeySelector>>,
    /// URLs of the Alertmanagers to which alerts are sent. `alertmanagersConfig`, which offers more, takes
    /// precedence.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub alertmanagers_url: Box<[Box<str>]>,
    /// Feature flags of Thanos Ruler to switch on. Needs Thanos v0.39.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(inner(length(min = 1)), extend("x-kubernetes-list-type" = "set"))]
    pub enable_features: Box<[Box<str>]>,
    /// Name of a label that every rule and alert gets, with the namespace of its PrometheusRule as the value. Rules may
    /// then query the metrics of their own namespace only. `excludedFromEnforcement` lists exceptions.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub enforced_namespace_label: Option<Box<str>>,
    /// Time between two evaluations of a rule. Default: 15s.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    #[schemars(extend("default" = "15s"))]
    pub evaluation_interval: Option<Duration>,
    /// PrometheusRules that are exempt from `enforcedNamespaceLabel`.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub excluded_from_enforcement: Box<[ObjectReference]>,
    /// URL or path under which Thanos Ruler is reached from outside, for the links it makes.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub external_prefix: Option<Box<str>>,
    /// TLS settings of the gRPC server, i.e. of the Store API from which Queriers read the results of rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grpc_server_tls_config: Option<Box<GrpcServerTlsConfig>>,
    /// Container image of Thanos. `version` must still say which version it is. Default: made of the version and the
    /// operator's base image.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub image: Option<Box<str>>,
    /// External labels of this Thanos Ruler. `thanos_ruler_replica`, with the name of the pod, is always added.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<Box<str>, Box<str>>,
    /// Whether HTTP listens on the loopback address only. gRPC is not affected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen_local: Option<bool>,
    /// Format of the logs of Thanos Ruler and the config-reloader: logfmt (the default) or json.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_word_is_none"
    )]
    pub log_format: Option<LogFormat>,
    /// Level of the logs of Thanos Ruler and the config-reloader: debug, info (the default), warn or error.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_word_is_none"
    )]
    pub log_level: Option<LogLevel>,
    /// Secret with the configuration of the object storage to which blocks are uploaded. `objectStorageConfigFile`
    /// takes precedence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_storage_config: Option<Box<SecretKeySelector>>,
    /// Path in the container of the configuration of the object storage. Takes precedence over `objectStorageConfig`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub object_storage_config_file: Option<Box<str>>,
    /// Whether the operator leaves the managed objects alone, except for deletion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
    /// Name of the web port of pods and Service. Default: web.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    #[schemars(extend("default" = "web"))]
    pub port_name: Option<Box<str>>,
    /// Deprecated, use `excludedFromEnforcement`: PrometheusRules that are exempt from `enforcedNamespaceLabel`.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub prometheus_rules_excluded_from_enforce: Box<[PrometheusRuleExcludeConfig]>,
    /// Secret with the endpoints that are queried, in Thanos' own format. Takes precedence over `queryEndpoints`.
    /// Needs Thanos v0.11.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_config: Option<Box<SecretKeySelector>>,
    /// Addresses of the endpoints that are queried. `queryConfig`, which offers more, takes precedence.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub query_endpoints: Box<[Box<str>]>,
    /// Endpoints to which the results of rules are sent. With any, Thanos Ruler is stateless: it keeps no data itself.
    /// Needs Thanos v0.24.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub remote_write: Box<[RemoteWriteSpec]>,
    /// Number of pods. Default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<i32>,
    /// Minimum time before the same alert is sent again.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub resend_delay: Option<Duration>,
    /// How long data is kept. Default: 24h. Without effect with `remoteWrite`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    #[schemars(extend("default" = "24h"))]
    pub retention: Option<Duration>,
    /// Path under which Thanos Ruler serves HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub route_prefix: Option<Box<str>>,
    /// Maximum number of rules evaluated concurrently. Needs Thanos v0.37.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub rule_concurrent_eval: Option<i32>,
    /// Minimum time between the restoration of an alert and its firing. Only alerts with a longer `for` are restored.
    /// Needs Thanos v0.30.0.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub rule_grace_period: Option<Duration>,
    /// Namespaces in which PrometheusRules are selected. Empty: all. Absent: that of this object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_namespace_selector: Option<Box<LabelSelector>>,
    /// Maximum outage after which the state of alerts is still restored. Needs Thanos v0.30.0.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub rule_outage_tolerance: Option<Duration>,
    /// Offset into the past at which rules are evaluated, to allow for samples that arrive late. Needs Thanos
    /// v0.38.0.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub rule_query_offset: Option<Duration>,
    /// Which PrometheusRules are selected. Empty: all. Absent: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_selector: Option<Box<LabelSelector>>,
    /// Name of an existing Service that governs the StatefulSet; its selector must match the pods. Default: a Service
    /// of the operator, `thanos-ruler-operated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub service_name: Option<Box<str>>,
    /// Rules that spread the pods over nodes, zones and the like.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub topology_spread_constraints: Box<[TopologySpreadConstraint]>,
    /// Secret with the tracing configuration, in Thanos' own format. `tracingConfigFile` takes precedence.
    /// Experimental.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracing_config: Option<Box<SecretKeySelector>>,
    /// Path in the container of the tracing configuration. Takes precedence over `tracingConfig`. Experimental.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub tracing_config_file: Option<Box<str>>,
    /// Version of Thanos, which decides what flags it gets. Default: the newest one known to the operator.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub version: Option<Box<str>>,
    /// Settings of the web server. Needs Thanos v0.21.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web: Option<Box<WebConfigFileFields>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json, to_value};

    #[test]
    fn what_is_empty_is_not_written() {
        let spec: ThanosRulerSpec = from_value(json!({
            "queryEndpoints": ["dnssrv+_http._tcp.querier.thanos.svc"],
            "alertmanagersUrl": [],
            "alertQueryUrl": "",
            "logLevel": "",
            "ruleGracePeriod": "",
        }))
        .unwrap();
        assert_eq!(spec.log_level, None);
        assert_eq!(
            to_value(&spec).unwrap(),
            json!({ "queryEndpoints": ["dnssrv+_http._tcp.querier.thanos.svc"] })
        );
    }

    #[test]
    fn the_status_is_that_of_any_workload() {
        let status = json!({
            "availableReplicas": 1,
            "conditions": [{ "type": "Reconciled", "status": "True", "lastTransitionTime": "2026-03-01T12:00:00Z" }],
            "paused": false,
            "replicas": 2,
            "unavailableReplicas": 1,
            "updatedReplicas": 2,
        });
        let ruler: ThanosRuler =
            from_value(json!({ "metadata": { "name": "ruler" }, "spec": {}, "status": status })).unwrap();
        assert_eq!(to_value(&ruler.status).unwrap(), status);
    }
}
