//! The ScrapeConfig kind: a scrape job with any service discovery of Prometheus.

use super::{
    AzureSdConfig, ConsulSdConfig, DigitalOceanSdConfig, DnsSdConfig, DockerSdConfig, DockerSwarmSdConfig, Ec2SdConfig,
    EurekaSdConfig, FileSdConfig, GceSdConfig, HetznerSdConfig, HttpSdConfig, IonosSdConfig, KubernetesSdConfig,
    KumaSdConfig, LightsailSdConfig, LinodeSdConfig, NomadSdConfig, OciSdConfig, OpenStackSdConfig, OvhCloudSdConfig,
    PuppetDbSdConfig, ScalewaySdConfig, StaticConfig,
};
use crate::{
    BasicAuth, ByteSize, ConfigResourceStatus, Duration, HttpClient, JsonSchema, NameEscapingScheme,
    NameValidationScheme, OAuth2, ProxyConnectHeader, ProxyUrl, RelabelConfig, SafeAuthorization, SafeTlsConfig,
    Scheme, ScrapeProtocol, TlsOptions,
    absent::{empty_is_none, is_empty},
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use kube_derive::CustomResource;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A scrape job for the Prometheus servers and agents that select it. Targets come from any service discovery of
/// Prometheus, so they need not be in Kubernetes.
#[derive(Clone, CustomResource, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[kube(
    group = "monitoring.coreos.com",
    version = "v1alpha1",
    kind = "ScrapeConfig",
    plural = "scrapeconfigs",
    shortname = "scfg",
    category = "prometheus-operator",
    status = "ConfigResourceStatus",
    derive = "Default",
    derive = "PartialEq",
    namespaced,
    schema = "disabled"
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [{
    "rule": "[has(self.basicAuth), has(self.authorization), has(self.oauth2)].filter(x, x).size() <= 1",
    "message": "at most one of basicAuth, authorization, or oauth2 can be configured",
}]))]
pub struct ScrapeConfigSpec {
    /// Value of the `job` label. Default: the name of the job, which is made from namespace and name of this object.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub job_name: Option<Box<str>>,
    /// Targets listed here.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub static_configs: Box<[StaticConfig]>,
    /// Targets from files of the container.
    #[serde(rename = "fileSDConfigs", default, skip_serializing_if = "is_empty")]
    pub file_sd_configs: Box<[FileSdConfig]>,
    /// Targets from an HTTP server.
    #[serde(rename = "httpSDConfigs", default, skip_serializing_if = "is_empty")]
    pub http_sd_configs: Box<[HttpSdConfig]>,
    /// Targets from Kubernetes.
    #[serde(rename = "kubernetesSDConfigs", default, skip_serializing_if = "is_empty")]
    pub kubernetes_sd_configs: Box<[KubernetesSdConfig]>,
    /// Targets from Consul.
    #[serde(rename = "consulSDConfigs", default, skip_serializing_if = "is_empty")]
    pub consul_sd_configs: Box<[ConsulSdConfig]>,
    /// Targets from DNS.
    #[serde(rename = "dnsSDConfigs", default, skip_serializing_if = "is_empty")]
    pub dns_sd_configs: Box<[DnsSdConfig]>,
    /// Targets from AWS EC2.
    #[serde(rename = "ec2SDConfigs", default, skip_serializing_if = "is_empty")]
    pub ec2_sd_configs: Box<[Ec2SdConfig]>,
    /// Targets from Azure.
    #[serde(rename = "azureSDConfigs", default, skip_serializing_if = "is_empty")]
    pub azure_sd_configs: Box<[AzureSdConfig]>,
    /// Targets from Google Compute Engine.
    #[serde(rename = "gceSDConfigs", default, skip_serializing_if = "is_empty")]
    pub gce_sd_configs: Box<[GceSdConfig]>,
    /// Targets from OpenStack.
    #[serde(rename = "openstackSDConfigs", default, skip_serializing_if = "is_empty")]
    pub openstack_sd_configs: Box<[OpenStackSdConfig]>,
    /// Targets from DigitalOcean.
    #[serde(rename = "digitalOceanSDConfigs", default, skip_serializing_if = "is_empty")]
    pub digital_ocean_sd_configs: Box<[DigitalOceanSdConfig]>,
    /// Targets from Kuma.
    #[serde(rename = "kumaSDConfigs", default, skip_serializing_if = "is_empty")]
    pub kuma_sd_configs: Box<[KumaSdConfig]>,
    /// Targets from Eureka.
    #[serde(rename = "eurekaSDConfigs", default, skip_serializing_if = "is_empty")]
    pub eureka_sd_configs: Box<[EurekaSdConfig]>,
    /// Targets from a Docker engine.
    #[serde(rename = "dockerSDConfigs", default, skip_serializing_if = "is_empty")]
    pub docker_sd_configs: Box<[DockerSdConfig]>,
    /// Targets from Linode.
    #[serde(rename = "linodeSDConfigs", default, skip_serializing_if = "is_empty")]
    pub linode_sd_configs: Box<[LinodeSdConfig]>,
    /// Targets from Hetzner.
    #[serde(rename = "hetznerSDConfigs", default, skip_serializing_if = "is_empty")]
    pub hetzner_sd_configs: Box<[HetznerSdConfig]>,
    /// Targets from Nomad.
    #[serde(rename = "nomadSDConfigs", default, skip_serializing_if = "is_empty")]
    pub nomad_sd_configs: Box<[NomadSdConfig]>,
    /// Targets from a Docker swarm.
    #[serde(rename = "dockerSwarmSDConfigs", default, skip_serializing_if = "is_empty")]
    pub docker_swarm_sd_configs: Box<[DockerSwarmSdConfig]>,
    /// Targets from PuppetDB.
    #[serde(rename = "puppetDBSDConfigs", default, skip_serializing_if = "is_empty")]
    pub puppet_db_sd_configs: Box<[PuppetDbSdConfig]>,
    /// Targets from AWS Lightsail.
    #[serde(rename = "lightSailSDConfigs", default, skip_serializing_if = "is_empty")]
    pub lightsail_sd_configs: Box<[LightsailSdConfig]>,
    /// Targets from OVHcloud.
    #[serde(rename = "ovhcloudSDConfigs", default, skip_serializing_if = "is_empty")]
    pub ovhcloud_sd_configs: Box<[OvhCloudSdConfig]>,
    /// Targets from Scaleway.
    #[serde(rename = "scalewaySDConfigs", default, skip_serializing_if = "is_empty")]
    pub scaleway_sd_configs: Box<[ScalewaySdConfig]>,
    /// Targets from IONOS Cloud.
    #[serde(rename = "ionosSDConfigs", default, skip_serializing_if = "is_empty")]
    pub ionos_sd_configs: Box<[IonosSdConfig]>,
    /// Targets from Oracle Cloud Infrastructure. An addition of this operator.
    #[serde(rename = "ociSDConfigs", default, skip_serializing_if = "is_empty")]
    pub oci_sd_configs: Box<[OciSdConfig]>,
    /// Relabeling of targets before the scrape. The job's original name is in `__tmp_prometheus_job_name`.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(length(min = 1))]
    pub relabelings: Box<[RelabelConfig]>,
    /// Relabeling of samples before they are stored.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(length(min = 1))]
    pub metric_relabelings: Box<[RelabelConfig]>,
    /// Path to scrape, `/metrics` by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub metrics_path: Option<Box<str>>,
    /// `http`, the default, or `https`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Scheme>,
    /// Parameters of the request's query.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub params: BTreeMap<Box<str>, Box<[Box<str>]>>,
    /// Time between scrapes. Default: the scrape interval of the Prometheus object.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub scrape_interval: Option<Duration>,
    /// Time after which a scrape fails. Default: the timeout of the Prometheus object. An object with a timeout longer
    /// than its interval is refused.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub scrape_timeout: Option<Duration>,
    /// Keep the labels of the scraped samples where they collide with those of the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honor_labels: Option<bool>,
    /// Keep the timestamps that the target gives its samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honor_timestamps: Option<bool>,
    /// Mark series with explicit timestamps as stale when they disappear. Has no effect without honorTimestamps. Needs
    /// Prometheus v2.48.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_timestamps_staleness: Option<bool>,
    /// Ask targets to compress their answers. On by default. Needs Prometheus v2.49.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_compression: Option<bool>,
    /// Authorization header. Cannot be combined with basicAuth or oauth2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Box<SafeAuthorization>>,
    /// Basic authentication. Cannot be combined with authorization or oauth2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic_auth: Option<Box<BasicAuth>>,
    /// OAuth 2.0 client credentials. Cannot be combined with authorization or basicAuth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth2: Option<Box<OAuth2>>,
    /// TLS settings of the scrape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<SafeTlsConfig>>,
    /// URL of a proxy for the scrape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_url: Option<ProxyUrl>,
    /// Hosts, domains and networks, separated by commas, that are reached without the proxy. Needs Prometheus v2.43.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_proxy: Option<Box<str>>,
    /// Take the proxy from the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`). Needs Prometheus v2.43.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_from_environment: Option<bool>,
    /// Headers to send to the proxy with CONNECT. Needs Prometheus v2.43.0.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub proxy_connect_header: ProxyConnectHeader,
    /// Use HTTP/2 where the target offers it. On by default.
    #[serde(rename = "enableHTTP2", skip_serializing_if = "Option::is_none")]
    pub enable_http2: Option<bool>,
    /// Scrape class to use. Default: the default class of the Prometheus object, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub scrape_class: Option<Box<str>>,
    /// Formats to request, in order of preference. Needs Prometheus v2.49.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(length(min = 1), extend("x-kubernetes-list-type" = "set"))]
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
    /// Which names of metrics and labels are valid. Needs Prometheus v3.0.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_validation_scheme: Option<NameValidationScheme>,
    /// How names are to be rewritten that are not valid otherwise; targets are asked for it. Needs Prometheus v3.4.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_escaping_scheme: Option<NameEscapingScheme>,
}

proxy_config_of!(ScrapeConfigSpec);
http_auth_of!(ScrapeConfigSpec: basic_auth, authorization, oauth2);
scrape_limits_of!(ScrapeConfigSpec);
native_histograms_of!(ScrapeConfigSpec);

impl<'a> From<&'a ScrapeConfigSpec> for HttpClient<'a> {
    fn from(from: &'a ScrapeConfigSpec) -> Self {
        Self {
            auth: from.into(),
            tls_config: from.tls_config.as_deref().map(TlsOptions::from),
            proxy: Some(from.into()),
            follow_redirects: None,
            enable_http2: from.enable_http2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scrape_configs_are_of_moderate_size() {
        assert!(
            size_of::<ScrapeConfigSpec>() <= 800,
            "{}",
            size_of::<ScrapeConfigSpec>()
        );
    }
}
