//! A `ScrapeConfig` in which everything is set that a version gate is about: more than one of them could have.

use serde_json::{Value, json};

use super::gates::{merged, selector, with_client, with_limits, with_proxy};

/// The spec.
pub(super) fn full_scrape_config() -> Value {
    let job = with_limits(with_client(json!({
        "honorTimestamps": true, "trackTimestampsStaleness": true, "enableCompression": true,
        "nameValidationScheme": "UTF8", "nameEscapingScheme": "Dots",
    })));
    merged(merged(job, servers()), clouds())
}

fn kubernetes(role: &str) -> Value {
    with_client(json!({
        "role": role,
        "namespaces": { "names": ["web"], "ownNamespace": true },
        "selectors": [{ "role": role, "label": "app=web" }],
        "attachMetadata": { "node": true, "namespace": true },
    }))
}

/// Discoveries that ask a server of the user's.
fn servers() -> Value {
    let consul = json!({
        "server": "consul", "pathPrefix": "/p", "namespace": "n", "partition": "p", "filter": "f", "healthFilter": "h",
    });
    json!({
        "staticConfigs": [{ "targets": ["a:1"] }],
        "fileSDConfigs": [{ "files": ["/a.yaml"] }],
        "httpSDConfigs": [with_client(json!({ "url": "http://http" }))],
        "kubernetesSDConfigs": [kubernetes("Pod"), kubernetes("EndpointSlice"), kubernetes("Service")],
        "consulSDConfigs": [with_client(consul)],
        "dnsSDConfigs": [
            { "names": ["mail"], "type": "MX", "port": 80 },
            { "names": ["names"], "type": "NS", "port": 80 },
        ],
        "kumaSDConfigs": [with_client(json!({ "server": "http://kuma", "clientID": "c" }))],
        "eurekaSDConfigs": [with_client(json!({ "server": "http://eureka" }))],
        "dockerSDConfigs": [with_client(json!({ "host": "tcp://docker", "matchFirstNetwork": true }))],
        "dockerSwarmSDConfigs": [with_client(json!({ "host": "tcp://docker", "role": "Nodes" }))],
        "nomadSDConfigs": [with_client(json!({ "server": "http://nomad" }))],
        "puppetDBSDConfigs": [with_client(json!({ "url": "http://puppet", "query": "q" }))],
    })
}

/// Discoveries that ask a cloud.
fn clouds() -> Value {
    let secret = selector("password");
    let scaleway = json!({ "accessKey": "a", "secretKey": secret, "projectID": "p", "role": "Instance" });
    json!({
        "ec2SDConfigs": [with_client(json!({ "filters": [{ "name": "n", "values": ["v"] }] }))],
        "azureSDConfigs": [with_client(json!({ "subscriptionID": "s", "resourceGroup": "r" }))],
        "gceSDConfigs": [{ "project": "p", "zone": "z" }],
        "openstackSDConfigs": [{ "role": "Instance", "region": "r" }],
        "digitalOceanSDConfigs": [with_client(json!({}))],
        "linodeSDConfigs": [with_client(json!({ "region": "r" }))],
        "hetznerSDConfigs": [with_client(json!({ "role": "robot", "labelSelector": "l" }))],
        "lightSailSDConfigs": [with_client(json!({}))],
        "ovhcloudSDConfigs": [{
            "applicationKey": "a", "applicationSecret": secret, "consumerKey": secret, "service": "VPS",
        }],
        "scalewaySDConfigs": [with_proxy(scaleway)],
        "ionosSDConfigs": [with_client(json!({ "datacenterID": "d" }))],
        "ociSDConfigs": [with_proxy(json!({ "region": "r", "authenticationMethod": "InstancePrincipal" }))],
    })
}
