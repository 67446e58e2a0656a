//! Credentials and certificates reach Prometheus from the Secrets and ConfigMaps that objects refer to.

use anyhow::Context as _;
use crds::v1alpha1::ScrapeConfig;
use crds::{PodMonitor, Probe, Prometheus, ServiceMonitor};
use e2e::certificates::Authority;
use e2e::fixtures::{APP_MUTUAL_TLS_PORT, APP_PORT, APP_TLS_PORT, App};
use e2e::{LIVE, Namespace, eventually, fixtures, with_namespace};
use serde_json::{Value, json};

// Row 77
#[tokio::test]
async fn a_changed_password_is_used() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "app", 1).await?;
        let write = async |password: &str| {
            let entries = [("username", "user"), ("password", password)];
            namespace.write_secret("credentials", &entries).await
        };
        write("wrong").await?;
        let endpoint = json!({
            "port": "http",
            "path": "/basic/metrics",
            "basicAuth": { "username": secret("credentials", "username"), "password": secret("credentials", "password") },
        });
        let change = json!({ "spec": { "endpoints": [endpoint] } });
        namespace.apply(&fixtures::with(fixtures::service_monitor("app", "app"), change)?).await?;
        let servers = fixtures::start_prometheus(namespace, &fixtures::prometheus("main")).await?;
        let pool = format!("serviceMonitor/{}/app/0", namespace.name);
        eventually(LIVE, "the app refuses the wrong password", async || {
            let targets = servers[0].targets().await?;
            let refused = targets
                .iter()
                .any(|target| target.pool == pool && target.error.contains("401"));
            anyhow::ensure!(refused, "targets are {targets:?}");
            Ok(())
        })
        .await?;

        write("password").await?;
        servers[0].await_up(&pool, 1).await?;
        Ok(())
    })
    .await
}

/// Every way to say who one is, to a path or port of the app that wants to know.
fn credentials() -> Vec<(&'static str, &'static str, i32, Value)> {
    let ca = |reference: Value| json!({ "ca": reference, "serverName": "app.test" });
    let mutual = |ca: Value, certificate: Value| json!({ "ca": ca, "cert": certificate, "keySecret": secret("client", "tls.key"), "serverName": "app.test" });
    let in_secret = |name: &str, key: &str| json!({ "secret": secret(name, key) });
    let in_config_map = |name: &str, key: &str| json!({ "configMap": { "name": name, "key": key } });
    let basic = json!({ "username": secret("credentials", "user"), "password": secret("credentials", "password") });
    let oauth2 = json!({
        "clientId": in_secret("credentials", "client"),
        "clientSecret": secret("credentials", "client-secret"),
        "tokenUrl": format!("http://app:{APP_PORT}/token"),
    });
    vec![
        ("basic", "/basic/metrics", APP_PORT, json!({ "basicAuth": basic })),
        (
            "bearer",
            "/bearer/metrics",
            APP_PORT,
            json!({ "authorization": { "credentials": secret("credentials", "token") } }),
        ),
        ("oauth2", "/oauth2/metrics", APP_PORT, json!({ "oauth2": oauth2 })),
        (
            "ca-secret",
            "/metrics",
            APP_TLS_PORT,
            json!({ "tlsConfig": ca(in_secret("authority", "ca.crt")) }),
        ),
        (
            "ca-map",
            "/metrics",
            APP_TLS_PORT,
            json!({ "tlsConfig": ca(in_config_map("authority", "ca.crt")) }),
        ),
        (
            "client-secret",
            "/metrics",
            APP_MUTUAL_TLS_PORT,
            json!({ "tlsConfig": mutual(in_secret("authority", "ca.crt"), in_secret("client", "tls.crt")) }),
        ),
        (
            "client-map",
            "/metrics",
            APP_MUTUAL_TLS_PORT,
            json!({ "tlsConfig": mutual(in_config_map("authority", "ca.crt"), in_config_map("client", "tls.crt")) }),
        ),
    ]
}

/// The app with certificates, and all that [`credentials`] refers to.
async fn start_secured_app(namespace: &Namespace) -> anyhow::Result<()> {
    let authority = Authority::new("the authority of the app")?;
    let (server, client) = (authority.signed_for(&["app.test", "app"])?, authority.signed("client")?);
    let ca = authority.certificate.as_str();
    let files = [
        ("tls.crt", server.certificate.as_str()),
        ("tls.key", server.key.as_str()),
        ("ca.crt", ca),
    ];
    namespace.write_secret("served", &files).await?;
    namespace.write_secret("authority", &[("ca.crt", ca)]).await?;
    namespace.write_config_map("authority", &[("ca.crt", ca)]).await?;
    let pair = [
        ("tls.crt", client.certificate.as_str()),
        ("tls.key", client.key.as_str()),
    ];
    namespace.write_secret("client", &pair).await?;
    namespace.write_config_map("client", &pair[..1]).await?;
    let entries = [
        ("user", "user"),
        ("password", "password"),
        ("token", "token"),
        ("client", "client"),
        ("client-secret", "client-secret"),
    ];
    namespace.write_secret("credentials", &entries).await?;
    fixtures::start_app_with(
        namespace,
        "app",
        App {
            certificates: Some("served"),
            ..App::default()
        },
    )
    .await
}

fn secret(name: &str, key: &str) -> Value {
    json!({ "name": name, "key": key })
}

fn scheme(port: i32) -> &'static str {
    if port == APP_PORT { "http" } else { "https" }
}

fn port_name(port: i32) -> &'static str {
    match port {
        APP_TLS_PORT => "https",
        APP_MUTUAL_TLS_PORT => "mtls",
        _ => "http",
    }
}

// Rows 77, 80, 82
#[tokio::test]
async fn every_kind_of_monitor_scrapes_with_every_credential() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        start_secured_app(namespace).await?;
        let mut pools = Vec::new();
        for (name, path, port, credential) in credentials() {
            let mut endpoint = json!({ "port": port_name(port), "path": path, "scheme": scheme(port) });
            merge(&mut endpoint, &credential);
            let change = json!({ "spec": { "endpoints": [endpoint] } });
            let monitor: ServiceMonitor = fixtures::with(fixtures::service_monitor(name, "app"), change)?;
            namespace.apply(&monitor).await?;
            let change = json!({ "spec": { "podMetricsEndpoints": [endpoint] } });
            let monitor: PodMonitor = fixtures::with(fixtures::pod_monitor(name, "app"), change)?;
            namespace.apply(&monitor).await?;

            let mut probe = json!({
                "prober": { "url": format!("app:{port}"), "path": path, "scheme": scheme(port) },
                "targets": { "staticConfig": { "static": ["example.test"] } },
            });
            merge(&mut probe, &credential);
            namespace
                .apply(&Probe::new(name, serde_json::from_value(probe)?))
                .await?;
            let mut config = json!({
                "staticConfigs": [{ "targets": [format!("app:{port}")] }],
                "metricsPath": path,
                "scheme": scheme(port).to_uppercase(),
            });
            merge(&mut config, &credential);
            namespace
                .apply(&ScrapeConfig::new(name, serde_json::from_value(config)?))
                .await?;
            let place = &namespace.name;
            pools.extend([
                format!("serviceMonitor/{place}/{name}/0"),
                format!("podMonitor/{place}/{name}/0"),
                format!("probe/{place}/{name}"),
                format!("scrapeConfig/{place}/{name}"),
            ]);
        }
        let servers = fixtures::start_prometheus(namespace, &fixtures::prometheus("main")).await?;
        for pool in &pools {
            servers[0].await_up(pool, 1).await?;
        }
        Ok(())
    })
    .await
}

/// Adds the keys of an object to another one.
fn merge(into: &mut Value, from: &Value) {
    if let (Some(into), Some(from)) = (into.as_object_mut(), from.as_object()) {
        into.extend(from.clone());
    }
}

/// A Prometheus that denies access to its files leaves out monitors that would make it read them, and no others.
// Row 79
#[tokio::test]
async fn monitors_read_files_of_prometheus_where_they_may() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        start_secured_app(namespace).await?;
        let client = namespace
            .api::<k8s_openapi::api::core::v1::Secret>()
            .get("client")
            .await?;
        let data = client.data.context("no data")?;
        let text = |key: &str| String::from_utf8(data[key].0.clone());
        let authority = namespace
            .api::<k8s_openapi::api::core::v1::ConfigMap>()
            .get("authority")
            .await?;
        let ca = authority.data.context("no data")?["ca.crt"].clone();
        let (certificate, key) = (text("tls.crt")?, text("tls.key")?);
        let files = [
            ("token", "token"),
            ("ca.crt", &ca),
            ("tls.crt", &certificate),
            ("tls.key", &key),
        ];
        namespace.write_secret("files", &files).await?;

        let file = |name: &str| format!("/etc/prometheus/secrets/files/{name}");
        let tls_files = json!({
            "caFile": file("ca.crt"), "certFile": file("tls.crt"), "keyFile": file("tls.key"), "serverName": "app.test",
        });
        let by_file = [
            (
                "bearer-file",
                json!({ "port": "http", "path": "/bearer/metrics", "bearerTokenFile": file("token") }),
            ),
            (
                "tls-files",
                json!({ "port": "mtls", "scheme": "https", "tlsConfig": tls_files }),
            ),
        ];
        let mut by_secret = Vec::new();
        for (name, path, port, credential) in credentials() {
            let mut endpoint = json!({ "port": port_name(port), "path": path, "scheme": scheme(port) });
            merge(&mut endpoint, &credential);
            by_secret.push((name, endpoint));
        }
        for (name, endpoint) in by_file.iter().chain(&by_secret) {
            let change = json!({ "spec": { "endpoints": [endpoint] } });
            namespace
                .apply(&fixtures::with(fixtures::service_monitor(name, "app"), change)?)
                .await?;
        }
        let pool = |name: &str| format!("serviceMonitor/{}/{name}/0", namespace.name);
        for deny in [false, true] {
            let name = if deny { "denies" } else { "permits" };
            let spec = json!({ "secrets": ["files"], "arbitraryFSAccessThroughSMs": { "deny": deny } });
            let prometheus: Prometheus = fixtures::with(fixtures::prometheus(name), json!({ "spec": spec }))?;
            let servers = fixtures::start_prometheus(namespace, &prometheus).await?;
            for (monitor, _) in &by_secret {
                servers[0].await_up(&pool(monitor), 1).await?;
            }
            for (monitor, _) in &by_file {
                if deny {
                    let loaded = servers[0].loaded_configuration().await?;
                    anyhow::ensure!(!loaded.contains(&pool(monitor)), "{monitor} is there:\n{loaded}");
                } else {
                    servers[0].await_up(&pool(monitor), 1).await?;
                }
            }
        }
        Ok(())
    })
    .await
}
