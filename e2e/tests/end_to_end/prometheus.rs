//! Fields of a Prometheus, as the running one shows their effect.

use anyhow::Context as _;
use crds::{PodMonitor, Prometheus, ServiceMonitor};
use e2e::status::{await_condition, condition};
use e2e::{ACTED, LIVE, Namespace, STARTED, eventually, fixtures, with_namespace};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::ListParams;
use serde_json::{Value, json};

fn prometheus(name: &str, fields: &Value) -> anyhow::Result<Prometheus> {
    fixtures::with(fixtures::prometheus(name), json!({ "spec": fields }))
}

/// Writes the Secret `additional` with a job of so many targets, all of which are the Prometheus itself.
async fn write_additional(namespace: &Namespace, targets: usize) -> anyhow::Result<()> {
    let one = |number: usize| format!("- targets: ['localhost:9090']\n    labels: {{number: '{number}'}}\n  ");
    let entries: String = (0..targets).map(one).collect();
    let job = format!("- job_name: additional\n  static_configs:\n  {entries}");
    namespace.write_secret("additional", &[("jobs.yaml", &job)]).await
}

// Rows 55, 56
#[tokio::test]
async fn a_changed_job_is_loaded_by_request_and_by_signal() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let reference = json!({ "name": "additional", "key": "jobs.yaml" });
        for (name, strategy) in [("http", "HTTP"), ("signal", "ProcessSignal")] {
            write_additional(namespace, 1).await?;
            let fields = json!({ "additionalScrapeConfigs": reference, "reloadStrategy": strategy });
            let servers = fixtures::start_prometheus(namespace, &prometheus(name, &fields)?).await?;
            servers[0].await_up("additional", 1).await?;
            eventually(ACTED, "that nothing is selected is remarked", async || {
                let reconciled = condition::<Prometheus>(namespace, name, "Reconciled").await?;
                anyhow::ensure!(
                    reconciled.status == "True" && reconciled.reason == "NoSelectedResources",
                    "{reconciled:?}"
                );
                Ok(())
            })
            .await?;
            write_additional(namespace, 2).await?;
            servers[0].await_up("additional", 2).await?;
        }
        Ok(())
    })
    .await
}

// Rows 57, 72
#[tokio::test]
async fn alertmanagers_are_found_in_every_way() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let configuration = "- static_configs: [{targets: ['additional.example:9093']}]\n";
        namespace
            .write_secret("additional", &[("alertmanagers.yaml", configuration)])
            .await?;
        fixtures::start_alertmanager(namespace, &fixtures::alertmanager("main", 2)).await?;
        let alerting = serde_json::to_value(fixtures::alerts_to(namespace)?)?;
        for (name, role) in [("endpoints", "Endpoints"), ("slices", "EndpointSlice")] {
            let fields = json!({
                "alerting": alerting,
                "serviceDiscoveryRole": role,
                "additionalAlertManagerConfigs": { "name": "additional", "key": "alertmanagers.yaml" },
            });
            let servers = fixtures::start_prometheus(namespace, &prometheus(name, &fields)?).await?;
            eventually(LIVE, "it has both pods, and the one of the Secret", async || {
                let urls = servers[0].alertmanagers().await?;
                let additional = urls.iter().filter(|url| url.contains("additional.example")).count();
                anyhow::ensure!(urls.len() == 3 && additional == 1, "{urls:?}");
                Ok(())
            })
            .await?;
            namespace.remove::<Prometheus>(name).await?;
        }
        Ok(())
    })
    .await
}

// Rows 68, 74
#[tokio::test]
async fn targets_are_discovered_in_every_role_and_by_the_number_of_their_port() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "app", 1).await?;
        let mut pools = Vec::new();
        for (name, role) in [
            ("unset", None),
            ("endpoints", Some("Endpoints")),
            ("slices", Some("EndpointSlice")),
        ] {
            let change = json!({ "spec": { "serviceDiscoveryRole": role, "endpoints": [{ "targetPort": 8080 }] } });
            let monitor: ServiceMonitor = fixtures::with(fixtures::service_monitor(name, "app"), change)?;
            namespace.apply(&monitor).await?;
            pools.push(format!("serviceMonitor/{}/{name}/0", namespace.name));
        }
        let servers = fixtures::start_prometheus(namespace, &fixtures::prometheus("main")).await?;
        for pool in &pools {
            servers[0].await_up(pool, 1).await?;
        }
        Ok(())
    })
    .await
}

/// Two objects that one ConfigMap cannot hold.
// Row 61
#[tokio::test]
async fn rules_fill_a_further_config_map_without_a_rollout() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let large = |name: &str, alert: &str| -> anyhow::Result<crds::PrometheusRule> {
            let noise = "0123456789abcdef".repeat(20_000);
            let change = json!({ "spec": { "groups": [{
                "name": name,
                "rules": [{ "alert": alert, "expr": "vector(1)", "annotations": { "text": noise } }],
            }]}});
            fixtures::with(fixtures::alerting_rule(name, alert, "vector(1)"), change)
        };
        namespace.apply(&large("one", "One")?).await?;
        let servers = fixtures::start_prometheus(namespace, &fixtures::prometheus("main")).await?;
        servers[0].await_firing(&["One"]).await?;
        let set = async || namespace.api::<StatefulSet>().get("prometheus-main").await;
        let before = set().await?.metadata.generation;
        namespace.apply(&large("two", "Two")?).await?;
        servers[0].await_firing(&["One", "Two"]).await?;
        let maps = namespace.api::<ConfigMap>().list(&ListParams::default()).await?;
        let names = maps.items.iter().filter_map(|map| map.metadata.name.as_deref());
        let rules = names.filter(|name| name.contains("rulefiles")).count();
        anyhow::ensure!(rules == 2, "there are {rules} ConfigMaps of rules");
        let after = set().await?.metadata.generation;
        anyhow::ensure!(before == after, "the StatefulSet was {before:?} and is {after:?}");
        Ok(())
    })
    .await
}

/// Relabelings by which a tenant tries to give series another namespace.
fn attempts() -> Vec<(&'static str, Value)> {
    vec![
        ("labeldrop", json!([{ "action": "labeldrop", "regex": "namespace" }])),
        (
            "replace",
            json!([{ "action": "replace", "targetLabel": "namespace", "replacement": "foreign" }]),
        ),
        (
            "empty",
            json!([{ "action": "replace", "targetLabel": "namespace", "replacement": "" }]),
        ),
        (
            "labelmap",
            json!([
                { "action": "replace", "targetLabel": "mapped_namespace", "replacement": "foreign" },
                { "action": "labelmap", "regex": "mapped_(namespace)", "replacement": "$1" },
            ]),
        ),
    ]
}

// Rows 85, 86
#[tokio::test]
async fn series_keep_the_namespace_of_their_monitor_unless_it_is_excluded() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "app", 1).await?;
        for (name, relabelings) in attempts() {
            let endpoint = json!({
                "port": "http", "relabelings": relabelings, "metricRelabelings": relabelings,
            });
            let monitor = fixtures::with(fixtures::service_monitor(name, "app"), json!({ "spec": { "endpoints": [endpoint] } }))?;
            namespace.apply::<ServiceMonitor>(&monitor).await?;
            let monitor = fixtures::with(fixtures::pod_monitor(name, "app"), json!({ "spec": { "podMetricsEndpoints": [endpoint] } }))?;
            namespace.apply::<PodMonitor>(&monitor).await?;
        }
        let excluded: Vec<_> = ["servicemonitors", "podmonitors"]
            .map(|resource| json!({ "group": "monitoring.coreos.com", "resource": resource, "namespace": namespace.name }))
            .into();
        for (name, excluded) in [("binds", vec![]), ("excludes", excluded)] {
            let fields = json!({ "enforcedNamespaceLabel": "namespace", "excludedFromEnforcement": excluded });
            let servers = fixtures::start_prometheus(namespace, &prometheus(name, &fields)?).await?;
            for kind in ["serviceMonitor", "podMonitor"] {
                for (monitor, _) in attempts() {
                    let pool = format!("{kind}/{}/{monitor}{}", namespace.name, "/0");
                    servers[0].await_up(&pool, 1).await?;
                }
            }
            let ours = format!("count by (namespace) (sample_app_requests_total{{namespace=\"{}\"}})", namespace.name);
            let others = format!("sample_app_requests_total{{namespace!=\"{}\"}}", namespace.name);
            if name == "binds" {
                servers[0].await_series(&ours, 1).await?;
                servers[0].await_series(&others, 0).await?;
            } else {
                servers[0].await_series(&ours, 0).await?;
                eventually(LIVE, "there are series of another namespace", async || {
                    let series = servers[0].series(&others).await?;
                    anyhow::ensure!(series > 1, "{series}");
                    Ok(())
                })
                .await?;
            }
        }
        Ok(())
    })
    .await
}

/// A query log, a sidecar that mounts what the Prometheus mounts, and labels of the claims: the pods start with them.
// Rows 89, 93
#[tokio::test]
async fn a_pod_has_its_query_log_and_a_sidecar_with_mounts() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        namespace.write_secret("secret", &[("key", "value")]).await?;
        namespace.write_config_map("map", &[("key", "value")]).await?;
        let sidecar = json!({
            "name": "sidecar",
            "image": fixtures::image("sample-app"),
            "imagePullPolicy": "IfNotPresent",
            "args": ["0.0.0.0:8090"],
            "securityContext": {
                "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": { "drop": ["ALL"] },
            },
            "volumeMounts": [
                { "name": "secret-secret", "mountPath": "/secret", "readOnly": true },
                { "name": "configmap-map", "mountPath": "/map", "readOnly": true },
            ],
        });
        let fields = json!({
            "queryLogFile": "query.log", "secrets": ["secret"], "configMaps": ["map"], "containers": [sidecar],
        });
        let servers = fixtures::start_prometheus(namespace, &prometheus("main", &fields)?).await?;
        await_condition::<Prometheus>(namespace, "main", ("Available", "True"), STARTED).await?;
        let loaded = servers[0].loaded_configuration().await?;
        anyhow::ensure!(
            loaded.contains("query_log_file: /var/log/prometheus/query.log"),
            "{loaded}"
        );
        let sidecar = e2e::Served::pod(namespace, "prometheus-main-0", 8090);
        eventually(LIVE, "the sidecar serves", async || sidecar.text("/").await).await?;
        Ok(())
    })
    .await
}

// Rows 98, 99
#[tokio::test]
async fn names_may_be_any_utf8() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "app", 1).await?;
        let endpoint = json!({
            "port": "http",
            "path": "/utf8/metrics",
            "relabelings": [{ "targetLabel": "catégorie", "replacement": "é" }],
        });
        let change = json!({ "spec": { "endpoints": [endpoint] } });
        namespace
            .apply(&fixtures::with(fixtures::service_monitor("app", "app"), change)?)
            .await?;
        let rules = json!({ "spec": { "groups": [{ "name": "utf8", "rules": [
            { "record": "job:sample.app:count", "expr": "count({\"sample.app.requests\"})" },
            { "alert": "UTF8", "expr": "{\"sample.app.requests\", \"größe\"=\"groß\"} > 0" },
        ]}]}});
        namespace
            .apply(&fixtures::with(
                fixtures::alerting_rule("utf8", "UTF8", "vector(1)"),
                rules,
            )?)
            .await?;
        let servers = fixtures::start_prometheus(namespace, &fixtures::prometheus("main")).await?;
        servers[0]
            .await_series("{\"sample.app.requests\", \"catégorie\"=\"é\", \"größe\"=\"groß\"}", 1)
            .await?;
        servers[0].await_series("{\"job:sample.app:count\"}", 1).await?;
        servers[0].await_firing(&["UTF8"]).await
    })
    .await
}

/// What the text format cannot say.
#[tokio::test]
async fn native_histograms_and_exemplars_are_scraped() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "app", 1).await?;
        let endpoints = json!([
            { "port": "http", "path": "/histograms/metrics" },
            { "port": "http", "path": "/exemplars/metrics" },
        ]);
        let change = json!({ "spec": { "endpoints": endpoints, "scrapeNativeHistograms": true } });
        namespace
            .apply(&fixtures::with(fixtures::service_monitor("app", "app"), change)?)
            .await?;
        let fields = json!({ "enableFeatures": ["exemplar-storage"] });
        let servers = fixtures::start_prometheus(namespace, &prometheus("main", &fields)?).await?;
        servers[0]
            .await_series("histogram_count(sample_app_latency_seconds) > 0", 1)
            .await?;
        eventually(LIVE, "the exemplar is kept", async || {
            let exemplars = servers[0].exemplars("sample_app_traced_total").await?;
            let found = exemplars.first().context("none")?;
            anyhow::ensure!(found["labels"]["trace_id"] == "abc", "{found}");
            Ok(())
        })
        .await
    })
    .await
}
