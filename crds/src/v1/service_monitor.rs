//! The ServiceMonitor kind: scrape the pods behind a set of Services.

use crate::{
    AttachMetadata, ByteSize, ConfigResourceStatus, Endpoint, JsonSchema, NamespaceSelector, ScrapeProtocol,
    SelectorMechanism, ServiceDiscoveryRole,
    absent::{empty_is_none, is_empty, null_is_default},
};
use k8s_openapi::apimachinery::pkg::{api::resource::Quantity, apis::meta::v1::LabelSelector};
use kube_derive::CustomResource;
use serde::{Deserialize, Serialize};

/// Defines how the Prometheus servers and agents that select it scrape the pods behind a set of Services.
#[derive(Clone, CustomResource, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[kube(
    group = "monitoring.coreos.com",
    version = "v1",
    kind = "ServiceMonitor",
    plural = "servicemonitors",
    shortname = "smon",
    category = "prometheus-operator",
    status = "ConfigResourceStatus",
    derive = "Default",
    derive = "PartialEq",
    namespaced,
    schema = "disabled"
)]
#[serde(rename_all = "camelCase")]
pub struct ServiceMonitorSpec {
    /// Selects the Services by their labels.
    pub selector: LabelSelector,
    /// Namespaces in which they are selected. Default: that of this object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_selector: Option<Box<NamespaceSelector>>,
    /// How targets are selected: by relabeling (the default), or by selectors in the service discovery, which costs
    /// less in large clusters. Needs Prometheus v2.17.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector_mechanism: Option<SelectorMechanism>,
    /// Discover targets by Endpoints or by EndpointSlice objects. Default: as the Prometheus object says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_discovery_role: Option<ServiceDiscoveryRole>,
    /// The ports to scrape.
    #[serde(deserialize_with = "null_is_default")]
    pub endpoints: Box<[Endpoint]>,
    /// Label of the Service whose value becomes the `job` label. Default: the name of the Service.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub job_label: Option<Box<str>>,
    /// Labels of the Service to copy to the samples.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub target_labels: Box<[Box<str>]>,
    /// Labels of the pod to copy to the samples.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub pod_target_labels: Box<[Box<str>]>,
    /// Metadata to attach to targets. Needs Prometheus v2.37.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attach_metadata: Option<AttachMetadata>,
    /// Scrape class to use. Default: the default class of the Prometheus object, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub scrape_class: Option<Box<str>>,
    /// Formats to request, in order of preference. Needs Prometheus v2.49.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub scrape_protocols: Box<[ScrapeProtocol]>,
    /// Format to assume when a target does not declare one. Needs Prometheus v3.0.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_scrape_protocol: Option<ScrapeProtocol>,
    /// Maximum number of samples per scrape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_limit: Option<u64>,
    /// Maximum number of targets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_limit: Option<u64>,
    /// Maximum number of labels per sample. Needs Prometheus v2.27.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_limit: Option<u64>,
    /// Maximum length of a label name. Needs Prometheus v2.27.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_name_length_limit: Option<u64>,
    /// Maximum length of a label value. Needs Prometheus v2.27.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_value_length_limit: Option<u64>,
    /// Maximum number of targets dropped by relabeling that are kept for display; 0 means no limit. Needs Prometheus
    /// v2.47.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_dropped_targets: Option<u64>,
    /// Maximum size of an uncompressed response. Needs Prometheus v2.28.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_size_limit: Option<ByteSize>,
    /// Scrape native histograms. Needs Prometheus v3.8.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scrape_native_histograms: Option<bool>,
    /// Scrape the classic form of native histograms too. Needs Prometheus v2.45.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scrape_classic_histograms: Option<bool>,
    /// Merge the buckets of native histograms that have more than this many. Needs Prometheus v2.45.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub native_histogram_bucket_limit: Option<u64>,
    /// Merge the buckets of native histograms that grow by less than this factor. Needs Prometheus v2.50.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub native_histogram_min_bucket_factor: Option<Box<Quantity>>,
    /// Store classic histograms as native ones with custom buckets. Needs Prometheus v3.0.0.
    #[serde(rename = "convertClassicHistogramsToNHCB", skip_serializing_if = "Option::is_none")]
    pub convert_classic_histograms_to_nhcb: Option<bool>,
    /// Store further series about each scrape: its timeout, its sample limit and the size of its answer. Default: as the
    /// Prometheus object says. Needs Prometheus v3.10.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_scrape_metrics: Option<bool>,
}

scrape_limits_of!(ServiceMonitorSpec);
native_histograms_of!(ServiceMonitorSpec);
