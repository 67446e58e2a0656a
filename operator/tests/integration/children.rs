//! What exists after a Prometheus and an Alertmanager were applied: names, labels and owners of their objects, with
//! which everybody who has dashboards, network policies or backups of them reckons.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{ConfigMap, Secret, Service};
use kube::ResourceExt as _;
use serde_json::{Value, json};

use crate::support::{Operator, Space, alertmanager, eventually, in_namespace, prometheus, secret};

#[tokio::test]
async fn a_prometheus_and_an_alertmanager_have_all_their_objects() {
    in_namespace(async |space| {
        let mut labelled = prometheus("main", json!({"shards": 2}));
        labelled["metadata"]["labels"] = json!({"team": "blue"});
        space.apply(&labelled).await;
        space.apply(&alertmanager("main", json!({}))).await;
        let _operator = Operator::start(space, &["--labels=stage=test"]);
        let expected = [
            "ConfigMap prometheus-main-rulefiles-0",
            "Secret alertmanager-main-cluster-tls-config",
            "Secret alertmanager-main-generated",
            "Secret alertmanager-main-tls-assets-0",
            "Secret alertmanager-main-web-config",
            "Secret prometheus-main",
            "Secret prometheus-main-thanos-prometheus-http-client-file",
            "Secret prometheus-main-tls-assets-0",
            "Secret prometheus-main-web-config",
            "Service alertmanager-operated",
            "Service prometheus-operated",
            "StatefulSet alertmanager-main",
            "StatefulSet prometheus-main",
            "StatefulSet prometheus-main-shard-1",
        ];
        eventually("all objects", async || {
            let children = space.children().await;
            (children.len() >= expected.len()).then_some(())
        })
        .await;
        assert_eq!(space.children().await.into_keys().collect::<Vec<_>>(), expected);
        metadata(space).await;
        services(space).await;
        stateful_sets(space).await;
    })
    .await;
}

async fn metadata(space: &Space) {
    let uid = |object: Option<Value>| object.expect("it exists")["metadata"]["uid"].clone();
    let owner = uid(space.json("Prometheus", "main").await);
    let managed = json!({
        "app.kubernetes.io/managed-by": "prometheus-operator", "managed-by": "prometheus-operator", "stage": "test",
    });
    let references = |controls: bool| {
        let mut owner = json!({
            "apiVersion": "monitoring.coreos.com/v1", "kind": "Prometheus", "name": "main", "uid": owner,
        });
        if controls {
            owner["controller"] = json!(true);
            owner["blockOwnerDeletion"] = json!(true);
        }
        json!([owner])
    };
    let config: Secret = space.get("prometheus-main").await.expect("it exists");
    assert_eq!(json!(config.metadata.labels), managed);
    assert_eq!(json!(config.metadata.owner_references), references(true));
    let mut named = managed.clone();
    named["prometheus-name"] = json!("main");
    let rules: ConfigMap = space.get("prometheus-main-rulefiles-0").await.expect("it exists");
    assert_eq!(json!(rules.metadata.labels), named);
    assert_eq!(json!(rules.metadata.owner_references), references(true));
    let mut operated = managed;
    operated["operated-prometheus"] = json!("true");
    let service: Service = space.get("prometheus-operated").await.expect("it exists");
    assert_eq!(json!(service.metadata.labels), operated);
    assert_eq!(json!(service.metadata.owner_references), references(false));
}

async fn services(space: &Space) {
    let ports = async |name: &str| -> BTreeMap<String, (i32, String)> {
        let service: Service = space.get(name).await.expect("it exists");
        let spec = service.spec.expect("a specification");
        assert_eq!(spec.cluster_ip.as_deref(), Some("None"));
        let ports = spec.ports.unwrap_or_default().into_iter();
        ports
            .map(|port| {
                let protocol = port.protocol.unwrap_or_default();
                (port.name.unwrap_or_default(), (port.port, protocol))
            })
            .collect()
    };
    let port = |name: &str, number, protocol: &str| (name.to_owned(), (number, protocol.to_owned()));
    assert_eq!(ports("prometheus-operated").await, [port("web", 9090, "TCP")].into());
    assert_eq!(
        ports("alertmanager-operated").await,
        [
            port("tcp-mesh", 9094, "TCP"),
            port("udp-mesh", 9094, "UDP"),
            port("web", 9093, "TCP"),
        ]
        .into()
    );
}

async fn stateful_sets(space: &Space) {
    let set: StatefulSet = space.get("prometheus-main-shard-1").await.expect("it exists");
    let spec = set.spec.as_ref().expect("a specification");
    assert_eq!(
        json!(spec.selector.match_labels),
        json!({
            "app.kubernetes.io/instance": "main",
            "app.kubernetes.io/managed-by": "prometheus-operator",
            "app.kubernetes.io/name": "prometheus",
            "operator.prometheus.io/name": "main",
            "operator.prometheus.io/shard": "1",
            "prometheus": "main",
            "stage": "test",
        })
    );
    assert_eq!(set.labels()["operator.prometheus.io/mode"], "server");
    assert_eq!(set.labels()["team"], "blue");
    assert!(
        set.annotations()["prometheus-operator-input-hash"]
            .parse::<u64>()
            .is_ok()
    );
    let pod = spec.template.spec.as_ref().expect("a pod");
    let names: Vec<&str> = pod.containers.iter().map(|container| &*container.name).collect();
    assert_eq!(names, ["prometheus", "config-reloader"]);
    let first: Vec<&str> = pod
        .init_containers
        .iter()
        .flatten()
        .map(|container| &*container.name)
        .collect();
    assert_eq!(first, ["init-config-reloader"]);

    let set: StatefulSet = space.get("alertmanager-main").await.expect("it exists");
    let spec = set.spec.expect("a specification");
    assert_eq!(spec.service_name.as_deref(), Some("alertmanager-operated"));
    let names: Vec<String> = (spec.template.spec.expect("a pod").containers.into_iter())
        .map(|container| container.name)
        .collect();
    assert_eq!(names, ["alertmanager", "config-reloader"]);
}

#[tokio::test]
async fn the_configuration_of_an_alertmanager_follows_its_secret() {
    in_namespace(async |space| {
        space.apply(&alertmanager("main", json!({}))).await;
        let _operator = Operator::start(space, &[]);
        let generated = async |text: &str| {
            eventually(&format!("{text:?} in the configuration"), async || {
                let unpacked = space
                    .unpacked("alertmanager-main-generated", "alertmanager.yaml.gz")
                    .await?;
                unpacked.contains(text).then_some(())
            })
            .await;
        };
        generated("receiver: 'null'").await;
        for receiver in ["one", "two"] {
            let text = format!("route: {{receiver: {receiver}}}\nreceivers: [{{name: {receiver}}}]\n");
            space
                .apply(&secret("alertmanager-main", "alertmanager.yaml", &text))
                .await;
            generated(&text).await;
        }
    })
    .await;
}
