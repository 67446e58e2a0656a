//! What a `ScrapeConfig` refers to: the client of its scrapes, and of each service discovery the client and the keys of
//! the account. Pure.

use crds::HttpClient;
use crds::v1alpha1::{
    AzureSdConfig, ConsulSdConfig, Ec2SdConfig, LightsailSdConfig, OciSdConfig, OpenStackSdConfig, OvhCloudSdConfig,
    ScalewaySdConfig, ScrapeConfig,
};

use super::{HasReferences, References};

impl HasReferences for ScrapeConfig {
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
        references.add(namespace, &*spec.oci_sd_configs);
    }
}

/// The clients of service discoveries that refer to nothing else.
fn clients<'a, D>(discoveries: &'a [D]) -> Vec<HttpClient<'a>>
where
    HttpClient<'a>: From<&'a D>,
{
    discoveries.iter().map(HttpClient::from).collect()
}

impl HasReferences for ConsulSdConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.token_ref);
        references.add(namespace, &HttpClient::from(self));
    }
}

impl HasReferences for Ec2SdConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.access_key);
        references.add(namespace, &self.secret_key);
        references.add(namespace, &HttpClient::from(self));
    }
}

impl HasReferences for LightsailSdConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.access_key);
        references.add(namespace, &self.secret_key);
        references.add(namespace, &HttpClient::from(self));
    }
}

impl HasReferences for AzureSdConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.client_secret);
        references.add(namespace, &HttpClient::from(self));
    }
}

impl HasReferences for OpenStackSdConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.password);
        references.add(namespace, &self.application_credential_secret);
        references.add(namespace, &self.tls_config);
    }
}

impl HasReferences for OvhCloudSdConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.application_secret);
        references.add(namespace, &self.consumer_key);
    }
}

impl HasReferences for ScalewaySdConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.secret_key);
        references.add(namespace, &HttpClient::from(self));
    }
}

impl HasReferences for OciSdConfig {
    fn refer(&self, namespace: &str, references: &mut References) {
        references.add(namespace, &self.key_passphrase);
        references.add(namespace, &HttpClient::from(self));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A discovery whose client refers to three Secrets named after it, with further fields.
    fn discovery(name: &str, more: &Value) -> Value {
        let key = |part: &str| json!({ "name": format!("{name}-{part}"), "key": "k" });
        let mut discovery = json!({
            "authorization": { "credentials": key("token") },
            "tlsConfig": { "keySecret": key("tls") },
            "proxyConnectHeader": { "X": [key("proxy")] },
        });
        for (field, value) in more.as_object().expect("fields") {
            discovery[field] = value.clone();
        }
        discovery
    }

    #[test]
    fn every_discovery_refers_to_what_its_client_and_its_account_need() {
        let key = |name: &str| json!({ "name": name, "key": "k" });
        let spec = json!({
            "basicAuth": { "username": key("job"), "password": key("job") },
            "httpSDConfigs": [discovery("http", &json!({ "url": "http://a" }))],
            "kubernetesSDConfigs": [discovery("kubernetes", &json!({ "role": "Pod" }))],
            "consulSDConfigs": [discovery("consul", &json!({ "server": "a", "tokenRef": key("consul") }))],
            "ec2SDConfigs": [discovery("ec2", &json!({ "accessKey": key("ec2-a"), "secretKey": key("ec2-s") }))],
            "azureSDConfigs": [discovery("azure", &json!({ "subscriptionID": "s", "clientSecret": key("azure") }))],
            "openstackSDConfigs": [{
                "role": "Instance", "region": "r", "password": key("openstack-p"),
                "applicationCredentialSecret": key("openstack-c"), "tlsConfig": { "keySecret": key("openstack-tls") },
            }],
            "digitalOceanSDConfigs": [discovery("digitalocean", &json!({}))],
            "kumaSDConfigs": [discovery("kuma", &json!({ "server": "http://a" }))],
            "eurekaSDConfigs": [discovery("eureka", &json!({ "server": "http://a" }))],
            "dockerSDConfigs": [discovery("docker", &json!({ "host": "tcp://a" }))],
            "linodeSDConfigs": [discovery("linode", &json!({}))],
            "hetznerSDConfigs": [discovery("hetzner", &json!({ "role": "robot" }))],
            "nomadSDConfigs": [discovery("nomad", &json!({ "server": "http://a" }))],
            "dockerSwarmSDConfigs": [discovery("swarm", &json!({ "host": "tcp://a", "role": "Nodes" }))],
            "puppetDBSDConfigs": [discovery("puppetdb", &json!({ "url": "http://a", "query": "q" }))],
            "lightSailSDConfigs": [discovery("sail", &json!({ "accessKey": key("sail-a"), "secretKey": key("sail-s") }))],
            "ovhcloudSDConfigs": [{
                "applicationKey": "k", "applicationSecret": key("ovh-a"), "consumerKey": key("ovh-c"), "service": "VPS",
            }],
            "scalewaySDConfigs": [{
                "accessKey": "k", "secretKey": key("scaleway"), "projectID": "p", "role": "Instance",
                "tlsConfig": { "keySecret": key("scaleway-tls") },
            }],
            "ionosSDConfigs": [discovery("ionos", &json!({ "datacenterID": "d" }))],
            "ociSDConfigs": [discovery("oci", &json!({ "region": "r", "keyPassphrase": key("oci") }))],
        });
        let config: ScrapeConfig = serde_json::from_value(json!({
            "apiVersion": "monitoring.coreos.com/v1alpha1",
            "kind": "ScrapeConfig",
            "metadata": { "name": "own", "namespace": "web" },
            "spec": spec,
        }))
        .expect("a ScrapeConfig");
        let mut references = References::default();
        references.add("web", &config);
        let own = "job consul ec2-a ec2-s azure openstack-p openstack-c openstack-tls sail-a sail-s ovh-a ovh-c scaleway \
                   scaleway-tls oci";
        let clients = "http kubernetes consul ec2 azure digitalocean kuma eureka docker linode hetzner nomad swarm \
                       puppetdb sail ionos oci";
        // Two have no credentials besides the keys of the account.
        let parts = |client: &str| match client {
            "ec2" | "oci" => &["tls", "proxy"][..],
            _ => &["token", "tls", "proxy"],
        };
        let mut expected: Vec<String> = own
            .split_whitespace()
            .map(|name| format!("secret web/{name}"))
            .collect();
        for client in clients.split_whitespace() {
            expected.extend((parts(client).iter()).map(|part| format!("secret web/{client}-{part}")));
        }
        expected.sort();
        let texts: Vec<String> = references.iter().map(ToString::to_string).collect();
        assert_eq!(texts, expected);
    }
}
