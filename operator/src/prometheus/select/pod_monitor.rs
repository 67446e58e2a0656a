//! The checks of a `PodMonitor`, in the order of the original. Pure. It cannot name files of the container.

use crds::{HttpAuth, PodMetricsEndpoint, PodMonitor, ProxyConfig};

use super::Checks;
use super::checks::check_port;
use crate::assets::{self, TlsFiles};
use crate::check::caps::check_jobs;
use crate::check::format;
use crate::check::http_client::{self, Credentials};
use crate::check::invalid::{Field, Invalid, Within};
use crate::object::ObjectKey;
use crate::selector;

impl Checks<'_> {
    /// Checks `monitor` and gives the TLS files that it needs.
    pub(in crate::prometheus) fn pod_monitor(
        &self,
        key: &ObjectKey,
        monitor: &PodMonitor,
    ) -> Result<TlsFiles, Invalid> {
        let spec = &monitor.spec;
        check_jobs(spec.pod_metrics_endpoints.len(), self.caps.jobs_per_object).field("podMetricsEndpoints")?;
        selector::check(&spec.selector).field("selector")?;
        self.selector_mechanism(spec.selector_mechanism)
            .field("selectorMechanism")?;
        self.relabeling
            .check_names(&spec.pod_target_labels, "podTargetLabels")?;
        let mut credentials = Credentials::new(&key.namespace, self.assets);
        for (index, endpoint) in spec.pod_metrics_endpoints.iter().enumerate() {
            self.pod_endpoint(endpoint, spec.scrape_class.as_deref(), &mut credentials)
                .within(format!("podMetricsEndpoints[{index}]"))?;
        }
        self.scrape_class(spec.scrape_class.as_deref()).field("scrapeClass")?;
        format::check(spec)?;
        Ok(credentials.into_tls_files())
    }

    fn pod_endpoint(
        &self,
        endpoint: &PodMetricsEndpoint,
        class: Option<&str>,
        credentials: &mut Credentials<'_>,
    ) -> Result<(), Invalid> {
        self.timeout(endpoint.scrape_timeout.as_deref(), endpoint.interval.as_deref())
            .field("scrapeTimeout")?;
        self.relabelings(&endpoint.relabelings, &endpoint.metric_relabelings)?;
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
        credentials.proxy(&proxy)?;
        if let Some(headers) = &endpoint.http_headers {
            credentials.headers(headers).within("httpHeaders")?;
        }
        // The number has precedence over the other name.
        let target_port = endpoint
            .target_port
            .as_deref()
            .filter(|_| endpoint.port_number.is_none());
        check_port(endpoint.port.as_deref(), target_port)?;
        self.job_auth(&auth, None, class)
    }
}
