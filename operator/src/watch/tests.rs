//! A watch against an API server that answers as it is told: what reaches the store and the listeners.

use crds::v1alpha1::AlertmanagerConfig;
use prometheus_client::registry::Registry;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::api_server::{Call, api_server};
use crate::object::{ControllerLabel, ObjectKey};

const PATH: &str = "/apis/monitoring.coreos.com/v1alpha1/alertmanagerconfigs";

/// An object with so many lists in each other.
fn object(name: &str, version: u32, levels: usize) -> String {
    let (open, close) = ("[".repeat(levels), "]".repeat(levels));
    format!(
        r#"{{"kind": "AlertmanagerConfig", "metadata": {{"name": "{name}", "namespace": "ns", "resourceVersion": "{version}"}},
            "spec": {{"receivers": [{{"name": "x"}}], "route": {{"receiver": "x", "routes": {open}{close}}}}}}}"#
    )
}

fn list(version: u32, objects: &[String]) -> String {
    format!(
        r#"{{"kind": "List", "apiVersion": "v1", "metadata": {{"resourceVersion": "{version}"}}, "items": [{}]}}"#,
        objects.join(",")
    )
}

fn event(kind: &str, object: &str) -> String {
    format!(r#"{{"type": "{kind}", "object": {}}}"#, object.replace('\n', " "))
}

fn expired() -> Value {
    json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 410, "reason": "Expired", "message": "too old"})
}

/// At the start, in a watch and at a relist: an object that is too deep is one rejected object.
#[tokio::test(start_paused = true)]
async fn a_deep_object_stops_nobody() {
    for levels in [200, 1000, 10_000] {
        let (client, mut server) = api_server();
        let mut watch: Watch<AlertmanagerConfig> =
            Watch::new(Source::objects(&client, &Scope::All, "", ""), |object| object);
        let (store, listed) = (watch.store(), watch.listed());
        let (tell, mut told) = mpsc::unbounded_channel();
        let tell_malformed = tell.clone();
        watch.on_change(move |change| {
            let sign = if change.new.is_some() { '+' } else { '-' };
            tell.send(format!("{sign}{}", change.key.name))
                .expect("the test listens");
        });
        watch.on_malformed(move |malformed| {
            tell_malformed
                .send(format!("!{}", malformed.key().name))
                .expect("the test listens");
        });
        let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());
        let label = ControllerLabel { controller: "test" };
        watch.start(
            &mut tasks,
            &stop,
            label,
            &WatchMetrics::register(&mut Registry::default()),
        );
        let events = [
            event("ADDED", &object("c", 11, 2)),
            event("MODIFIED", &object("a", 12, levels)),
            event("ERROR", &expired().to_string()),
        ];
        let calls = [
            Call::get(PATH).answers_text(list(
                10,
                &[object("a", 1, 2), object("deep", 2, levels), object("b", 3, 2)],
            )),
            Call::get(PATH)
                .query("watch=true")
                .query("resourceVersion=10")
                .answers_text(events.join("\n") + "\n"),
            Call::get(PATH).answers_text(list(20, &[object("b", 3, 2), object("deep", 2, levels)])),
            Call::get(PATH)
                .query("watch=true")
                .query("resourceVersion=20")
                .answers_text(event("DELETED", &object("b", 21, 2)) + "\n"),
            Call::get(PATH).query("watch=true").query("resourceVersion=21").hangs(),
        ];
        let expected = ["+a", "!deep", "+b", "+c", "-a", "!a", "+b", "!deep", "-c", "-b"];
        let seen = async {
            listed.wait().await;
            let mut seen = Vec::new();
            while seen.len() < expected.len() {
                seen.push(told.recv().await.expect("the watch goes on"));
            }
            seen
        };
        assert_eq!(server.serve(calls, seen).await, expected, "{levels}");
        assert!(store.all().is_empty());
        stop.cancel();
    }
}

/// One watch per namespace: the store is complete when each has listed, and each removes what is gone from its own namespace.
#[tokio::test(start_paused = true)]
async fn each_namespace_is_a_part_of_the_store() {
    let (client, mut server) = api_server();
    let scope = Scope::Only(["a", "b"].map(str::to_owned).into());
    let watch: Watch<AlertmanagerConfig> = Watch::new(Source::objects(&client, &scope, "x=y", ""), |object| object);
    let (store, listed) = (watch.store(), watch.listed());
    let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());
    let label = ControllerLabel { controller: "test" };
    watch.start(
        &mut tasks,
        &stop,
        label,
        &WatchMetrics::register(&mut Registry::default()),
    );
    let path =
        |namespace: &str| format!("/apis/monitoring.coreos.com/v1alpha1/namespaces/{namespace}/alertmanagerconfigs");
    let in_namespace = |namespace: &str| object("o", 1, 2).replace(r#""ns""#, &format!("{namespace:?}"));
    let calls = [
        Call::get(&path("a"))
            .query("labelSelector=x%3Dy")
            .answers_text(list(5, &[in_namespace("a")])),
        Call::get(&path("b"))
            .query("labelSelector=x%3Dy")
            .answers_text(list(6, &[in_namespace("b")])),
        Call::get(&path("a")).query("watch=true").hangs(),
        Call::get(&path("b")).query("watch=true").hangs(),
    ];
    server.serve(calls, listed.wait()).await;
    assert_eq!(
        store.keys_of_part(Some("a")).into_iter().collect::<Vec<_>>(),
        [ObjectKey::new("a", "o")]
    );
    assert_eq!(store.all().len(), 2);
    stop.cancel();
}
