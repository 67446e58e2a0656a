//! What a `ScrapeConfig` refers to: the client of its scrapes, and of each service discovery the client and the keys of
//! the account. Pure.

use crds::HttpClient;
use crds::v1alpha1::{
    AzureSdConfig, ConsulSdConfig, Ec2SdConfig, LightsailSdConfig, OpenStackSdConfig, OvhCloudSdConfig,
    ScalewaySdConfig, ScrapeConfig,
};

use super::{References, Refers};

impl Refers for ScrapeConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        let spec = &self.spec;
        references.add(namespace, &HttpClient::from(spec));
        references.add(namespace, &*clients(&spec.http_sd_configs));
        references.add(namespace, &*clients(&spec.kubernetes_sd_configs));
        references.add(namespace, &*spec.consul_sd_configs);
        references.add(namespace, &*spec.ec2_sd_configs);
        references.add(namespace, &*spec.azure_sd_configs);
        references.add(namespace, &*spec.openstack_sd_configs);
        references.add(namespace, &*clients(&spec.digital_ocean_sd_configs));
        references.add(namespace, &*clients(&spec.kuma_sd_configs));
        references.add(namespace, &*clients(&spec.eureka_sd_configs));
        references.add(namespace, &*clients(&spec.docker_sd_configs));
        references.add(namespace, &*clients(&spec.linode_sd_configs));
        references.add(namespace, &*clients(&spec.hetzner_sd_configs));
        references.add(namespace, &*clients(&spec.nomad_sd_configs));
        references.add(namespace, &*clients(&spec.docker_swarm_sd_configs));
        references.add(namespace, &*clients(&spec.puppet_db_sd_configs));
        references.add(namespace, &*spec.lightsail_sd_configs);
        references.add(namespace, &*spec.ovhcloud_sd_configs);
        references.add(namespace, &*spec.scaleway_sd_configs);
        references.add(namespace, &*clients(&spec.ionos_sd_configs));
    }
}

/// The clients of service discoveries that refer to nothing else.
fn clients<'a, D>(discoveries: &'a [D]) -> Vec<HttpClient<'a>>
where
    HttpClient<'a>: From<&'a D>,
{
    discoveries.iter().map(HttpClient::from).collect()
}

impl Refers for ConsulSdConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.token_ref);
        references.add(namespace, &HttpClient::from(self));
    }
}

impl Refers for Ec2SdConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.access_key);
        references.add(namespace, &self.secret_key);
        references.add(namespace, &HttpClient::from(self));
    }
}

impl Refers for LightsailSdConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.access_key);
        references.add(namespace, &self.secret_key);
        references.add(namespace, &HttpClient::from(self));
    }
}

impl Refers for AzureSdConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.client_secret);
        references.add(namespace, &HttpClient::from(self));
    }
}

impl Refers for OpenStackSdConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.password);
        references.add(namespace, &self.application_credential_secret);
        references.add(namespace, &self.tls_config);
    }
}

impl Refers for OvhCloudSdConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.application_secret);
        references.add(namespace, &self.consumer_key);
    }
}

impl Refers for ScalewaySdConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.secret_key);
        references.add(namespace, &HttpClient::from(self));
    }
}
