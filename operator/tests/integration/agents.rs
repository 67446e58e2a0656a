//! Agents: what becomes of one, as StatefulSets and as a DaemonSet, and how one gives way to the other.

use k8s_openapi::api::apps::v1::{DaemonSet, StatefulSet};
use k8s_openapi::api::core::v1::{Secret, Service};
use kube::ResourceExt as _;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use crate::support::{
    Operator, Space, agent, eventually, in_namespace, pod_monitor, prometheus, rule, service_monitor,
};

const GATE: &str = "--feature-gates=PrometheusAgentDaemonSet=true";

/// An agent in the mode StatefulSet.
fn sets(fields: Value) -> Value {
    let mut object = agent("main", json!({"serviceMonitorSelector": {}, "podMonitorSelector": {}}));
    merge(&mut object, fields);
    object
}

/// The same agent in the mode DaemonSet.
fn nodes(fields: Value) -> Value {
    let mut object = agent("main", json!({"mode": "DaemonSet", "podMonitorSelector": {}}));
    merge(&mut object, fields);
    object
}

fn merge(object: &mut Value, fields: Value) {
    let Value::Object(fields) = fields else {
        panic!("fields are a map");
    };
    for (key, value) in fields {
        object["spec"][key] = value;
    }
}

async fn configured(space: &Space, text: &str) -> String {
    eventually(&format!("{text:?} in the configuration"), async || {
        let configuration = space.unpacked("prom-agent-main", "prometheus.yaml.gz").await?;
        configuration.contains(text).then_some(configuration)
    })
    .await
}

#[tokio::test]
async fn an_agent_becomes_its_objects() {
    in_namespace(async |space| {
        let main = sets(json!({"shards": 2, "replicas": 3}));
        space.apply(&main).await;
        space.apply(&rule("alerts", "Always", "vector(1)")).await;
        let operator = Operator::start(space, &[]);
        let expected = [
            "Secret prom-agent-main",
            "Secret prom-agent-main-tls-assets-0",
            "Secret prom-agent-main-web-config",
            "Service prometheus-agent-operated",
            "StatefulSet prom-agent-main",
            "StatefulSet prom-agent-main-shard-1",
        ];
        space.condition(&main, "Reconciled", "True").await;
        assert_eq!(space.children().await.into_keys().collect::<Vec<_>>(), expected);

        let object = space.json("PrometheusAgent", "main").await.expect("it exists");
        let status = &object["status"];
        assert_eq!((&status["shards"], &status["paused"]), (&json!(2), &json!(false)));
        let mut selector = json!({
            "app.kubernetes.io/instance": "main",
            "app.kubernetes.io/managed-by": "prometheus-operator",
            "app.kubernetes.io/name": "prometheus-agent",
            "operator.prometheus.io/name": "main",
        });
        let pairs = selector.as_object().expect("a map").iter();
        let text: Vec<String> = pairs
            .map(|(key, value)| format!("{key}={}", value.as_str().expect("a text")))
            .collect();
        assert_eq!(status["selector"], text.join(","));
        let mut owner = json!({
            "apiVersion": "monitoring.coreos.com/v1alpha1", "kind": "PrometheusAgent", "name": "main",
            "uid": object["metadata"]["uid"],
        });
        let service: Service = space.get("prometheus-agent-operated").await.expect("it exists");
        assert_eq!(json!(service.metadata.owner_references), json!([owner]));
        let spec = service.spec.expect("a specification");
        assert_eq!(
            json!(spec.selector),
            json!({"app.kubernetes.io/name": "prometheus-agent"})
        );
        owner["controller"] = json!(true);
        owner["blockOwnerDeletion"] = json!(true);
        let secret: Secret = space.get("prom-agent-main").await.expect("it exists");
        assert_eq!(json!(secret.metadata.owner_references), json!([owner]));
        let set: StatefulSet = space.get("prom-agent-main-shard-1").await.expect("it exists");
        assert_eq!(set.labels()["operator.prometheus.io/mode"], "agent");
        let spec = set.spec.expect("a specification");
        selector["operator.prometheus.io/shard"] = json!("1");
        assert_eq!(json!(spec.selector.match_labels), selector);
        assert_eq!(spec.replicas, Some(3));
        let labels = ["controller=\"prometheus-agent\"", "name=\"main\""];
        operator.measured("spec_shards", &labels, 2.0).await;
        operator.measured("spec_replicas", &labels, 3.0).await;

        space.apply(&sets(json!({"shards": 1}))).await;
        space.given_up::<StatefulSet>("prom-agent-main-shard-1").await;
        assert!(space.get::<StatefulSet>("prom-agent-main").await.is_some());
    })
    .await;
}

/// One watch of the monitors serves both controllers.
#[tokio::test]
async fn a_monitor_reaches_servers_and_agents() {
    in_namespace(async |space| {
        space.apply(&sets(json!({}))).await;
        space.apply(&prometheus("main", json!({}))).await;
        let _operator = Operator::start(space, &[]);
        let nothing = "no ServiceMonitor, PodMonitor, Probe or ScrapeConfig is selected";
        let condition = space.condition(&sets(json!({})), "Reconciled", "True").await;
        assert_eq!(condition["message"], nothing);
        space.apply(&service_monitor("first", json!({}))).await;
        let job = space.job("first");
        configured(space, &job).await;
        space.configured("main", &job).await;
        space.delete(&service_monitor("first", json!({}))).await;
        eventually("the monitor is out of both", async || {
            let agents = space.unpacked("prom-agent-main", "prometheus.yaml.gz").await?;
            let servers = space.configuration("main").await;
            (!agents.contains(&job) && !servers.contains(&job)).then_some(())
        })
        .await;
        let bad = json!({"metricRelabelings": [{"action": "keep", "regex": "("}]});
        space.apply(&service_monitor("bad", bad)).await;
        space.event("ServiceMonitor", "bad").await;
    })
    .await;
}

#[tokio::test]
async fn a_daemon_set_takes_the_place_of_the_stateful_set_and_back() {
    in_namespace(async |space| {
        space.apply(&pod_monitor("pods")).await;
        space.apply(&sets(json!({}))).await;
        let _operator = Operator::start(space, &[GATE]);
        space.condition(&sets(json!({})), "Reconciled", "True").await;
        assert!(space.get::<StatefulSet>("prom-agent-main").await.is_some());
        let own_node = "field: spec.nodeName=$(NODE_NAME)";
        assert!(!configured(space, "podMonitor/").await.contains(own_node));

        space.apply(&nodes(json!({}))).await;
        space.condition(&nodes(json!({})), "Reconciled", "True").await;
        space.given_up::<StatefulSet>("prom-agent-main").await;
        let set: DaemonSet = space.get("prom-agent-main").await.expect("it exists");
        assert!(!set.annotations().contains_key("prometheus-operator-input-hash"));
        configured(space, own_node).await;
        eventually("the agent says that the DaemonSet has no pods", async || {
            let available = space.condition(&nodes(json!({})), "Available", "False").await;
            (available["reason"] == "NoPodReady").then_some(())
        })
        .await;

        space.apply(&sets(json!({}))).await;
        space.given_up::<DaemonSet>("prom-agent-main").await;
    })
    .await;
}

#[tokio::test]
async fn a_daemon_set_is_followed() {
    in_namespace(async |space| {
        space.apply(&nodes(json!({}))).await;
        let operator = Operator::start(space, &[GATE]);
        space.condition(&nodes(json!({})), "Reconciled", "True").await;
        operator.settled().await;
        // An edit by hand is undone.
        let edit = json!({"spec": {"minReadySeconds": 99}});
        space.edit::<DaemonSet>("prom-agent-main", edit).await;
        let set = eventually("the edit is undone", async || {
            let set: DaemonSet = space.get("prom-agent-main").await?;
            (set.spec.as_ref()?.min_ready_seconds.unwrap_or_default() == 0).then_some(set)
        })
        .await;
        // What its controller says reaches the status of the agent.
        let status = json!({"status": {
            "observedGeneration": set.metadata.generation, "desiredNumberScheduled": 2, "currentNumberScheduled": 2,
            "updatedNumberScheduled": 2, "numberMisscheduled": 0, "numberReady": 2, "numberAvailable": 2,
        }});
        let patched = space
            .api::<DaemonSet>()
            .patch_status("prom-agent-main", &PatchParams::default(), &Patch::Merge(&status))
            .await;
        patched.expect("it is there");
        space.condition(&nodes(json!({})), "Available", "True").await;
        let object = space.json("PrometheusAgent", "main").await.expect("it exists");
        assert_eq!(object["status"]["availableReplicas"], 2);
        assert_eq!(object["status"]["updatedReplicas"], 2);
        // A change reaches the same set.
        let identity = set.uid();
        space.apply(&nodes(json!({"version": "v3.5.0"}))).await;
        eventually("the new version", async || {
            let set: DaemonSet = space.get("prom-agent-main").await?;
            let labels = set.spec.as_ref()?.template.metadata.as_ref()?.labels.as_ref()?;
            (labels.get("app.kubernetes.io/version")? == "3.5.0" && set.uid() == identity).then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn without_the_gate_no_agent_runs_on_each_node() {
    in_namespace(async |space| {
        space.apply(&nodes(json!({}))).await;
        let _operator = Operator::start(space, &[]);
        let condition = space.condition(&nodes(json!({})), "Reconciled", "False").await;
        let message = condition["message"].as_str().expect("a message");
        assert!(message.contains("PrometheusAgentDaemonSet"), "{message}");
        assert!(space.children().await.is_empty());
    })
    .await;
}
