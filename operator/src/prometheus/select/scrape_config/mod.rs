//! The checks of a `ScrapeConfig`, in the order of the original, with a module for each family of service discoveries. What
//! they need that the original does not ask for is what Prometheus itself would refuse: it would load none of its
//! configuration then. Pure. A `ScrapeConfig` cannot name certificates that are files of the container.

mod consul;
mod discovery;
mod kubernetes;
mod server;
mod static_config;

use crds::HttpClient;
use crds::v1alpha1::{ConsulSdConfig, HttpSdConfig, KubernetesSdConfig, ScrapeConfig, ScrapeConfigSpec, StaticConfig};

use super::Checks;
use crate::assets::TlsFiles;
use crate::http_client::{self, Credentials};
use crate::invalid::{Field, Invalid};
use crate::object::ObjectKey;

impl Checks<'_> {
    /// Checks `config` and gives the TLS files that it needs.
    pub(in crate::prometheus) fn scrape_config(
        &self,
        key: &ObjectKey,
        config: &ScrapeConfig,
    ) -> Result<TlsFiles, Invalid> {
        let spec = &config.spec;
        let mut credentials = Credentials::new(&key.namespace, self.assets);
        self.relabeling.check_all(&spec.relabelings, "relabelings")?;
        check_client(&spec.into(), &mut credentials)?;
        self.timeout(spec.scrape_timeout.as_deref(), spec.scrape_interval.as_deref())
            .field("scrapeTimeout")?;
        self.relabeling
            .check_all(&spec.metric_relabelings, "metricRelabelings")?;
        self.scrape_class(spec.scrape_class.as_deref()).field("scrapeClass")?;
        self.all_discoveries(spec, &mut credentials)?;
        Ok(credentials.into_tls_files())
    }

    /// The service discoveries. Those of files and of Google Compute Engine have nothing to check.
    fn all_discoveries(&self, spec: &ScrapeConfigSpec, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        self.discoveries::<StaticConfig>(spec, credentials)?;
        self.discoveries::<HttpSdConfig>(spec, credentials)?;
        self.discoveries::<KubernetesSdConfig>(spec, credentials)?;
        self.discoveries::<ConsulSdConfig>(spec, credentials)
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
