//! The checks of a `ScrapeConfig`, in the order of the original, with a module for each service discovery, named as the
//! one that writes it. What is asked for beyond the original is what Prometheus itself would refuse: it would load none of its
//! configuration then. Pure. A `ScrapeConfig` cannot name certificates that are files of the container.

mod aws;
mod azure;
mod consul;
mod digitalocean;
mod discovery;
mod dns;
mod docker;
mod eureka;
mod file;
mod hetzner;
mod http;
mod ionos;
mod kubernetes;
mod kuma;
mod linode;
mod nomad;
mod oci;
mod openstack;
mod ovhcloud;
mod puppetdb;
mod scaleway;
mod static_config;

#[cfg(test)]
mod tests;

use crds::HttpClient;
use crds::v1alpha1::{
    AzureSdConfig, ConsulSdConfig, DigitalOceanSdConfig, DnsSdConfig, DockerSdConfig, DockerSwarmSdConfig, Ec2SdConfig,
    EurekaSdConfig, FileSdConfig, HetznerSdConfig, HttpSdConfig, IonosSdConfig, KubernetesSdConfig, KumaSdConfig,
    LightsailSdConfig, LinodeSdConfig, NomadSdConfig, OciSdConfig, OpenStackSdConfig, OvhCloudSdConfig,
    PuppetDbSdConfig, ScalewaySdConfig, ScrapeConfig, ScrapeConfigSpec, StaticConfig,
};

use super::{Checks, MonitorError};
use formats::excerpt::Excerpt;

use crate::assets::TlsFiles;
use crate::check::format;
use crate::check::http_client::{self, Credentials};
use crate::check::invalid::{Field, Invalid, Within};
use crate::check::name_scheme;
use crate::check::relabel;
use crate::object::ObjectKey;

/// The label that the instance enforces is none that the object's own scheme takes.
#[derive(Debug, thiserror::Error)]
#[error("the label {label:?}, which the instance sets on all targets, is not a valid name in this scheme")]
struct EnforcedLabel {
    label: Excerpt,
}

impl Checks<'_> {
    /// Checks `config` and gives the TLS files that it needs.
    pub(in crate::prometheus) fn scrape_config(
        &self,
        key: &ObjectKey,
        config: &ScrapeConfig,
    ) -> Result<TlsFiles, Invalid> {
        let spec = &config.spec;
        let mut credentials = Credentials::new(&key.namespace, self.assets);
        let relabeling = self.own_relabeling(spec)?;
        relabeling.check_all(&spec.relabelings, "relabelings")?;
        check_client(&spec.into(), &mut credentials)?;
        self.timeout(spec.scrape_timeout.as_deref(), spec.scrape_interval.as_deref())
            .field("scrapeTimeout")?;
        relabeling.check_all(&spec.metric_relabelings, "metricRelabelings")?;
        self.scrape_class(spec.scrape_class.as_deref()).field("scrapeClass")?;
        if self.denies_files && !spec.file_sd_configs.is_empty() {
            let via = "files of targets";
            return Err(MonitorError::FileSystemDenied { via }).field("fileSDConfigs");
        }
        self.all_discoveries(spec, &mut credentials)?;
        let client = HttpClient::from(spec);
        self.job_auth(&client.auth, None, spec.scrape_class.as_deref())?;
        format::check(spec)?;
        Ok(credentials.into_tls_files())
    }

    /// What rules may be in the job, which can take fewer names than the instance. Then the rules that others add to the
    /// job must be such, too.
    fn own_relabeling(&self, spec: &ScrapeConfigSpec) -> Result<relabel::Rules, Invalid> {
        let common = self.scraper.common;
        let scheme = name_scheme::scheme(self.version, common.into(), spec.into())?;
        let relabeling = relabel::Rules::new(self.version, scheme);
        if spec.name_validation_scheme.is_none() {
            return Ok(relabeling);
        }
        if let Some(label) = common
            .enforced_namespace_label
            .as_deref()
            .filter(|label| !label.is_empty())
            && !relabeling.writes(label)
        {
            let label = label.into();
            return Err(EnforcedLabel { label }).field("nameValidationScheme");
        }
        if let Some(class) = self.class(spec.scrape_class.as_deref()) {
            let within = |checked: Result<(), Invalid>| checked.within(format!("scrapeClass[{:?}]", class.name));
            within(relabeling.check_all(&class.relabelings, "relabelings"))?;
            within(relabeling.check_all(&class.metric_relabelings, "metricRelabelings"))?;
        }
        Ok(relabeling)
    }

    /// The service discoveries. Those of Google Compute Engine have nothing to check.
    fn all_discoveries(&self, spec: &ScrapeConfigSpec, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        self.discoveries::<StaticConfig>(spec, credentials)?;
        self.discoveries::<FileSdConfig>(spec, credentials)?;
        self.discoveries::<HttpSdConfig>(spec, credentials)?;
        self.discoveries::<KubernetesSdConfig>(spec, credentials)?;
        self.discoveries::<ConsulSdConfig>(spec, credentials)?;
        self.discoveries::<DnsSdConfig>(spec, credentials)?;
        self.discoveries::<Ec2SdConfig>(spec, credentials)?;
        self.discoveries::<AzureSdConfig>(spec, credentials)?;
        self.discoveries::<OpenStackSdConfig>(spec, credentials)?;
        self.discoveries::<DigitalOceanSdConfig>(spec, credentials)?;
        self.discoveries::<KumaSdConfig>(spec, credentials)?;
        self.discoveries::<EurekaSdConfig>(spec, credentials)?;
        self.discoveries::<DockerSdConfig>(spec, credentials)?;
        self.discoveries::<LinodeSdConfig>(spec, credentials)?;
        self.discoveries::<HetznerSdConfig>(spec, credentials)?;
        self.discoveries::<NomadSdConfig>(spec, credentials)?;
        self.discoveries::<DockerSwarmSdConfig>(spec, credentials)?;
        self.discoveries::<PuppetDbSdConfig>(spec, credentials)?;
        self.discoveries::<LightsailSdConfig>(spec, credentials)?;
        self.discoveries::<OvhCloudSdConfig>(spec, credentials)?;
        self.discoveries::<ScalewaySdConfig>(spec, credentials)?;
        self.discoveries::<IonosSdConfig>(spec, credentials)?;
        self.discoveries::<OciSdConfig>(spec, credentials)
    }
}

/// Checks a client and what it refers to.
fn check_client(client: &HttpClient<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
    http_client::check_lenient_auth(&client.auth)?;
    credentials.auth(&client.auth)?;
    if let Some(tls) = client.tls_config {
        credentials.tls(tls).field("tlsConfig")?;
    }
    if let Some(proxy) = &client.proxy {
        http_client::check_proxy(proxy).field("proxyConfig")?;
        credentials.proxy(proxy)?;
    }
    Ok(())
}
