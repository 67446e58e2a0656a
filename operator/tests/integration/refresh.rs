//! Running pods are annotated after a change of what they mount, so that their kubelets look at it: at once, and in a storm no
//! more often than was asked for.

use std::time::Duration;

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{Pod, Secret};
use kube::ResourceExt as _;
use serde_json::json;
use tokio::time::Instant;

use crate::support::{Operator, Space, eventually, in_namespace, prometheus, service_monitor, within};

const ANNOTATION: &str = "operator.prometheus.io/refreshed-at";
/// Of two refreshes, in the test of a storm.
const INTERVAL: Duration = Duration::from_secs(2);
/// Refreshes that follow each other at once.
const BURST: u32 = 10;

/// A Prometheus with two running pods, and a pod of somebody else; settled.
async fn running(space: &Space, flags: &[&str]) -> Operator {
    let main = prometheus("main", json!({"replicas": 2}));
    space.apply(&main).await;
    let operator = Operator::start(space, flags);
    space.condition(&main, "Reconciled", "True").await;
    let set: StatefulSet = space.get("prometheus-main").await.expect("it exists");
    for number in 0..2 {
        space.pod(&set, number, "new", true).await;
    }
    let other = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "other", "labels": {"app": "other"}},
        "spec": {"containers": [{"name": "other", "image": "example.test/none"}]},
    });
    space.apply(&other).await;
    operator.settled().await;
    operator
}

async fn annotation(space: &Space, pod: &str) -> Option<String> {
    let pod: Pod = space.get(pod).await.expect("it exists");
    pod.annotations().get(ANNOTATION).cloned()
}

/// Of one etcd: the larger one is the later one.
fn version(object: &impl kube::ResourceExt) -> u64 {
    let version = object.resource_version().expect("it has one");
    version.parse().expect("a number")
}

#[tokio::test]
async fn a_change_is_announced_to_the_running_pods_at_once() {
    in_namespace(async |space| {
        let operator = running(space, &["--pod-refresh-interval=1m"]).await;
        // A person's edits in a row are no storm.
        for number in 0..BURST / 2 {
            let path = format!("/metrics-{number}");
            space.apply(&service_monitor("first", json!({"path": path}))).await;
            space.configured("main", &path).await;
            let secret: Secret = space.get("prometheus-main").await.expect("it exists");
            for pod in ["prometheus-main-0", "prometheus-main-1"] {
                within(Duration::from_secs(5), "the annotation", async || {
                    let pod: Pod = space.get(pod).await?;
                    (version(&pod) > version(&secret) && pod.annotations().contains_key(ANNOTATION)).then_some(())
                })
                .await;
            }
            let time = &secret.data.as_ref().expect("files")[formats::changed_at::FILE].0;
            let time = std::str::from_utf8(time)
                .ok()
                .and_then(formats::changed_at::read)
                .expect("a time");
            assert!(time.elapsed().is_ok_and(|age| age < Duration::from_mins(1)));
        }
        assert_eq!(annotation(space, "other").await, None);
        let refused = operator.metric("kubernetes_client_http_requests_total", &["status_code=\"403\""]);
        assert_eq!(refused.await, None);
    })
    .await;
}

#[tokio::test]
async fn a_storm_of_changes_costs_few_refreshes_and_the_last_change_is_announced() {
    in_namespace(async |space| {
        let flag = format!("--pod-refresh-interval={}s", INTERVAL.as_secs());
        let operator = running(space, &[&flag]).await;
        let runs = async || {
            let name = "workqueue_work_duration_seconds_count";
            operator
                .metric(name, &["name=\"prometheus_refresh\""])
                .await
                .unwrap_or_default()
        };
        let (before, began) = (runs().await, Instant::now());
        for number in 1..=100 {
            let path = json!({"path": format!("/metrics-{number}")});
            space.apply(&service_monitor("first", path)).await;
        }
        space.configured("main", "/metrics-100").await;
        let secret: Secret = space.get("prometheus-main").await.expect("it exists");
        eventually("the last change is announced", async || {
            let pod: Pod = space.get("prometheus-main-1").await?;
            (version(&pod) > version(&secret)).then_some(())
        })
        .await;
        let most = began.elapsed().as_secs_f64() / INTERVAL.as_secs_f64() + f64::from(BURST);
        operator.settled().await;
        let during = runs().await - before;
        assert!(
            (2.0..=most + 1.0).contains(&during),
            "{during} refreshes, {most} at most"
        );
    })
    .await;
}

#[tokio::test]
async fn without_the_flag_no_pod_is_touched() {
    in_namespace(async |space| {
        let operator = running(space, &[]).await;
        space.apply(&service_monitor("first", json!({}))).await;
        space.configured("main", &space.job("first")).await;
        operator.settled().await;
        assert_eq!(annotation(space, "prometheus-main-0").await, None);
    })
    .await;
}
