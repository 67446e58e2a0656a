//! A Thanos Ruler: its objects, how rules and Secrets reach them, and what is reported of what is wrong.

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{ConfigMap, Secret, Service};
use serde_json::{Value, json};

use crate::support::{Operator, Space, eventually, in_namespace, rule, secret, thanos_ruler};

const RULES: &str = "thanos-ruler-main-rulefiles-0";

/// The rule files of one ConfigMap; empty where there is none.
async fn rule_files(space: &Space, name: &str) -> String {
    let files: Option<ConfigMap> = space.get(name).await;
    files.map_or_else(String::new, |files| json!(files.data).to_string())
}

/// Waits until the rule files contain `text`, and gives them.
async fn ruled(space: &Space, text: &str) -> String {
    eventually(&format!("{text:?} in the rule files"), async || {
        Some(rule_files(space, RULES).await).filter(|files| files.contains(text))
    })
    .await
}

#[tokio::test]
async fn a_thanos_ruler_has_all_its_objects() {
    in_namespace(async |space| {
        let main = thanos_ruler("main", json!({"replicas": 2}));
        space.apply(&main).await;
        let operator = Operator::start(space, &["--labels=stage=test"]);
        space.condition(&main, "Reconciled", "True").await;
        let children: Vec<String> = space.children().await.into_keys().collect();
        let expected = [
            "ConfigMap thanos-ruler-main-rulefiles-0",
            "Secret thanos-ruler-main-config",
            "Secret thanos-ruler-main-tls-assets-0",
            "Secret thanos-ruler-main-web-config",
            "Service thanos-ruler-operated",
            "StatefulSet thanos-ruler-main",
        ];
        assert_eq!(children, expected);

        let rules: ConfigMap = space.get(RULES).await.expect("it exists");
        let labels = rules.metadata.labels.expect("labels");
        assert_eq!((&*labels["thanos-ruler-name"], &*labels["stage"]), ("main", "test"));
        let service: Service = space.get("thanos-ruler-operated").await.expect("it exists");
        assert_eq!(
            service.metadata.labels.expect("labels")["operated-thanos-ruler"],
            "true"
        );
        let ports = service.spec.and_then(|spec| spec.ports).expect("ports");
        let ports: Vec<_> = (ports.iter().map(|port| (port.name.as_deref(), port.port))).collect();
        assert_eq!(ports, [(Some("web"), 10902), (Some("grpc"), 10901)]);
        let set: StatefulSet = space.get("thanos-ruler-main").await.expect("it exists");
        let spec = set.spec.expect("a specification");
        assert_eq!(spec.replicas, Some(2));
        assert_eq!(
            json!(spec.selector.match_labels),
            json!({
                "app.kubernetes.io/instance": "main",
                "app.kubernetes.io/managed-by": "prometheus-operator",
                "app.kubernetes.io/name": "thanos-ruler",
                "stage": "test",
                "thanos-ruler": "main",
            })
        );
        let pod = spec.template.spec.expect("a pod");
        let names: Vec<&str> = pod.containers.iter().map(|container| &*container.name).collect();
        assert_eq!(names, ["thanos-ruler", "config-reloader"]);
        operator
            .measured("spec_replicas", &["controller=\"thanos\"", "name=\"main\""], 2.0)
            .await;
        let status = &space.json("ThanosRuler", "main").await.expect("it exists")["status"];
        assert_eq!((&status["paused"], &status["replicas"]), (&json!(false), &json!(0)));
    })
    .await;
}

#[tokio::test]
async fn a_changed_rule_reaches_its_file_and_a_bad_one_does_not() {
    in_namespace(async |space| {
        let main = thanos_ruler("main", json!({}));
        space.apply(&main).await;
        space.apply(&rule("good", "Always", "vector(1)")).await;
        let nameless = json!([{"name": "group", "rules": [{"expr": "vector(1)"}]}]);
        let mut bad = rule("bad", "Never", "vector(0)");
        bad["spec"]["groups"] = nameless;
        space.apply(&bad).await;
        let operator = Operator::start(space, &[]);
        let files = ruled(space, "expr: vector(1)").await;
        assert!(!files.contains("-bad-"), "{files}");
        let note = space.event("PrometheusRule", "bad").await;
        assert!(note.contains(&format!("\"{}/bad\"", space.namespace)), "{note}");
        let rules = |state| ["controller=\"thanos\"", "resource=\"PrometheusRule\"", state];
        operator
            .measured("managed_resources", &rules("state=\"rejected\""), 1.0)
            .await;
        operator
            .measured("managed_resources", &rules("state=\"selected\""), 1.0)
            .await;
        space.condition(&main, "Reconciled", "True").await;

        space.apply(&rule("good", "Always", "vector(2)")).await;
        ruled(space, "expr: vector(2)").await;
        space.apply(&rule("bad", "Mended", "vector(3)")).await;
        ruled(space, "alert: Mended").await;
        space.delete(&rule("good", "Always", "vector(2)")).await;
        eventually("the rule is out", async || {
            (!rule_files(space, RULES).await.contains("expr: vector(2)")).then_some(())
        })
        .await;
    })
    .await;
}

/// More rules than one ConfigMap holds, and then less.
#[tokio::test]
async fn what_is_not_needed_any_more_is_deleted() {
    in_namespace(async |space| {
        let long = |name: &str| {
            let mut long = rule(name, "Long", "vector(1)");
            long["spec"]["groups"][0]["rules"][0]["annotations"] = json!({"text": "x".repeat(300_000)});
            long
        };
        let main = thanos_ruler("main", json!({}));
        for object in [&main, &long("one"), &long("two")] {
            space.apply(object).await;
        }
        let _operator = Operator::start(space, &[]);
        let second = "thanos-ruler-main-rulefiles-1";
        let mounts_second = async || {
            let set = space.get::<StatefulSet>("thanos-ruler-main").await;
            json!(set).to_string().contains(second)
        };
        eventually("two ConfigMaps, both mounted", async || {
            let there = rule_files(space, second).await.contains("alert: Long");
            (there && mounts_second().await).then_some(())
        })
        .await;
        // The first stays where it is.
        space.delete(&long("two")).await;
        eventually("one ConfigMap", async || {
            let gone = space.get::<ConfigMap>(second).await.is_none();
            (gone && !mounts_second().await).then_some(())
        })
        .await;

        // The governing Service is there for whoever names no other one.
        let spec = json!({"clusterIP": "None", "selector": {"thanos-ruler": "main"}});
        let custom = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "custom"}, "spec": spec});
        space.apply(&custom).await;
        space
            .apply(&thanos_ruler("main", json!({"serviceName": "custom"})))
            .await;
        // The name of the governing Service cannot change.
        space.collect_stateful_set("thanos-ruler-main").await;
        eventually("the custom Service governs", async || {
            let set: StatefulSet = space.get("thanos-ruler-main").await?;
            (set.spec?.service_name.as_deref() == Some("custom")).then_some(())
        })
        .await;
    })
    .await;
}

async fn remote_write(space: &Space) -> Option<String> {
    let config: Secret = space.get("thanos-ruler-main-config").await?;
    let text = config.data?.remove("remote-write.yaml")?.0;
    Some(String::from_utf8(text).expect("configuration is text"))
}

#[tokio::test]
async fn remote_write_follows_the_secrets_that_it_refers_to() {
    in_namespace(async |space| {
        let key = |key: &str| json!({"name": "login", "key": key});
        let target = json!({"url": "http://receiver", "basicAuth": {
            "username": key("username"), "password": key("password"),
        }});
        let main = thanos_ruler("main", json!({"remoteWrite": [target]}));
        space.apply(&main).await;
        let _operator = Operator::start(space, &[]);
        let condition = space.condition(&main, "Reconciled", "False").await;
        let message = condition["message"].as_str().expect("a message");
        assert!(
            message.contains("remoteWrite[0].basicAuth") && message.contains("login"),
            "{message}"
        );
        let mut login = secret("login", "username", "anna");
        for password in ["first-password", "second-password"] {
            login["stringData"]["password"] = json!(password);
            space.apply(&login).await;
            eventually("the password in the configuration", async || {
                remote_write(space).await?.contains(password).then_some(())
            })
            .await;
        }
        space.condition(&main, "Reconciled", "True").await;
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_it_stands_in_its_status() {
    in_namespace(async |space| {
        let wrong: [(Value, &str); 3] = [
            (thanos_ruler("query", json!({"queryEndpoints": []})), "queryEndpoints"),
            (thanos_ruler("version", json!({"version": "newest"})), "spec.version"),
            (
                thanos_ruler(
                    "selector",
                    json!({"ruleSelector": {
                        "matchExpressions": [{"key": "a", "operator": "Near", "values": ["b"]}],
                    }}),
                ),
                "ruleSelector",
            ),
        ];
        for (object, _) in &wrong {
            space.apply(object).await;
        }
        let good = thanos_ruler("good", json!({}));
        space.apply(&good).await;
        let other = thanos_ruler("other", json!({}));
        let mut labelled = other.clone();
        labelled["metadata"]["labels"] = json!({"stage": "other"});
        space.apply(&labelled).await;
        let _operator = Operator::start(space, &["--thanos-ruler-instance-selector=stage!=other"]);
        for (object, word) in &wrong {
            let condition = space.condition(object, "Reconciled", "False").await;
            let message = condition["message"].as_str().expect("a message");
            assert!(message.contains(word), "{word} in {message:?}");
        }
        space.condition(&good, "Reconciled", "True").await;
        assert!(space.get::<StatefulSet>("thanos-ruler-other").await.is_none());
    })
    .await;
}
