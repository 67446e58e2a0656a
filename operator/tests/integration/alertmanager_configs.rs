//! The configuration of an Alertmanager from all three sources: the user's Secret, the `AlertmanagerConfig`s that it
//! selects, and one that it names as the root. What is wrong is reported, and never reaches Alertmanager.

use serde_json::{Value, json};

use crate::support::{Operator, Space, alertmanager, alertmanager_config, eventually, in_namespace, secret};

/// The generated configuration; empty where there is none.
async fn configuration(space: &Space) -> String {
    let text = space
        .unpacked("alertmanager-main-generated", "alertmanager.yaml.gz")
        .await;
    text.unwrap_or_default()
}

/// Waits until the generated configuration holds `text`, and gives it.
async fn configured(space: &Space, text: &str) -> String {
    eventually(&format!("{text:?} in the configuration"), async || {
        Some(configuration(space).await).filter(|configuration| configuration.contains(text))
    })
    .await
}

fn selecting() -> Value {
    alertmanager("main", json!({"alertmanagerConfigSelector": {}}))
}

#[tokio::test]
async fn selected_objects_add_to_the_configuration() {
    in_namespace(async |space| {
        space.apply(&selecting()).await;
        space
            .apply(&secret("hook", "url", "https://hooks.example.com/first"))
            .await;
        let url = json!({"urlSecret": {"name": "hook", "key": "url"}});
        space.apply(&alertmanager_config("team", json!({}), &url)).await;
        let operator = Operator::start(space, &[]);
        let text = configured(space, "hooks.example.com/first").await;
        let receiver = format!("receiver: {}/team/duty", space.namespace);
        assert!(text.contains(&receiver), "{text}");
        assert!(text.contains(&format!("namespace=\"{}\"", space.namespace)), "{text}");

        // A changed Secret, a further object, a changed object, a deleted one.
        space
            .apply(&secret("hook", "url", "https://hooks.example.com/second"))
            .await;
        configured(space, "hooks.example.com/second").await;
        let own = |address: &str| alertmanager_config("other", json!({}), &json!({ "url": address }));
        space.apply(&own("https://other.example.com/a")).await;
        configured(space, "https://other.example.com/a").await;
        space.apply(&own("https://other.example.com/b")).await;
        let text = configured(space, "https://other.example.com/b").await;
        assert!(!text.contains("https://other.example.com/a"), "{text}");
        space.delete(&own("https://other.example.com/b")).await;
        eventually("the object is out", async || {
            (!configuration(space).await.contains("other.example.com")).then_some(())
        })
        .await;
        let selected = [
            "controller=\"alertmanager\"",
            "resource=\"AlertmanagerConfig\"",
            "state=\"selected\"",
        ];
        operator.measured("managed_resources", &selected, 1.0).await;
    })
    .await;
}

#[tokio::test]
async fn a_bad_object_stops_nothing_and_says_why() {
    in_namespace(async |space| {
        space.apply(&selecting()).await;
        let url = |address: &str| json!({ "url": address });
        space
            .apply(&alertmanager_config(
                "good",
                json!({}),
                &url("https://good.example.com"),
            ))
            .await;
        let lost = json!({"routes": [{"receiver": "nobody"}]});
        space
            .apply(&alertmanager_config("lost", lost, &url("https://lost.example.com")))
            .await;
        let hidden = json!({"urlSecret": {"name": "gone", "key": "url"}});
        space.apply(&alertmanager_config("hidden", json!({}), &hidden)).await;
        let _operator = Operator::start(space, &[]);
        let text = configured(space, "https://good.example.com").await;
        assert!(!text.contains("/lost/") && !text.contains("/hidden/"), "{text}");
        let note = space.event("AlertmanagerConfig", "lost").await;
        assert!(note.contains("nobody"), "{note}");
        let note = space.event("AlertmanagerConfig", "hidden").await;
        assert!(note.contains("gone"), "{note}");
        space.condition(&selecting(), "Reconciled", "True").await;

        space
            .apply(&alertmanager_config(
                "lost",
                json!({"routes": []}),
                &url("https://found.example.com"),
            ))
            .await;
        configured(space, "https://found.example.com").await;
        space.apply(&secret("gone", "url", "https://hidden.example.com")).await;
        configured(space, "https://hidden.example.com").await;
    })
    .await;
}

#[tokio::test]
async fn what_alertmanager_would_not_load_does_not_reach_it() {
    in_namespace(async |space| {
        let write = async |text: &str| {
            space
                .apply(&secret("alertmanager-main", "alertmanager.yaml", text))
                .await;
        };
        write("route: {receiver: first}\nreceivers: [{name: first}]").await;
        for main in [alertmanager("main", json!({})), selecting()] {
            space.apply(&main).await;
            let _operator = Operator::start(space, &[]);
            configured(space, "first").await;
            for (broken, why) in [
                ("route: {receiver: second}\nreceivers: [{name: first}]", "second"),
                (
                    "route: {receiver: first}\nreceivers: [{name: first}]\nroutes: []",
                    "routes",
                ),
                (
                    "route: {receiver: first, matchers: [a=b]}\nreceivers: [{name: first}]",
                    "matchers",
                ),
                ("{", "line 1"),
            ] {
                write(broken).await;
                let condition = eventually("the condition names the cause", async || {
                    let condition = space.condition(&main, "Reconciled", "False").await;
                    condition["message"].as_str()?.contains(why).then_some(condition)
                })
                .await;
                let message = condition["message"].as_str().unwrap_or_default();
                assert!(message.contains("alertmanager-main"), "{message}");
                assert!(configuration(space).await.contains("first"));
            }
            write("route: {receiver: first}\nreceivers: [{name: first}]").await;
            space.condition(&main, "Reconciled", "True").await;
        }
    })
    .await;
}

#[tokio::test]
async fn an_object_may_be_the_root() {
    in_namespace(async |space| {
        let main = alertmanager(
            "main",
            json!({
                "alertmanagerConfigSelector": {},
                "alertmanagerConfiguration": {
                    "name": "root",
                    "global": {"resolveTimeout": "90s", "slackApiUrl": {"name": "slack", "key": "url"}},
                },
            }),
        );
        space.apply(&main).await;
        let _operator = Operator::start(space, &[]);
        let condition = space.condition(&main, "Reconciled", "False").await;
        let message = condition["message"].as_str().unwrap_or_default();
        assert!(message.contains("/root does not exist"), "{message}");

        space
            .apply(&secret("slack", "url", "https://slack.example.com/hook"))
            .await;
        let url = |address: &str| json!({ "url": address });
        space
            .apply(&alertmanager_config(
                "root",
                json!({}),
                &url("https://root.example.com/a"),
            ))
            .await;
        space
            .apply(&alertmanager_config(
                "leaf",
                json!({}),
                &url("https://leaf.example.com"),
            ))
            .await;
        let text = configured(space, "https://leaf.example.com").await;
        assert!(
            text.contains("resolve_timeout: 1m30s") && text.contains("slack.example.com"),
            "{text}"
        );
        assert!(
            text.contains(&format!("route:\n  receiver: {}/root/duty\n", space.namespace)),
            "{text}"
        );
        // It is the root, and not selected as well.
        assert_eq!(text.matches("https://root.example.com/a").count(), 1, "{text}");

        space
            .apply(&alertmanager_config(
                "root",
                json!({}),
                &url("https://root.example.com/b"),
            ))
            .await;
        configured(space, "https://root.example.com/b").await;
    })
    .await;
}

/// Creates an object with so many routes in each other, as text: no client reads the answer.
async fn create_nested(space: &Space, name: &str, routes: usize) {
    let (open, close) = (r#"[{"receiver": "x", "routes": "#.repeat(routes), "}]".repeat(routes));
    let text = format!(
        r#"{{"apiVersion": "monitoring.coreos.com/v1alpha1", "kind": "AlertmanagerConfig", "metadata": {{"name": "{name}"}},
            "spec": {{"receivers": [{{"name": "x"}}], "route": {{"receiver": "x", "routes": {open}[]{close}}}}}}}"#
    );
    let path = format!(
        "/apis/monitoring.coreos.com/v1alpha1/namespaces/{}/alertmanagerconfigs",
        space.namespace
    );
    let request = hyper::Request::post(path).body(text.into_bytes()).expect("a request");
    let created = space.client.request_text(request).await;
    created.unwrap_or_else(|error| panic!("create {name}: {error}"));
}

/// `routes` has no schema, so that nobody but the reader says how deep it may be. What is too deep is one rejected object:
/// in the first list, in a watch, and at the start of the next operator.
#[tokio::test]
async fn an_object_that_is_too_deep_is_one_object() {
    in_namespace(async |space| {
        space.apply(&selecting()).await;
        create_nested(space, "shallow", 30).await;
        for routes in [70, 400] {
            create_nested(space, &format!("deep-{routes}"), routes).await;
        }
        for _ in 0..2 {
            let operator = Operator::start(space, &[]);
            operator.ready().await;
            configured(space, &format!("{}/shallow/x", space.namespace)).await;
            for name in ["deep-70", "deep-400"] {
                let note = space.event("AlertmanagerConfig", name).await;
                assert!(note.contains("spec.route: nested too deeply"), "{note}");
            }
            let name = format!("later-{}", operator.log().len());
            create_nested(space, &name, 300).await;
            space.event("AlertmanagerConfig", &name).await;
            let good = format!("good-{name}");
            let url = json!({"url": "https://hooks.example.com/good"});
            space.apply(&alertmanager_config(&good, json!({}), &url)).await;
            configured(space, &format!("{}/{good}/duty", space.namespace)).await;
        }
    })
    .await;
}
