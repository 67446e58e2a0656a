//! What is looked at once a distribution is installed: what Kubernetes, Prometheus and Alertmanager say of it, and the logs
//! of our programs. It asks and waits, and changes nothing.

use anyhow::Context as _;
use crds::PrometheusRule;
use e2e::original::restarts;
use e2e::{
    ACTED, AlertmanagerServer, LIVE, Namespace, PrometheusServer, STARTED, Served, ThanosRulerServer, eventually,
    fixtures,
};
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use kube::api::{ListParams, LogParams, PostParams};
use serde_json::Value;

use crate::changes;
use crate::manifests::{Cluster, Manifests, name};

/// Kinds whose objects say whether they are available.
const WORKLOADS: [&str; 5] = [
    "Deployment",
    "Prometheus",
    "PrometheusAgent",
    "Alertmanager",
    "ThanosRuler",
];
/// Rules that are evaluated more seldom are not awaited.
const OFTEN: f64 = 60.0;

/// All that is to be seen of a distribution in `namespace`. `monitors` are those with a target on every node.
pub(crate) async fn all_is_well(
    namespace: &Namespace,
    cluster: &mut Cluster,
    manifests: &Manifests,
    monitors: &[&str],
) -> anyhow::Result<()> {
    await_workloads(cluster, manifests).await?;
    for server in servers(namespace, manifests, "PrometheusAgent", "prom-agent") {
        await_targets(&server, manifests, monitors).await?;
    }
    let servers = servers(namespace, manifests, "Prometheus", "prometheus");
    for server in &servers {
        await_targets(server, manifests, monitors).await?;
        await_rules(server, manifests).await?;
    }
    for pod in pods_of(manifests, "Alertmanager", "alertmanager").filter(|_| !servers.is_empty()) {
        let alertmanager = AlertmanagerServer::new(namespace, &pod);
        eventually(LIVE, &format!("the Watchdog is at {pod}"), async || {
            let alerts = alertmanager.alerts().await?;
            anyhow::ensure!(alerts.iter().any(|alert| alert == "Watchdog"), "it has {alerts:?}");
            Ok(())
        })
        .await?;
    }
    for pod in pods_of(manifests, "ThanosRuler", "thanos-ruler") {
        let (server, wanted) = (ThanosRulerServer::new(namespace, &pod), rules_in(manifests));
        eventually(LIVE, &format!("every rule is loaded by {pod}"), async || {
            let rules = server.rules().await?;
            anyhow::ensure!(rules.len() == wanted, "{} of {wanted} rules are loaded", rules.len());
            Ok(())
        })
        .await?;
    }
    nothing_is_rejected(namespace, manifests, servers.len()).await?;
    nothing_is_logged(namespace).await
}

/// Waits until every workload is there, as it is wanted.
pub(crate) async fn await_workloads(cluster: &mut Cluster, manifests: &Manifests) -> anyhow::Result<()> {
    for object in WORKLOADS.iter().flat_map(|kind| manifests.of_kind(kind)) {
        let kind = object["kind"].as_str().unwrap_or_default();
        let what = format!("{kind} {} is available", name(object));
        eventually(STARTED, &what, async || is_available(&cluster.live(object).await?)).await?;
    }
    Ok(())
}

/// An error unless all pods of the workload are new and serve, and its operator has nothing to complain of.
fn is_available(live: &Value) -> anyhow::Result<()> {
    let (status, wanted) = (&live["status"], live["spec"]["replicas"].as_u64().unwrap_or(1));
    let numbers = ["replicas", "updatedReplicas", "availableReplicas"];
    anyhow::ensure!(numbers.iter().all(|number| status[number] == wanted), "{status}");
    let conditions = status["conditions"].as_array().context("no conditions")?;
    for condition in conditions.iter().filter(|condition| condition["type"] != "Progressing") {
        let seen = [&condition["observedGeneration"], &status["observedGeneration"]];
        anyhow::ensure!(condition["status"] == "True", "{condition}");
        anyhow::ensure!(
            seen.contains(&&live["metadata"]["generation"]),
            "of an earlier generation: {condition}"
        );
    }
    Ok(())
}

/// Names of the pods that the objects of a kind have.
fn pods_of<'a>(manifests: &'a Manifests, kind: &'a str, prefix: &'a str) -> impl Iterator<Item = String> {
    manifests.of_kind(kind).flat_map(move |object| {
        let replicas = object["spec"]["replicas"].as_u64().unwrap_or(1);
        (0..replicas).map(move |replica| format!("{prefix}-{}-{replica}", name(object)))
    })
}

fn servers(namespace: &Namespace, manifests: &Manifests, kind: &str, prefix: &str) -> Vec<PrometheusServer> {
    let pods = pods_of(manifests, kind, prefix);
    pods.map(|pod| PrometheusServer::new(namespace, &pod)).collect()
}

/// Waits until every target is up, and each of the monitors has some.
async fn await_targets(server: &PrometheusServer, manifests: &Manifests, monitors: &[&str]) -> anyhow::Result<()> {
    let of_interest = manifests
        .of_kind("ServiceMonitor")
        .filter(|monitor| monitors.contains(&name(monitor)));
    let pools: Vec<String> = of_interest
        .flat_map(|monitor| {
            let endpoints = monitor["spec"]["endpoints"].as_array().map_or(0, Vec::len);
            let pool = move |endpoint| format!("serviceMonitor/{}/{}/{endpoint}", crate::NAMESPACE, name(monitor));
            (0..endpoints).map(pool)
        })
        .collect();
    anyhow::ensure!(
        pools.len() >= monitors.len(),
        "not every one of {monitors:?} is there: {pools:?}"
    );
    eventually(LIVE, "every target is up", async || {
        let targets = server.targets().await?;
        let down: Vec<_> = targets.iter().filter(|target| target.health != "up").collect();
        anyhow::ensure!(down.is_empty(), "{down:?}");
        let has_none = |pool: &&String| !targets.iter().any(|target| target.pool == **pool);
        let none: Vec<_> = pools.iter().filter(has_none).collect();
        anyhow::ensure!(none.is_empty(), "no targets: {none:?}");
        Ok(())
    })
    .await
}

/// How many rules there are, of all groups.
fn rules_in(manifests: &Manifests) -> usize {
    let groups = manifests
        .of_kind("PrometheusRule")
        .filter_map(|rule| rule["spec"]["groups"].as_array());
    groups
        .flatten()
        .map(|group| group["rules"].as_array().map_or(0, Vec::len))
        .sum()
}

/// Waits until every rule is loaded and, if that is done often, evaluated.
async fn await_rules(server: &PrometheusServer, manifests: &Manifests) -> anyhow::Result<()> {
    let wanted = rules_in(manifests);
    anyhow::ensure!(wanted > 0, "there are no rules");
    eventually(LIVE, "every rule is loaded and evaluated", async || {
        let rules = server.loaded_rules().await?;
        anyhow::ensure!(rules.len() == wanted, "{} of {wanted} rules are loaded", rules.len());
        let unwell = |rule: &&e2e::prometheus::LoadedRule| {
            rule.health == "err" || (rule.interval <= OFTEN && rule.health != "ok")
        };
        let unwell: Vec<_> = rules.iter().filter(unwell).collect();
        anyhow::ensure!(unwell.is_empty(), "{unwell:?}");
        Ok(())
    })
    .await
}

/// The operator has left nothing out, and has given every rule to every Prometheus.
async fn nothing_is_rejected(namespace: &Namespace, manifests: &Manifests, prometheuses: usize) -> anyhow::Result<()> {
    let metrics = operator_metrics(namespace, manifests).await?;
    let managed = metrics
        .lines()
        .filter(|line| line.starts_with("prometheus_operator_managed_resources{"));
    let rejected = managed.filter(|line| line.contains("state=\"rejected\"") && !line.ends_with(" 0"));
    let rejected: Vec<_> = rejected.collect();
    anyhow::ensure!(rejected.is_empty(), "{rejected:?}");
    let rules = manifests.of_kind("PrometheusRule").count();
    let selected = format!("resource=\"PrometheusRule\",state=\"selected\"}} {rules}");
    anyhow::ensure!(
        prometheuses == 0 || metrics.contains(&selected),
        "not all of {rules} rules are selected"
    );
    Ok(())
}

/// The operator's own metrics, from the port that its flags name.
async fn operator_metrics(namespace: &Namespace, manifests: &Manifests) -> anyhow::Result<String> {
    let deployment = changes::operator(manifests).context("no operator")?;
    let (flags, image) = (deployment.to_string(), fixtures::image("operator"));
    let pods = namespace.api::<Pod>().list(&ListParams::default()).await?;
    let runs_it = |pod: &&Pod| {
        let containers = pod.spec.iter().flat_map(|spec| &spec.containers);
        pod.metadata.deletion_timestamp.is_none()
            && containers
                .flat_map(|container| &container.image)
                .any(|found| *found == image)
    };
    let pod = pods.iter().find(runs_it).context("no pod of the operator")?.name_any();
    let served = if flags.contains("--web.enable-tls=true") {
        Served::tls_pod(namespace, &pod, 10250)
    } else {
        Served::pod(namespace, &pod, 8080)
    };
    served.text("/metrics").await
}

/// No container was restarted, and ours have logged no error and nothing that is forbidden.
async fn nothing_is_logged(namespace: &Namespace) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    let pods = namespace.api::<Pod>().list(&ListParams::default()).await?;
    for pod in pods.into_iter().filter(|pod| pod.metadata.deletion_timestamp.is_none()) {
        anyhow::ensure!(
            restarts(&pod) == 0,
            "{} was restarted: {:?}",
            pod.name_any(),
            pod.status
        );
        let spec = pod.spec.as_ref().context("no spec")?;
        let containers = spec.init_containers.iter().flatten().chain(&spec.containers);
        for container in containers.filter(|container| changes::is_ours(container.image.as_deref().unwrap_or_default()))
        {
            let parameters = LogParams {
                container: Some(container.name.clone()),
                ..LogParams::default()
            };
            let log = namespace.api::<Pod>().logs(&pod.name_any(), &parameters).await?;
            let found = log.lines().filter(|line| is_of_interest(line));
            lines.extend(found.map(|line| format!("{} {}: {line}", pod.name_any(), container.name)));
        }
    }
    anyhow::ensure!(lines.is_empty(), "{lines:#?}");
    Ok(())
}

fn is_of_interest(line: &str) -> bool {
    ["level=error", "panicked", "forbidden"]
        .iter()
        .any(|word| line.contains(word))
}

/// Waits until a rule that cannot be read is refused by the webhook.
pub(crate) async fn await_refusal(namespace: &Namespace) -> anyhow::Result<()> {
    let parameters = PostParams {
        dry_run: true,
        ..PostParams::default()
    };
    let rule = fixtures::alerting_rule("unreadable", "Unreadable", "vector(");
    eventually(ACTED, "the webhook refuses a rule", async || {
        match namespace.api::<PrometheusRule>().create(&parameters, &rule).await {
            Err(kube::Error::Api(status)) if status.message.contains("denied the request") => Ok(()),
            Err(error) => Err(error.into()),
            Ok(_) => anyhow::bail!("it was taken"),
        }
    })
    .await
}
