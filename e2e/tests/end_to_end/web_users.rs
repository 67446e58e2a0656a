//! Web servers that ask for a password: whoever has none is turned away, and what runs in the same pod is not.

use crds::{Alertmanager, Prometheus, ServiceMonitor};
use e2e::{LIVE, Namespace, PrometheusServer, Served, eventually, fixtures, with_namespace};
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use serde_json::{Value, json};

/// Passwords and what bcrypt makes of them.
const FIRST: (&str, &str) = (
    "open sesame",
    "$2b$04$JiPWf9l1OucyyXQzZGY3JuuVRSg08u8B3qZ.73CKH.iWAULvQ8MMu",
);
const SECOND: (&str, &str) = (
    "speak friend",
    "$2b$04$Ic1mMh1Su8bVlGbSXeLBLevBtYe8HDIL7cppq7I8bJ84qAQWlSEwa",
);

fn web() -> Value {
    json!({ "basicAuthUsers": [{ "username": "ann", "passwordHash": { "name": "users", "key": "ann" } }] })
}

async fn write_hash(namespace: &Namespace, (_, hash): (&str, &str)) -> anyhow::Result<()> {
    namespace.write_secret("users", &[("ann", hash)]).await
}

/// A monitor of the pod of `main` behind the governing Service of `kind`, with the user and password of the Secret `login`, if it
/// names one.
fn monitor(name: &str, kind: &str, login: Option<&str>) -> anyhow::Result<ServiceMonitor> {
    let mut monitor = fixtures::service_monitor(name, "");
    monitor.metadata.labels = Some([("watched".to_owned(), "true".to_owned())].into());
    monitor.spec.selector.match_labels = Some([(format!("operated-{kind}"), "true".to_owned())].into());
    let key = |key: &str| login.map(|login| json!({ "name": login, "key": key }));
    let login = key("username").map(|username| json!({ "username": username, "password": key("password") }));
    let of_main = json!({ "sourceLabels": ["__meta_kubernetes_pod_name"], "regex": ".*-main-0", "action": "keep" });
    let endpoint = json!({ "port": "web", "basicAuth": login, "relabelings": [of_main] });
    fixtures::with(monitor, json!({ "spec": { "endpoints": [endpoint] } }))
}

/// Waits until every target of a monitor answers with 401.
async fn await_refused(watcher: &PrometheusServer, pool: &str) -> anyhow::Result<()> {
    eventually(LIVE, &format!("{pool} is turned away"), async || {
        let targets = watcher.targets().await?;
        let mut own = targets.iter().filter(|target| target.pool == pool).peekable();
        anyhow::ensure!(own.peek().is_some(), "there is no target");
        anyhow::ensure!(
            own.all(|target| target.error.contains("401")),
            "targets are {targets:?}"
        );
        Ok(())
    })
    .await
}

/// An ordinary Prometheus watches one that asks for a password, and an Alertmanager that does.
#[tokio::test]
async fn users_log_in_and_a_changed_password_restarts_nothing() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let pool = |name: &str| format!("serviceMonitor/{}/{name}/0", namespace.name);
        write_hash(namespace, FIRST).await?;
        for (name, password) in [("first", FIRST.0), ("second", SECOND.0)] {
            let entries = [("username", "ann"), ("password", password)];
            namespace.write_secret(name, &entries).await?;
            for kind in ["prometheus", "alertmanager"] {
                namespace.apply(&monitor(&format!("{name}-{kind}"), kind, Some(name))?).await?;
            }
        }
        namespace.apply(&monitor("anonymous", "alertmanager", None)?).await?;
        let selector = json!({ "matchLabels": { "watched": "true" } });
        let watcher = json!({ "spec": { "serviceMonitorSelector": selector, "podMonitorSelector": null, "probeSelector": null } });
        let watcher: Prometheus = fixtures::with(fixtures::prometheus("watcher"), watcher)?;
        let watcher = fixtures::start_prometheus(namespace, &watcher).await?.remove(0);

        let nothing = json!({ "matchLabels": { "of": "main" } });
        let spec = json!({ "spec": { "web": web(), "thanos": {}, "serviceMonitorSelector": nothing } });
        let main: Prometheus = fixtures::with(fixtures::prometheus("main"), spec)?;
        let alertmanager: Alertmanager = fixtures::with(fixtures::alertmanager("main", 1), json!({ "spec": { "web": web() } }))?;
        namespace.apply(&main).await?;
        namespace.apply(&alertmanager).await?;
        e2e::status::await_available::<Prometheus>(namespace, "main", 1).await?;
        e2e::status::await_available::<Alertmanager>(namespace, "main", 1).await?;
        for kind in ["prometheus", "alertmanager"] {
            watcher.await_up(&pool(&format!("first-{kind}")), 1).await?;
        }
        await_refused(&watcher, &pool("anonymous")).await?;
        await_refused(&watcher, &pool("second-alertmanager")).await?;
        for port in [9090, 8080] {
            let server = Served::pod(namespace, "prometheus-main-0", port);
            eventually(LIVE, &format!("port {port} asks for a password"), async || {
                let refused = server.text("/metrics").await;
                let unauthorized = |error: &anyhow::Error| format!("{error:#}").contains("Unauthorized");
                anyhow::ensure!(refused.as_ref().is_err_and(unauthorized), "{refused:?}");
                Ok(())
            })
            .await?;
        }

        // A reload is seen by what main does.
        let mut own = monitor("own", "prometheus", Some("first"))?;
        own.metadata.labels = Some([("of".to_owned(), "main".to_owned())].into());
        namespace.apply(&own).await?;
        let of_main = format!("prometheus_target_scrape_pool_targets{{scrape_job=\"{}\"}} > 0", pool("own"));
        watcher.await_series(&of_main, 1).await?;
        watcher.await_series("prometheus_config_last_reload_successful{pod=\"prometheus-main-0\"} == 1", 1).await?;
        sidecar_reaches(namespace).await?;

        let before = pods(namespace).await?;
        write_hash(namespace, SECOND).await?;
        for kind in ["prometheus", "alertmanager"] {
            watcher.await_up(&pool(&format!("second-{kind}")), 1).await?;
            await_refused(&watcher, &pool(&format!("first-{kind}"))).await?;
        }
        sidecar_reaches(namespace).await?;
        anyhow::ensure!(pods(namespace).await? == before, "pods were restarted");
        Ok(())
    })
    .await
}

async fn sidecar_reaches(namespace: &Namespace) -> anyhow::Result<()> {
    let sidecar = Served::pod(namespace, "prometheus-main-0", 10902);
    eventually(LIVE, "the sidecar reaches Prometheus", async || {
        let metrics = sidecar.text("/metrics").await?;
        let up = e2e::metric(&metrics, "thanos_sidecar_prometheus_up", &[])?;
        anyhow::ensure!(up > 0.5, "it is {up}");
        Ok(())
    })
    .await
}

/// Identities of the pods and how often their containers were started again.
async fn pods(namespace: &Namespace) -> anyhow::Result<Vec<(Option<String>, i32)>> {
    let pods = namespace.api::<Pod>().list(&kube::api::ListParams::default()).await?;
    let restarts = |pod: &Pod| {
        let statuses = pod
            .status
            .iter()
            .flat_map(|status| status.container_statuses.iter().flatten());
        statuses.map(|status| status.restart_count).sum()
    };
    Ok(pods.iter().map(|pod| (pod.uid(), restarts(pod))).collect())
}
