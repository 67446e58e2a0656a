//! The status says what is wrong with a workload, and nothing that is wrong stays after it was mended.

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::storage::v1::StorageClass;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};

use crate::support::{
    Operator, Space, agent, alertmanager, eventually, in_namespace, prometheus, secret, thanos_ruler,
};

/// Waits for the message of `Reconciled=False`.
async fn failure(space: &Space, object: &Value) -> String {
    let condition = space.condition(object, "Reconciled", "False").await;
    assert_eq!(condition["reason"], "ReconciliationFailed");
    condition["message"].as_str().expect("a message").to_owned()
}

#[tokio::test]
async fn a_wrong_specification_is_named_and_harms_nobody_else() {
    in_namespace(async |space| {
        let class = format!("missing-{}", space.namespace);
        let claim = json!({"spec": {"storageClassName": class, "resources": {"requests": {"storage": "1Gi"}}}});
        let scrape_configs = json!({"name": "additional", "key": "scrape.yaml"});
        let wrong = [
            (
                prometheus("version", json!({"version": "newest"})),
                vec!["spec.version", "newest"],
            ),
            (
                prometheus("storage", json!({"storage": {"volumeClaimTemplate": claim.clone()}})),
                vec!["storage class", &class],
            ),
            (
                prometheus("additional", json!({"additionalScrapeConfigs": scrape_configs})),
                vec!["spec.additionalScrapeConfigs", "additional", "not found"],
            ),
            (
                prometheus(
                    "selector",
                    json!({"serviceMonitorSelector": {
                        "matchExpressions": [{"key": "a", "operator": "Near", "values": ["b"]}],
                    }}),
                ),
                vec!["serviceMonitorSelector", "Near"],
            ),
            (
                alertmanager("version", json!({"version": "0.1.0"})),
                vec!["spec.version", "0.1.0"],
            ),
        ];
        let good = prometheus("good", json!({}));
        for object in wrong.iter().map(|(object, _)| object).chain([&good]) {
            space.apply(object).await;
        }
        let operator = Operator::start(space, &[]);
        for (object, words) in &wrong {
            let message = failure(space, object).await;
            assert!(
                words.iter().all(|word| message.contains(word)),
                "{words:?} in {message:?}"
            );
        }
        space.condition(&good, "Reconciled", "True").await;
        operator
            .measured("syncs", &["controller=\"prometheus\"", "status=\"failed\""], 4.0)
            .await;

        // Mended without a change of the object itself.
        space
            .apply(&secret("additional", "scrape.yaml", "- job_name: by-hand\n"))
            .await;
        space.configured("additional", "job_name: by-hand").await;
        space.condition(&wrong[2].0, "Reconciled", "True").await;
        // Mended in the object.
        for object in [prometheus("version", json!({})), prometheus("selector", json!({}))] {
            space.apply(&object).await;
            space.condition(&object, "Reconciled", "True").await;
        }
        space.apply(&alertmanager("version", json!({}))).await;
        space
            .condition(&alertmanager("version", json!({})), "Reconciled", "True")
            .await;
        operator
            .measured("syncs", &["controller=\"prometheus\"", "status=\"failed\""], 1.0)
            .await;
    })
    .await;
}

/// Neither storage classes nor foreign Services are watched: they are looked for again.
#[tokio::test]
async fn what_the_pods_need_is_found_when_it_comes() {
    in_namespace(async |space| {
        let name = format!("late-{}", space.namespace);
        let claim = json!({"spec": {"storageClassName": name, "resources": {"requests": {"storage": "1Gi"}}}});
        let storage = prometheus("storage", json!({"storage": {"volumeClaimTemplate": claim}}));
        let service = prometheus("service", json!({"serviceName": "custom"}));
        space.apply(&storage).await;
        space.apply(&service).await;
        let _operator = Operator::start(space, &[]);
        assert!(failure(space, &storage).await.contains(&name));
        assert!(failure(space, &service).await.contains("custom"));

        let classes: Api<StorageClass> = Api::all(space.client.clone());
        let class = json!({"metadata": {"name": name}, "provisioner": "example.test/none"});
        let class: StorageClass = serde_json::from_value(class).expect("a storage class");
        classes.create(&PostParams::default(), &class).await.expect("it is new");
        let spec = json!({"clusterIP": "None", "selector": {"prometheus": "service"}});
        let custom = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "custom"}, "spec": spec});
        space.apply(&custom).await;
        space.condition(&storage, "Reconciled", "True").await;
        space.condition(&service, "Reconciled", "True").await;
        classes
            .delete(&name, &DeleteParams::default())
            .await
            .expect("it is ours");
    })
    .await;
}

/// Plays the StatefulSet controller.
#[tokio::test]
async fn counts_and_availability_follow_the_stateful_set() {
    in_namespace(async |space| {
        let main = prometheus("main", json!({"replicas": 2}));
        space.apply(&main).await;
        let _operator = Operator::start(space, &[]);
        // At first there is no StatefulSet.
        eventually("no pod is ready", async || {
            let condition = space.condition(&main, "Available", "False").await;
            (condition["reason"] == "NoPodReady").then_some(())
        })
        .await;
        let ready = async |ready: i32| {
            let set: StatefulSet = space.get("prometheus-main").await.expect("it exists");
            let status = json!({"status": {
                "observedGeneration": set.metadata.generation,
                "replicas": 2, "updatedReplicas": 2, "readyReplicas": ready, "availableReplicas": ready,
            }});
            let (sets, patch) = (space.api::<StatefulSet>(), Patch::Merge(&status));
            let patched = sets
                .patch_status("prometheus-main", &PatchParams::default(), &patch)
                .await;
            patched.expect("the status can be written");
        };
        ready(1).await;
        let condition = space.condition(&main, "Available", "Degraded").await;
        assert_eq!(condition["reason"], "SomePodsNotReady");
        ready(2).await;
        space.condition(&main, "Available", "True").await;
        let status = space.json("Prometheus", "main").await.expect("it exists")["status"].clone();
        let counts = [
            "replicas",
            "updatedReplicas",
            "availableReplicas",
            "unavailableReplicas",
        ];
        assert_eq!(
            counts.map(|count| status[count].as_i64()),
            [Some(2), Some(2), Some(2), Some(0)]
        );
        assert_eq!(status["shardStatuses"][0]["shardID"], "0");
        ready(0).await;
        space.condition(&main, "Available", "False").await;
    })
    .await;
}

#[tokio::test]
async fn a_selection_of_nothing_is_remarked() {
    in_namespace(async |space| {
        let main = prometheus("main", json!({}));
        space.apply(&main).await;
        let _operator = Operator::start(space, &[]);
        eventually("the remark", async || {
            let condition = space.condition(&main, "Reconciled", "True").await;
            (condition["reason"] == "NoSelectedResources").then_some(())
        })
        .await;
    })
    .await;
}

/// Workloads of each kind, with these fields.
fn workloads(fields: &Value) -> Vec<Value> {
    let kinds = [prometheus, agent, alertmanager, thanos_ruler];
    let numbered = |number| kinds.map(|kind| kind(&format!("trial-{number}"), fields.clone()));
    let objects = std::env::var("STATUS_OBJECTS").map_or(6, |text| text.parse().expect("a number of objects"));
    (0..objects).flat_map(numbered).collect()
}

/// A StatefulSet's own event asks for the status alone, often before the watch has brought the status just written. Nothing
/// but the last result may be reported then. `STATUS_ROUNDS` says how often it is tried, `STATUS_OBJECTS` with how many objects of
/// each kind.
#[tokio::test]
async fn the_last_result_stays_reported() {
    let rounds = std::env::var("STATUS_ROUNDS").map_or(3, |text| text.parse().expect("a number of rounds"));
    in_namespace(async |space| {
        let operator = Operator::start(space, &[]);
        for round in 0..rounds {
            let annotations = json!({"annotations": {"example.test/round": round.to_string()}});
            let broken = json!({"replicas": 0, "version": "newest", "podMetadata": annotations});
            let mended = json!({"replicas": 0, "podMetadata": annotations});
            let wrong = workloads(&broken);
            futures::future::join_all(wrong.iter().map(|object| space.apply(object))).await;
            futures::future::join_all(
                wrong
                    .iter()
                    .map(|object| space.condition(object, "Reconciled", "False")),
            )
            .await;
            let right = workloads(&mended);
            futures::future::join_all(right.iter().map(|object| space.apply(object))).await;
            futures::future::join_all(right.iter().map(|object| space.condition(object, "Reconciled", "True"))).await;
            operator.settled().await;
            for object in &right {
                let (kind, name) = (object["kind"].as_str().expect("a kind"), &object["metadata"]["name"]);
                let live = space
                    .json(kind, name.as_str().expect("a name"))
                    .await
                    .expect("it exists");
                let (conditions, generation) = (&live["status"]["conditions"], &live["metadata"]["generation"]);
                for condition in conditions.as_array().expect("conditions") {
                    assert_eq!(
                        condition["status"], "True",
                        "round {round}: {kind} {name}: {conditions}"
                    );
                    assert_eq!(
                        condition["observedGeneration"], *generation,
                        "round {round}: {kind} {name}"
                    );
                }
            }
        }
    })
    .await;
}

/// A fallback is never silent: whoever misspells the name of the Secret has an Alertmanager that notifies nobody.
#[tokio::test]
async fn a_missing_configuration_is_reported() {
    in_namespace(async |space| {
        let main = alertmanager("main", json!({"configSecret": "own", "replicas": 0}));
        space.apply(&main).await;
        let _operator = Operator::start(space, &[]);
        let fault = format!(
            "secret {}/own does not exist: the default configuration is used",
            space.namespace
        );
        let condition = space.condition(&main, "Reconciled", "True").await;
        assert_eq!(condition["reason"], "DefaultConfiguration");
        assert!(
            condition["message"]
                .as_str()
                .is_some_and(|message| message.contains(&fault)),
            "{condition}"
        );
        let note = space.event("Alertmanager", "main").await;
        assert!(note.contains(&fault), "{note}");

        space
            .apply(&secret(
                "own",
                "alertmanager.yaml",
                "route: {receiver: a}\nreceivers: [{name: a}]\n",
            ))
            .await;
        eventually("nothing to report", async || {
            let condition = space.condition(&main, "Reconciled", "True").await;
            condition["message"].as_str().is_none_or(str::is_empty).then_some(())
        })
        .await;
    })
    .await;
}

/// Plays the controller of StatefulSets where a quota is in the way.
#[tokio::test]
async fn a_set_that_cannot_make_pods_says_why() {
    in_namespace(async |space| {
        let main = prometheus("main", json!({"replicas": 1}));
        space.apply(&main).await;
        let _operator = Operator::start(space, &[]);
        let set = eventually("the StatefulSet", async || space.get::<StatefulSet>("prometheus-main").await).await;
        let event = json!({
            "apiVersion": "v1", "kind": "Event", "metadata": {"name": "refused"}, "type": "Warning", "count": 3,
            "reason": "FailedCreate", "message": "create Pod prometheus-main-0 failed: exceeded quota: small",
            "involvedObject": {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "prometheus-main",
                "namespace": space.namespace, "uid": set.metadata.uid},
            "firstTimestamp": "2026-01-01T00:00:00Z", "lastTimestamp": "2026-01-01T00:00:05Z",
        });
        space.apply(&event).await;
        eventually("the reason", async || {
            let condition = space.condition(&main, "Available", "False").await;
            let message = condition["message"].as_str().unwrap_or_default();
            (message == "shard 0: statefulset NS/prometheus-main: create Pod prometheus-main-0 failed: exceeded quota: small"
                .replace("NS", &space.namespace))
            .then_some(())
        })
        .await;
        let status = space.json("Prometheus", "main").await.expect("it exists")["status"].clone();
        assert_eq!(status["unavailableReplicas"], 0, "what does not exist is not counted");

        let long = "n".repeat(42);
        let long = prometheus(&long, json!({}));
        space.apply(&long).await;
        let message = failure(space, &long).await;
        assert!(message.contains("a name of at most 41 characters"), "{message}");
    })
    .await;
}
