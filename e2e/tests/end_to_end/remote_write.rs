//! What Prometheus writes arrives, by every credential and certificate that it can be given.

use crds::Prometheus;
use e2e::certificates::Authority;
use e2e::fixtures::{APP_MUTUAL_TLS_PORT, APP_PORT, APP_TLS_PORT, App};
use e2e::status::await_refusal;
use e2e::{LIVE, Namespace, eventually, fixtures, with_namespace};
use serde_json::{Value, json};

/// A receiver with certificates, and clients' certificates in Secrets and ConfigMaps, in one object and in several.
async fn start_receiver(namespace: &Namespace) -> anyhow::Result<()> {
    let (authority, stranger) = (Authority::new("known")?, Authority::new("unknown")?);
    let server = authority.signed_for(&["app.test", "receiver"])?;
    let (client, intruder) = (authority.signed("client")?, stranger.signed("client")?);
    let ca = authority.certificate.as_str();
    let files = [
        ("tls.crt", server.certificate.as_str()),
        ("tls.key", server.key.as_str()),
        ("ca.crt", ca),
    ];
    namespace.write_secret("served", &files).await?;
    let all = [
        ("cert", client.certificate.as_str()),
        ("key", client.key.as_str()),
        ("ca", ca),
    ];
    namespace.write_secret("all", &all).await?;
    namespace.write_secret("cert", &all[..1]).await?;
    namespace.write_secret("key", &all[1..2]).await?;
    namespace.write_secret("ca", &all[2..]).await?;
    namespace.write_config_map("cert", &all[..1]).await?;
    namespace.write_config_map("ca", &all[2..]).await?;
    let wrong = [
        ("cert", intruder.certificate.as_str()),
        ("key", intruder.key.as_str()),
        ("ca", stranger.certificate.as_str()),
    ];
    namespace.write_secret("stranger", &wrong).await?;
    namespace
        .write_secret("broken", &[("cert", "none"), ("key", "none"), ("ca", "none")])
        .await?;
    namespace
        .write_secret("password", &[("user", "user"), ("password", "password")])
        .await?;
    fixtures::start_app_with(
        namespace,
        "receiver",
        App {
            certificates: Some("served"),
            ..App::default()
        },
    )
    .await
}

fn from_secret(name: &str, key: &str) -> Value {
    json!({ "secret": { "name": name, "key": key } })
}

fn from_config_map(name: &str, key: &str) -> Value {
    json!({ "configMap": { "name": name, "key": key } })
}

fn key_in(name: &str) -> Value {
    json!({ "name": name, "key": "key" })
}

/// One that writes to the path of its name.
fn writer(name: &str, port: i32, rest: &Value) -> Value {
    let scheme = if port == APP_PORT { "http" } else { "https" };
    let mut writer = json!({
        "name": name,
        "url": format!("{scheme}://receiver:{port}/write/{name}"),
        "queueConfig": { "maxShards": 1, "batchSendDeadline": "1s", "maxBackoff": "1s" },
    });
    if let (Some(writer), Some(rest)) = (writer.as_object_mut(), rest.as_object()) {
        writer.extend(rest.clone());
    }
    writer
}

/// Certificate, key and authority in each place where they can be.
fn placements() -> Vec<Value> {
    let certificates = [
        from_secret("all", "cert"),
        from_secret("cert", "cert"),
        from_config_map("cert", "cert"),
    ];
    let keys = [key_in("all"), key_in("key")];
    let authorities = [
        from_secret("all", "ca"),
        from_secret("ca", "ca"),
        from_config_map("ca", "ca"),
    ];
    let mut placements = Vec::new();
    for certificate in &certificates {
        for key in &keys {
            for authority in &authorities {
                let tls = json!({ "cert": certificate, "keySecret": key, "ca": authority, "serverName": "app.test" });
                let name = format!("placed-{}", placements.len());
                placements.push(writer(&name, APP_MUTUAL_TLS_PORT, &json!({ "tlsConfig": tls })));
            }
        }
    }
    placements
}

fn arriving() -> Vec<Value> {
    let pair = |from: &str| json!({ "cert": from_secret(from, "cert"), "keySecret": key_in(from) });
    let mut unverified = pair("all");
    unverified["insecureSkipVerify"] = json!(true);
    let mut second = pair("all");
    second["ca"] = from_secret("ca", "ca");
    second["serverName"] = json!("app.test");
    let only_ca = json!({ "ca": from_secret("ca", "ca"), "serverName": "app.test" });
    let basic = json!({ "username": { "name": "password", "key": "user" }, "password": { "name": "password", "key": "password" } });
    let mut all = placements();
    all.extend([
        writer("unverified", APP_MUTUAL_TLS_PORT, &json!({ "tlsConfig": unverified })),
        writer(
            "second-version",
            APP_MUTUAL_TLS_PORT,
            &json!({ "tlsConfig": second, "messageVersion": "V2.0" }),
        ),
        writer("without-client", APP_TLS_PORT, &json!({ "tlsConfig": only_ca })),
        writer(
            "with-user",
            APP_PORT,
            &json!({ "basicAuth": basic, "headers": { "X-Scope-OrgID": "team" } }),
        ),
    ]);
    all
}

/// Certificates that are some, and not the right ones.
fn refused() -> Vec<Value> {
    let tls = |certificate: &str, authority: Option<&str>| {
        let mut tls = json!({ "serverName": "app.test" });
        if !certificate.is_empty() {
            tls["cert"] = from_secret(certificate, "cert");
            tls["keySecret"] = key_in(certificate);
        }
        if let Some(authority) = authority {
            tls["ca"] = from_secret(authority, "ca");
        }
        json!({ "tlsConfig": tls })
    };
    vec![
        writer("wrong-authority", APP_MUTUAL_TLS_PORT, &tls("all", Some("stranger"))),
        writer("no-authority", APP_MUTUAL_TLS_PORT, &tls("all", None)),
        writer("wrong-client", APP_MUTUAL_TLS_PORT, &tls("stranger", Some("all"))),
        writer("no-client", APP_MUTUAL_TLS_PORT, &tls("", Some("all"))),
    ]
}

fn name(writer: &Value) -> &str {
    writer["name"].as_str().unwrap_or_default()
}

async fn ups_at(namespace: &Namespace, writer: &Value) -> anyhow::Result<(Value, usize)> {
    let written = fixtures::written(namespace, "receiver", name(writer)).await?;
    let series = written["series"].as_array().map(Vec::len).unwrap_or_default();
    Ok((written, series))
}

// Row 47
#[tokio::test]
async fn samples_arrive_with_the_right_certificates_and_no_others() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        start_receiver(namespace).await?;
        namespace
            .apply(&fixtures::service_monitor("receiver", "receiver"))
            .await?;
        let (arriving, refused) = (arriving(), refused());
        let writers: Vec<_> = arriving.iter().chain(&refused).collect();
        // Before it ends, a Prometheus waits a minute for each receiver that takes nothing, one after the other.
        let arguments = json!([{ "name": "storage.remote.flush-deadline", "value": "1s" }]);
        let spec =
            json!({ "remoteWrite": writers, "externalLabels": { "sender": "main" }, "additionalArgs": arguments });
        let prometheus: Prometheus = fixtures::with(fixtures::prometheus("main"), json!({ "spec": spec }))?;
        let servers = fixtures::start_prometheus(namespace, &prometheus).await?;
        let pool = format!("serviceMonitor/{}/receiver/0", namespace.name);
        servers[0].await_up(&pool, 1).await?;
        for writer in &arriving {
            eventually(LIVE, &format!("samples of {} arrive", name(writer)), async || {
                let (written, series) = ups_at(namespace, writer).await?;
                anyhow::ensure!(series > 0, "{written}");
                let labels = &written["series"][0]["labels"];
                anyhow::ensure!(labels["sender"] == "main", "{labels}");
                Ok(())
            })
            .await?;
        }
        for writer in &refused {
            let (written, series) = ups_at(namespace, writer).await?;
            anyhow::ensure!(series == 0, "{}: {written}", name(writer));
        }
        servers[0].await_series("up{job=\"receiver\"} == 1", 1).await?;

        let of = async |name: &str| fixtures::written(namespace, "receiver", name).await;
        let user = of("with-user").await?;
        anyhow::ensure!(user["authorization"] == "Basic dXNlcjpwYXNzd29yZA==", "{user}");
        anyhow::ensure!(user["headers"]["x-scope-orgid"] == "team", "{user}");
        let version = of("second-version").await?["headers"]["content-type"].clone();
        anyhow::ensure!(
            version.as_str().is_some_and(|kind| kind.contains("write.v2")),
            "{version}"
        );
        Ok(())
    })
    .await
}

/// What is no certificate at all, or does not exist, is found before Prometheus has it.
// Row 47
#[tokio::test]
async fn broken_and_missing_certificates_are_reported() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        start_receiver(namespace).await?;
        let good =
            json!({ "ca": from_secret("all", "ca"), "cert": from_secret("all", "cert"), "keySecret": key_in("all") });
        let cases = [
            ("no-such-secret", json!({ "ca": from_secret("absent", "ca") })),
            ("no-such-key", json!({ "cert": from_secret("all", "absent") })),
            (
                "no-such-private-key",
                json!({ "keySecret": { "name": "all", "key": "absent" } }),
            ),
            ("broken-ca", json!({ "ca": from_secret("broken", "ca") })),
            ("broken-certificate", json!({ "cert": from_secret("broken", "cert") })),
            ("broken-key", json!({ "keySecret": key_in("broken") })),
            ("foreign-key", json!({ "keySecret": key_in("stranger") })),
        ];
        for (case, change) in &cases {
            let tls = fixtures::with(good.clone(), change.clone())?;
            let writer = writer(case, APP_MUTUAL_TLS_PORT, &json!({ "tlsConfig": tls }));
            let spec = json!({ "replicas": 0, "remoteWrite": [writer] });
            namespace
                .apply(&fixtures::with(fixtures::prometheus(case), json!({ "spec": spec }))?)
                .await?;
        }
        for (case, _) in &cases {
            await_refusal::<Prometheus>(namespace, case, "remoteWrite").await?;
        }
        Ok(())
    })
    .await
}
