#![expect(clippy::needless_pass_by_value, reason = "literals of JSON are made for the call")]

use crds::Prometheus;
use formats::version::Version;
use k8s_openapi::api::core::v1::Secret;
use serde_json::{Value, json};

use super::*;
use crate::assets::Assets;
use crate::prometheus::config::Facts;
use crate::settings::Settings;

const NEWEST: Version = Version::new(3, 16, 0);

fn check(version: Version, spec: Value) -> Result<(), String> {
    let metadata = json!({ "name": "own", "namespace": "web" });
    let config: ScrapeConfig = serde_json::from_value(json!({
        "apiVersion": "monitoring.coreos.com/v1alpha1", "kind": "ScrapeConfig", "metadata": metadata, "spec": spec,
    }))
    .expect("a ScrapeConfig");
    let prometheus: Prometheus = serde_json::from_value(json!({
        "apiVersion": "monitoring.coreos.com/v1", "kind": "Prometheus", "metadata": metadata, "spec": {},
    }))
    .expect("a Prometheus");
    let secret: Secret = serde_json::from_value(json!({
        "metadata": { "name": "login", "namespace": "web" },
        "stringData": { "user": "ada", "password": "word", "uuid": UUID },
    }))
    .expect("a Secret");
    let mut assets = Assets::default();
    assets.insert_secret(secret);
    let settings = Settings::default();
    let checks = Checks::new(Facts::of((&prometheus).into(), version, &settings), &assets);
    match checks.scrape_config(&ObjectKey::of(&config), &config) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

/// What Scaleway takes for a key of its own.
const UUID: &str = "00000000-0000-4000-8000-00000000000a";

fn key(key: &str) -> Value {
    json!({ "name": "login", "key": key })
}

#[track_caller]
fn assert_rejected(spec: Value, message: &str) {
    assert_eq!(check(NEWEST, spec.clone()), Err(message.to_owned()), "{spec}");
}

/// Specs that a version is the first to know, with service discoveries that ask a server.
fn servers_since() -> Vec<(Value, Version)> {
    vec![
        (
            json!({ "httpSDConfigs": [{ "url": "http://a" }] }),
            Version::new(2, 28, 0),
        ),
        (
            json!({ "kubernetesSDConfigs": [{ "role": "EndpointSlice" }] }),
            Version::new(2, 21, 0),
        ),
        (
            json!({ "consulSDConfigs": [{ "server": "a", "pathPrefix": "p" }] }),
            Version::new(2, 45, 0),
        ),
        (
            json!({ "consulSDConfigs": [{ "server": "a", "namespace": "n" }] }),
            Version::new(2, 28, 0),
        ),
        (
            json!({ "consulSDConfigs": [{ "server": "a", "filter": "f" }] }),
            Version::new(3, 0, 0),
        ),
        (
            json!({ "consulSDConfigs": [{ "server": "a", "healthFilter": "f" }] }),
            Version::new(3, 11, 2),
        ),
        (
            json!({ "kumaSDConfigs": [{ "server": "http://a", "clientID": "c" }] }),
            Version::new(2, 50, 0),
        ),
        (
            json!({ "dockerSDConfigs": [{ "host": "unix:///a.sock", "matchFirstNetwork": false }] }),
            Version::new(2, 54, 1),
        ),
        (
            json!({ "dockerSwarmSDConfigs": [{ "host": "tcp://a", "role": "Nodes" }] }),
            Version::new(2, 20, 0),
        ),
        (
            json!({ "puppetDBSDConfigs": [{ "url": "http://a", "query": "q" }] }),
            Version::new(2, 31, 0),
        ),
    ]
}

/// The same for service discoveries of clouds.
fn clouds_since() -> Vec<(Value, Version)> {
    let secret = key("password");
    vec![
        (
            json!({ "azureSDConfigs": [{ "subscriptionID": "s", "authenticationMethod": "SDK" }] }),
            Version::new(2, 52, 0),
        ),
        (
            json!({ "azureSDConfigs": [{ "subscriptionID": "s", "authenticationMethod": "WorkloadIdentity" }] }),
            Version::new(3, 11, 0),
        ),
        (
            json!({ "azureSDConfigs": [{
                "subscriptionID": "s", "authenticationMethod": "ManagedIdentity", "resourceGroup": "g",
            }] }),
            Version::new(2, 35, 0),
        ),
        (
            json!({ "openstackSDConfigs": [{ "role": "LoadBalancer", "region": "r" }] }),
            Version::new(3, 2, 0),
        ),
        (json!({ "digitalOceanSDConfigs": [{}] }), Version::new(2, 20, 0)),
        (json!({ "linodeSDConfigs": [{}] }), Version::new(2, 28, 0)),
        (
            json!({ "hetznerSDConfigs": [{ "role": "robot", "labelSelector": "l" }] }),
            Version::new(3, 5, 0),
        ),
        (json!({ "lightSailSDConfigs": [{}] }), Version::new(2, 27, 0)),
        (
            json!({ "ovhcloudSDConfigs": [{
                "applicationKey": "k", "applicationSecret": secret, "consumerKey": secret, "service": "VPS",
            }] }),
            Version::new(2, 40, 0),
        ),
        (
            json!({ "scalewaySDConfigs": [{
                "accessKey": "SCW0123456789ABCDEFG", "secretKey": key("uuid"), "projectID": UUID, "role": "Instance",
            }] }),
            Version::new(2, 26, 0),
        ),
        (
            json!({ "ociSDConfigs": [{ "region": "r", "authenticationMethod": "InstancePrincipal" }] }),
            Version::new(3, 14, 0),
        ),
        (
            json!({ "ionosSDConfigs": [{ "datacenterID": "d", "authorization": {} }] }),
            Version::new(2, 36, 0),
        ),
    ]
}

#[test]
fn a_version_must_know_what_is_used_and_nothing_else() {
    for (spec, since) in servers_since().into_iter().chain(clouds_since()) {
        let before = match (since.major, since.minor, since.patch) {
            (major, 0, 0) => Version::new(major - 1, 99, 0),
            (major, minor, 0) => Version::new(major, minor - 1, 99),
            (major, minor, patch) => Version::new(major, minor, patch - 1),
        };
        assert_eq!(check(since, spec.clone()), Ok(()), "{spec} in {since}");
        let error = check(before, spec.clone()).expect_err("too old");
        let needs = format!(": requires Prometheus {since} or newer");
        assert!(error.ends_with(&needs), "{spec} in {before}: {error}");
    }
    assert_eq!(
        check(
            Version::new(2, 10, 0),
            json!({ "staticConfigs": [{ "targets": ["a:1"] }] })
        ),
        Ok(())
    );
}

#[test]
fn paths_lead_to_the_field() {
    let gone = json!({ "name": "gone", "key": "k" });
    for (spec, message) in [
        (
            json!({ "relabelings": [{ "regex": "(" }] }),
            "relabelings[0]: invalid regex ( for relabel configuration: missing closing )",
        ),
        (
            json!({ "basicAuth": { "username": key("user"), "password": gone } }),
            "basicAuth.password: secret web/gone not found",
        ),
        (
            json!({ "scrapeInterval": "5s", "scrapeTimeout": "6s" }),
            "scrapeTimeout: scrapeTimeout \"6s\" greater than scrapeInterval \"5s\"",
        ),
        (
            json!({ "scrapeClass": "fast" }),
            "scrapeClass: scrapeClass \"fast\" not found in Prometheus scrapeClasses",
        ),
        (
            json!({ "staticConfigs": [{ "targets": ["a:1"] }, { "targets": ["b:1"], "labels": { "": "x" } }] }),
            "staticConfigs[1].labels: invalid label \"\"",
        ),
        (
            json!({ "consulSDConfigs": [{ "server": "a", "tlsConfig": { "ca": { "secret": gone } } }] }),
            "consulSDConfigs[0].tlsConfig: ca: secret web/gone not found",
        ),
        (
            json!({ "ec2SDConfigs": [{ "accessKey": key("user") }] }),
            "ec2SDConfigs[0].secretKey: both accessKey and secretKey should be provided",
        ),
        (
            json!({ "scalewaySDConfigs": [{ "accessKey": "k", "secretKey": gone, "projectID": "p", "role": "Baremetal" }] }),
            "scalewaySDConfigs[0].secretKey: secret web/gone not found",
        ),
        (
            json!({ "scalewaySDConfigs": [{
                "accessKey": "k", "secretKey": key("uuid"), "projectID": UUID, "role": "Baremetal",
            }] }),
            "scalewaySDConfigs[0].accessKey: must be SCW and 17 capital letters or digits",
        ),
        (
            json!({ "scalewaySDConfigs": [{
                "accessKey": "SCW0123456789ABCDEFG", "secretKey": key("password"), "projectID": UUID, "role": "Baremetal",
            }] }),
            "scalewaySDConfigs[0].secretKey: must be a UUID",
        ),
        (
            json!({ "scalewaySDConfigs": [{
                "accessKey": "SCW0123456789ABCDEFG", "secretKey": key("uuid"), "projectID": UUID, "role": "Baremetal",
                "zone": "paris",
            }] }),
            "scalewaySDConfigs[0].zone: must be a zone, such as fr-par-1",
        ),
        (
            json!({ "nomadSDConfigs": [{ "server": "http://a", "proxyConnectHeader": { "X": [key("user")] } }] }),
            "nomadSDConfigs[0].proxyConfig: \
             if proxyConnectHeader is configured, proxyUrl or proxyFromEnvironment must also be configured",
        ),
    ] {
        assert_rejected(spec, message);
    }
}

#[test]
fn what_prometheus_would_not_load_is_rejected() {
    let (authorization, basic_auth) = (json!({ "credentials": key("password") }), json!({}));
    for (spec, message) in [
        (
            json!({ "consulSDConfigs": [{ "server": "a", "tokenRef": key("user"), "authorization": authorization }] }),
            "consulSDConfigs[0].tokenRef: tokenRef and authorization cannot be configured at the same time",
        ),
        (
            json!({ "kumaSDConfigs": [{ "server": "http://a", "authorization": authorization, "basicAuth": basic_auth }] }),
            "kumaSDConfigs[0].authorization: authorization and basicAuth cannot be configured at the same time",
        ),
        (
            json!({ "dnsSDConfigs": [{ "names": ["a"], "type": "AAAA" }] }),
            "dnsSDConfigs[0].port: required for DNS records of type AAAA",
        ),
        (
            json!({ "azureSDConfigs": [{ "subscriptionID": "s", "tenantID": "t", "clientID": "c" }] }),
            "azureSDConfigs[0].clientSecret: required by the OAuth authentication method",
        ),
        (
            json!({ "eurekaSDConfigs": [{ "server": "http:///eureka" }] }),
            "eurekaSDConfigs[0].server: \"http:///eureka\" is not a valid URL of the form http://host or https://host: missing host for URL",
        ),
        (
            json!({ "puppetDBSDConfigs": [{ "url": "ftp://a", "query": "q" }] }),
            "puppetDBSDConfigs[0].url: \"ftp://a\" is not a valid URL of the form http://host or https://host: unsupported scheme \"ftp\" for URL",
        ),
        (
            json!({ "dockerSDConfigs": [{ "host": "tcp://a b" }] }),
            "dockerSDConfigs[0].host: \"tcp://a b\" is not a valid URL: invalid character ' ' in host name",
        ),
        (
            json!({ "kubernetesSDConfigs": [
                { "role": "Pod" },
                { "role": "Pod", "apiServer": "a", "namespaces": { "ownNamespace": true } },
            ] }),
            "kubernetesSDConfigs[1].apiServer: \
             apiServer and namespaces.ownNamespace cannot be configured at the same time",
        ),
        (
            json!({ "kubernetesSDConfigs": [{ "role": "Pod", "followRedirects": false }] }),
            "kubernetesSDConfigs[0].apiServer: required where the HTTP client is configured; without its settings, the API server of the pod is used",
        ),
        (
            json!({ "kubernetesSDConfigs": [{ "role": "Pod", "selectors": [{ "role": "Pod" }, { "role": "Pod" }] }] }),
            "kubernetesSDConfigs[0].selectors[1].role: another selector has the same role",
        ),
        (
            json!({ "fileSDConfigs": [{ "files": ["/a/*.yaml", "/*/a.json"] }] }),
            "fileSDConfigs[0].files[1]: must end in .json, .yml or .yaml, with at most one * in the last path segment",
        ),
        (
            json!({ "consulSDConfigs": [{ "server": " " }] }),
            "consulSDConfigs[0].server: must not be blank",
        ),
        (
            json!({ "kubernetesSDConfigs": [{ "role": "Pod", "selectors": [{ "role": "Service" }] }] }),
            "kubernetesSDConfigs[0].selectors[0].role: selectors of the role Service cannot be used with the discovery role Pod",
        ),
        (
            json!({ "kubernetesSDConfigs": [{ "role": "Pod", "selectors": [{ "role": "Pod", "label": "a in" }] }] }),
            "kubernetesSDConfigs[0].selectors[0].label: expected an opening bracket at \"\"",
        ),
        (
            json!({ "kubernetesSDConfigs": [{ "role": "Node", "selectors": [{ "role": "Node", "field": "a" }] }] }),
            "kubernetesSDConfigs[0].selectors[0].field: expected a field with an operator at \"a\"",
        ),
    ] {
        assert_rejected(spec, message);
    }
}

#[test]
fn the_scheme_of_the_object_decides_and_binds_what_others_add() {
    let message = |owner: Value, spec: Value| {
        let metadata = json!({ "name": "m", "namespace": "web" });
        let prometheus: Prometheus = serde_json::from_value(json!({
            "apiVersion": "monitoring.coreos.com/v1", "kind": "Prometheus", "metadata": metadata, "spec": owner,
        }))
        .expect("a Prometheus");
        let config: ScrapeConfig = serde_json::from_value(json!({
            "apiVersion": "monitoring.coreos.com/v1alpha1", "kind": "ScrapeConfig", "metadata": metadata, "spec": spec,
        }))
        .expect("a ScrapeConfig");
        let (assets, settings) = (Assets::default(), Settings::default());
        let checks = Checks::new(Facts::of((&prometheus).into(), NEWEST, &settings), &assets);
        let checked = checks.scrape_config(&ObjectKey::of(&config), &config);
        checked.err().map(|error| error.to_string())
    };
    let rule = json!([{ "sourceLabels": ["x"], "targetLabel": "a.b" }]);
    let class = json!({ "scrapeClasses": [{ "name": "c", "default": true, "relabelings": rule }] });
    for (owner, spec, expected) in [
        (json!({}), json!({ "relabelings": rule }), None),
        (
            json!({}),
            json!({ "nameValidationScheme": "Legacy", "relabelings": rule }),
            Some("relabelings[0]: \"a.b\" is invalid 'target_label' for replace action"),
        ),
        (
            json!({ "nameValidationScheme": "Legacy" }),
            json!({ "nameValidationScheme": "UTF8", "relabelings": rule }),
            None,
        ),
        (
            json!({}),
            json!({ "nameValidationScheme": "Legacy", "nameEscapingScheme": "AllowUTF8" }),
            Some("nameEscapingScheme: AllowUTF8 requires nameValidationScheme UTF8, but Legacy is in effect"),
        ),
        (
            json!({ "enforcedNamespaceLabel": "name.space" }),
            json!({ "nameValidationScheme": "Legacy" }),
            Some(
                "nameValidationScheme: the label \"name.space\", which the instance sets on all targets, is not a valid name in this scheme",
            ),
        ),
        (class.clone(), json!({}), None),
        (
            class,
            json!({ "nameValidationScheme": "Legacy" }),
            Some("scrapeClass[\"c\"].relabelings[0]: \"a.b\" is invalid 'target_label' for replace action"),
        ),
    ] {
        assert_eq!(message(owner, spec.clone()).as_deref(), expected, "{spec}");
    }
}

#[test]
fn what_is_complete_is_accepted() {
    for spec in [
        json!({}),
        json!({ "authorization": { "type": "Token" } }),
        json!({ "dnsSDConfigs": [{ "names": ["a"] }, { "names": ["b"], "type": "A", "port": 80 }] }),
        json!({ "azureSDConfigs": [{
            "subscriptionID": "s", "tenantID": "t", "clientID": "c", "clientSecret": key("password"),
        }] }),
        json!({ "kubernetesSDConfigs": [{
            "role": "Endpoints",
            "selectors": [{ "role": "Pod", "label": "!a" }, { "role": "Service" }, { "role": "Endpoints", "field": "a=b" }],
        }] }),
        json!({ "lightSailSDConfigs": [{ "accessKey": key("user"), "secretKey": key("password") }] }),
        json!({ "ionosSDConfigs": [{
            "datacenterID": "d",
            "authorization": {},
            "oauth2": { "clientId": { "secret": key("user") }, "clientSecret": key("password"), "tokenUrl": "http://a" },
        }] }),
    ] {
        assert_eq!(check(NEWEST, spec.clone()), Ok(()), "{spec}");
    }
}

#[test]
fn oracle_is_asked_by_a_whole_user_or_by_the_machine_alone() {
    let user = json!({ "region": "r", "tenancy": "t", "user": "u", "fingerprint": "f", "keyFile": "/key" });
    let with = |field: &str, value: Value| {
        let mut discovery = user.clone();
        discovery[field] = value;
        json!({ "ociSDConfigs": [discovery] })
    };
    assert_eq!(check(NEWEST, json!({ "ociSDConfigs": [user] })), Ok(()));
    assert_eq!(check(NEWEST, with("keyPassphrase", key("password"))), Ok(()));
    for field in ["tenancy", "user", "fingerprint", "keyFile"] {
        let message = format!("ociSDConfigs[0].{field}: required by the authentication method ApiKey");
        assert_rejected(with(field, Value::Null), &message);
    }
    let machine = "excluded by the authentication method InstancePrincipal";
    assert_rejected(
        with("authenticationMethod", json!("InstancePrincipal")),
        &format!("ociSDConfigs[0].tenancy: {machine}"),
    );
    let alone = json!({ "region": "r", "authenticationMethod": "InstancePrincipal", "keyPassphrase": key("password") });
    assert_rejected(
        json!({ "ociSDConfigs": [alone] }),
        &format!("ociSDConfigs[0].keyPassphrase: {machine}"),
    );
    assert_rejected(
        with("keyPassphrase", key("gone")),
        "ociSDConfigs[0].keyPassphrase: key \"gone\" in secret web/login not found",
    );
}
