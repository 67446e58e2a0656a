//! The kind itself. A cluster may hold many, so its size is asserted.

use super::{ProbeParam, ProbeTargets, ProberSpec};
use crate::{
    BasicAuth, ConfigResourceStatus, Duration, HttpClient, JsonSchema, OAuth2, ProxyConfig, RelabelConfig,
    SafeAuthorization, SafeTlsConfig, ScrapeProtocol, TlsOptions,
    absent::{empty_is_none, is_empty},
};
use k8s_openapi::{api::core::v1::SecretKeySelector, apimachinery::pkg::api::resource::Quantity};
use kube_derive::CustomResource;
use serde::{Deserialize, Serialize};

/// Defines which targets the Prometheus servers and agents that select it probe, and through which prober: an
/// exporter that probes one target per request, such as the blackbox exporter.
#[derive(Clone, CustomResource, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[kube(
    group = "monitoring.coreos.com",
    version = "v1",
    kind = "Probe",
    plural = "probes",
    shortname = "prb",
    category = "prometheus-operator",
    status = "ConfigResourceStatus",
    derive = "Default",
    derive = "PartialEq",
    namespaced,
    schema = "disabled"
)]
#[serde(rename_all = "camelCase")]
pub struct ProbeSpec {
    /// Value of the `job` label. Default: the name of the job, which is made from namespace and name of this object.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub job_name: Option<Box<str>>,
    /// The prober. Nothing is probed without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prober: Option<Box<ProberSpec>>,
    /// Module of the prober that probes the targets, such as `http_2xx`. Becomes the parameter `module`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub module: Option<Box<str>>,
    /// Further parameters of the request's query. `module` is ignored here if the field of that name is set.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(length(min = 1), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub params: Box<[ProbeParam]>,
    /// What to probe. One of staticConfig and ingress is required.
    #[serde(default, skip_serializing_if = "ProbeTargets::is_empty")]
    pub targets: ProbeTargets,
    /// Time between probes. Default: the scrape interval of the Prometheus object.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub interval: Option<Duration>,
    /// Time after which a probe fails. Default: the timeout of the Prometheus object. An object with a timeout longer
    /// than its interval is refused.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub scrape_timeout: Option<Duration>,
    /// TLS settings of requests to the prober.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<SafeTlsConfig>>,
    /// Deprecated, use authorization. Key of a Secret that holds a bearer token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bearer_token_secret: Option<Box<SecretKeySelector>>,
    /// Authorization header. Cannot be combined with basicAuth, oauth2 or bearerTokenSecret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Box<SafeAuthorization>>,
    /// Basic authentication. Cannot be combined with authorization, oauth2 or bearerTokenSecret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic_auth: Option<Box<BasicAuth>>,
    /// OAuth 2.0. Cannot be combined with authorization, basicAuth or bearerTokenSecret. Needs Prometheus v2.27.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth2: Option<Box<OAuth2>>,
    /// Follow redirects of the prober.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_redirects: Option<bool>,
    /// Use HTTP/2 where the prober offers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_http2: Option<bool>,
    /// Relabeling of samples before they are stored.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub metric_relabelings: Box<[RelabelConfig]>,
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

http_auth_of!(ProbeSpec: basic_auth, authorization, oauth2, bearer_token_secret);
scrape_limits_of!(ProbeSpec);
native_histograms_of!(ProbeSpec);

impl<'a> From<&'a ProbeSpec> for HttpClient<'a> {
    fn from(from: &'a ProbeSpec) -> Self {
        Self {
            auth: from.into(),
            tls_config: from.tls_config.as_deref().map(TlsOptions::from),
            proxy: from.prober.as_deref().map(ProxyConfig::from),
            follow_redirects: from.follow_redirects,
            enable_http2: from.enable_http2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probes_are_small() {
        assert!(size_of::<ProbeSpec>() <= 320, "{}", size_of::<ProbeSpec>());
    }
}
