//! Programs that serve TLS: the headers that they answer with, and a certificate that is renewed while they run.

use anyhow::Context as _;
use crds::{Alertmanager, Prometheus, Scheme, SecretOrConfigMap, ServiceMonitor, TlsConfig};
use e2e::certificates::{Authority, Pair};
use e2e::{LIVE, Namespace, PrometheusServer, STARTED, Served, eventually, fixtures, metric, with_namespace};
use k8s_openapi::api::core::v1::Pod;
use serde_json::{Value, json};

/// Name in the certificates.
const SERVER: &str = "web.test";

const HEADERS: [(&str, &str, &str); 5] = [
    ("contentSecurityPolicy", "content-security-policy", "default-src 'self'"),
    (
        "strictTransportSecurity",
        "strict-transport-security",
        "max-age=31536000",
    ),
    ("xContentTypeOptions", "x-content-type-options", "NoSniff"),
    ("xFrameOptions", "x-frame-options", "Deny"),
    ("xXSSProtection", "x-xss-protection", "1; mode=block"),
];

/// The settings of a web server with the certificate of the Secret `served`.
fn web() -> Value {
    let headers: serde_json::Map<_, _> = HEADERS
        .iter()
        .map(|(field, _, value)| ((*field).to_owned(), json!(value)))
        .collect();
    json!({
        "tlsConfig": {
            "cert": { "secret": { "name": "served", "key": "tls.crt" } },
            "keySecret": { "name": "served", "key": "tls.key" },
        },
        "httpConfig": { "headers": headers },
    })
}

/// A client that offers both protocols gets HTTP/2 where it is on, and only there.
// Rows 24, 83
#[tokio::test]
async fn http2_is_spoken_where_it_is_on() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "app", 1).await?;
        serve(namespace, &Authority::new("any")?.signed(SERVER)?).await?;
        fixtures::permit_discovery(namespace, namespace).await?;
        let cases = [
            ("on", json!({ "http2": true }), "h2"),
            ("off", json!({ "http2": false }), "http/1.1"),
        ];
        for (name, http, _) in &cases {
            let change = json!({ "spec": { "web": { "tlsConfig": web()["tlsConfig"], "httpConfig": http } } });
            let prometheus: Prometheus = fixtures::with(fixtures::prometheus(name), change.clone())?;
            namespace
                .apply(&fixtures::with(prometheus, json!({ "spec": { "thanos": {} } }))?)
                .await?;
            let alertmanager: Alertmanager = fixtures::with(fixtures::alertmanager(name, 1), change)?;
            namespace.apply(&alertmanager).await?;
        }
        let app = Served::service(namespace, "app", "http");
        for (name, _, wanted) in &cases {
            for (kind, port) in [("prometheus", 9090), ("alertmanager", 9093)] {
                let pod = format!("{kind}-{name}-0");
                eventually(STARTED, &format!("{pod} speaks {wanted}"), async || {
                    let status = namespace.api::<Pod>().get(&pod).await?.status;
                    let address = status.and_then(|status| status.pod_ip).context("no address")?;
                    let spoken = app.text(&format!("/protocol/{address}:{port}")).await?;
                    anyhow::ensure!(spoken == *wanted, "it speaks {spoken:?}");
                    Ok(())
                })
                .await?;
            }
        }
        Ok(())
    })
    .await
}

async fn serve(namespace: &Namespace, pair: &Pair) -> anyhow::Result<()> {
    let entries = [("tls.crt", pair.certificate.as_str()), ("tls.key", pair.key.as_str())];
    namespace.write_secret("served", &entries).await
}

/// A monitor of the Service that the operator makes for all workloads of this kind, which trusts one authority.
fn monitor(name: &str, kind: &str, authority: &str) -> ServiceMonitor {
    let mut monitor = fixtures::service_monitor(name, "");
    monitor.spec.selector.match_labels = Some([(format!("operated-{kind}"), "true".to_owned())].into());
    let endpoint = &mut monitor.spec.endpoints[0];
    endpoint.port = Some("web".into());
    endpoint.scheme = Some(Scheme::Https);
    endpoint.tls_config = Some(Box::new(TlsConfig {
        ca: SecretOrConfigMap {
            secret: Some(Box::new(k8s_openapi::api::core::v1::SecretKeySelector {
                name: authority.to_owned(),
                key: "ca.crt".to_owned(),
                optional: None,
            })),
            config_map: None,
        },
        server_name: Some(SERVER.into()),
        ..TlsConfig::default()
    }));
    monitor
}

/// Waits until the targets of a scrape job are there, and refused because of their certificates.
async fn await_distrust(server: &PrometheusServer, pool: &str) -> anyhow::Result<()> {
    eventually(LIVE, &format!("{pool} is not trusted"), async || {
        let mut targets = server.targets().await?;
        targets.retain(|target| target.pool == pool);
        let distrusted = targets.iter().all(|target| target.error.contains("certificate"));
        anyhow::ensure!(!targets.is_empty() && distrusted, "{targets:?}");
        Ok(())
    })
    .await
}

/// Prometheus scrapes itself, its sidecar's neighbour and Alertmanager with the authority of the old certificate, then with that
/// of the new one. So each is seen to serve the one, and then the other.
// Rows 24, 83
#[tokio::test]
async fn web_servers_have_their_headers_and_serve_a_renewed_certificate() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let (old, new) = (Authority::new("old")?, Authority::new("new")?);
        for (name, authority) in [("old", &old), ("new", &new)] {
            namespace
                .write_secret(name, &[("ca.crt", &authority.certificate)])
                .await?;
            for kind in ["prometheus", "alertmanager"] {
                namespace.apply(&monitor(&format!("{name}-{kind}"), kind, name)).await?;
            }
        }
        serve(namespace, &old.signed(SERVER)?).await?;
        let spec = json!({ "spec": { "web": web(), "thanos": {} } });
        let prometheus: Prometheus = fixtures::with(fixtures::prometheus("main"), spec)?;
        let spec = json!({ "spec": { "web": web() } });
        let alertmanager: Alertmanager = fixtures::with(fixtures::alertmanager("main", 1), spec)?;
        namespace.apply(&alertmanager).await?;
        let servers = fixtures::start_prometheus(namespace, &prometheus).await?;
        let alertmanagers = fixtures::start_alertmanager(namespace, &alertmanager).await?;
        let pool = |name: &str, kind: &str| format!("serviceMonitor/{}/{name}-{kind}/0", namespace.name);
        for kind in ["prometheus", "alertmanager"] {
            servers[0].await_up(&pool("old", kind), 1).await?;
            await_distrust(&servers[0], &pool("new", kind)).await?;
        }
        for headers in [servers[0].headers().await?, alertmanagers[0].headers().await?] {
            for (_, header, value) in HEADERS {
                let found = headers
                    .get(header)
                    .and_then(|value| value.to_str().ok())
                    .unwrap_or_default();
                anyhow::ensure!(found.eq_ignore_ascii_case(value), "{header} is {found:?}");
            }
        }

        serve(namespace, &new.signed(SERVER)?).await?;
        for kind in ["prometheus", "alertmanager"] {
            // Who trusts the old one goes on, by the connection that there is.
            servers[0].await_up(&pool("new", kind), 1).await?;
        }
        let sidecar = Served::pod(namespace, "prometheus-main-0", 10902);
        eventually(LIVE, "the sidecar reaches Prometheus", async || {
            let up = metric(&sidecar.text("/metrics").await?, "thanos_sidecar_prometheus_up", &[])?;
            anyhow::ensure!(up > 0.5, "it is {up}");
            Ok(())
        })
        .await
    })
    .await
}
