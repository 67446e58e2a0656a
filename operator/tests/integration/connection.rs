//! An API server that is not there, at start or later, and one that does not know the custom resources.

use serde_json::json;

use crate::support::{ApiServerWithoutCrds, Operator, Proxy, in_namespace, prometheus, service_monitor};

#[tokio::test]
async fn an_api_server_that_is_down_is_waited_for() {
    in_namespace(async |space| {
        space.apply(&prometheus("main", json!({}))).await;
        space.apply(&service_monitor("first", json!({}))).await;
        let mut proxy = Proxy::closed().await;
        let namespaces = format!("--namespaces={}", space.namespace);
        let mut operator = Operator::start_with(&proxy.kubeconfig(), &[&namespaces]);
        operator
            .logged(&["level=error", "the API server does not respond, trying again"])
            .await;
        operator.answers("/healthz", 200).await;
        operator.answers("/readyz", 503).await;
        assert!(operator.is_running());

        proxy.open().await;
        space.configured("main", &space.job("first")).await;
        operator.answers("/readyz", 200).await;

        proxy.cut().await;
        operator
            .logged(&["level=warn", "watch failed, trying again", "kind=Prometheus"])
            .await;
        space.apply(&service_monitor("meanwhile", json!({}))).await;
        operator.answers("/healthz", 200).await;
        assert!(operator.is_running());
        assert!(!space.configuration("main").await.contains(&space.job("meanwhile")));

        proxy.open().await;
        space.configured("main", &space.job("meanwhile")).await;
    })
    .await;
}

#[tokio::test]
async fn missing_definitions_are_named() {
    in_namespace(async |_| {
        let server = ApiServerWithoutCrds::start().await;
        let mut operator = Operator::start_with("", &[&format!("--apiserver={}", server.url)]);
        for (controller, plural) in [("Prometheus", "prometheuses"), ("Alertmanager", "alertmanagers")] {
            let consequence = format!("the {controller} controller does not run");
            operator
                .logged(&["level=warn", &consequence, plural, "is not installed"])
                .await;
        }
        operator.logged(&["level=error", "cannot start any controller"]).await;
        operator.answers("/healthz", 200).await;
        operator.answers("/readyz", 503).await;
        assert!(operator.is_running());
    })
    .await;
}
