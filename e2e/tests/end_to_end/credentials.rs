//! Credentials and certificates reach Prometheus from the Secrets that objects refer to.

use anyhow::Context as _;
use crds::{BasicAuth, PrometheusWebSpec, Scheme, SecretOrConfigMap, ServiceMonitor, TlsConfig, WebTlsConfig};
use e2e::{LIVE, eventually, fixtures, with_namespace};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde_json::json;

#[tokio::test]
async fn a_changed_password_is_used() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        // user:password
        let wanted = json!([{ "name": "AUTHORIZATION", "value": "Basic dXNlcjpwYXNzd29yZA==" }]);
        fixtures::start_app_with(namespace, "app", 1, wanted).await?;
        let write = async |password: &str| {
            let entries = [("username", "user"), ("password", password)];
            namespace.write_secret("credentials", &entries).await
        };
        write("wrong").await?;
        let mut monitor = fixtures::service_monitor("app", "app");
        monitor.spec.endpoints[0].basic_auth = Some(Box::new(BasicAuth {
            username: Some(Box::new(key("credentials", "username"))),
            password: Some(Box::new(key("credentials", "password"))),
        }));
        namespace.apply(&monitor).await?;
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
        eventually(LIVE, "the app is scraped with the right one", async || {
            servers[0].up(&pool, 1).await
        })
        .await?;
        Ok(())
    })
    .await
}

/// A Prometheus that serves TLS is probed and reloaded all the same, and scrapes itself by the certificate that it trusts.
#[tokio::test]
async fn prometheus_serves_and_scrapes_tls() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let made = rcgen::generate_simple_self_signed(["prometheus.test".to_owned()]).context("no certificate")?;
        let (certificate, private) = (made.cert.pem(), made.signing_key.serialize_pem());
        let entries = [("tls.crt", certificate.as_str()), ("tls.key", private.as_str())];
        namespace.write_secret("certificate", &entries).await?;
        let certificate = || SecretOrConfigMap {
            secret: Some(Box::new(key("certificate", "tls.crt"))),
            config_map: None,
        };
        let mut prometheus = fixtures::prometheus("main");
        let mut web = PrometheusWebSpec::default();
        web.config_file.tls_config = Some(Box::new(WebTlsConfig {
            cert: certificate(),
            key_secret: Some(Box::new(key("certificate", "tls.key"))),
            ..WebTlsConfig::default()
        }));
        prometheus.spec.common.web = Some(Box::new(web));
        let servers = fixtures::start_prometheus(namespace, &prometheus).await?;

        // Applied when Prometheus runs, so that it arrives by a reload.
        namespace.apply(&itself(certificate())).await?;
        let pool = format!("serviceMonitor/{}/itself/0", namespace.name);
        eventually(LIVE, "Prometheus scrapes itself", async || {
            servers[0].up(&pool, 1).await
        })
        .await?;
        Ok(())
    })
    .await
}

/// A monitor of the Service that the operator makes for all Prometheuses of the namespace.
fn itself(trusted: SecretOrConfigMap) -> ServiceMonitor {
    let mut monitor = fixtures::service_monitor("itself", "");
    monitor.spec.selector.match_labels = Some([("operated-prometheus".to_owned(), "true".to_owned())].into());
    let endpoint = &mut monitor.spec.endpoints[0];
    endpoint.port = Some("web".into());
    endpoint.scheme = Some(Scheme::Https);
    endpoint.tls_config = Some(Box::new(TlsConfig {
        ca: trusted,
        server_name: Some("prometheus.test".into()),
        ..TlsConfig::default()
    }));
    monitor
}

fn key(secret: &str, key: &str) -> SecretKeySelector {
    SecretKeySelector {
        name: secret.to_owned(),
        key: key.to_owned(),
        optional: None,
    }
}
