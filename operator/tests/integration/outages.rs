//! What is done to a whole cluster, so in a cluster of its own: an API server that is killed, and definitions that are
//! removed and installed again.

use std::time::Duration;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, DeleteParams};
use serde_json::json;

use crate::support::{
    Operator, OwnCluster, Space, eventually, in_namespace, install_definitions, prometheus, service_monitor, within,
};

/// A watch that failed often is tried again after half a minute.
const NOTICED: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread")]
async fn an_api_server_that_restarts_and_definitions_that_go_and_come_are_survived() {
    // Where there is no API server to test against, this is skipped with the other tests.
    in_namespace(async |_| {
        let mut cluster = OwnCluster::start();
        let client = cluster.client().await;
        install_definitions(&client).await;
        let space = Space::of(client).await;
        a_definition_is_missing_at_start(&space, &cluster).await;
        let mut operator = Operator::start_with(&cluster.kubeconfig, &[]);
        api_server_restarts(&space, &mut cluster).await;
        definitions_go_and_come(&space).await;
        assert!(operator.is_running());
        operator.answers("/readyz", 200).await;
    })
    .await;
}

/// Whoever upgrades from a release that did not have the kind yet has the other definitions.
async fn a_definition_is_missing_at_start(space: &Space, cluster: &OwnCluster) {
    deleted(space, "scrapeconfigs.monitoring.coreos.com").await;
    space
        .apply(&prometheus("early", json!({"scrapeConfigSelector": {}})))
        .await;
    space.apply(&service_monitor("early", json!({}))).await;
    let operator = Operator::start_with(&cluster.kubeconfig, &[]);
    space.configured("early", &space.job("early")).await;
    operator.answers("/readyz", 200).await;
    operator.kill();
    install_definitions(&space.client).await;
}

async fn api_server_restarts(space: &Space, cluster: &mut OwnCluster) {
    let main = prometheus("main", json!({}));
    space.apply(&main).await;
    space.apply(&service_monitor("before", json!({}))).await;
    space.configured("main", &space.job("before")).await;
    cluster.restart_api_server().await;
    space.delete(&service_monitor("before", json!({}))).await;
    space.apply(&service_monitor("after", json!({}))).await;
    let configuration = configured(space, "after").await;
    assert!(!configuration.contains(&space.job("before")));
    space.condition(&main, "Reconciled", "True").await;
}

async fn definitions_go_and_come(space: &Space) {
    deleted(space, "servicemonitors.monitoring.coreos.com").await;
    within(NOTICED, "a configuration without the monitor", async || {
        let configuration = space.configuration("main").await;
        (!configuration.contains(&space.job("after"))).then_some(())
    })
    .await;
    // Everything else goes on.
    space.apply(&prometheus("other", json!({}))).await;
    space
        .condition(&prometheus("other", json!({})), "Reconciled", "True")
        .await;

    install_definitions(&space.client).await;
    space.apply(&service_monitor("again", json!({}))).await;
    configured(space, "again").await;
}

async fn deleted(space: &Space, definition: &str) {
    let definitions: Api<CustomResourceDefinition> = Api::all(space.client.clone());
    let deleted = definitions.delete(definition, &DeleteParams::default()).await;
    deleted.expect("it is installed");
    eventually("the end of the definition", async || {
        let found = definitions.get_opt(definition).await.expect("the API server answers");
        found.is_none().then_some(())
    })
    .await;
}

async fn configured(space: &Space, monitor: &str) -> String {
    within(NOTICED, monitor, async || {
        let configuration = space.configuration("main").await;
        Some(configuration).filter(|configuration| configuration.contains(&space.job(monitor)))
    })
    .await
}
