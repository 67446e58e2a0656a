//! Operators with flags of their own: whose an object is, what the reloader gets, TLS, feature gates and repairs.

use std::fmt::Debug;

use anyhow::Context as _;
use crds::v1alpha1::PrometheusAgent;
use crds::{Alertmanager, Prometheus, ThanosRuler};
use e2e::certificates::Authority;
use e2e::fixtures::{Reach, rule};
use e2e::status::{await_available, await_condition};
use e2e::{ACTED, LIVE, Namespace, PrometheusServer, STARTED, eventually, fixtures, metric, with_namespace};
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::apps::v1::{DaemonSet, StatefulSet};
use k8s_openapi::api::core::v1::Pod;
use kube::api::ListParams;
use kube::{Resource, ResourceExt as _};
use serde_json::{Value, json};

// Rows 31–34
#[tokio::test]
async fn the_annotation_decides_which_operator_serves_an_object_of_any_kind() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let flags = ["--labels=served-by=own".to_owned()];
        let operator = fixtures::start_operator(namespace, &flags, Reach::Everywhere).await?;
        let none = json!({ "spec": { "replicas": 0 } });
        for name in ["mine", "plain"] {
            let prometheus: Prometheus = fixtures::with(fixtures::prometheus(name), none.clone())?;
            let agent: PrometheusAgent = fixtures::with(fixtures::agent(name)?, none.clone())?;
            let alertmanager = fixtures::alertmanager(name, 0);
            let ruler: ThanosRuler = fixtures::with(fixtures::thanos_ruler(name)?, none.clone())?;
            if name == "mine" {
                namespace.apply(&operator.adopt(prometheus)).await?;
                namespace.apply(&operator.adopt(agent)).await?;
                namespace.apply(&operator.adopt(alertmanager)).await?;
                namespace.apply(&operator.adopt(ruler)).await?;
            } else {
                namespace.apply(&prometheus).await?;
                namespace.apply(&agent).await?;
                namespace.apply(&alertmanager).await?;
                namespace.apply(&ruler).await?;
            }
        }
        for name in ["mine", "plain"] {
            await_condition::<Prometheus>(namespace, name, ("Reconciled", "True"), ACTED).await?;
            await_condition::<PrometheusAgent>(namespace, name, ("Reconciled", "True"), ACTED).await?;
            await_condition::<Alertmanager>(namespace, name, ("Reconciled", "True"), ACTED).await?;
            await_condition::<ThanosRuler>(namespace, name, ("Reconciled", "True"), ACTED).await?;
            for kind in ["prometheus", "prom-agent", "alertmanager", "thanos-ruler"] {
                let set = namespace.api::<StatefulSet>().get(&format!("{kind}-{name}")).await?;
                let own = set.labels().get("served-by").map(String::as_str) == Some("own");
                anyhow::ensure!(own == (name == "mine"), "{kind}-{name} has {:?}", set.labels());
            }
        }
        Ok(())
    })
    .await
}

// Row 30
#[tokio::test]
async fn changed_resources_of_the_reloader_reach_what_is_there() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let operator = fixtures::start_operator(namespace, &[], Reach::Everywhere).await?;
        let none = json!({ "spec": { "replicas": 0 } });
        let prometheus: Prometheus = fixtures::with(fixtures::prometheus("main"), none)?;
        namespace.apply(&operator.adopt(prometheus)).await?;
        await_condition::<Prometheus>(namespace, "main", ("Reconciled", "True"), ACTED).await?;
        let flags = [
            "cpu-request=21m",
            "cpu-limit=22m",
            "memory-request=51Mi",
            "memory-limit=52Mi",
        ]
        .map(|flag| format!("--config-reloader-{flag}"));
        operator.run(&flags).await?;
        let wanted =
            json!({ "requests": { "cpu": "21m", "memory": "51Mi" }, "limits": { "cpu": "22m", "memory": "52Mi" } });
        eventually(ACTED, "both containers of the reloader have them", async || {
            let set = serde_json::to_value(namespace.api::<StatefulSet>().get("prometheus-main").await?)?;
            let template = &set["spec"]["template"]["spec"];
            for (list, name) in [
                ("containers", "config-reloader"),
                ("initContainers", "init-config-reloader"),
            ] {
                let containers = template[list].as_array().context("no containers")?;
                let found = containers
                    .iter()
                    .find(|container| container["name"] == name)
                    .context("no reloader")?;
                anyhow::ensure!(found["resources"] == wanted, "{name} has {}", found["resources"]);
            }
            Ok(())
        })
        .await
    })
    .await
}

// Rows 43, 44
#[tokio::test]
async fn the_operator_serves_tls() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let pair = Authority::new("operator")?.signed("operator.test")?;
        let entries = [("tls.crt", pair.certificate.as_str()), ("tls.key", pair.key.as_str())];
        namespace.write_secret("operator-tls", &entries).await?;
        let flags = ["--web.enable-tls=true".to_owned()];
        let operator = fixtures::start_operator(namespace, &flags, Reach::Everywhere).await?;
        let served = operator.served(true).await?;
        served.text("/healthz").await?;
        let ready = metric(
            &served.text("/metrics").await?,
            "prometheus_operator_ready",
            &[("controller", "prometheus")],
        )?;
        anyhow::ensure!(ready > 0.5, "it is {ready}");
        let plain = operator.served(false).await?.text("/healthz").await;
        anyhow::ensure!(plain.is_err(), "it answers without TLS: {plain:?}");
        Ok(())
    })
    .await
}

// Rows 103, 109, 110
#[tokio::test]
async fn an_agent_runs_on_each_node_and_scrapes_its_pods() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let verbs = ["get", "list", "watch", "create", "update", "delete"];
        let more = Reach::EverywhereAnd(vec![rule("apps", &["daemonsets"], &verbs)]);
        let flags = ["--feature-gates=PrometheusAgentDaemonSet=true".to_owned()];
        let operator = fixtures::start_operator(namespace, &flags, more).await?;
        fixtures::permit_discovery(namespace, namespace).await?;
        fixtures::start_app(namespace, "app", 1).await?;
        namespace.apply(&fixtures::pod_monitor("app", "app")).await?;
        // The image of the local node has no volume for the data, as the one of the project has.
        let spec = json!({ "spec": {
            "volumes": [{ "name": "data", "emptyDir": {} }],
            "volumeMounts": [{ "name": "data", "mountPath": "/prometheus" }],
            "mode": "DaemonSet", "replicas": null, "remoteWrite": null,
            "serviceMonitorSelector": null, "probeSelector": null, "scrapeConfigSelector": null,
        }});
        let agent: PrometheusAgent = fixtures::with(fixtures::agent("main")?, spec)?;
        namespace.apply(&operator.adopt(agent)).await?;
        let pool = format!("podMonitor/{}/app/0", namespace.name);
        let ready = async || {
            let set = namespace.api::<DaemonSet>().get("prom-agent-main").await?;
            let status = set.status.clone().context("no status")?;
            anyhow::ensure!(
                status.number_ready > 0 && status.number_ready == status.desired_number_scheduled,
                "{status:?}"
            );
            anyhow::Ok(set)
        };
        let first = eventually(STARTED, "the agent runs on each node", async || ready().await).await?;
        eventually(LIVE, "the pod is a target of one agent", async || {
            let mut targets = Vec::new();
            for pod in agents(namespace).await? {
                targets.extend(PrometheusServer::new(namespace, &pod).targets().await?);
            }
            let scraped = (targets.iter()).all(|target| target.pool == pool && target.health == "up");
            anyhow::ensure!(targets.len() == 1 && scraped, "{targets:?}");
            Ok(())
        })
        .await?;

        namespace.remove::<DaemonSet>("prom-agent-main").await?;
        eventually(STARTED, "a deleted DaemonSet comes back", async || {
            let set = ready().await?;
            anyhow::ensure!(set.uid() != first.uid(), "it is the old one");
            Ok(())
        })
        .await?;
        namespace.remove::<PrometheusAgent>("main").await?;
        eventually(STARTED, "a deleted agent has no pods", async || {
            anyhow::ensure!(agents(namespace).await?.is_empty(), "there are some");
            Ok(())
        })
        .await
    })
    .await
}

async fn agents(namespace: &Namespace) -> anyhow::Result<Vec<String>> {
    let pods = namespace.api::<Pod>().list(&ListParams::default()).await?;
    let names = pods.items.iter().map(kube::ResourceExt::name_any);
    Ok(names.filter(|name| name.starts_with("prom-agent-")).collect())
}

// Row 113
#[tokio::test]
async fn pods_of_a_failed_update_are_evicted() -> anyhow::Result<()> {
    repaired("evict", ("pods/eviction", "create")).await
}

// Row 113
#[tokio::test]
async fn pods_of_a_failed_update_are_deleted() -> anyhow::Result<()> {
    repaired("delete", ("pods", "delete")).await
}

/// Each kind is updated to an image that does not exist; once it is mended, its pods become ready.
async fn repaired(policy: &str, (resource, verb): (&str, &str)) -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let flags = [format!("--repair-policy-for-statefulsets={policy}")];
        let more = Reach::EverywhereAnd(vec![rule("", &[resource], &[verb])]);
        let operator = fixtures::start_operator(namespace, &flags, more).await?;
        fixtures::permit_discovery(namespace, namespace).await?;
        let apply = async |image: Option<&str>| {
            let change = json!({ "spec": { "replicas": 1, "podManagementPolicy": "OrderedReady", "image": image } });
            let prometheus = fixtures::with(fixtures::prometheus("main"), change.clone())?;
            namespace.apply(&operator.adopt(prometheus)).await?;
            let alertmanager = fixtures::with(fixtures::alertmanager("main", 1), change.clone())?;
            namespace.apply(&operator.adopt(alertmanager)).await?;
            let ruler = fixtures::with(fixtures::thanos_ruler("main")?, change)?;
            namespace.apply(&operator.adopt(ruler)).await?;
            anyhow::Ok(())
        };
        apply(None).await?;
        available(namespace).await?;
        apply(Some("localhost/no-such-image:1")).await?;
        for pod in ["prometheus-main-0", "alertmanager-main-0", "thanos-ruler-main-0"] {
            eventually(STARTED, &format!("{pod} waits for an image"), async || {
                let pod = serde_json::to_value(namespace.api::<Pod>().get(pod).await?)?;
                let containers = pod["status"]["containerStatuses"]
                    .as_array()
                    .cloned()
                    .unwrap_or_default();
                let waits = |status: &Value| {
                    let reason = status["state"]["waiting"]["reason"].as_str().unwrap_or_default();
                    reason.contains("Image")
                };
                anyhow::ensure!(containers.iter().any(waits), "{containers:?}");
                Ok(())
            })
            .await?;
        }
        apply(None).await?;
        available(namespace).await
    })
    .await
}

async fn available(namespace: &Namespace) -> anyhow::Result<()> {
    one_pod::<Prometheus>(namespace).await?;
    one_pod::<Alertmanager>(namespace).await?;
    one_pod::<ThanosRuler>(namespace).await
}

async fn one_pod<K>(namespace: &Namespace) -> anyhow::Result<()>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    K: Clone + Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    await_available::<K>(namespace, "main", 1).await
}
