//! The PrometheusAgent kind: Prometheus in agent mode, which scrapes and forwards but neither stores nor evaluates.
//! All its fields but one are those of Prometheus. What a DaemonSet cannot do is refused by rules of the schema.

use crate::JsonSchema;
use crate::v1::{CommonPrometheusFields, PrometheusStatus};
use kube_derive::CustomResource;
use serde::{Deserialize, Serialize};

words! {
    /// What runs the pods of an agent.
    #[derive(Default)]
    pub enum PrometheusAgentMode {
        /// StatefulSets, one per shard.
        #[default]
        StatefulSet = "StatefulSet",
        /// A DaemonSet, whose pods scrape the pods of their own node.
        DaemonSet = "DaemonSet",
    }
}

/// A Prometheus in agent mode, run by StatefulSets, one per shard, or by a DaemonSet. It scrapes what the selected
/// ServiceMonitors, PodMonitors, Probes and ScrapeConfigs describe, and forwards the samples by remote write. It keeps
/// no data of its own and evaluates no rules.
#[derive(Clone, CustomResource, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[kube(
    group = "monitoring.coreos.com",
    version = "v1alpha1",
    kind = "PrometheusAgent",
    plural = "prometheusagents",
    shortname = "promagent",
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
#[schemars(extend("x-kubernetes-validations" = crate::schema::agent_validations()))]
pub struct PrometheusAgentSpec {
    #[serde(flatten, deserialize_with = "crate::reading::flattened")]
    #[expect(missing_docs, reason = "flattened: the fields of the group carry the documentation")]
    pub common: CommonPrometheusFields,

    /// What runs the pods: StatefulSet (the default), or DaemonSet (alpha, needs the feature gate
    /// PrometheusAgentDaemonSet), with a pod on each node that scrapes the pods there which PodMonitors select.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<PrometheusAgentMode>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json, to_value};

    #[test]
    fn the_mode_stands_beside_the_fields_of_prometheus() {
        let written = json!({
            "mode": "DaemonSet",
            "podMonitorSelector": { "matchLabels": { "scraped": "per-node" } },
            "remoteWrite": [{ "url": "https://metrics.example/write" }],
            "tolerations": [{ "operator": "Exists" }],
        });
        let spec: PrometheusAgentSpec = from_value(written.clone()).unwrap();
        assert_eq!(spec.mode, Some(PrometheusAgentMode::DaemonSet));
        assert_eq!(spec.common.remote_write.len(), 1);
        assert_eq!(spec.common.pod.tolerations.len(), 1);
        assert_eq!(to_value(&spec).unwrap(), written);
    }
}
