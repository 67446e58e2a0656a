//! What users change reaches the configuration and the rules, and soon.

use std::time::Duration;

use k8s_openapi::api::core::v1::ConfigMap;
use serde_json::json;

use crate::support::{Operator, Space, eventually, in_namespace, prometheus, rule, service_monitor, within};

/// The longest that a change may take from the API server to the object that the pods mount.
const SOON: Duration = Duration::from_secs(2);

#[tokio::test]
async fn monitors_come_and_go() {
    in_namespace(async |space| {
        space.apply(&prometheus("main", json!({}))).await;
        space.apply(&service_monitor("first", json!({}))).await;
        let _operator = Operator::start(space, &[]);
        space.configured("main", &space.job("first")).await;

        space.apply(&service_monitor("second", json!({}))).await;
        let second = space.job("second");
        within(SOON, "the second monitor is in", async || {
            space.configuration("main").await.contains(&second).then_some(())
        })
        .await;

        space.delete(&service_monitor("first", json!({}))).await;
        let first = space.job("first");
        within(SOON, "the first monitor is out", async || {
            (!space.configuration("main").await.contains(&first)).then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn labels_of_an_object_and_of_a_namespace_decide() {
    in_namespace(async |space| {
        let selectors = json!({
            "serviceMonitorSelector": {"matchLabels": {"team": "blue"}},
            "serviceMonitorNamespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": &space.namespace}},
        });
        space.apply(&prometheus("main", selectors)).await;
        space.apply(&service_monitor("other", json!({}))).await;
        let mut labelled = service_monitor("blue", json!({}));
        labelled["metadata"]["labels"] = json!({"team": "blue"});
        space.apply(&labelled).await;
        let _operator = Operator::start(space, &[]);
        let configuration = space.configured("main", &space.job("blue")).await;
        assert!(!configuration.contains(&space.job("other")), "{configuration}");

        let mut labelled = service_monitor("other", json!({}));
        labelled["metadata"]["labels"] = json!({"team": "blue"});
        space.apply(&labelled).await;
        space.configured("main", &space.job("other")).await;
    })
    .await;
}

async fn rule_files(space: &Space) -> String {
    let files: Option<ConfigMap> = space.get("prometheus-main-rulefiles-0").await;
    json!(files.and_then(|files| files.data)).to_string()
}

#[tokio::test]
async fn rules_are_files_named_after_their_object() {
    in_namespace(async |space| {
        space.apply(&prometheus("main", json!({}))).await;
        space.apply(&rule("alerts", "Always", "vector(1)")).await;
        let _operator = Operator::start(space, &[]);
        let object = space.json("PrometheusRule", "alerts").await.expect("it exists");
        let uid = object["metadata"]["uid"].as_str().expect("a text");
        let file = format!("{}-alerts-{uid}.yaml", space.namespace);
        eventually("the rule file", async || {
            let files = rule_files(space).await;
            (files.contains(&file) && files.contains("expr: vector(1)")).then_some(())
        })
        .await;

        space.apply(&rule("alerts", "Always", "vector(2)")).await;
        within(SOON, "the changed rule", async || {
            rule_files(space).await.contains("expr: vector(2)").then_some(())
        })
        .await;

        space.delete(&rule("alerts", "Always", "vector(2)")).await;
        within(SOON, "the rule is out", async || {
            (rule_files(space).await == "null").then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_scrape_config_is_a_job() {
    in_namespace(async |space| {
        space
            .apply(&prometheus("main", json!({"scrapeConfigSelector": {}})))
            .await;
        let _operator = Operator::start(space, &[]);
        space.configured("main", "scrape_configs: []").await;
        let spec = json!({"staticConfigs": [{"targets": ["app:80"]}]});
        let object = json!({
            "apiVersion": "monitoring.coreos.com/v1alpha1", "kind": "ScrapeConfig",
            "metadata": {"name": "others"}, "spec": spec,
        });
        space.apply(&object).await;
        space
            .configured("main", &format!("scrapeConfig/{}/others", space.namespace))
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_rule_file_that_is_too_large_is_compressed_where_that_is_asked_for() {
    in_namespace(async |space| {
        space.apply(&prometheus("main", json!({}))).await;
        let expression = format!("up{{job=\"{}\"}}", "x".repeat(600_000));
        space.apply(&rule("large", "Large", &expression)).await;
        space.apply(&rule("small", "Small", "vector(1)")).await;
        let _operator = Operator::start(space, &["--compress-large-rules"]);
        eventually("both rule files", async || {
            let files: ConfigMap = space.get("prometheus-main-rulefiles-0").await?;
            let (texts, packed) = (files.data?, files.binary_data?);
            let is_large = packed.keys().all(|name| name.ends_with(".rules.yaml.gz"));
            (texts.len() == 1 && packed.len() == 1 && is_large).then_some(())
        })
        .await;
    })
    .await;
}
