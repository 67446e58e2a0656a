//! With the gate `StatusForConfigurationResources`, configuration objects say which workloads take them. The operator of the
//! test has the gate; the workloads have no pods, as none are needed.

use std::fmt::Debug;

use crds::v1alpha1::ScrapeConfig;
use crds::{PodMonitor, Probe, Prometheus, PrometheusRule, ServiceMonitor, ThanosRuler};
use e2e::fixtures::{Reach, rule};
use e2e::{ACTED, Namespace, eventually, fixtures, with_namespace};
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::rbac::v1::PolicyRule;
use kube::Resource;
use serde_json::{Value, json};

const GATE: &str = "--feature-gates=StatusForConfigurationResources=true";
const MONITORING: &str = "monitoring.coreos.com";

/// What the gate needs.
fn permissions() -> Vec<PolicyRule> {
    let objects = [
        "servicemonitors",
        "podmonitors",
        "probes",
        "scrapeconfigs",
        "prometheusrules",
    ];
    let mut statuses: Vec<_> = objects.iter().map(|name| format!("{name}/status")).collect();
    statuses.push("alertmanagerconfigs/status".to_owned());
    let statuses: Vec<_> = statuses.iter().map(String::as_str).collect();
    let workloads = ["alertmanagers", "prometheuses", "prometheusagents", "thanosrulers"];
    vec![
        rule(MONITORING, &objects, &["get"]),
        rule(MONITORING, &statuses, &["patch"]),
        rule(MONITORING, &workloads, &["patch"]),
    ]
}

/// A workload's entry in the status of an object: whether it is accepted, and since when.
type Entry = (String, String, String);

async fn entries<K>(namespace: &Namespace, name: &str) -> anyhow::Result<Vec<Entry>>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    K: Clone + Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    let object = serde_json::to_value(namespace.api::<K>().get(name).await?)?;
    let bindings = object["status"]["bindings"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let entry = |binding: &Value| {
        let workload = format!("{}/{}", text(&binding["resource"]), text(&binding["name"]));
        let accepted = &binding["conditions"][0];
        (
            workload,
            text(&accepted["status"]),
            text(&accepted["lastTransitionTime"]),
        )
    };
    let mut entries: Vec<_> = bindings.iter().map(entry).collect();
    entries.sort();
    Ok(entries)
}

/// Waits until exactly these workloads have an entry, with this status.
async fn await_entries<K>(
    namespace: &Namespace,
    name: &str,
    workloads: &[&str],
    accepted: &str,
) -> anyhow::Result<Vec<Entry>>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    K: Clone + Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    let what = format!(
        "{} {name} has entries of {workloads:?}, accepted: {accepted}",
        K::kind(&())
    );
    eventually(ACTED, &what, async || {
        let entries = entries::<K>(namespace, name).await?;
        let names: Vec<_> = entries.iter().map(|(workload, ..)| workload.as_str()).collect();
        anyhow::ensure!(names == workloads, "{entries:?}");
        anyhow::ensure!(entries.iter().all(|(_, status, _)| status == accepted), "{entries:?}");
        Ok(entries)
    })
    .await
}

/// A whole life: two objects are accepted; one is spoilt and the other's entry stays as it is; one loses its label and its
/// entries; at last the workloads are deleted, and with them the entries of the other one.
async fn live<K>(
    namespace: &Namespace,
    operator: &fixtures::Operator<'_>,
    object: impl Fn(&str) -> anyhow::Result<K>,
    spoil: Value,
    workloads: &[&str],
) -> anyhow::Result<()>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    K: Clone + Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    apply_workloads(namespace, operator, workloads).await?;
    let labelled = json!({ "metadata": { "labels": { "team": "ours" } } });
    for name in ["kept", "spoilt"] {
        namespace
            .apply(&fixtures::with(object(name)?, labelled.clone())?)
            .await?;
    }
    let before = await_entries::<K>(namespace, "kept", workloads, "True").await?;
    await_entries::<K>(namespace, "spoilt", workloads, "True").await?;

    let spoilt = fixtures::with(object("spoilt")?, labelled)?;
    namespace.apply(&fixtures::with(spoilt, spoil)?).await?;
    await_entries::<K>(namespace, "spoilt", workloads, "False").await?;
    let after = entries::<K>(namespace, "kept").await?;
    anyhow::ensure!(after == before, "{before:?} became {after:?}");

    namespace
        .merge::<K>("spoilt", &json!({ "metadata": { "labels": { "team": "theirs" } } }))
        .await?;
    await_entries::<K>(namespace, "spoilt", &[], "").await?;

    for workload in workloads {
        if workload.starts_with("thanosrulers") {
            namespace.remove::<ThanosRuler>("main").await?;
        } else {
            namespace.remove::<Prometheus>("main").await?;
        }
    }
    await_entries::<K>(namespace, "kept", &[], "").await?;
    namespace.remove::<K>("kept").await?;
    eventually(ACTED, "the workloads are gone", async || {
        anyhow::ensure!(
            namespace.api::<Prometheus>().get_opt("main").await?.is_none(),
            "the Prometheus is there"
        );
        anyhow::ensure!(
            namespace.api::<ThanosRuler>().get_opt("main").await?.is_none(),
            "the Thanos Ruler is there"
        );
        Ok(())
    })
    .await
}

async fn apply_workloads(
    namespace: &Namespace,
    operator: &fixtures::Operator<'_>,
    workloads: &[&str],
) -> anyhow::Result<()> {
    let ours = json!({ "matchLabels": { "team": "ours" } });
    let spec = json!({
        "replicas": 0,
        "serviceMonitorSelector": ours, "podMonitorSelector": ours, "probeSelector": ours, "scrapeConfigSelector": ours,
        "ruleSelector": ours,
    });
    let prometheus: Prometheus = fixtures::with(fixtures::prometheus("main"), json!({ "spec": spec }))?;
    namespace.apply(&operator.adopt(prometheus)).await?;
    if workloads.contains(&"thanosrulers/main") {
        let spec = json!({ "spec": { "replicas": 0, "ruleSelector": ours } });
        let ruler: ThanosRuler = fixtures::with(fixtures::thanos_ruler("main")?, spec)?;
        namespace.apply(&operator.adopt(ruler)).await?;
    }
    Ok(())
}

// Rows 124–126, 128–137, 139–145
#[tokio::test]
async fn every_kind_has_entries_while_it_is_selected() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let flags = [GATE.to_owned()];
        let operator = fixtures::start_operator(namespace, &flags, Reach::EverywhereAnd(permissions())).await?;
        let server = ["prometheuses/main"];
        let both = ["prometheuses/main", "thanosrulers/main"];
        let missing = json!({ "credentials": { "name": "missing", "key": "token" } });
        let spoil = |fields: Value| json!({ "spec": fields });

        let monitor = |name: &str| Ok(fixtures::service_monitor(name, "app"));
        let spoilt = json!({ "endpoints": [{ "port": "http", "authorization": missing }] });
        live::<ServiceMonitor>(namespace, &operator, monitor, spoil(spoilt), &server).await?;
        let monitor = |name: &str| Ok(fixtures::pod_monitor(name, "app"));
        let spoilt = json!({ "podMetricsEndpoints": [{ "port": "http", "authorization": missing }] });
        live::<PodMonitor>(namespace, &operator, monitor, spoil(spoilt), &server).await?;
        let probe = |name: &str| fixtures::probe(name, "app");
        live::<Probe>(
            namespace,
            &operator,
            probe,
            spoil(json!({ "authorization": missing })),
            &server,
        )
        .await?;
        let config = |name: &str| fixtures::scrape_config(name, "app");
        live::<ScrapeConfig>(
            namespace,
            &operator,
            config,
            spoil(json!({ "authorization": missing })),
            &server,
        )
        .await?;
        let always = |name: &str| Ok(fixtures::alerting_rule(name, "Always", "vector(1)"));
        let never = json!({ "groups": [{ "name": "spoilt", "rules": [{ "alert": "Never", "expr": "vector(" }] }] });
        live::<PrometheusRule>(namespace, &operator, always, spoil(never), &both).await
    })
    .await
}

/// One Prometheus lets monitors read its files, another does not.
// Row 127
#[tokio::test]
async fn an_object_is_accepted_by_one_workload_and_not_by_another() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let flags = [GATE.to_owned()];
        let operator = fixtures::start_operator(namespace, &flags, Reach::EverywhereAnd(permissions())).await?;
        for (name, deny) in [("permits", false), ("denies", true)] {
            let spec = json!({ "spec": { "replicas": 0, "arbitraryFSAccessThroughSMs": { "deny": deny } } });
            let prometheus: Prometheus = fixtures::with(fixtures::prometheus(name), spec)?;
            namespace.apply(&operator.adopt(prometheus)).await?;
        }
        let endpoint = json!({ "port": "http", "bearerTokenFile": "/etc/token" });
        let spec = json!({ "spec": { "endpoints": [endpoint] } });
        let monitor: ServiceMonitor = fixtures::with(fixtures::service_monitor("reads", "app"), spec)?;
        namespace.apply(&monitor).await?;
        eventually(ACTED, "one accepts it, and the other does not", async || {
            let entries = entries::<ServiceMonitor>(namespace, "reads").await?;
            let said: Vec<_> = entries
                .iter()
                .map(|(workload, status, _)| (workload.as_str(), status.as_str()))
                .collect();
            anyhow::ensure!(
                said == [("prometheuses/denies", "False"), ("prometheuses/permits", "True")],
                "{said:?}"
            );
            Ok(())
        })
        .await
    })
    .await
}
