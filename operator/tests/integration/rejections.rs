//! A bad object is one event on one object: the others go on, and it is in as soon as it is mended.

use serde_json::json;

use crate::support::{Operator, eventually, in_namespace, prometheus, secret, service_monitor};

#[tokio::test]
async fn an_invalid_monitor_stops_nothing_and_says_why() {
    in_namespace(async |space| {
        space.apply(&prometheus("main", json!({}))).await;
        space.apply(&service_monitor("good", json!({}))).await;
        let relabelings = json!({"metricRelabelings": [{"action": "keep", "sourceLabels": ["a"], "regex": "("}]});
        space.apply(&service_monitor("bad", relabelings)).await;
        let operator = Operator::start(space, &[]);
        let configuration = space.configured("main", &space.job("good")).await;
        assert!(!configuration.contains(&space.job("bad")), "{configuration}");

        let note = space.event("ServiceMonitor", "bad").await;
        let named = format!("\"{}/bad\"", space.namespace);
        assert!(note.contains(&named) && note.contains("metricRelabelings"), "{note}");
        operator
            .logged(&["skipping object", &format!("{}/bad", space.namespace)])
            .await;
        let monitors = ["controller=\"prometheus\"", "resource=\"ServiceMonitor\""];
        let state = |state| [monitors[0], monitors[1], state];
        operator
            .measured("managed_resources", &state("state=\"rejected\""), 1.0)
            .await;
        operator
            .measured("managed_resources", &state("state=\"selected\""), 1.0)
            .await;
        let main = prometheus("main", json!({}));
        space.condition(&main, "Reconciled", "True").await;

        space.apply(&service_monitor("bad", json!({}))).await;
        space.configured("main", &space.job("bad")).await;
        operator
            .measured("managed_resources", &state("state=\"rejected\""), 0.0)
            .await;
        operator
            .measured("managed_resources", &state("state=\"selected\""), 2.0)
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_missing_secret_is_named_and_looked_for() {
    in_namespace(async |space| {
        space.apply(&prometheus("main", json!({}))).await;
        space.apply(&service_monitor("good", json!({}))).await;
        let key = |key: &str| json!({"name": "credentials", "key": key});
        let basic_auth = json!({"basicAuth": {"username": key("username"), "password": key("password")}});
        space.apply(&service_monitor("guarded", basic_auth)).await;
        let _operator = Operator::start(space, &[]);
        let configuration = space.configured("main", &space.job("good")).await;
        assert!(!configuration.contains(&space.job("guarded")), "{configuration}");
        let note = space.event("ServiceMonitor", "guarded").await;
        assert!(note.contains("credentials") && note.contains("basicAuth"), "{note}");

        let mut credentials = secret("credentials", "username", "anna");
        for password in ["first-password", "second-password"] {
            credentials["stringData"]["password"] = json!(password);
            space.apply(&credentials).await;
            let configuration = space.configured("main", password).await;
            assert!(configuration.contains(&space.job("guarded")), "{configuration}");
        }

        space.delete(&credentials).await;
        eventually("the monitor is out again", async || {
            let configuration = space.configuration("main").await;
            let (good, guarded) = (space.job("good"), space.job("guarded"));
            (configuration.contains(&good) && !configuration.contains(&guarded)).then_some(())
        })
        .await;
    })
    .await;
}

/// The schema has no bounds for a port that may be a name, too; the type has.
#[tokio::test]
async fn an_object_that_cannot_be_read_is_one_object() {
    in_namespace(async |space| {
        space.apply(&prometheus("main", json!({}))).await;
        let mut monitor = service_monitor("unreadable", json!({}));
        monitor["spec"]["endpoints"] = json!([{"targetPort": 3_000_000_000_u32}]);
        space.apply(&monitor).await;
        let operator = Operator::start(space, &[]);
        operator.ready().await;
        let note = space.event("ServiceMonitor", "unreadable").await;
        assert!(note.contains("3000000000"), "{note}");

        space.apply(&service_monitor("good", json!({}))).await;
        space.configured("main", &space.job("good")).await;
        space.apply(&service_monitor("unreadable", json!({}))).await;
        space.configured("main", &space.job("unreadable")).await;
        // What was good and cannot be read any more is out, as if it were deleted.
        space.apply(&monitor).await;
        eventually("the monitor is out again", async || {
            (!space.configuration("main").await.contains(&space.job("unreadable"))).then_some(())
        })
        .await;
    })
    .await;
}
