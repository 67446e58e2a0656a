//! What is in the cluster: one Prometheus that selects everything, monitors and rules in twenty namespaces, and Secrets
//! that nobody refers to.

use std::time::Duration;

use crds::{Prometheus, PrometheusRule, ServiceMonitor};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{Namespace, Secret};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, Patch, PatchParams, PostParams};
use kube::runtime::{conditions::is_crd_established, wait::await_condition};
use kube::{Client, Resource};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Where the Prometheus is, and its name.
pub(crate) const NAMESPACE: &str = "monitoring";
pub(crate) const PROMETHEUS: &str = "main";

const NAMESPACES: usize = 20;
const RULE_OBJECTS: usize = 200;
const RULES: usize = 20;
/// Objects that are created at the same time.
const CONCURRENT: usize = 32;

/// Installs the custom resource definitions.
pub(crate) async fn definitions(client: &Client) -> anyhow::Result<()> {
    let api: Api<CustomResourceDefinition> = Api::all(client.clone());
    for definition in crds::custom_resource_definitions() {
        let name = definition["metadata"]["name"].as_str().unwrap_or_default();
        let params = PatchParams::apply("bench").force();
        api.patch(name, &params, &Patch::Apply(&definition)).await?;
        await_condition(api.clone(), name, is_crd_established()).await?;
    }
    // The API server needs a moment longer to serve them everywhere.
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(())
}

/// Creates everything but the unrelated Secrets.
pub(crate) async fn objects(client: &Client, monitors: usize) -> anyhow::Result<()> {
    let namespaces: Api<Namespace> = Api::all(client.clone());
    for name in (0..NAMESPACES).map(team).chain([NAMESPACE.to_owned()]) {
        let namespace = serde_json::from_value(json!({"metadata": {"name": name}}))?;
        namespaces.create(&PostParams::default(), &namespace).await?;
    }
    let login = |number| {
        (
            "login".to_owned(),
            team(number),
            json!({
                "stringData": {"user": "prometheus", "password": "not a real one"},
            }),
        )
    };
    create::<Secret>(client, (0..NAMESPACES).map(login)).await?;
    create::<PrometheusRule>(client, (0..RULE_OBJECTS).map(rules)).await?;
    create::<ServiceMonitor>(client, (0..monitors).map(service_monitor)).await?;
    let everything = json!({
        "serviceMonitorSelector": {}, "serviceMonitorNamespaceSelector": {},
        "ruleSelector": {}, "ruleNamespaceSelector": {},
    });
    let prometheus = (PROMETHEUS.to_owned(), NAMESPACE.to_owned(), json!({"spec": everything}));
    create::<Prometheus>(client, [prometheus].into_iter()).await
}

/// Creates Secrets of a kibibyte that nobody refers to.
pub(crate) async fn unrelated_secrets(client: &Client, count: usize) -> anyhow::Result<()> {
    let secret = |number| {
        (
            format!("unrelated-{number}"),
            team(number),
            json!({"stringData": {"key": "x".repeat(1024)}}),
        )
    };
    create::<Secret>(client, (0..count).map(secret)).await
}

/// Gives a monitor another path for its metrics.
pub(crate) async fn change(client: &Client, monitor: usize, value: &str) -> anyhow::Result<()> {
    let (name, namespace, _) = service_monitor(monitor);
    replace_path(client, &namespace, &name, value).await
}

/// The same of any monitor.
#[expect(clippy::disallowed_methods, reason = "the name of the namespace is ours")]
pub(crate) async fn replace_path(client: &Client, namespace: &str, name: &str, value: &str) -> anyhow::Result<()> {
    let api: Api<ServiceMonitor> = Api::namespaced(client.clone(), namespace);
    let patch = json!([{"op": "replace", "path": "/spec/endpoints/0/path", "value": value}]);
    let patch = Patch::Json::<()>(serde_json::from_value(patch)?);
    api.patch(name, &PatchParams::default(), &patch).await?;
    Ok(())
}

/// Plays the controller of StatefulSets for these Prometheuses: all pods are of the newest template, and ready.
pub(crate) async fn finish_rollouts(client: &Client, prometheuses: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let finishing = stream::iter(prometheuses).map(async |name| finish_rollout(client, &name).await);
    finishing.buffer_unordered(CONCURRENT).try_collect::<Vec<()>>().await?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the name of the namespace is ours")]
async fn finish_rollout(client: &Client, prometheus: &str) -> anyhow::Result<()> {
    let api: Api<StatefulSet> = Api::namespaced(client.clone(), NAMESPACE);
    let name = format!("prometheus-{prometheus}");
    let set = loop {
        if let Some(set) = api.get_opt(&name).await? {
            break set;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let status = json!({"status": {
        "observedGeneration": set.metadata.generation,
        "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1,
    }});
    api.patch_status(&name, &PatchParams::default(), &Patch::Merge(&status))
        .await?;
    Ok(())
}

/// Creates objects of a kind, each from its name, its namespace and the rest of it.
#[expect(clippy::disallowed_methods, reason = "the name of the namespace is ours")]
pub(crate) async fn create<K>(
    client: &Client,
    objects: impl Iterator<Item = (String, String, Value)>,
) -> anyhow::Result<()>
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
        + Clone
        + DeserializeOwned
        + Serialize
        + std::fmt::Debug,
{
    let create = async |(name, namespace, mut object): (String, String, Value)| -> anyhow::Result<()> {
        object["apiVersion"] = K::api_version(&()).into();
        object["kind"] = K::kind(&()).into();
        object["metadata"]["name"] = name.into();
        let api: Api<K> = Api::namespaced(client.clone(), &namespace);
        api.create(&PostParams::default(), &serde_json::from_value(object)?)
            .await?;
        Ok(())
    };
    let creating = stream::iter(objects).map(create).buffer_unordered(CONCURRENT);
    creating.try_collect::<Vec<()>>().await?;
    Ok(())
}

fn team(number: usize) -> String {
    format!("team-{}", number % NAMESPACES)
}

fn service_monitor(number: usize) -> (String, String, Value) {
    let rule = |label: &str| {
        json!({
            "sourceLabels": [format!("__meta_kubernetes_pod_label_{label}")],
            "regex": "(.+)",
            "targetLabel": label,
            "replacement": "$1",
            "action": "replace",
        })
    };
    let relabelings = ["team", "tier", "zone", "release", "track"].map(rule);
    let endpoint = |port: &str| {
        json!({
            "port": port,
            "interval": "30s",
            "path": "/metrics",
            "basicAuth": {
                "username": {"name": "login", "key": "user"},
                "password": {"name": "login", "key": "password"},
            },
            "relabelings": relabelings,
        })
    };
    let name = format!("app-{number}");
    let spec = json!({
        "selector": {"matchLabels": {"app.kubernetes.io/name": name}},
        "endpoints": [endpoint("http"), endpoint("admin")],
    });
    (name, team(number), json!({"spec": spec}))
}

fn rules(number: usize) -> (String, String, Value) {
    let rule = |rule: usize| {
        json!({
            "alert": format!("Errors{rule}"),
            "expr": format!("sum by (pod) (rate(http_requests_total{{job=\"app-{number}\", route=\"/{rule}\"}}[5m])) > 0.05"),
            "for": "10m",
            "labels": {"severity": "warning"},
            "annotations": {"summary": "{{ $labels.pod }} has {{ $value | humanize }} errors a second."},
        })
    };
    let rules: Vec<_> = (0..RULES).map(rule).collect();
    let groups = json!([{"name": "errors", "rules": rules}]);
    (
        format!("app-{number}"),
        team(number),
        json!({"spec": {"groups": groups}}),
    )
}
