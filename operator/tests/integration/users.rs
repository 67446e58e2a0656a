//! Users of web servers: their passwords follow the Secrets, and what runs in the same pod keeps its own.

use k8s_openapi::api::core::v1::Secret;
use serde_json::{Value, json};

use crate::support::{Operator, Space, alertmanager, eventually, in_namespace, prometheus, secret, thanos_ruler};

const FIRST: &str = "$2b$04$JiPWf9l1OucyyXQzZGY3JuuVRSg08u8B3qZ.73CKH.iWAULvQ8MMu";
const SECOND: &str = "$2b$04$Ic1mMh1Su8bVlGbSXeLBLevBtYe8HDIL7cppq7I8bJ84qAQWlSEwa";

fn web() -> Value {
    let user = json!({ "username": "ann", "passwordHash": { "name": "users", "key": "ann" } });
    json!({ "web": { "basicAuthUsers": [user] } })
}

/// The files of a web configuration in which there is `text`.
async fn files(space: &Space, name: &str, text: &str) -> Vec<(String, String)> {
    eventually(&format!("{text} in {name}"), async || {
        let data = space.get::<Secret>(name).await?.data?;
        let files: Vec<(String, String)> = data
            .into_iter()
            .map(|(key, value)| (key, String::from_utf8_lossy(&value.0).into_owned()))
            .collect();
        let has_text = |(_, content): &(String, String)| content.contains(text);
        files.iter().any(has_text).then_some(files)
    })
    .await
}

fn password(files: &[(String, String)]) -> &str {
    let found = files.iter().find(|(key, _)| key == "config-reloader-password");
    found.map(|(_, password)| password.as_str()).expect("a password")
}

#[tokio::test]
async fn a_changed_password_is_written_and_that_of_the_pod_stays() {
    in_namespace(async |space| {
        space.apply(&secret("users", "ann", FIRST)).await;
        let mut ruler = web();
        ruler["queryEndpoints"] = json!(["query:10902"]);
        for workload in [
            prometheus("main", web()),
            alertmanager("main", web()),
            thanos_ruler("main", ruler),
        ] {
            space.apply(&workload).await;
        }
        let operator = Operator::start(space, &["--log-level=all"]);
        let names =
            ["prometheus-main", "alertmanager-main", "thanos-ruler-main"].map(|name| format!("{name}-web-config"));
        let mut passwords = Vec::new();
        for name in &names {
            let files = files(space, name, FIRST).await;
            passwords.push(password(&files).to_owned());
        }
        operator.settled().await;
        // A restarted operator reads them again.
        drop(operator);
        let operator = Operator::start(space, &["--log-level=all"]);
        space.apply(&secret("users", "ann", SECOND)).await;
        for (name, before) in names.iter().zip(&passwords) {
            let files = files(space, name, SECOND).await;
            assert_eq!(password(&files), before, "{name}");
            assert!(!operator.log().contains(before), "{name}: the password is logged");
        }
    })
    .await;
}

#[tokio::test]
async fn the_last_good_users_stay_while_something_is_wrong() {
    in_namespace(async |space| {
        let main = prometheus("main", web());
        space.apply(&secret("users", "ann", FIRST)).await;
        space.apply(&main).await;
        let _operator = Operator::start(space, &[]);
        let before = files(space, "prometheus-main-web-config", FIRST).await;
        space.apply(&secret("users", "ann", "hunter2")).await;
        let condition = space.condition(&main, "Reconciled", "False").await;
        let message = condition["message"].as_str().unwrap_or_default();
        assert!(
            message.contains("spec.web.basicAuthUsers[0].passwordHash") && !message.contains("hunter2"),
            "{message}"
        );
        space.delete(&secret("users", "ann", FIRST)).await;
        eventually("the missing Secret is named", async || {
            let condition = space.condition(&main, "Reconciled", "False").await;
            let message = condition["message"].as_str().unwrap_or_default().to_owned();
            (message.contains("users not found") && message.contains("spec.web.basicAuthUsers[0]")).then_some(())
        })
        .await;
        assert_eq!(files(space, "prometheus-main-web-config", FIRST).await, before);
        space.apply(&secret("users", "ann", SECOND)).await;
        files(space, "prometheus-main-web-config", SECOND).await;
        space.condition(&main, "Reconciled", "True").await;
    })
    .await;
}
