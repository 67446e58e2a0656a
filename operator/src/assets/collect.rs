//! Which fields of the API refer to Secrets and `ConfigMap`s whose content the generated configuration needs.
//!
//! Fields that only name a volume of the pod (the web TLS settings, for example) are not among them: the kubelet reads
//! those. Pure.

mod scrape_config;

use crds::{
    AlertmanagerEndpoints, ApiServerConfig, Authorization, AzureAd, BasicAuth, Endpoint, HttpAuth, HttpClient,
    HttpHeader, OAuth2, PodMetricsEndpoint, PodMonitor, Probe, PrometheusRule, PrometheusSpec, ProxyConfig,
    RemoteReadSpec, RemoteWriteSpec, SafeAuthorization, SafeTlsConfig, ScrapeClass, SecretOrConfigMap, ServiceMonitor,
    Sigv4, TlsConfig, TlsOptions, WebConfigFileFields,
};

use super::{HasReferences, References};

impl HasReferences for SecretOrConfigMap {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.secret);
        references.add(namespace, &self.config_map);
    }
}

impl HasReferences for BasicAuth {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.username);
        references.add(namespace, &self.password);
    }
}

impl HasReferences for SafeAuthorization {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.credentials);
    }
}

impl HasReferences for OAuth2 {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.client_id);
        references.add(namespace, &self.client_secret);
        references.add(namespace, &self.tls_config);
        references.add(namespace, &ProxyConfig::from(self));
    }
}

impl HasReferences for TlsOptions<'_> {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, self.ca);
        references.add(namespace, self.cert);
        references.add(namespace, &self.key_secret);
    }
}

impl HasReferences for SafeTlsConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &TlsOptions::from(self));
    }
}

impl HasReferences for TlsConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &TlsOptions::from(self));
    }
}

impl HasReferences for ProxyConfig<'_> {
    fn refer(&self, namespace: &str, references: &mut References) {
        for selectors in self.proxy_connect_header.values() {
            references.add(namespace, &**selectors);
        }
    }
}

impl HasReferences for HttpAuth<'_> {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.basic_auth);
        references.add(namespace, &self.authorization);
        references.add(namespace, &self.oauth2);
        references.add(namespace, &self.bearer_token_secret);
    }
}

impl HasReferences for HttpClient<'_> {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.auth);
        references.add(namespace, &self.tls_config);
        references.add(namespace, &self.proxy);
    }
}

impl HasReferences for HttpHeader {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &*self.secrets);
    }
}

impl HasReferences for Endpoint {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &HttpClient::from(self));
        for header in self.http_headers.iter().flat_map(|headers| headers.values()) {
            references.add(namespace, header);
        }
    }
}

impl HasReferences for PodMetricsEndpoint {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &HttpClient::from(self));
        for header in self.http_headers.iter().flat_map(|headers| headers.values()) {
            references.add(namespace, header);
        }
    }
}

impl HasReferences for ServiceMonitor {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &*self.spec.endpoints);
    }
}

impl HasReferences for PodMonitor {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &*self.spec.pod_metrics_endpoints);
    }
}

/// It refers to nothing.
impl HasReferences for PrometheusRule {
    fn refer(&self, _: &str, _: &mut References) {}
}

impl HasReferences for Probe {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &HttpClient::from(&self.spec));
    }
}

impl HasReferences for Authorization {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.credentials);
    }
}

impl HasReferences for Sigv4 {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.access_key);
        references.add(namespace, &self.secret_key);
    }
}

impl HasReferences for AzureAd {
    fn refer(&self, namespace: &str, references: &mut References) {
        if let Some(oauth) = &self.oauth {
            references.add(namespace, &oauth.client_secret);
        }
    }
}

impl HasReferences for ScrapeClass {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.authorization);
        references.add(namespace, &self.tls_config);
    }
}

impl HasReferences for ApiServerConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.authorization);
        references.add(namespace, &self.basic_auth);
        references.add(namespace, &self.tls_config);
        references.add(namespace, &ProxyConfig::from(self));
    }
}

impl HasReferences for RemoteWriteSpec {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.authorization);
        references.add(namespace, &self.azure_ad);
        references.add(namespace, &self.basic_auth);
        references.add(namespace, &self.oauth2);
        references.add(namespace, &self.sigv4);
        references.add(namespace, &self.tls_config);
        references.add(namespace, &ProxyConfig::from(self));
    }
}

impl HasReferences for RemoteReadSpec {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.authorization);
        references.add(namespace, &self.basic_auth);
        references.add(namespace, &self.oauth2);
        references.add(namespace, &self.tls_config);
        references.add(namespace, &ProxyConfig::from(self));
    }
}

impl HasReferences for AlertmanagerEndpoints {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.authorization);
        references.add(namespace, &self.basic_auth);
        references.add(namespace, &self.sigv4);
        references.add(namespace, &self.tls_config);
        references.add(namespace, &ProxyConfig::from(self));
    }
}

/// The hashes of passwords: certificates are read by the kubelet.
impl HasReferences for WebConfigFileFields {
    fn refer(&self, namespace: &str, references: &mut References) {
        for user in &self.basic_auth_users {
            references.add(namespace, &user.password_hash);
        }
    }
}

impl HasReferences for PrometheusSpec {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.additional_alert_manager_configs);
        references.add(namespace, &self.additional_alert_relabel_configs);
        references.add(namespace, &*self.remote_read);
        if let Some(alerting) = &self.alerting {
            references.add(namespace, &*alerting.alertmanagers);
        }
    }
}
