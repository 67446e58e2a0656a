//! The checks of a `ServiceMonitor`, in the order of the original. Pure.

use crds::{Endpoint, HttpAuth, ProxyConfig, ServiceMonitor};

use super::checks::check_port;
use super::{Checks, MonitorError};
use crate::assets::{self, TlsFiles};
use crate::check::caps::check_jobs;
use crate::check::format;
use crate::check::http_client::{self, Credentials};
use crate::check::invalid::{Field, Invalid, Within};
use crate::object::ObjectKey;
use crate::selector;

impl Checks<'_> {
    /// Checks `monitor` and gives the TLS files that it needs.
    pub(in crate::prometheus) fn service_monitor(
        &self,
        key: &ObjectKey,
        monitor: &ServiceMonitor,
    ) -> Result<TlsFiles, Invalid> {
        let spec = &monitor.spec;
        check_jobs(spec.endpoints.len(), self.caps.jobs_per_object).field("endpoints")?;
        selector::check(&spec.selector).field("selector")?;
        self.selector_mechanism(spec.selector_mechanism)
            .field("selectorMechanism")?;
        self.relabeling.check_names(&spec.target_labels, "targetLabels")?;
        self.relabeling
            .check_names(&spec.pod_target_labels, "podTargetLabels")?;
        let mut credentials = Credentials::new(&key.namespace, self.assets);
        for (index, endpoint) in spec.endpoints.iter().enumerate() {
            self.endpoint(endpoint, spec.scrape_class.as_deref(), &mut credentials)
                .within(format!("endpoints[{index}]"))?;
        }
        self.scrape_class(spec.scrape_class.as_deref()).field("scrapeClass")?;
        format::check(spec)?;
        Ok(credentials.into_tls_files())
    }

    fn endpoint(
        &self,
        endpoint: &Endpoint,
        class: Option<&str>,
        credentials: &mut Credentials<'_>,
    ) -> Result<(), Invalid> {
        self.file_system_access(endpoint)?;
        let (auth, proxy) = (HttpAuth::from(endpoint), ProxyConfig::from(endpoint));
        http_client::check_auth(&auth)?;
        if let Some(tls) = &endpoint.tls_config {
            assets::check_tls(&(&**tls).into()).field("tlsConfig")?;
        }
        http_client::check_proxy(&proxy).field("proxyConfig")?;
        credentials.auth(&auth)?;
        if let Some(tls) = &endpoint.tls_config {
            credentials.tls(&**tls).field("tlsConfig")?;
        }
        self.timeout(endpoint.scrape_timeout.as_deref(), endpoint.interval.as_deref())
            .field("scrapeTimeout")?;
        self.relabelings(&endpoint.relabelings, &endpoint.metric_relabelings)?;
        credentials.proxy(&proxy)?;
        if let Some(headers) = &endpoint.http_headers {
            credentials.headers(headers).within("httpHeaders")?;
        }
        check_port(endpoint.port.as_deref(), endpoint.target_port.as_deref())?;
        self.job_auth(&auth, endpoint.bearer_token_file.as_deref(), class)
    }

    /// Whether the endpoint reads files of the Prometheus container although the specification forbids it: a tenant could
    /// send the server's own token to a target of his.
    fn file_system_access(&self, endpoint: &Endpoint) -> Result<(), Invalid> {
        let access = self.scraper.common.arbitrary_fs_access_through_sms.as_ref();
        let denied = |via| match access.and_then(|access| access.deny) {
            Some(true) => Err(MonitorError::FileSystemAccess { via }),
            _ if self.denies_files => Err(MonitorError::FileSystemDenied { via }),
            _ => Ok(()),
        };
        if endpoint.bearer_token_file.is_some() {
            denied("bearer token file").field("bearerTokenFile")?;
        }
        match &endpoint.tls_config {
            Some(tls) if tls.ca_file.is_some() || tls.cert_file.is_some() || tls.key_file.is_some() => {
                denied("tls config").field("tlsConfig")
            }
            _ => Ok(()),
        }
    }
}
